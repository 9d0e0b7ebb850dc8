// The contents of a session in the engine: those that come beside the root, from here or from the peer, and those that are supplied.

import type { DirectoryEntry, FileEntry } from "../core/tree/entry.ts";
import type { Path } from "../core/tree/path.ts";
import { firstContent, type Orders } from "../core/plan/plan.ts";
import { entryAt } from "../core/tree/tree.ts";
import { type Source, Supplier } from "../stage/supply.ts";
import {
  byDigest,
  type FileTask,
  type HinderedTask,
  Staging,
  wantOf,
  wantsContent,
} from "../stage/staging.ts";
import type { Located } from "../stage/survey.ts";
import { Ahead } from "../transition/ahead.ts";
import { encodeMessage, inMessages, type MessageOf } from "../wire/message.ts";
import { type Want, wantFromWire, wantToWire } from "../wire/rows.ts";
import { breach } from "../wire/shape.ts";
import type { RootEngine } from "../engine/engine.ts";
import type { StageBegun, Supplied } from "./endpoint.ts";
import type { Spelling } from "../plan/spelling.ts";

/** Files from this size on are looked for by digest in the whole root before they are fetched. */
const WORTH_FINDING = 64 << 10;

/** So many bytes in so many files are sent with their orders at most, before it is known whether the other side has them already. */
const MOST_PUSHED_BYTES = 64 << 10;
const MOST_PUSHED_FILES = 64;

/** What tells one content that is pushed from another at its path. */
const pushedAs = ({ size, mtime }: Want) => `${size} ${mtime}`;

/** Begins to judge the contents of a chunk. */
type Judge = () => (task: FileTask) => HinderedTask | null;

/** What the contents of a session rest on. */
interface ContentsGround {
  engine: RootEngine;
  pair: number;
  spelling: Spelling;
  /** The own tree as it is when asked. */
  view: () => DirectoryEntry;
  /** See Hindering. */
  judge: Judge;
  /** See Partner. */
  peerCuts: boolean;
}

/** What a session stages and what it supplies, each for the plan at hand. Both know files by the numbers of their tasks. */
export class Contents {
  /** Puts together what the peer sends; its batches go straight to it. */
  readonly staging: Staging;
  /** Makes the copies that its transitions need. */
  readonly copies: Ahead;
  /** Where it is staged: a native path. */
  readonly place: string;
  readonly #supplier: Supplier;
  #learned: [Path, FileEntry, string][] = [];
  /** What was pushed since both sides were last in sync: where it is ordered again, whoever has it need not be sent it again. */
  readonly #pushedBefore = new Map<Path, string>();
  /** What came with the orders of the chunk at hand, until it is staged. */
  #pushed: Uint8Array | null = null;
  /** Where content replaced or removed by this plan is kept: when it is wanted again, it is here. */
  #kept = new Map<string, Located>();

