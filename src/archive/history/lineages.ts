// Where what is at a root's paths comes from (core/lineage.ts), for all of its pairs.

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { type Entry, knownDigest } from "../../core/tree/entry.ts";
import type { Link } from "../../core/lineage.ts";
import { HIGHEST } from "../../core/count.ts";
import { transaction } from "../schema.ts";

/** More links than this are not kept: older ones decide nothing. */
const MOST = 100_000;

/** An edit whose number lies further ahead of the clock, in ms, had it from a clock that was wrong, or from somebody who made it up. */
const FURTHEST_AHEAD = 10 * 366 * 24 * 3600 * 1000;

/** A link as it is noted for a path: as spelled, in one normal form. */
export interface Noted extends Link {
  /** Rises with each that is noted. */
  at: number;
  /** In the form that all pairs of the root share. */
  path: string;
  /** Whether something is there. */
  isThere: boolean;
  /** What the link is for: digests, and what a file looked like, whose digest was not known. */
  content: string;
  /** Size and mtime, "" of what is no file. */
  seen: string;
}

/** One link for each path, the latest. */
export class Lineages {
  readonly #of: StatementSync;
  readonly #put: StatementSync;
  readonly #since: StatementSync;
  readonly #author: StatementSync;
  readonly #setAuthor: StatementSync;

  /** `database`: an archive's, as `openDatabase` gives it. */
  constructor(private readonly database: DatabaseSync) {
    this.#author = database.prepare("SELECT author, number FROM author WHERE id = 1");
    this.#setAuthor = database.prepare("INSERT OR REPLACE INTO author VALUES (1, ?, ?)");
    this.#of = database.prepare("SELECT * FROM lineage WHERE path = ?");
    this.#put = database.prepare(
      `INSERT OR REPLACE INTO lineage (path, author, number, holds, there, content, seen, time)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#since = database.prepare(
      "SELECT * FROM (SELECT * FROM lineage WHERE at > ? ORDER BY at DESC LIMIT ?) ORDER BY at",
    );
  }

  /** Who edits in this root, and the number of their next edit: `now` in ms or more, and above those that `before` has of them. Another
   * archive is another author: no number comes twice, whatever became of the archives before it. So is one whose numbers have come too
   * far, which others may have told: there is always a next one. */
  nextEdit(before: Link | null, now: number): { author: string; number: number } {
    const row = this.#author.get();
    const isRead = typeof row?.author === "string" && Number.isSafeInteger(row.number);
    const known = isRead ? row.author as string : "";
    const above = isRead ? Math.max(before?.holds.get(known) ?? 0, row.number as number) : 0;
    const isOther = !isRead || above > now + FURTHEST_AHEAD;
    const author = isOther ? crypto.randomUUID().slice(0, 13) : known;
    const number = isOther ? now : Math.max(now, above + 1);
    this.#setAuthor.run(author, number);
    return { author, number };
  }

  /** The link that was noted last at a path, whatever is there now. */
  of(path: string): Noted | null {
    const row = this.#of.get(path);
    return row ? notedOf(row) : null;
  }

  /** Notes links, each for what is at its path, at the archive's own time. */
  note(links: readonly { path: string; link: Link; entry: Entry | null }[]) {
    if (links.length === 0) return;
    const { time } = this.database.prepare("SELECT coalesce((SELECT time FROM lived), 0) AS time").get()!;
    transaction(this.database, () => {
      for (const { path, link, entry } of links) {
        const { author, number, holds } = link;
        const whole = [path, author, number, JSON.stringify([...holds]), +(entry !== null)] as const;
        this.#put.run(...whole, contentOf(entry), seenOf(entry), Number(time));
      }
    });
  }

  /** Forgets the link of a path. */
  drop(path: string) {
    this.database.prepare("DELETE FROM lineage WHERE path = ?").run(path);
  }

  /** The latest of those noted after `at`, `most` at most. */
  since(at: number, most: number): Noted[] {
    return this.#since.all(at, most).flatMap((row) => notedOf(row) ?? []);
  }

  /** Forgets all of them. Part of a transaction. */
  forget() {
    this.database.exec("DELETE FROM lineage");
  }

  /** Forgets what is older than `oldest` (ms, in the archive's own time), and what is too much. */
  prune(oldest: number) {
    this.database.prepare("DELETE FROM lineage WHERE time < ? OR at <= (SELECT max(at) FROM lineage) - ?")
      .run(oldest, MOST);
  }
}

/** Whether a link is for this. */
export function isFor({ isThere, content, seen }: Noted, entry: Entry | null): boolean {
  if (!isThere || !entry) return isThere === (entry !== null);
  const now = contentOf(entry);
  return now !== "" && content !== "" ? now === content : seen !== "" && seen === seenOf(entry);
}

function contentOf(entry: Entry | null): string {
  if (entry?.kind === "directory") return "directory";
  return entry?.kind === "file" || entry?.kind === "link" ? knownDigest(entry) : "";
}

function seenOf(entry: Entry | null): string {
  return entry?.kind === "file" ? `${entry.size} ${entry.mtime}` : "";
}

/** Others are told of it, who take no other number. */
const isEdit = (number: unknown) => Number.isSafeInteger(number) && (number as number) <= HIGHEST;

/** What a failing disk made of a row is left out: without a link the older rules hold. */
function notedOf(row: Record<string, unknown>): Noted | null {
  const { at, path, author, number, content, seen } = row;
  const texts = [path, author, content, seen].every((text) => typeof text === "string");
  if (!texts || !Number.isSafeInteger(at) || !isEdit(number)) return null;
  try {
    const holds = new Map(JSON.parse(String(row.holds)) as [string, number][]);
    if (!holds.values().every(isEdit)) return null;
    const known = { at, path, author, number, content, seen } as Omit<
      Noted,
      "holds" | "isThere"
    >;
    return { ...known, holds, isThere: row.there === 1 };
  } catch {
    return null;
  }
}
