// A root in use: when it is looked at, and by what; who hears of changes; what else is done in its worker in between.

import type { Ability } from "../core/ability.ts";
import type { Path } from "../core/tree/path.ts";
import type { Unwatched } from "../core/unwatched.ts";
import type { Told } from "../fs/watch/told.ts";
import { type Hint } from "../fs/watch/watch.ts";
import { HISTORY_SERVICE, type Opened, type Scanned, type WorkerHost } from "./worker_host.ts";
import type { Endpoint } from "../endpoint/endpoint.ts";
import { Digestion } from "./digestion.ts";
import type { ProofCounts } from "../core/event.ts";
import type { Partner } from "../endpoint/partner.ts";
import type { Doubt } from "../core/soundness.ts";
import { FailedScans } from "./failed_scans.ts";
import { Heartbeat } from "../claim/heartbeat.ts";
import { InUse } from "../claim/lock.ts";
import { MuteScans } from "./mute_scans.ts";
import type { HistoryService } from "../history/history_service.ts";
import { type Care, NO_CARE, Reading } from "./reading.ts";
import { type Remote, type RemoteLink } from "./rpc.ts";
import { RootGone, ScanFailed } from "../core/failure.ts";
import { type Root, type RootListener, type Watching, type WatchOwner } from "./root.ts";

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
 * the engine free for so many times as long. */
const PROVE_LONG_MS = 40;
const PROVE_REST = 4;
/** What keeps content out is looked at this often: it may be over. */
const REVIEW_EVERY_MS = 2_000;
/** A root in use for this long is watched in any case. */
const ARM_AFTER_MS = 3_000;

