// What a person asks of a root beyond keeping it the same: what happened, what waits, and to bring back. Answers in the engine,
// with a session or without.

import type { KnownPair } from "../archive/archive.ts";
import type { ListedConflict } from "../archive/state/conflicts.ts";
import type { HistoryEntry } from "../archive/history/history_entry.ts";
import type { BatchLine } from "../archive/history/history_entries.ts";
import { type ContentEntry, type DirectoryEntry, isContent } from "../core/tree/entry.ts";
import { NotYet, UserError } from "../core/failure.ts";
import { comparePath, type Path } from "../core/tree/path.ts";
import type { Orders } from "../core/plan/plan.ts";
import { fitting, type PeerRequests } from "../wire/message.ts";
import type { Heard } from "../core/peer_request.ts";
import { heardFromWire, heardToWire, requestFromWire, requestToWire } from "../wire/rows.ts";
import type { Halt } from "../guard/guard.ts";
import type { RootEngine } from "../engine/engine.ts";
import { type Why, why } from "./explain.ts";
import { type ConflictSide, listConflicts, settle, type ShownConflict } from "./conflicts.ts";
import { type LeftUndone } from "./undo_steps.ts";
import { planUndo, type UndoPlan } from "./undo_plan.ts";
import { undoBatch, type UndoResult } from "./undo.ts";

/** A batch that was undone on this side, and what is left to the other's. */
export interface UndoneHere extends UndoResult {
  batch: number;
  peer: string;
  /** So many paths the batch changed in the peer's folder: that computer is asked to put them back. */
  there: number;
}

/** Why undoing a batch as the peer asks has to wait for this side's person; null: it may be done, and is, now. */
export type JudgeUndo = (batch: number, orders: Orders, view: DirectoryEntry) => Halt | null;

/** What the peer's requests led to here, and what is known now of the own ones. */
export interface HeardNews {
  /** Something in this folder, or in what is listed, is other than it was. */
  acted: boolean;
  /** Some of it waits for what is read and copied first. */
  reads: boolean;
  here: Omit<Heard, "id">[];
  there: Omit<Heard, "id">[];
  /** The requests that wait for this side's person. */
  halts: Halt[];
}

/** The last batches; or, of one path and what is below it, the last history entries. Newest first. */
export interface HistoryPage {
  batches: BatchLine[];
  historyEntries: HistoryEntry[];
  /** So many entries cannot be read, and are left out. */
  unread: number;
}

/** A batch as it is found by its number. */
type Batch = Omit<BatchLine, "counts" | "paths">;

/** A limit above any number of batches. */
const ALL = 1e9;
const MOST_BATCHES = 50;
const MOST_LISTED_ENTRIES = 200;
/** So many requests go in one message. */
const MOST_REQUESTS = 100;
/** So many paths of an undo are told by name. */
const MOST_LEFT = 20;

const NOT_WANTED = "the person there does not want it undone";

export class HistoryService {
  /** What came of the peers' requests, not told yet, by their pairs. */
  readonly #heard = new Map<number, Heard[]>();
  /** Their requests that wait for this side's person, and those that got a no. */
  readonly #waiting = new Map<number, string[]>();
  readonly #declined = new Set<string>();
  /** Undos of which a part waits for a copy: how many paths are back by them already, by pair and batch. */
  readonly #begun = new Map<string, number>();

  constructor(private readonly engine: () => RootEngine) {}

