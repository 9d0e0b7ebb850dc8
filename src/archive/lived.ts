// The archive's own sense of time (RULES S4): how long it has lived, by which the age of versions and of history is counted. The clock
// that is asked may jump, so what it shows to have passed since it was last asked is taken for true up to a limit only, both ways: a
// jump and its correction come to nothing.

import type { DatabaseSync } from "node:sqlite";
import { transaction } from "./schema.ts";

/** The folder of a batch of versions, and when it was noted, in the archive's own time. */
export interface NotedBatch {
  /** Its name in the folder of versions. */
  name: string;
  /** In the archive's own time, in ms. */
  made: number;
}

/** The times that a Date can hold: any other one is damage. */
const WITHIN = "BETWEEN -8.64e15 AND 8.64e15";

/** How long the archive has lived, and since when each batch of versions is known, by that. */
export class Lived {
  /** `database`: an archive's, as `openDatabase` gives it. */
  constructor(private readonly database: DatabaseSync) {}

  /** In ms; 0 when it was never counted. */
  get time(): number {
    return this.#last()?.time ?? 0;
  }

  /** Counts what has passed by a clock that shows `clock`, at most `most` at once (ms). Returns the time that this count and the one
   * before both agree has come: so no single jump makes anything old. */
  count(clock: number, most: number): number {
    const last = this.#last() ?? { time: 0, clock };
    const passed = Math.max(-most, Math.min(clock - last.clock, most));
    const time = Math.round(last.time + passed);
    this.database.prepare("INSERT OR REPLACE INTO lived VALUES (1, ?, ?)").run(time, Math.round(clock));
    return Math.min(time, last.time);
  }

  /** Notes the batches of versions that there are, of which those that are new come in the order of `names`; forgets the others.
   * Returns them in the order in which they were noted. */
  note(names: readonly string[]): NotedBatch[] {
    const present = new Set(names);
    const add = this.database.prepare("INSERT OR IGNORE INTO kept_batch VALUES (NULL, ?, ?)");
    const drop = this.database.prepare("DELETE FROM kept_batch WHERE name = ?");
    const { time } = this;
    transaction(this.database, () => {
      for (const name of names) add.run(name, time);
      for (const { name } of this.#noted()) if (!present.has(name)) drop.run(name);
    });
    return this.#noted();
  }

  #noted(): NotedBatch[] {
    return this.database.prepare("SELECT name, made FROM kept_batch ORDER BY id").all()
      .map(({ name, made }) => ({ name: String(name), made: Number(made) }));
  }

  #last(): { time: number; clock: number } | undefined {
    const row = this.database.prepare(
      `SELECT time, clock FROM lived WHERE time ${WITHIN} AND clock ${WITHIN}`,
    ).get();
    return row && { time: Number(row.time), clock: Number(row.clock) };
  }
}
