// A folder taken into use by this process: its lock, its worker (the hands), its watch. Several sessions may share it.

import { archiveOf, archivesIn, filesOf } from "../archive/known_roots.ts";
import type { Ability } from "../core/ability.ts";
import type { Path } from "../core/path.ts";
import type { Unwatched } from "../core/unwatched.ts";
import { BOOT_TIME } from "../fs/boot.ts";
import { confinedTo, type Reach } from "../fs/confined.ts";
import { realDisk } from "../fs/real.ts";
import type { Told } from "../fs/told.ts";
import { PlannedParts, type Planner } from "../fs/planned_watch.ts";
import { type Hint, Watch, WATCH_PARTS } from "../fs/watch.ts";
import { type Bench, type Opened, PAST, type Seen } from "./bench.ts";
import type { Dealing } from "./dealing.ts";
import { Digestion } from "./digestion.ts";
import type { ProofCounts } from "./event.ts";
import type { Partner } from "./partner.ts";
import { KEEP, type Limits } from "../transition/retention.ts";
import type { Doubt } from "../wire/rows.ts";
import { FailedLooks } from "./failed_looks.ts";
import { keepApart, placesIn, readIdentity, usable } from "./folder.ts";
import { takeOver } from "./foreign.ts";
import { Heartbeat } from "./heartbeat.ts";
import { InUse, signLock } from "./lock.ts";
import { answerMemory, answerWish, type LinkWish } from "./links.ts";
import { MuteLooks } from "./mute_looks.ts";
import type { Past } from "./past.ts";
import { type Care, NO_CARE, Reading, type ReadingNews } from "./reading.ts";
import { recordRoot, strangenessOf, StrangeRoot } from "./strange_root.ts";
import { LookFailed, type Remote, type RemoteLink, RootGone, WorkerLink } from "./remote.ts";

/** What a session hears of its root. */
export interface RootListener {
  /** Something in the root changed. */
  changed(): void;
  /** Nothing more can be said of the root. One that is gone, or is another, or cannot be looked at is no such case: a look tells, and it
   * may come back. */
  failed(reason: string): void;
  /** Files are digested, for whatever session: so far. */
  digesting?(howFar: ProofCounts): void;
  /** What is told of reading its content again. */
  read?(news: ReadingNews): void;
  /** This side's person asks that everything is read, on the other side too; null: that it is stopped. */
  verifies?(rate: number | undefined | null): void;
}

/** An open root. */
export interface Root {
  /** The absolute path a person knows. */
  readonly folder: string;
  readonly identity: string;
  readonly ability: Ability;
  /** What happened to it, and bringing back. */
  readonly past: Remote<Past>;
  /** What of it cannot be watched; null when it is watched, as far as anybody knows. */
  readonly unwatched: Unwatched | null;
  /** Looks at the disk where hints say so; all listeners but `asker` hear of changes. Rejects with RootGone. */
  look(asker?: RootListener): Promise<Seen>;
  /** All listeners but `doer`, who changed what is in the folder, hear of it: a look finds nothing new in that. */
  touched(doer?: RootListener): void;
  /** A session's part in the hands. */
  deal(partner: Partner): Promise<{ dealing: Remote<Dealing>; end(): Promise<void> }>;
  /** Hears of changes until the returned function is called. */
  listen(listener: RootListener): () => void;
  /** Watches from now on, if it does not yet: a short run without anybody waiting for changes does without. */
  armWatch(): void;
  /** While this side's disk is busy with our own writing, watching it costs more than it tells: looks at everything after. */
  pauseWatch(): void;
  resumeWatch(): void;
  /** Sees to it that files are digested that a dealing waits for; all listeners hear of a change when there is news. */
  digest(): void;
  /** Reads the content of everything, `rate` bytes a second at most, as this side's person asks, or the peer's. Resolves when that
   * is over. */
  verify(by: "own" | "peer", rate?: number): Promise<void>;
  /** Stops that; false when nothing is read. */
  stopVerifying(by: "own" | "peer"): boolean;
  /** Reads what a peer doubts (dealing.doubt): those files that hold the same here. */
  readDoubted(): Promise<Doubt[]>;
  /** Ends the worker and the watch and gives the lock back. */
  close(): Promise<void>;
}

/** What tells of changes in a folder: see `Watch`. */
export type Watching = Pick<Watch, "start" | "stop"> & Partial<Pick<Watch, "follow">>;

