// What is asked of an archive for each path is answered by that path: else it would cost, for each, all that the archive holds.

import { assertEquals } from "@std/assert";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { type Duo, duoWith, remove, rename } from "../support/duo.ts";
import { write } from "../support/folder.ts";

/** Few enough for nobody to be asked (S1). */
const FILES = 40;

/** Tables that grow with what is in the folder, and what has to be among the columns by which a row of them is found. */
const FOUND_BY: Record<string, RegExp> = {
  ancestor: /\bpath/,
  historyEntry: /\b(key|rowid)/,
  unproven: /\b(path|placed)/,
  loss: /\bpath/,
  approved: /\bpath/,
  conflict: /\bpath/,
  lineage: /\b(path|rowid)/,
  digested: /\bpath/,
  rights: /\bpath/,
  remains: /\bpath/,
};

/** How often each statement is run, and by whom. */
class Watch {
  readonly runs = new Map<string, { database: DatabaseSync; count: number }>();
  readonly #prepare = DatabaseSync.prototype.prepare;

  [Symbol.dispose]() {
    DatabaseSync.prototype.prepare = this.#prepare;
  }

  constructor() {
    const { runs } = this;
    const prepare = this.#prepare;
    DatabaseSync.prototype.prepare = function (this: DatabaseSync, sql: string) {
      const statement = prepare.call(this, sql);
      for (const method of ["run", "get", "all", "iterate"] as const) {
        const call = statement[method] as (...values: never[]) => unknown;
        statement[method] = ((...values: never[]) => {
          const { count } = runs.get(sql) ?? { count: 0 };
          runs.set(sql, { database: this, count: count + 1 });
          return call.apply(statement, values);
        }) as never;
      }
      return statement;
    } as (sql: string) => StatementSync;
  }

  /** How those that ran so often since the last call look for rows where that is not by the row's own path. */
  slow(often: number): string[] {
    const ran = [...this.runs].filter(([, { count }]) => count >= often);
    this.runs.clear();
    return ran.flatMap(([sql, { database }]) => {
      const marks = new Set(sql.match(/\?\d*/g)?.map((mark, number) => mark === "?" ? number : mark));
      const plan = this.#prepare.call(database, `EXPLAIN QUERY PLAN ${sql}`).all(...[...marks].map(() => 0));
      return plan.map(({ detail }) => String(detail)).filter((detail) => {
        const [, table] = /^(?:SCAN|SEARCH) (\w+)/.exec(detail) ?? [];
        const columns = /\((.*)\)$/.exec(detail)?.[1] ?? "";
        const needed = table === undefined ? undefined : FOUND_BY[table];
        return needed !== undefined && !needed.test(columns);
      }).map((detail) => `${detail}: ${sql}`);
    });
  }
}

const numbers = Array.from({ length: FILES }, (_, number) => number);

/** All that is done to files one by one. */
const ACTS: ((duo: Duo) => void)[] = [
  (duo) => numbers.forEach((number) => rename(duo, "alpha", `in/f${number}`, `out/f${number}`)),
  (duo) => numbers.forEach((number) => write(duo.beta.native(`out/f${number}`), `edited ${number}`)),
  (duo) => void duo.alpha.historyService.undo(),
  (duo) => numbers.forEach((number) => write(duo.beta.native(`out/f${number}`), `edited again ${number}`)),
  (duo) => duo.alpha.powerCut(() => {}),
  (duo) => numbers.forEach((number) => remove(duo, "beta", `out/f${number}`)),
  ({ alpha: { engine: { archive } } }) =>
    numbers.forEach((number) => archive.historyEntries.lastAt(1, [`out/f${number}`])),
];

Deno.test("what is asked for each path is found by its path", () => {
  using watch = new Watch();
  using duo = duoWith({
    ...Object.fromEntries(numbers.map((number) => [`in/f${number}`, `${number}`])),
    ...Object.fromEntries(numbers.map((number) => [`out/other ${number}`, `${number}`])),
  });
  for (const act of ACTS) {
    act(duo);
    duo.connect();
    duo.settle();
    duo.checkInSync();
    assertEquals(watch.slow(FILES), []);
  }
});
