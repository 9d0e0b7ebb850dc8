// The chunk of a plan that this side carried out last, until the next one: written down just before, with what came of it as soon as
// that is known. Where the two sides parted before both had made its commit, it tells whose doing is whose when they meet again (M9).

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { decode, encode } from "@msgpack/msgpack";
import type { Path } from "../../core/tree/path.ts";
import type { Orders, Result, Terms } from "../../core/plan/plan.ts";
import type { Node, Step } from "../../core/moves/places.ts";
import {
  changeFromWire,
  changeToWire,
  conflictFromWire,
  conflictToWire,
  moveFromWire,
  moveToWire,
  pathFromWire,
  resultFromWire,
  resultToWire,
  type Row,
  taskFromWire,
  taskToWire,
} from "../../wire/rows.ts";
import { asFlag, asList, asText } from "../../wire/shape.ts";

/** A chunk that this side began to carry out. */
export interface Begun {
  /** The number of the commit it leads to. */
  generation: number;
  /** The name that alpha gave it. */
  chunk: string;
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

export class Unsettled {
  readonly #of: StatementSync;
  readonly #time: StatementSync;

  constructor(private readonly database: DatabaseSync) {
    this.#of = database.prepare("SELECT * FROM unsettled WHERE pair = ? AND generation = ?");
    this.#time = database.prepare("SELECT time FROM unsettled WHERE pair = ? AND generation = ?");
  }

  /** Writes down what is about to be carried out, in the place of what was before. */
  begin(pair: number, { generation, chunk, batch, time, orders, terms }: Omit<Begun, "results">) {
    this.database.prepare("INSERT OR REPLACE INTO unsettled VALUES (?, ?, ?, ?, ?, ?, NULL, ?)").run(
      ...[pair, generation, chunk, batch, time],
      encode(ordersToRows(orders)),
      terms && encode(termsToRows(terms)),
    );
  }

  /** What came of it: within the transaction of the history entries. */
  note(pair: number, results: readonly Result[]) {
    this.database.prepare("UPDATE unsettled SET results = ? WHERE pair = ?")
      .run(encode(results.map(resultToWire)), pair);
  }

  /** When the chunk that leads to that commit was begun; null: nothing was to be done here. */
  timeOf(pair: number, generation: number): number | null {
    return this.#time.get(pair, generation)?.time as number | undefined ?? null;
  }

  /** Whether a chunk that leads to that commit was begun. */
  isBegun(pair: number, generation: number): boolean {
    return this.#time.get(pair, generation) !== undefined;
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
  const rows = (bytes: unknown) => asList(decode(bytes as Uint8Array));
  return {
    ...{ generation, chunk, batch, time } as Pick<Begun, "generation" | "chunk" | "batch" | "time">,
    orders: ordersFromRows(rows(orders)),
    results: results === null ? null : rows(results).map(resultFromWire),
    terms: terms === null ? null : termsFromRows(rows(terms)),
  };
}

function ordersToRows({ moves, removals, directories, contents }: Orders): Row {
  return [moves.map(moveToWire), ...[removals, directories, contents].map((tasks) => tasks.map(taskToWire))];
}

function ordersFromRows(rows: Row): Orders {
  const [moves, removals, directories, contents] = rows.map(asList);
  const tasks = (list: unknown[]) => list.map((task) => taskFromWire(task, "/"));
  return {
    moves: moves!.map((move) => moveFromWire(move, "/")),
    removals: tasks(removals!),
    directories: tasks(directories!),
    contents: tasks(contents!),
  };
}

function termsToRows({ peer, steps, before, both, shared, halfDone, undone, agreed, conflicts }: Terms): Row {
  return [
    ordersToRows(peer),
    [steps.alpha, steps.beta].map((list) => list.map((step) => step && stepToRow(step))),
    before.map(stepToRow),
    both.map(stepToRow),
    shared,
    halfDone.map(([path, entry]) => changeToWire({ path, new: entry })),
    agreed.map(changeToWire),
    conflicts.map(({ conflict, open }) => [conflictToWire(conflict), open]),
    [undone.alpha, undone.beta],
  ];
}

function termsFromRows(rows: Row): Terms {
  const [peer, steps, before, both, shared, halfDone, agreed, conflicts, undone] = rows.map(asList);
  const changes = (list: unknown[]) => list.map((change) => changeFromWire(change, "/"));
  const [alpha, beta] = steps!.map((list) => asList(list).map((step) => step === null ? null : stepOf(step)));
  return {
    peer: ordersFromRows(peer!),
    steps: { alpha: alpha!, beta: beta! },
    before: before!.map(stepOf),
    both: both!.map(stepOf),
    shared: pathsOf(shared),
    undone: { alpha: pathsOf(undone![0]), beta: pathsOf(undone![1]) },
    halfDone: changes(halfDone!).map(({ path, new: entry }) => [path, entry]),
    agreed: changes(agreed!),
    conflicts: conflicts!.map((row) => {
      const [conflict, open] = asList(row);
      return { conflict: conflictFromWire(conflict, "/"), open: asList(open).map((path) => asText(path)) };
    }),
  };
}

function pathsOf(rows: unknown): Path[] {
  return asList(rows).map((path) => pathFromWire([path], "/"));
}

function stepToRow({ node, parent, key, name, made }: Step): Row {
  return [node, parent, key, name, made];
}

function stepOf(row: unknown): Step {
  const [node, parent, key, name, made] = asList(row);
  return {
    node: asText(node) as Node,
    parent: asText(parent) as Node,
    ...{ key: asText(key), name: asText(name), made: asFlag(made) },
  };
}