/** Who says what is watched, and hears what is not. */
export interface WatchOwner extends Planner {
  /** The watch tells of nothing, again and again; or it does now. */
  deaf(isDeaf: boolean): void;
}

/** Where each watched folder costs, what is watched is planned. */
const PLANNED = Deno.build.os === "linux";

/** Files still being written are looked at again after this. */
const SETTLE_MS = 45;
/** Nobody has to know of a file that is written in less. */
const MOMENT_MS = 500;
/** A full look now and then, since watches lie; at most this share of the time goes into it, and more where not all is watched. */
const FULL_LOOK_MS = 60_000;
const FULL_LOOK_SHARE = 1 / 1000;
const UNWATCHED_LOOK_SHARE = 1 / 200;
/** The folders alone are looked at more often, for what no event tells: this often at most, and for no larger share of the time while
 * nothing is told, or something is. */
const SWEEP_MS = 5_000;
const SWEEP_SHARE = 1 / 2000;
const SWEEP_SOON_MS = 1_000;
const SWEEP_SOON_SHARE = 1 / 100;
/** Versions whose time has come are let go this often. */
const PRUNE_EVERY_MS = 3600_000;
/** What was put in place is proved now and then, a slice at a time with pauses between. */
const PROVE_EVERY_MS = 1_000;
const PROVE_ON_MS = 10;
/** One that took longer than this, in folders so deep that the runtime needs long to open anything there, or on a slow disk, leaves the
 * hands free for so many times as long. */
const PROVE_LONG_MS = 40;
const PROVE_REST = 4;
/** What keeps content out is looked at this often: it may be over. */
const REVIEW_EVERY_MS = 2_000;
/** A root in use for this long is watched in any case. */
const ARM_AFTER_MS = 3_000;

/** Opens `folder` (must exist, be a directory, writable) for the user `name`, unless another root was kept in it (S2). Throws
 * UserError with one clear line otherwise, also when another process holds it, or the state folder is not apart from it. `keep`:
 * how long versions stay; `care`: what becomes of content in quiet hours, and who hears of what is let go. */
export async function openRoot(
  folder: string,
  stateDir: string,
  name: string,
  keep: Limits = KEEP,
  care: Care = NO_CARE,
): Promise<Root | StrangeRoot> {
  keepApart(folder, stateDir);
  const look = () => strangenessOf(realDisk, folder, stateDir);
  const take = () => takeRoot(folder, stateDir, name, keep, care);
  return look() ? new StrangeRoot(folder, look, take) : await take();
}

async function takeRoot(
  folder: string,
  stateDir: string,
  name: string,
  keep: Limits,
  care: Care,
): Promise<Root> {
  const moved = takeOver(realDisk, folder, stateDir);
  if (moved !== null) care.movedAside(moved);
  const identity = usable(folder, () => readIdentity(realDisk, placesIn(realDisk, folder))) ??
    crypto.randomUUID();
  const { worker, memory } = startHands(folder, stateDir, identity);
  const link = new WorkerLink(worker);
  try {
    const opened = await link.remote<Bench>(0).open(folder, stateDir, memory, keep, BOOT_TIME, identity);
    const places = placesIn(realDisk, folder);
    const { presence } = opened;
    if (presence === null) signLock(places, realDisk, name);
    const sign = presence === null
      ? undefined
      : (lost: () => void) => new Heartbeat(places, presence, name, lost);
    const begun = ({ peer: name, peerKey: key }: Partner) =>
      recordRoot(realDisk, folder, stateDir, opened.identity, { name, key });
    const watch = (hint: Hint, owner: WatchOwner) => {
      const parts = PLANNED ? new PlannedParts(owner) : WATCH_PARTS;
      return new Watch(opened.folder, opened.private, hint, parts, (isDeaf) => owner.deaf(isDeaf));
    };
    return rootOver(link, opened, watch, begun, care, sign);
  } catch (error) {
    link.end();
    throw error;
  }
}

/** A root whose bench, at the other end of `link`, has taken the folder into use; `watch` makes its watch; `begun` is called when
 * a session begins; `sign` begins to sign the folder anew, where that keeps others out. */
export function rootOver(
  link: RemoteLink,
  opened: Opened,
  watch: (hint: Hint, owner: WatchOwner) => Watching,
  begun: (partner: Partner) => void = () => {},
  care: Care = NO_CARE,
  sign?: (lost: () => void) => Pick<Heartbeat, "stop">,
): Root {
  const root = new OpenRoot(link, opened, watch, begun, care);
  root.start(sign);
  return root;
}

