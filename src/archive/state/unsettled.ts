// The chunk of a plan that this side carried out last, until the next one: written down just before, with what came of it as soon as
// that is known. Where the two sides parted before both had made its commit, it tells whose doing is whose when they meet again (M9).

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Orders, Result, Terms } from "../../core/plan/plan.ts";
import {
  ordersFromBytes,
  ordersToBytes,
  resultsFromBytes,
  resultsToBytes,
  termsFromBytes,
  termsToBytes,
} from "../codec.ts";

/** A chunk that this side began to carry out. */
export interface Begun {
  /** The number of the commit it leads to. */
  generation: number;
  /** The name that alpha gave it. */
  chunk: string;
  /** The number of its batch. */
  batch: number;
  /** When, by this machine's clock, in ms: its versions lie under this time. */
  time: number;
  /** What this side has to do, with the digests of the content that had come. */
  orders: Orders;
  /** What came of it; null: not known, since the program was stopped in the midst of it. */
  results: Result[] | null;
  /** alpha: what follows from the results of both sides. */
  terms: Terms | null;
}

/** One chunk of each pair, the last one. */
export class Unsettled {
  readonly #of: StatementSync;
  readonly #time: StatementSync;
  readonly #midst: StatementSync;

  /** `database`: an archive's, as `openDatabase` gives it. */
  constructor(private readonly database: DatabaseSync) {
    this.#of = database.prepare("SELECT * FROM unsettled WHERE pair = ? AND generation = ?");
    this.#time = database.prepare("SELECT time FROM unsettled WHERE pair = ? AND generation = ?");
    this.#midst = database.prepare(
      "SELECT time FROM unsettled WHERE pair = ? AND generation = ? AND results IS NULL",
    );
  }

  /** Writes down what is about to be carried out, in the place of what was before. */
  begin(pair: number, { generation, chunk, batch, time, orders, terms }: Omit<Begun, "results">) {
    this.database.prepare("INSERT OR REPLACE INTO unsettled VALUES (?, ?, ?, ?, ?, ?, NULL, ?)").run(
      ...[pair, generation, chunk, batch, time],
      ordersToBytes(orders),
      terms && termsToBytes(terms),
    );
  }

  /** What came of it: within the transaction of the history entries. */
  note(pair: number, results: readonly Result[]) {
    this.database.prepare("UPDATE unsettled SET results = ? WHERE pair = ?")
      .run(resultsToBytes(results), pair);
  }

  /** When the chunk that leads to that commit was begun; null: nothing was to be done here. */
  timeOf(pair: number, generation: number): number | null {
    return this.#time.get(pair, generation)?.time as number | undefined ?? null;
  }

  /** Whether a chunk that leads to that commit was begun. */
  isBegun(pair: number, generation: number): boolean {
    return this.#time.get(pair, generation) !== undefined;
  }

  /** Whether the program was stopped in the midst of the chunk that leads to that commit. */
  isInMidst(pair: number, generation: number): boolean {
    return this.#midst.get(pair, generation) !== undefined;
  }

  /** The chunk that leads to that commit. What a failing disk made of it is none: then it is as if it had not been written. */
  of(pair: number, generation: number): Begun | null {
    try {
      const row = this.#of.get(pair, generation);
      return row ? begunOf(row) : null;
    } catch {
      return null;
    }
  }
}

function begunOf(row: Record<string, unknown>): Begun {
  const { generation, chunk, batch, time, orders, results, terms } = row;
  return {
    ...{ generation, chunk, batch, time } as Pick<Begun, "generation" | "chunk" | "batch" | "time">,
    orders: ordersFromBytes(orders),
    results: results === null ? null : resultsFromBytes(results),
    terms: terms === null ? null : termsFromBytes(terms),
  };
}
