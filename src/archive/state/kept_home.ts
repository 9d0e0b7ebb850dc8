// What was ignored here when the peer changed that, and stays home until this side's person lets it travel (RULES I4). With it, this
// side's ignore rules as they were last read.

import type { DatabaseSync } from "node:sqlite";
import type { Path } from "../../core/tree/path.ts";
import { durably, transaction } from "../schema.ts";

/** `path` as spelled; `id` and `born` are those of what was seen there, 0 where not known. expected: a change of the peer's is under way,
 * and the next look tells what becomes of it; asked: this side's person is to say; refused: said no. */
export interface KeptAtHome {
  /** As spelled in the root. */
  path: Path;
  /** The pair whose peer would let it travel. */
  pair: number;
  /** The file ID seen there; 0 where not known. */
  id: number;
  /** When it was made, in ms; 0 where not known. */
  born: number;
  /** How far the question has come. */
  state: KeptState;
}

/** As they are stored, by their places. */
export const STATES = ["expected", "asked", "refused"] as const;
/** One of `STATES`. */
export type KeptState = typeof STATES[number];

/** This side's ignore rules as they were last read. */
export interface OwnRules {
  /** The text of the ignore rules that held last. */
  text: string;
  /** The peer changed the rules, or is about to, and they were not read since. */
  theirs: boolean;
}

/** What stays home, and the rules that held before. */
export class KeptHomeTable {
  /** `database`: an archive's, as `openDatabase` gives it. */
  constructor(private readonly database: DatabaseSync) {}

  /** All of it, by its paths. */
  all(): KeptAtHome[] {
    const rows = this.database.prepare("SELECT * FROM kept_home ORDER BY path").all();
    return rows.map(({ state, ...kept }) => ({ ...kept, state: STATES[state as number] }) as KeptAtHome);
  }

  /** On the disk when this returns: what follows lets the peer's change in. `theirs`: it changes the rules. */
  expect(kept: readonly KeptAtHome[], theirs: boolean) {
    durably(this.database, () => {
      this.#put(kept);
      const mark = "INSERT INTO rules VALUES (1, '', 1) ON CONFLICT (id) DO UPDATE SET theirs = 1";
      if (theirs) this.database.prepare(mark).run();
    });
  }

  /** These are kept so from now on, those are not any more. */
  change(kept: readonly KeptAtHome[], gone: readonly Path[]) {
    transaction(this.database, () => {
      for (const path of gone) this.database.prepare("DELETE FROM kept_home WHERE path = ?").run(path);
      this.#put(kept);
    });
  }

  /** The rules that held last: they hold on until those in the file can be read, and where those are too many. */
  rules(): OwnRules {
    const row = this.database.prepare("SELECT text, theirs FROM rules").get();
    return { text: typeof row?.text === "string" ? row.text : "", theirs: row?.theirs === 1 };
  }

  /** The rules that hold from now on; what was expected of them is over. */
  read(text: string) {
    this.database.prepare("INSERT OR REPLACE INTO rules VALUES (1, ?, 0)").run(text);
  }

  #put(kept: readonly KeptAtHome[]) {
    const put = this.database.prepare("INSERT OR REPLACE INTO kept_home VALUES (?, ?, ?, ?, ?)");
    for (const { path, pair, id, born, state } of kept) put.run(path, pair, id, born, STATES.indexOf(state));
  }
}