/** What the hands of a root may use: its folder and its archive. What else is in the state folder, keys above all, is not for them. */
export function reachOfHands(folder: string, stateDir: string, identity: string): Reach {
  const reach = [placesIn(realDisk, folder).folder, ...filesOf(archiveOf(realDisk, stateDir, identity))];
  return { read: reach, write: reach, sys: ["statfs"] };
}

/** The worker of the hands. `identity`: what its root has, or is to have; `memory`: for the answers to its wishes. */
export function startHands(
  folder: string,
  stateDir: string,
  identity: string,
): { worker: Worker; memory: SharedArrayBuffer } {
  realDisk.makePrivateDirectory(archivesIn(realDisk, stateDir));
  const confined = confinedTo(reachOfHands(folder, stateDir, identity));
  const worker = new Worker(new URL("./hands_worker.ts", import.meta.url), confined);
  const memory = answerMemory();
  worker.addEventListener("message", ({ data }: MessageEvent<LinkWish | object>) => {
    if ("link" in data) answerWish(realDisk, folder, data, memory);
  });
  return { worker, memory };
}

class OpenRoot implements Root {
  readonly folder: string;
  readonly identity: string;
  readonly ability: Ability;
  readonly past: Remote<Past>;
  readonly #bench: Remote<Bench>;
  readonly #separator: string;
  readonly #watch: Watching;
  readonly #reading: Reading;
  readonly #digestion: Digestion;
  readonly #listeners = new Set<RootListener>();
  #armed = false;
  #heartbeat: Pick<Heartbeat, "stop"> | undefined;
  #pruneTimer: ReturnType<typeof setInterval> | undefined;
  #armTimer: ReturnType<typeof setTimeout> | undefined;
  #paused = 0;
  #looking = false;
  #lookAgain = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #fullTimer: ReturnType<typeof setTimeout> | undefined;
  #sweepTimer: ReturnType<typeof setTimeout> | undefined;
  /** The next sweep comes at this time, and the last one took so long (ms). */
  #sweep = { at: 0, took: 0 };
  #proveTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #muteLooks = new MuteLooks(() => this.#lookAtMute());
  #reviewTimer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;
  /** It was gone at the last look. */
  #gone = false;
  readonly #failedLooks = new FailedLooks(() => this.#lookNow());
  /** Infinity: no file is being written; 0: one is, and all know. */
  #writtenSince = Infinity;
  /** Which folders there were when the watch was last told of them: see Look. */
  #folders = 0;
  /** What the system refuses to watch, and whether what is watched tells of nothing. */
  #refused: Unwatched | null = null;
  #deaf = false;