/** A root whose worker host, at the other end of `link`, has taken the folder into use; `watch` makes its watch; `begun` is called when
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

class OpenRoot implements Root {
  readonly folder: string;
  readonly identity: string;
  readonly ability: Ability;
  readonly historyService: Remote<HistoryService>;
  readonly #workerHost: Remote<WorkerHost>;
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
  #scanAgain = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #fullTimer: ReturnType<typeof setTimeout> | undefined;
  #sweepTimer: ReturnType<typeof setTimeout> | undefined;
  /** The next sweep comes at this time, and the last one took so long (ms). */
  #sweep = { at: 0, took: 0 };
  #proveTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #muteScans = new MuteScans(() => this.#scanMute());
  #reviewTimer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;
  /** It was gone at the last look. */
  #gone = false;
  readonly #failedScans = new FailedScans(() => this.#scanNow());
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
    this.#workerHost = link.remote<WorkerHost>(0);
    this.#reading = new Reading(this.#workerHost, care.scrubDays, (news) => {
      care.told(news);
      for (const listener of this.#listeners) listener.read?.(news);
    }, () => {
      this.touched();
      this.#scanNow();
    });
    const tell = (howFar: ProofCounts) => {
      this.armWatch(); // It takes a while: what is saved meanwhile is not to wait for that.
      for (const listener of this.#listeners) listener.digesting?.(howFar);
    };
    this.#digestion = new Digestion(this.#workerHost, () => link.calls, tell, () => this.touched());
    this.historyService = this.#patient(link.remote<HistoryService>(HISTORY_SERVICE));
    this.#separator = opened.separator;
    this.folder = opened.folder;
    this.identity = opened.identity;
    this.ability = opened.ability;
    this.#watch = watch((told, all, closes) => this.#hint(told, all, closes), {
      plan: (scarce) => this.#workerHost.watchPlan(scarce),
      watches: () => this.#workerHost.noteWatched().catch(() => {}), // The look tells what is wrong.
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
    this.#muteScans.begin();
    this.#sweepAfter(SWEEP_MS);
    this.#proveAfter(PROVE_EVERY_MS);
    this.#planReview();
  }

  /** The same, where what takes long is waited for. */
  #patient(historyService: Remote<HistoryService>): Remote<HistoryService> {
    const ask = (method: keyof HistoryService) => (...args: never[]) =>
      this.#digestion.ask(() => (historyService[method] as (...args: never[]) => Promise<unknown>)(...args));
    return new Proxy(historyService, { get: (_, method) => ask(method as keyof HistoryService) });
  }

  armWatch() {
    if (this.#armed || this.#closed) return;
    this.#armed = true;
    if (this.#paused === 0) this.#startWatch();
  }

  async scan(asker?: RootListener): Promise<Scanned> {
    const look = await this.#scanIfThere();
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
  async #scanIfThere(): Promise<Scanned> {
    this.#failedScans.check();
    try {
      const look = await this.#workerHost.scan(this.#armed && this.#paused === 0);
      if (this.#gone && this.#armed && this.#paused === 0) {
        this.#watch.stop();
        this.#startWatch();
      }
      this.#gone = false;
      if (this.#failedScans.succeeded()) this.touched();
      return look;
    } catch (error) {
      if (error instanceof ScanFailed && !this.#closed) this.#failedScans.failed(error);
      this.#gone = error instanceof RootGone && !(error instanceof ScanFailed);
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

  async openEndpoint(partner: Partner) {
    this.begun(partner);
    const number = await this.#workerHost.openEndpoint(partner);
    return { endpoint: this.link.remote<Endpoint>(number), end: () => this.#workerHost.endEndpoint(number) };
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
    this.#failedScans.close();
    clearTimeout(this.#fullTimer);
    this.#muteScans.end();
    clearTimeout(this.#sweepTimer);
    clearTimeout(this.#armTimer);
    clearInterval(this.#pruneTimer);
    clearTimeout(this.#proveTimer);
    clearTimeout(this.#reviewTimer);
    await this.#digestion.close();
    await this.#reading.close();
    try {
      await this.#workerHost.close();
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
    this.#workerHost.hear(inside, all, closes).catch(() => {}); // The look below tells.
    this.#scanNow();
    const soon = Math.max(SWEEP_SOON_MS, this.#sweep.took / SWEEP_SOON_SHARE);
    if (inside.length > 0 && performance.now() + soon < this.#sweep.at) this.#sweepAfter(soon);
  }

  #sweepAfter(ms: number) {
    if (this.#closed) return;
    clearTimeout(this.#sweepTimer);
    this.#sweep.at = performance.now() + ms;
    this.#sweepTimer = setTimeout(async () => {
      this.#sweep.at = 0; // It is being done.
      const { found, took } = await this.#workerHost.sweep().catch(() => ({ found: false, took: 0 })); // A look tells what is wrong.
      this.#sweep.took = took;
      if (found) this.#scanNow();
      this.#sweepAfter(Math.max(SWEEP_MS, took / SWEEP_SHARE));
    }, ms);
  }

  #inner(path: string): Path | null {
    if (!path.startsWith(this.folder)) return null;
    const inner = path.slice(this.folder.length).replace(/^[/\\]+/, "");
    return inner.replaceAll(this.#separator, "/") as Path;
  }

  /** Looks without anybody waiting for it; one look at a time, and one more when hints came meanwhile. */
  #scanNow() {
    if (this.#closed) return;
    this.#scanAgain = this.#looking;
    if (this.#looking) return;
    this.#looking = true;
    this.scan().catch((error) => this.#fail(error)).finally(() => {
      this.#looking = false;
      if (this.#scanAgain) this.#scanNow();
    });
  }

  #lookSoon() {
    if (this.#closed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#scanNow(), SETTLE_MS);
  }

  #planFullLook(tookMs: number) {
    if (this.#closed) return;
    this.#fullTimer = setTimeout(async () => {
      const began = performance.now();
      try {
        await this.#workerHost.doubtAll();
        await this.scan();
      } catch (error) {
        this.#fail(error);
      }
      this.#planFullLook(performance.now() - began);
    }, Math.max(FULL_LOOK_MS, tookMs / (this.unwatched ? UNWATCHED_LOOK_SHARE : FULL_LOOK_SHARE)));
  }

  async #scanMute() {
    try {
      if (await this.#workerHost.doubtMute()) await this.scan();
    } catch (error) {
      this.#fail(error);
    }
  }

  async #prune() {
    const letGo = await this.#workerHost.prune().catch(() => []); // Another time, then.
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
    const { isEased, letGo } = await this.#workerHost.review().catch(() => ({ isEased: false, letGo: [] })); // The next look tells.
    for (const gone of letGo) this.care.letGo(gone);
    return isEased;
  }

  #proveAfter(ms: number) {
    if (this.#closed) return;
    this.#proveTimer = setTimeout(async () => {
      const began = performance.now();
      const isMore = await this.#workerHost.prove().catch(() => false); // What cannot be proved now stays listed.
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
