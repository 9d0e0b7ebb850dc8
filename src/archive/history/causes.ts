// Who caused which version to be kept, and whose content it was (RULES T10): read from the history entries.

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { comparePath, parentOf, type Path, ROOT } from "../../core/tree/path.ts";
import { entryFromBytes } from "../codec.ts";

/** What led to one kept version. */
export interface VersionCause {
  /** The history entry that tells of it. */
  historyEntry: number;
  /** The public key, in hex, of the other person who replaced or deleted it, whatever their name by then; "" where an archive of before
   * does not say it. Null: this side's did. */
  peerKey: string | null;
  /** No file was put in its place. */
  deleted: boolean;
  /** That content had come from the same peer. */
  brought: boolean;
}

/** The kinds of history entries by which content of the peer's comes to a path. */
const BRINGING = new Set(["created", "edited", "outdone", "returned"]);
/** So many renames of one thing are followed back. */
const MOST_STEPS = 16;

/** Read from the history entries, which say why something is kept. */
export class Causes {
  readonly #before: StatementSync;

  /** `database`: an archive's, as `openDatabase` gives it. */
  constructor(private readonly database: DatabaseSync) {
    this.#before = database.prepare(
      "SELECT id, key, what, mine, here, source FROM deed WHERE pair = ? AND id < ? " +
        "AND key IN (SELECT value FROM json_each(?)) AND (key = ? OR what = 'moved') ORDER BY id DESC LIMIT 1",
    );
  }

  /** By where the versions are kept. */
  all(): Map<string, VersionCause> {
    const rows = this.database.prepare(
      "SELECT deed.id, pair, peer_key, key, mine, new, kept, folds FROM deed JOIN pair ON pair.id = deed.pair " +
        "WHERE kept IS NOT NULL",
    ).all();
    return new Map(rows.map(({ id, pair, peer_key, key, mine, new: entry, kept, folds }) => {
      const cause = {
        historyEntry: Number(id),
        peerKey: mine === 1 ? null : String(peer_key),
        deleted: !isFile(entry),
      };
      const brought = mine !== 1 && this.#isBrought(Number(pair), key as Path, Number(id), folds === 1);
      return [String(kept), { ...cause, brought }];
    }));
  }

  /** The versions that these history entries tell of are gone. */
  forget(historyEntries: Iterable<number>) {
    const forget = this.database.prepare("UPDATE deed SET kept = NULL WHERE id = ?");
    for (const historyEntry of historyEntries) forget.run(historyEntry);
  }

  /** Whether what was at a path before that history entry had come from the peer, under whatever name. What nobody knows of had not. */
  #isBrought(pair: number, key: Path, historyEntry: number, folds: boolean): boolean {
    for (let steps = 0; steps < MOST_STEPS; steps++) {
      const before = this.#before.get(pair, historyEntry, JSON.stringify(withFolders(key)), key);
      if (!before) return false;
      historyEntry = Number(before.id);
      if (before.what === "moved" && before.source !== null) {
        key = comparePath(String(before.source) as Path, folds) +
          key.slice(String(before.key).length) as Path;
      } else if (before.what !== "mode") {
        return before.here === 1 && before.mine !== 1 && BRINGING.has(String(before.what));
      }
    }
    return false;
  }
}

function withFolders(path: Path): Path[] {
  const paths = [path];
  for (let at = parentOf(path); at !== ROOT; at = parentOf(at)) paths.push(at);
  return paths;
}

/** An entry that a failing disk has changed counts as none. */
function isFile(entry: unknown): boolean {
  try {
    return entry !== null && entryFromBytes(entry).kind === "file";
  } catch {
    return false;
  }
}