  constructor(
    private readonly link: RemoteLink,
    opened: Opened,
    watch: (hint: Hint, owner: WatchOwner) => Watching,
    private readonly begun: (partner: Partner) => void,
    private readonly care: Care,
  ) {
    this.#bench = link.remote<Bench>(0);
    this.#reading = new Reading(this.#bench, care.scrubDays, (news) => {
      care.told(news);
      for (const listener of this.#listeners) listener.read?.(news);
    }, () => {
      this.touched();
      this.#lookNow();
    });
    const tell = (howFar: ProofCounts) => {
      this.armWatch(); // It takes a while: what is saved meanwhile is not to wait for that.
      for (const listener of this.#listeners) listener.digesting?.(howFar);
    };
    this.#digestion = new Digestion(this.#bench, () => link.calls, tell, () => this.touched());
    this.past = this.#patient(link.remote<Past>(PAST));
    this.#separator = opened.separator;
    this.folder = opened.folder;
    this.identity = opened.identity;
    this.ability = opened.ability;
    this.#watch = watch((told, all, closes) => this.#hint(told, all, closes), {
      plan: (scarce) => this.#bench.watchPlan(scarce),
      watches: () => this.#bench.noteWatched().catch(() => {}), // The look tells what is wrong.
      lacks: (refused) => this.#noteUnwatched(() => this.#refused = refused),
      deaf: (isDeaf) => this.#noteUnwatched(() => this.#deaf = isDeaf),
    });
    for (const gone of opened.letGo) care.letGo(gone);
  }

  start(sign?: (lost: () => void) => Pick<Heartbeat, "stop">) {
    this.#heartbeat = sign?.(() =>
      this.#fail(new InUse(`the folder ${this.folder} was taken by another tcpsync`))
    );
    this.#pruneTimer = setInterval(() => this.#prune(), PRUNE_EVERY_MS);
    this.#armTimer = setTimeout(() => this.armWatch(), ARM_AFTER_MS);
    this.#planFullLook(0);
    this.#muteLooks.begin();
    this.#sweepAfter(SWEEP_MS);
    this.#proveAfter(PROVE_EVERY_MS);
    this.#planReview();
  }

  /** The same, where what takes long is waited for. */
  #patient(past: Remote<Past>): Remote<Past> {
    const ask = (method: keyof Past) => (...args: never[]) =>
      this.#digestion.ask(() => (past[method] as (...args: never[]) => Promise<unknown>)(...args));
    return new Proxy(past, { get: (_, method) => ask(method as keyof Past) });
  }

  armWatch() {
    if (this.#armed || this.#closed) return;
    this.#armed = true;
    if (this.#paused === 0) this.#startWatch();
  }

  async look(asker?: RootListener): Promise<Seen> {
    const look = await this.#lookIfThere();
    if (look.changed || look.isEased) this.touched(asker);
    if (look.waiting > 0) this.#lookSoon();
    this.#noteWriting(look.writing.length > 0, asker);
    if (look.folders !== this.#folders) this.#watch.follow?.();
    this.#folders = look.folders;
    return look;
  }

  /** Of a folder that is gone, or is another, there is nothing to say. */
  get unwatched(): Unwatched | null {
    if (this.#gone) return null;
    return this.#deaf ? { why: "deaf", watched: 0, folders: 0 } : this.#refused;
  }

  /** Both people are told with the next cycle. */
  #noteUnwatched(note: () => void) {
    const before = JSON.stringify(this.unwatched);
    note();
    if (!this.#closed && JSON.stringify(this.unwatched) !== before) this.touched();
  }

  /** A folder that is back needs a new watch: the old one may be one of another disk. */
  async #lookIfThere(): Promise<Seen> {
    this.#failedLooks.check();
    try {
      const look = await this.#bench.look(this.#armed && this.#paused === 0);
      if (this.#gone && this.#armed && this.#paused === 0) {
        this.#watch.stop();
        this.#startWatch();
      }
      this.#gone = false;
      if (this.#failedLooks.succeeded()) this.touched();
      return look;
    } catch (error) {
      if (error instanceof LookFailed && !this.#closed) this.#failedLooks.failed(error);
      this.#gone = error instanceof RootGone && !(error instanceof LookFailed);
      throw error;
    }
  }

  /** A file that is being written for longer than a moment is news, too: that it is, and nothing of it yet. */
  #noteWriting(isWritten: boolean, asker?: RootListener) {
    if (!isWritten) this.#writtenSince = Infinity;
    else if (this.#writtenSince === Infinity) this.#writtenSince = performance.now();
    else if (this.#writtenSince > 0 && performance.now() - this.#writtenSince > MOMENT_MS) {
      this.#writtenSince = 0;
      this.touched(asker);
    }
  }

  digest() {
    this.#digestion.go();
  }

  verify(by: "own" | "peer", rate?: number): Promise<void> {
    if (by === "own") { for (const listener of this.#listeners) listener.verifies?.(rate); }
    return this.#reading.verify(by, rate);
  }

  stopVerifying(by: "own" | "peer"): boolean {
    if (by === "own") { for (const listener of this.#listeners) listener.verifies?.(null); }
    return this.#reading.stop(by);
  }

  readDoubted(): Promise<Doubt[]> {
    return this.#reading.readDoubted();
  }

  touched(doer?: RootListener) {
    this.#reading.stir();
    for (const listener of this.#listeners) if (listener !== doer) listener.changed();
  }

  async deal(partner: Partner) {
    this.begun(partner);
    const number = await this.#bench.deal(partner);
    return { dealing: this.link.remote<Dealing>(number), end: () => this.#bench.endDealing(number) };
  }

  listen(listener: RootListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  pauseWatch() {
    if (this.#paused++ === 0 && this.#armed) this.#watch.stop();
  }

  resumeWatch() {
    if (--this.#paused === 0 && this.#armed && !this.#closed) this.#startWatch();
  }

  async close() {
    if (this.#closed) return;
    this.#closed = true;
    this.#watch.stop();
    this.#heartbeat?.stop();
    clearTimeout(this.#timer);
    this.#failedLooks.close();
    clearTimeout(this.#fullTimer);
    this.#muteLooks.end();
    clearTimeout(this.#sweepTimer);
    clearTimeout(this.#armTimer);
    clearInterval(this.#pruneTimer);
    clearTimeout(this.#proveTimer);
    clearTimeout(this.#reviewTimer);
    await this.#digestion.close();
    await this.#reading.close();
    try {
      await this.#bench.close();
    } finally {
      this.link.end();
    }
  }

  /** The look at everything comes after the watch is armed: what happens in between is then seen by one of them. */
  #startWatch() {
    this.#watch.start().then(() => this.#hint([], true, false));
  }

  #hint(told: Told[], all: boolean, closes: boolean) {
    if (this.#closed) return;
    this.#reading.stir();
    const inside = told.flatMap(({ path, kinds }) => {
      const inner = this.#inner(path);
      return inner === null ? [] : { path: inner, kinds };
    });
    this.#bench.hear(inside, all, closes).catch(() => {}); // The look below tells.
    this.#lookNow();
    const soon = Math.max(SWEEP_SOON_MS, this.#sweep.took / SWEEP_SOON_SHARE);
    if (inside.length > 0 && performance.now() + soon < this.#sweep.at) this.#sweepAfter(soon);
  }

  #sweepAfter(ms: number) {
    if (this.#closed) return;
    clearTimeout(this.#sweepTimer);
    this.#sweep.at = performance.now() + ms;
    this.#sweepTimer = setTimeout(async () => {
      this.#sweep.at = 0; // It is being done.
      const { found, took } = await this.#bench.sweep().catch(() => ({ found: false, took: 0 })); // A look tells what is wrong.
      this.#sweep.took = took;
      if (found) this.#lookNow();
      this.#sweepAfter(Math.max(SWEEP_MS, took / SWEEP_SHARE));
    }, ms);
  }

  #inner(path: string): Path | null {
    if (!path.startsWith(this.folder)) return null;
    const inner = path.slice(this.folder.length).replace(/^[/\\]+/, "");
    return inner.replaceAll(this.#separator, "/") as Path;
  }

  /** Looks without anybody waiting for it; one look at a time, and one more when hints came meanwhile. */
  #lookNow() {
    if (this.#closed) return;
    this.#lookAgain = this.#looking;
    if (this.#looking) return;
    this.#looking = true;
    this.look().catch((error) => this.#fail(error)).finally(() => {
      this.#looking = false;
      if (this.#lookAgain) this.#lookNow();
    });
  }

  #lookSoon() {
    if (this.#closed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#lookNow(), SETTLE_MS);
  }

  #planFullLook(tookMs: number) {
    if (this.#closed) return;
    this.#fullTimer = setTimeout(async () => {
      const began = performance.now();
      try {
        await this.#bench.doubtAll();
        await this.look();
      } catch (error) {
        this.#fail(error);
      }
      this.#planFullLook(performance.now() - began);
    }, Math.max(FULL_LOOK_MS, tookMs / (this.unwatched ? UNWATCHED_LOOK_SHARE : FULL_LOOK_SHARE)));
  }

  async #lookAtMute() {
    try {
      if (await this.#bench.doubtMute()) await this.look();
    } catch (error) {
      this.#fail(error);
    }
  }

  async #prune() {
    const letGo = await this.#bench.prune().catch(() => []); // Another time, then.
    for (const gone of letGo) this.care.letGo(gone);
  }

  #planReview() {
    if (this.#closed) return;
    this.#reviewTimer = setTimeout(async () => {
      if (await this.#review()) this.touched();
      this.#planReview();
    }, REVIEW_EVERY_MS);
  }

  /** Whether something can be put into the folder that could not. */
  async #review(): Promise<boolean> {
    const { isEased, letGo } = await this.#bench.review().catch(() => ({ isEased: false, letGo: [] })); // The next look tells.
    for (const gone of letGo) this.care.letGo(gone);
    return isEased;
  }

  #proveAfter(ms: number) {
    if (this.#closed) return;
    this.#proveTimer = setTimeout(async () => {
      const began = performance.now();
      const isMore = await this.#bench.prove().catch(() => false); // What cannot be proved now stays listed.
      const took = performance.now() - began;
      const soon = took > PROVE_LONG_MS ? PROVE_REST * took : PROVE_ON_MS;
      this.#proveAfter(isMore ? soon : PROVE_EVERY_MS);
    }, ms);
  }

  #fail(error: unknown) {
    if (this.#closed) return;
    if (error instanceof RootGone) return this.touched();
    const reason = error instanceof Error ? error.message : String(error);
    for (const listener of this.#listeners) listener.failed(`the folder cannot be used any more: ${reason}`);
  }
}