  /** `path` as a person writes it. Throws UserError when nothing is known of it. */
  history(path = ""): HistoryPage {
    const { historyEntries } = this.engine().archive;
    const inner = this.#inner(path);
    const unread = historyEntries.unread();
    if (inner === "") return { batches: historyEntries.batches(MOST_BATCHES), historyEntries: [], unread };
    const found = this.#pairs().flatMap(({ id, folds }) =>
      historyEntries.at(id, comparePath(inner, folds), MOST_LISTED_ENTRIES)
    );
    if (found.length === 0) throw new UserError(`Nothing is known to have happened to ${inner}`);
    const newest = found.sort((one, other) => other.time - one.time).slice(0, MOST_LISTED_ENTRIES);
    return { batches: [], historyEntries: newest, unread };
  }

  /** Throws UserError when nothing is known of the path, RootGone. */
  why(path: string): Why {
    const inner = this.#inner(path);
    if (inner === "") throw new UserError("Say which path: why PATH");
    const told = why(this.engine(), inner);
    const isKnown = told.here || told.historyEntries.length > 0 ||
      told.standings.some(({ agreed }) => agreed);
    if (!isKnown) throw new UserError(`There is no ${inner} here, and nothing is known of one`);
    return told;
  }

  /** What `undo` is going to do, as far as is known here. Throws UserError when there is no such batch, RootGone, NotYet. */
  planUndo(peer?: string, batch?: number): UndoPlan {
    const pairs = this.#pairs();
    const plan = (line: Batch) => planUndo(this.engine(), pairs.find(({ id }) => id === line.pair)!, line);
    const meant = this.#batchesOf(peer, batch);
    for (const line of meant) {
      const told = plan(line);
      // What is as it was before, by hand or with somebody else, need not be undone; nor what came to no more before.
      if (told.changes.length > 0 || told.stays.length > 0 && line.undone === "no") return told;
    }
    return plan(meant[0]!);
  }

  /** Undoes a batch, else the last one that was not undone and is not itself an undoing; the other side is asked to do its part.
   * `peer`: whose batches are meant. Throws UserError when there is none, RootGone, NotYet. */
  undo(peer?: string, batch?: number): UndoneHere {
    const engine = this.engine();
    const { historyEntries, peerRequests } = engine.archive;
    const meant = this.#batchesOf(peer, batch)[0]!;
    const pair = this.#pairs().find(({ id }) => id === meant.pair)!;
    const theirs = historyEntries.of(pair.id, meant.batch).filter(({ here }) => !here);
    const there = theirs.length;
    const undone = this.#undoBatch(pair, meant.batch, true, () => {
      // Asked of it first: were this side killed before the other hears of it, neither would bring the rest back.
      peerRequests.add(pair.id, { id: crypto.randomUUID(), undo: meant.batch });
      // What the peer puts back comes here as the peer's doing, and is what this side's person wants.
      const made = theirs.flatMap(({ key, new: entry }) => isContent(entry) ? [[key as Path, entry]] : []);
      engine.archive.losses(pair.id).approve(made as [Path, ContentEntry][]);
      return true;
    });
    return { ...undone!, batch: meant.batch, peer: meant.peer, there };
  }

  /** See undoBatch. Throws NotYet while a part waits, too; whether it may be done is only asked before the first part. */
  #undoBatch(
    pair: KnownPair,
    batch: number,
    mine: boolean,
    may: (orders: Orders, view: DirectoryEntry) => boolean,
  ): UndoResult | null {
    const key = `${pair.id} ${batch}`;
    const before = this.#begun.get(key);
    const undone = undoBatch(this.engine(), pair, batch, mine, before === undefined ? may : () => true);
    if (!undone) return null;
    const { left, waits } = undone;
    const back = (before ?? 0) + undone.back;
    if (waits) {
      this.#begun.set(key, back);
      throw new NotYet();
    }
    this.#begun.delete(key);
    return { back, left };
  }

  /** Throws RootGone. */
  conflicts(): ShownConflict[] {
    return listConflicts(this.engine());
  }

  /** Settles the conflicts listed for a path, or for a copy's. Returns what stays as it is; where nothing does, they are listed no
   * more, here and soon at the peer's. Throws UserError when there is none, RootGone, NotYet. */
  resolve(path: string, side: ConflictSide): LeftUndone[] {
    const { archive } = this.engine();
    const inner = this.#inner(path);
    const found = this.#pairs().flatMap((pair) => {
      const key = comparePath(inner, pair.folds);
      return archive.conflicts.of(pair.id).filter(({ path, kept }) => path === key || kept === key)
        .map((conflict) => ({ pair, conflict }));
    });
    if (found.length === 0) throw new UserError(`${inner} is in no listed conflict`);
    return found.flatMap(({ pair, conflict }) => this.#settle(pair, conflict, side));
  }

  /** What to tell the peer of that pair. */
  say(pair: number): PeerRequests {
    const heard = this.#heard.get(pair) ?? [];
    this.#heard.delete(pair);
    const requests = this.engine().archive.peerRequests.of(pair, MOST_REQUESTS);
    return { wishes: requests.map(requestToWire), heard: fitting(heard.map(heardToWire)) };
  }

  /** Takes in what the peer of that pair tells, and does this side's part, as far as it may. Throws Breach, RootGone. */
  hear(id: number, { wishes: requests, heard }: PeerRequests, judge: JudgeUndo): HeardNews {
    const pair = this.#pairs().find((known) => known.id === id)!;
    const news: HeardNews = { acted: false, reads: false, here: [], there: [], halts: [] };
    const { archive } = this.engine();
    for (const { id, ...known } of heard.map(heardFromWire)) {
      archive.peerRequests.remove(pair.id, id);
      if (known.batch > 0) news.there.push(known);
    }
    const waiting: string[] = [];
    const answers = requests.map(requestFromWire).flatMap((request): Heard[] => {
      if ("undo" in request) {
        const answer = this.#undoFor(pair, request, (orders, view) => {
          const halt = judge(request.undo, orders, view);
          if (halt) news.halts.push(halt);
          return halt === null;
        });
        news.reads ||= answer === "not yet";
        if (answer === "not yet") return []; // It is told again with the next look.
        if (!answer) waiting.push(request.id);
        news.acted ||= answer !== null;
        return answer ? [answer] : [];
      }
      news.acted = true;
      archive.conflicts.remove(pair.id, request.settled);
      return [{ id: request.id, batch: 0, back: 0, left: [] }];
    });
    this.#waiting.set(id, waiting);
    this.#heard.set(id, [...this.#heard.get(id) ?? [], ...answers]);
    news.here = answers.filter(({ batch }) => batch > 0).map(({ id: _, ...known }) => known);
    return news;
  }

  /** This side's person does not want what the peer of that pair asks for and what waits. */
  decline(pair: number) {
    for (const id of this.#waiting.get(pair) ?? []) this.#declined.add(id);
  }

  #undoFor(
    pair: KnownPair,
    { id, undo: batch }: { id: string; undo: number },
    may: (orders: Orders, view: DirectoryEntry) => boolean,
  ): Heard | "not yet" | null {
    if (this.#declined.delete(id)) {
      const paths = this.engine().archive.historyEntries.of(pair.id, batch).map(({ path }) => path).slice(
        0,
        MOST_LEFT,
      );
      return { id, batch, back: 0, left: paths.map((path) => ({ path, reason: NOT_WANTED })) };
    }
    try {
      const undone = this.#undoBatch(pair, batch, false, may);
      return undone && { id, batch, back: undone.back, left: undone.left.slice(0, MOST_LEFT) };
    } catch (error) {
      if (error instanceof NotYet) return "not yet";
      throw error;
    }
  }

  #settle(pair: KnownPair, conflict: ListedConflict, side: ConflictSide): LeftUndone[] {
    const left = settle(this.engine(), pair, conflict, side);
    if (left.length > 0) return left;
    const { archive } = this.engine();
    const { path, kept } = conflict;
    archive.peerRequests.add(pair.id, { id: crypto.randomUUID(), settled: { path, kept } });
    archive.conflicts.remove(pair.id, conflict);
    return [];
  }

  /** The batch meant; without a number those that can be, the first one first. */
  #batchesOf(peer: string | undefined, batch: number | undefined): Batch[] {
    const all = this.engine().archive.historyEntries.numbers(ALL);
    const theirs = all.filter((line) => peer === undefined || line.peer === peer);
    const withPeer = peer === undefined ? "" : ` with ${peer}`;
    if (theirs.length === 0) throw new UserError(`There is nothing to undo${withPeer}`);
    if (batch === undefined) {
      const open = theirs.filter(({ undone, isUndo }) => undone !== "whole" && !isUndo);
      if (open.length > 0) return open;
      throw new UserError(
        `Everything${withPeer} is undone: to undo an undo name its batch, the history lists them`,
      );
    }
    const meant = theirs.filter((line) => line.batch === batch);
    if (meant.length === 0) throw new UserError(`There is no batch ${batch}: the history lists them`);
    const names = [...new Set(meant.map(({ peer }) => peer))]; // With one who has another key by now it is the later pair's.
    if (names.length > 1) {
      throw new UserError(`There is a batch ${batch} with ${names.join(" and with ")}: say with whom`);
    }
    return meant.slice(0, 1);
  }

  /** A path as a person writes it: from the folder on, or whole. */
  #inner(path: string): Path {
    const { places, disk } = this.engine();
    const slashed = (text: string) => disk.separator === "\\" ? text.replaceAll("\\", "/") : text;
    const [folder, typed] = [slashed(places.folder), slashed(path)];
    const inner = typed === folder ? "" : typed.startsWith(`${folder}/`) ? typed.slice(folder.length) : typed;
    const bare = inner.replace(/^(\.?\/+)+/, "").replace(/\/+$/, "").replace(/^\.$/, "");
    if (bare.split("/").includes("..")) throw new UserError(`${path} is not in the folder ${places.folder}`);
    return bare as Path;
  }

  #pairs(): KnownPair[] {
    return this.engine().archive.knownPairs();
  }
}