  /** Takes the pair's folder beside the root over. */
  constructor(private readonly ground: ContentsGround) {
    const { engine, pair, peerCuts } = ground;
    const { disk, places } = engine;
    this.place = `${places.staging}${disk.separator}${pair}`;
    this.staging = new Staging(disk, this.place, peerCuts);
    this.copies = engine.copiesFor(this.staging);
    this.#supplier = new Supplier(disk, (path) => this.#source(path), {
      digest: ({ path, seen }, digest) => this.#learned.push([path, seen, digest]),
      begun: ({ path }) => engine.begun(path),
      sent: ({ path, seen }) => engine.sent(path, seen),
      changed: ({ path, seen }) => engine.changed(path, seen),
      unread: ({ path }) => engine.doubt([path]),
    });
  }

  /** Nothing more comes or goes. What is staged stays on the disk, for the next session to go on from. */
  close() {
    this.#supplier.pause();
    this.staging.end();
    this.rest();
  }

  /** Nothing more is to come: what was begun here for it is not needed. */
  rest() {
    this.#pushedBefore.clear();
    this.copies.rest();
    this.staging.rest();
  }

  /** Content came with orders. Throws Breach where it is too much. */
  takePushed(bytes: Uint8Array) {
    if (this.#pushed) breach("more is pushed than orders came");
    this.#pushed = bytes;
  }

  /** Gets content that is here, takes in what came with the orders, and says what the peer must supply. Throws Breach. */
  stage(orders: Orders): Pick<StageBegun, "messages" | "wanted" | "pushed"> {
    const { removals, contents } = orders;
    const first = firstContent(orders);
    const { snapshot, places, disk } = this.ground.engine;
    let index: Map<string, Located> | null = null;
    const inRoot = (digest: string) => {
      index ??= byDigest(snapshot, places.folder, disk.separator);
      return index.get(digest) ?? null;
    };
    const begun = this.staging.begin(
      contents.map((task, number) => [first + number, task]),
      (task) => this.#here(task, removals.length > 0, inRoot),
      ({ path, old }) => old?.kind === "file" ? this.#locate(path) : null,
      this.ground.judge(),
    );
    this.copies.chunk(() => this.#sourcesOf(orders));
    const { wants, bytes: pushed } = this.#pushed
      ? this.staging.acceptPushed(this.#pushed, begun)
      : { wants: begun, bytes: 0 };
    this.#pushed = null;
    const messages = inMessages(
      { rows: wants.map(wantToWire) },
      (part) => ({ type: "want", packs: true, ...part }),
    );
    return { messages, wanted: wants.length, pushed };
  }

  /** Something of what the chunk at hand takes is to be copied on. */
  get isCopying(): boolean {
    return this.staging.isCopying || this.copies.isCopying;
  }

  /** Copies on, for a moment, what the chunk at hand takes. Returns whether there is more to copy. */
  copyOn(): boolean {
    return this.staging.copyOn() || this.copies.copyOn();
  }

  /** What of large files has come, as `Staging.parts` says it. */
  parts(): Map<string, number> {
    return this.staging.parts((native) => this.copies.bytesOf(native));
  }

  /** So many bytes of a task's content are beside its place already, on another disk than the root's. */
  bytesBeside(task: FileTask): number {
    const held = this.staging.heldAt(task);
    return held === null ? 0 : this.copies.bytesOf(held);
  }

  /** Where what orders have to do with lies (native). */
  *#sourcesOf({ moves, removals, directories, contents }: Orders): Generator<string> {
    for (const { native } of this.staging.staged.values()) yield native;
    const paths = [
      ...moves.map(({ from }) => from),
      ...[...removals, ...directories, ...contents].map(({ path }) => path),
    ];
    for (const path of paths) {
      const spelled = this.ground.spelling.here(path);
      if (spelled !== null) yield this.ground.engine.native(spelled);
    }
  }

  /** What the peer's orders will want, where that is little: a `push` message, and how many bytes of content are in it. Null where it is
   * much, or nothing. What is sent now and wanted all the same is not pushed again. */
  push(orders: Orders): { message: Uint8Array; bytes: number } | null {
    const { contents } = orders;
    if (contents.length === 0 || contents.length > MOST_PUSHED_FILES) return null;
    const first = firstContent(orders);
    const wants = contents.flatMap((task, number) =>
      wantsContent(task) && task.source?.at !== "here" ? [wantOf(first + number, task)] : []
    ).filter((want) => this.#pushedBefore.get(want.path) !== pushedAs(want));
    if (wants.length === 0 || wants.reduce((sum, { size }) => sum + size, 0) > MOST_PUSHED_BYTES) return null;
    for (const want of wants) this.#pushedBefore.set(want.path, pushedAs(want));
    const pushed = this.#supplier.push(wants);
    return pushed && { message: encodeMessage({ type: "push", bytes: pushed.batch }), bytes: pushed.bytes };
  }

  /** Begins to supply what the peer wants, and says how many files that is. Throws Breach. */
  supply(wants: readonly MessageOf<"want">[]): number {
    const { separator } = this.ground.engine.disk;
    const wanted = wants.flatMap(({ rows }) => rows.map((row) => wantFromWire(row, separator)));
    this.#supplier.begin(wanted, wants.every(({ packs }) => packs));
    return wanted.length;
  }

  /** See Endpoint. */
  supplyNext(): Supplied | null {
    const bytes = this.#supplier.next();
    return bytes &&
      [encodeMessage({ type: "batch", bytes }), this.#supplier.advanced(), this.#supplier.toPass];
  }

  /** The peer wants no more for now: what is open is closed, and may be wanted again later. */
  supplyPause() {
    this.#supplier.pause();
  }

  /** Content that was replaced or removed is kept there, until a new plan begins. */
  keep(digest: string, native: string, entry: FileEntry) {
    this.#kept.set(digest, { native, entry });
  }

  /** A new plan begins: what it wants of such content it finds itself. */
  forgetKept() {
    this.#kept.clear();
  }

  /** Tells the engine the digests that were learned while supplying. */
  passOnLearned() {
    if (this.#learned.length === 0) return;
    this.ground.engine.learn(this.#learned);
    this.#learned = [];
  }

  /** A file of this side that should hold what a task puts in place. */
  #here(
    task: FileTask,
    isMoving: boolean,
    inRoot: (digest: string) => Located | null,
  ): Located | null {
    if (task.source?.at === "here") return this.#locate(task.source.path);
    const { digest, size } = task.new;
    if (digest === "") return null;
    return this.#kept.get(digest) ?? (size >= WORTH_FINDING || isMoving ? inRoot(digest) : null);
  }

  #locate(path: Path): Located | null {
    const source = this.#source(path);
    return source && { native: source.native, entry: source.seen };
  }

  #source(path: Path): Source | null {
    const entry = entryAt(this.ground.view(), path);
    const spelled = this.ground.spelling.here(path);
    return entry?.kind === "file" && spelled !== null
      ? { path: spelled, native: this.ground.engine.native(spelled), seen: entry }
      : null;
  }
}
