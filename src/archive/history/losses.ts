// What was taken away from this folder lately, and what its person has said yes to: kept across restarts, so that a mass change cannot
// go by in small portions, with whomever (RULES S1), nor be asked about twice.

import { expect, isDigest, isText, isTime } from "../checks.ts";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Loss } from "../../core/plan/safety.ts";
import type { Path } from "../../core/tree/path.ts";
import { fromBlob, toBlob } from "../row.ts";
import { transaction } from "../schema.ts";

/** S1 counts what was applied within this time. */
const RECENT_MS = 60_000;

/** Of one pair, but `recent` and `forget` of all: so nothing is taken by two hands. */
export class Losses {
  readonly #anyApproved: StatementSync;
  readonly #approved: StatementSync;

  /** `database`: an archive's, as `openDatabase` gives it. */
  constructor(private readonly database: DatabaseSync, private readonly pair: number) {
    this.#anyApproved = database.prepare("SELECT 1 FROM approved WHERE pair = ? LIMIT 1");
    this.#approved = database.prepare("SELECT digest FROM approved WHERE pair = ? AND path = ?");
  }

  /** The files lost within the last minute by anybody, with the digest of what was there before. `now` in ms. */
  recent(now: number): Map<Path, string> {
    const rows = this.database.prepare("SELECT path, digest, time FROM loss").all();
    const recent = new Map<Path, string>();
    for (const row of rows as { path: Path; digest: Uint8Array; time: number }[]) {
      if (isRecent(row.time, now)) recent.set(row.path, fromBlob(row.digest));
    }
    return recent;
  }

  /** Notes losses that are being applied; of a path lost again within the time the first one counts. */
  note(losses: Iterable<Loss>, now: number) {
    const put = this.database.prepare("INSERT OR IGNORE INTO loss VALUES (?, ?, ?, ?)");
    transaction(this.database, () => {
      this.database.prepare("DELETE FROM loss WHERE abs(time - ?) >= ?").run(now, RECENT_MS);
      for (const { path, old } of losses) put.run(this.pair, path, toBlob(old.digest), now);
    });
  }

  /** Whether any loss is approved and not done yet. */
  get anyApproved(): boolean {
    return this.#anyApproved.get(this.pair) !== undefined;
  }

  /** Whether the loss of that content, by its digest, is approved at a path, until all of what was approved is done. */
  isApproved(path: Path, digest: string): boolean {
    const row = this.#approved.get(this.pair, path);
    return row !== undefined && fromBlob(row.digest as Uint8Array) === digest;
  }

  /** The loss of these contents is what people want. */
  approve(files: Iterable<[Path, { digest: string }]>) {
    const put = this.database.prepare("INSERT OR REPLACE INTO approved VALUES (?, ?, ?)");
    transaction(this.database, () => {
      for (const [path, { digest }] of files) put.run(this.pair, path, toBlob(digest));
    });
  }

  /** What was lost until then, in ms, counts no more. */
  forget(until: number) {
    this.database.prepare("DELETE FROM loss WHERE time <= ?").run(until);
  }

  /** Throws for anything that was not written so. */
  check() {
    for (const table of ["loss", "approved"]) {
      const rows = this.database.prepare(`SELECT * FROM ${table} WHERE pair = ?`).all(this.pair);
      for (const row of rows) checkLoss(row as Parameters<typeof checkLoss>[0]);
    }
  }

  /** What was approved is done. */
  settle() {
    this.database.prepare("DELETE FROM approved WHERE pair = ?").run(this.pair);
  }
}

/** Clocks are set back and forth: what seems to come from the future is as near. */
function isRecent(time: number, now: number): boolean {
  return Math.abs(time - now) < RECENT_MS;
}

/** A loss of the last minute, or an approved one, which has no time. */
export function checkLoss(
  { path, digest, time = 0 }: { path: string; digest: unknown; time?: unknown },
): void {
  expect(isText(path) && path !== "" && isDigest(digest) && isTime(time), "a loss");
}
