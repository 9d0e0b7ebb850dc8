// A chunk that was carried out, and whose commit one of the two sides has not made: when they meet again they agree on it before
// anything else, so that what a side did on the other's order is not taken for its own doing (RULES M9, S6).

import type { Begun } from "../archive/state/unsettled.ts";
import type { DirectoryEntry } from "../core/tree/entry.ts";
import type { Path } from "../core/tree/path.ts";
import { firstContent, goalsIn, type Orders, type Result, type Terms } from "../core/plan/plan.ts";
import { SIDES } from "../core/side.ts";
import type { Staged } from "../stage/staging.ts";
import { keptAt } from "../transition/versions.ts";
import { resultToWire, type Row } from "../wire/rows.ts";
import type { NeededDigests } from "./digests.ts";
import { foundDone, undigested } from "../plan/found.ts";
import type { RootEngine } from "../engine/engine.ts";
import type { CarriedOut, HistoryRecorder } from "./recorder.ts";
import type { Pairing } from "./pairing.ts";
import type { LateChunk } from "../plan/planned_work.ts";

/** A chunk of which it is known what was done here. */
type Done = Begun & { results: Result[] };

/** What beta did of the chunk of that name; "": of none. */
export interface PeerDone {
  /** See `chunk` of the message `orders`. */
  chunk: string;
  /** One for each of its tasks and moves that it came to. */
  results: Result[];
}

/** What is known of a chunk before it is carried out. */
export interface Beginning {
  /** Its name, from alpha. */
  chunk: string;
  /** The number of its batch, for the history. */
  batch: number;
  /** When it is begun, by this machine's clock, in ms. */
  time: number;
  /** What this side has to do. */
  orders: Orders;
  /** The content that has come, by the number of its task. */
  staged: ReadonlyMap<number, Staged>;
  /** alpha: what follows from both sides' results; null at beta. */
  terms: Terms | null;
}

/** What it rests on; `view` is this side's, as it is when asked. */
export interface LateGround {
  /** Of this side's root. */
  engine: RootEngine;
  /** Its pair says which chunk is due. */
  pairing: Pairing;
  /** Goes on with the chunk's batch, so that its entries are under one number. */
  recorder: HistoryRecorder;
  /** Digests what tells whether a task was done. */
  digesting: NeededDigests;
  /** Keyed by the compared form. */
  view: () => DirectoryEntry;
}

/** Remembers the chunk at hand in the archive, and finds it there when the two meet again. */
export class Late {
  /** As read from the archive, once it was. */
  #done: Done | null = null;

  /** Nothing is read before it is asked for. */
  constructor(private readonly ground: LateGround) {}

  /** The two sides begin at another point of their history, or anew. */
  forget() {
    this.#done = null;
  }

  /** Writes down what is about to be carried out. */
  begin({ orders, staged, ...known }: Beginning) {
    const { engine: { archive }, pairing: { pair } } = this.ground;
    const generation = this.#next;
    archive.unsettled.begin(pair, { ...known, generation, orders: withDigests(orders, staged) });
    this.#done = null;
  }

  /** Writes down what came of it. */
  carriedOut(results: readonly Result[], work: CarriedOut) {
    const { engine: { archive }, pairing: { pair }, recorder } = this.ground;
    archive.carriedOut(pair, results, recorder.carriedOut(work));
  }

  /** Finds out what was done of the chunk that is due, where the program was stopped in the midst of it. Returns whether that is known: before
   * it is, files are read for it, and nothing may be planned. After each look. */
  recall(): boolean {
    const { engine, pairing: { pair }, digesting, view } = this.ground;
    const isKnown = this.#done?.generation === this.#next;
    if (isKnown || !engine.archive.unsettled.isInMidst(pair, this.#next)) return true;
    if (engine.rereads || engine.isReviewDue) return false;
    const begun = engine.archive.unsettled.of(pair, this.#next);
    const paths = begun ? undigested(begun.orders, view()) : [];
    digesting.clear();
    digesting.own(paths);
    if (paths.some((path) => digesting.isWaiting(path))) return false;
    this.#find();
    return true;
  }

  /** beta: what it did of the last chunk, where that is not agreed. */
  told(): { chunk: string; done: Row[] } {
    const found = this.#find();
    return {
      chunk: found?.chunk ?? "",
      done: (found?.results ?? []).filter(({ done }) => done).map(resultToWire),
    };
  }

  /** alpha: the last chunk, where it is not agreed and something of it was done on either side. */
  chunk(peer: PeerDone): LateChunk | null {
    const found = this.#find();
    if (!found?.terms) return null;
    const results = { alpha: found.results, beta: peer.chunk === found.chunk ? peer.results : [] };
    const isBegun = SIDES.some((side) => results[side].some(({ done }) => done));
    return isBegun ? { terms: found.terms, own: found.orders, results } : null;
  }

  #find(): Done | null {
    if (this.#done?.generation === this.#next) return this.#done;
    const { engine: { archive }, pairing: { pair }, recorder } = this.ground;
    const begun = archive.unsettled.of(pair, this.#next);
    if (!begun) return null;
    const { results } = begun;
    recorder.resume(begun.batch, results ? donePaths(begun.orders, results) : []);
    this.#done = { ...begun, results: results ?? this.#look(begun) };
    return this.#done;
  }

  /** The program was stopped in the midst of it: what was done of it, and is told now. */
  #look({ orders, time }: Begun): Result[] {
    const { engine, pairing, view } = this.ground;
    const after = view();
    const { results, between, before } = foundDone(orders, after, engine.ability.executable);
    // As after damage: neither side is to take what is not there for deleted.
    engine.archive.unproven.foundDamaged(between.map((path) => ({ pair: pairing.pair, path })), null);
    const kept = keptAt(engine.disk, engine.places.versions, time);
    this.carriedOut(results, { orders, results, before, after, ancestor: pairing.ancestor, kept });
    return results;
  }

  /** The number of the commit that is due. */
  get #next(): number {
    const { engine: { archive }, pairing: { pair } } = this.ground;
    return archive.history(pair).generation + 1;
  }
}

/** The orders with the digests of the content that had come: by these it is known again. */
function withDigests(orders: Orders, staged: ReadonlyMap<number, Staged>): Orders {
  const first = firstContent(orders);
  const contents = orders.contents.map((task, number) => {
    const digest = staged.get(first + number)?.digest;
    return digest !== undefined && task.new?.kind === "file"
      ? { ...task, new: { ...task.new, digest } }
      : task;
  });
  return { ...orders, contents };
}

/** The paths that an order led to. */
function donePaths(orders: Orders, results: readonly Result[]): Path[] {
  const paths = goalsIn(orders);
  return results.flatMap(({ index, done }) => done ? paths[index] ?? [] : []);
}
