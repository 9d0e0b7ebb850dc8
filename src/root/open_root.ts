// A root in use: when it is looked at, and by what; who hears of changes.
//
// The watch has its table in root_watch.ts. What else has a state here:
//
//   state      input                                → state      done
//   the look that nobody waits for
//   no         a hint, a timer, a reading's news    → running    look
//   running    one of these                         → again
//   running    the look is over                     → no
//   again      the look is over                     → running    look
//   the folder
//   there      a look finds it gone, or another     → gone       who asked for the look is told, else all listeners
//   gone       a look comes to its end              → there      the watch is made anew, if it is on
//   gone       a look fails for another cause       → there
//   a file that is being written
//   none       a look sees one                      → begun
//   begun      a look sees one, 500 ms later        → told       all listeners hear that it is; nothing of it yet
//   begun      a look sees none                     → none
//   told       a look sees none                     → none
//   the sweep
//   due        a hint                               → due        sooner, if that is sooner
//   due        it is time                           → running    sweep; look, if something was found
//   running    the sweep is over                    → due
//   any        close                                           all timers are disarmed
//
// Whatever is not in the table changes nothing. After `close` nothing is armed, and no look is begun here. A look that somebody waits
// for, as a session does, runs beside the one that nobody waits for. The timers:
//
//   timer      armed                                goes off                                       does
//   arm        at the beginning                     after 3 s                                      arms the watch
//   settle     by a look that must be repeated      after 45 ms                                    looks
//   full       at the beginning, and by itself      after a minute, or a share of the time later   looks at everything
//   sweep      at the beginning, and by itself      after 5 s, or a share of the time later        sweeps
//   sweep      by a hint                            after 1 s, or a share of the time later        sweeps
//
// Further ones are in failed_scans.ts, mute_scans.ts, reading.ts and upkeep.ts.

import type { Ability } from "../core/ability.ts";
import type { Path } from "../core/tree/path.ts";
import type { SideName } from "../core/side.ts";
import type { Unwatched } from "../core/unwatched.ts";
import { NamedTimers } from "../fs/watch/timers.ts";
import type { Told } from "../fs/watch/told.ts";
import { type Hint } from "../fs/watch/watch.ts";
import { HISTORY_SERVICE, type Opened, type Scanned, type WorkerHost } from "./worker_host.ts";
import type { EndpointOf } from "../endpoint/endpoint.ts";
import { Digestion } from "./digestion.ts";
import type { ProofCounts } from "../core/event.ts";
import type { Partner } from "../endpoint/partner.ts";
import type { Doubt } from "../core/soundness.ts";
import { FailedScans } from "./failed_scans.ts";
import { Heartbeat } from "../claim/heartbeat.ts";
import { InUse } from "../claim/lock.ts";
import { Looks } from "./looks.ts";
import { MuteScans } from "./mute_scans.ts";
import type { HistoryService } from "../history/history_service.ts";
import { type Care, NO_CARE, Reading, type ReadingNews } from "./reading.ts";
import { type Remote, type RemoteLink } from "./rpc.ts";
import { RootGone, ScanFailed } from "../core/failure.ts";
import { type OpenedEndpoint, type Root, type RootListener, type Watching, type WatchOwner } from "./root.ts";
import { RootWatch } from "./root_watch.ts";
import { Upkeep } from "./upkeep.ts";

/** Files still being written are looked at again after this. */
const SETTLE_MS = 45;
/** A file that is written in less, in ms, is not told of while it is written. */
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
/** While much is put in place everything is looked at for this share of the time at most (root_watch.ts). */
const RESUMED_LOOK_SHARE = 1 / 6;
/** A root in use for this long is watched in any case. */
const ARM_AFTER_MS = 3_000;

/** What a root in use is made of, beside its worker. */
export interface OpenRootParts {
  /** Makes its watch. */
  watch(hint: Hint, owner: WatchOwner): Watching;
  /** Called when a session begins. */
  begun?(partner: Partner): void;
  care?: Care;
  /** What its worker says of looks. */
  looks?: Looks;
  /** Begins to sign the folder anew, where that keeps others out. */
  sign?: ((lost: () => void) => Pick<Heartbeat, "stop">) | undefined;
}

/** A root whose worker host, at the other end of `link`, has taken the folder into use. */
export function rootOver(link: RemoteLink, opened: Opened, parts: OpenRootParts): Root {
  const root = new OpenRoot(link, opened, parts);
  root.start();
  return root;
}

/** Whether a file is being written, and since when: see above. */
type WritingState = { is: "none" } | { is: "begun"; since: number } | { is: "told" };

/** When the next sweep is to come, in ms. */
type Sweep = { is: "due"; at: number } | { is: "running" };

class OpenRoot implements Root {
  readonly folder: string;
  readonly identity: string;
  readonly ability: Ability;
  readonly historyService: Remote<HistoryService>;
  readonly #workerHost: Remote<WorkerHost>;
  readonly #separator: string;
  readonly #watch: RootWatch;
  readonly #reading: Reading;
  readonly #digestion: Digestion;
  readonly #upkeep: Upkeep;
  readonly #looks: Looks;
  readonly #listeners = new Set<RootListener>();
  readonly #timers = new NamedTimers<"arm" | "settle" | "full" | "sweep">();
  readonly #muteScans = new MuteScans(() => this.#scanMute());
  readonly #failedScans = new FailedScans(() => this.#scanNow());
  #heartbeat: Pick<Heartbeat, "stop"> | undefined;
  /** The look that nobody waits for. */
  #look: "no" | "running" | "again" = "no";
  #writing: WritingState = { is: "none" };
  #sweep: Sweep = { is: "due", at: 0 };
  /** How long the last sweep took (ms). */
  #sweepTook = 0;
  /** The next look is one at everything, since the watch may have missed something. */
  #looksAtAll = false;
  /** How long the last one of those took, and when it was over (ms). */
  #wholeLook = { took: 0, over: -Infinity };
  /** The folder was missing or replaced at the last look. */
  #gone = false;
  #closed = false;

  constructor(
    private readonly link: RemoteLink,
    opened: Opened,
    private readonly parts: OpenRootParts,
  ) {
    const care = parts.care ?? NO_CARE;
    this.#workerHost = link.remote<WorkerHost>(0);
    this.#reading = this.#readingWith(care);
    this.#digestion = this.#digestionOver(link);
    this.historyService = this.#patient(link.remote<HistoryService>(HISTORY_SERVICE));
    this.#upkeep = new Upkeep(this.#workerHost, (gone) => care.letGo(gone), () => this.touched());
    this.#looks = parts.looks ?? new Looks();
    this.#looks.tell = (count) => {
      for (const listener of this.#listeners) listener.looking?.(count);
    };
    this.#separator = opened.separator;
    this.folder = opened.folder;
    this.identity = opened.identity;
    this.ability = opened.ability;
    this.#watch = new RootWatch(parts.watch, {
      hint: (told, all, closes) => this.#hint(told, all, closes),
      plan: (scarce) => this.#workerHost.watchPlan(scarce),
      watches: () => this.#workerHost.noteWatched().catch(() => {}), // The look tells what is wrong.
      unwatched: () => this.#noteUnwatched(),
      lookDue: () => this.#wholeLook.over + this.#wholeLook.took / RESUMED_LOOK_SHARE - performance.now(),
    });
    for (const gone of opened.letGo) care.letGo(gone);
  }

  #readingWith(care: Care): Reading {
    const tell = (news: ReadingNews) => {
      care.told(news);
      for (const listener of this.#listeners) listener.read?.(news);
    };
    return new Reading(this.#workerHost, care.scrubDays, tell, () => {
      this.touched();
      this.#scanNow();
    });
  }

  #digestionOver(link: RemoteLink): Digestion {
    const tell = (howFar: ProofCounts) => {
      this.armWatch(); // It takes a while: what is saved meanwhile is not to wait for that.
      for (const listener of this.#listeners) listener.digesting?.(howFar);
    };
    return new Digestion(this.#workerHost, () => link.calls, tell, () => this.touched());
  }

  start() {
    this.#heartbeat = this.parts.sign?.(() =>
      this.#fail(new InUse(`the folder ${this.folder} was taken by another tcpsync`))
    );
    this.#timers.after("arm", ARM_AFTER_MS, () => this.armWatch());
    this.#planFullLook(0);
    this.#muteScans.begin();
    this.#sweepAfter(SWEEP_MS);
    this.#upkeep.begin();
  }

  /** The same, where what takes long is waited for. */
  #patient(historyService: Remote<HistoryService>): Remote<HistoryService> {
    const ask = (method: keyof HistoryService) => (...args: never[]) =>
      this.#digestion.ask(() => (historyService[method] as (...args: never[]) => Promise<unknown>)(...args));
    return new Proxy(historyService, { get: (_, method) => ask(method as keyof HistoryService) });
  }

  armWatch() {
    this.#watch.arm();
    this.#upkeep.stir();
  }

  async scan(asker?: RootListener): Promise<Scanned> {
    const looking = this.#scanIfThere();
    const look = await (asker ? this.#looks.wait(looking) : looking);
    this.#upkeep.stir();
    if (look.changed || look.isEased) this.touched(asker);
    if (look.waiting > 0) this.#lookSoon();
    this.#noteWriting(look.writing.length > 0, asker);
    this.#watch.follow(look.folders);
    return look;
  }

  /** What the watch does not tell of; null while the folder is missing or replaced. */
  get unwatched(): Unwatched | null {
    return this.#gone ? null : this.#watch.unwatched;
  }

  /** Both people are told with the next cycle. */
  #noteUnwatched() {
    if (!this.#closed && !this.#gone) this.touched();
  }

  async #scanIfThere(): Promise<Scanned> {
    this.#failedScans.check();
    const began = performance.now();
    const isWhole = this.#looksAtAll;
    this.#looksAtAll = false;
    try {
      const look = await this.#workerHost.scan(this.#watch.isOn);
      const over = performance.now();
      if (isWhole) this.#wholeLook = { took: over - began, over };
      if (this.#gone) this.#watch.renew();
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
    const now = performance.now();
    if (!isWritten) this.#writing = { is: "none" };
    else if (this.#writing.is === "none") this.#writing = { is: "begun", since: now };
    else if (this.#writing.is === "begun" && now - this.#writing.since > MOMENT_MS) {
      this.#writing = { is: "told" };
      this.touched(asker);
    }
  }

  digest() {
    this.#digestion.go();
  }

  async digested() {
    await this.#digestion.whole().catch(() => {}); // The next look tells what is wrong.
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
    this.#upkeep.stir();
    for (const listener of this.#listeners) if (listener !== doer) listener.changed();
  }

  async openEndpoint<R extends SideName>(partner: Partner<R>): Promise<OpenedEndpoint<EndpointOf[R]>> {
    this.parts.begun?.(partner);
    const number = await this.#workerHost.openEndpoint(partner);
    return {
      endpoint: this.link.remote<EndpointOf[R]>(number),
      end: () => this.#workerHost.endEndpoint(number),
    };
  }

  listen(listener: RootListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  pauseWatch() {
    this.#watch.pause();
  }

  resumeWatch() {
    this.#watch.resume();
  }

  stopLooking() {
    this.#looks.stop();
  }

  async close() {
    if (this.#closed) return;
    this.#closed = true;
    this.stopLooking();
    this.#watch.close();
    this.#heartbeat?.stop();
    this.#timers.close();
    this.#failedScans.close();
    this.#muteScans.end();
    this.#upkeep.end();
    await this.#digestion.close();
    await this.#reading.close();
    try {
      await this.#workerHost.close();
    } finally {
      this.link.end();
    }
  }

  #hint(told: Told[], all: boolean, closes: boolean) {
    if (this.#closed) return;
    this.#reading.stir();
    this.#looksAtAll ||= all;
    const inside = told.flatMap(({ path, kinds }) => {
      const inner = this.#inner(path);
      return inner === null ? [] : { path: inner, kinds };
    });
    this.#workerHost.hear(inside, all, closes).catch(() => {}); // The look below tells.
    this.#scanNow();
    if (inside.length > 0) this.#sweepSoon();
  }

  #sweepSoon() {
    const soon = Math.max(SWEEP_SOON_MS, this.#sweepTook / SWEEP_SOON_SHARE);
    if (this.#sweep.is === "due" && performance.now() + soon < this.#sweep.at) this.#sweepAfter(soon);
  }

  #sweepAfter(ms: number) {
    this.#sweep = { is: "due", at: performance.now() + ms };
    this.#timers.after("sweep", ms, async () => {
      this.#sweep = { is: "running" };
      const { found, took } = await this.#workerHost.sweep().catch(() => ({ found: false, took: 0 })); // A look tells what is wrong.
      this.#sweepTook = took;
      if (found) this.#scanNow();
      this.#sweepAfter(Math.max(SWEEP_MS, took / SWEEP_SHARE));
    });
  }

  #inner(path: string): Path | null {
    if (!path.startsWith(this.folder)) return null;
    const inner = path.slice(this.folder.length).replace(/^[/\\]+/, "");
    return inner.replaceAll(this.#separator, "/") as Path;
  }

  /** Looks without anybody waiting for it; one look at a time, and one more when hints came meanwhile. */
  #scanNow() {
    if (this.#closed) return;
    if (this.#look !== "no") {
      this.#look = "again";
      return;
    }
    this.#look = "running";
    this.scan().catch((error) => this.#fail(error)).finally(() => {
      const isHinted = this.#look === "again";
      this.#look = "no";
      if (isHinted) this.#scanNow();
    });
  }

  #lookSoon() {
    this.#timers.after("settle", SETTLE_MS, () => this.#scanNow());
  }

  #planFullLook(tookMs: number) {
    const share = this.unwatched ? UNWATCHED_LOOK_SHARE : FULL_LOOK_SHARE;
    this.#timers.after("full", Math.max(FULL_LOOK_MS, tookMs / share), async () => {
      const began = performance.now();
      try {
        await this.#workerHost.doubtAll();
        await this.scan();
      } catch (error) {
        this.#fail(error);
      }
      this.#planFullLook(performance.now() - began);
    });
  }

  async #scanMute() {
    try {
      if (await this.#workerHost.doubtMute()) await this.scan();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown) {
    if (this.#closed) return;
    if (error instanceof RootGone) return this.touched();
    const reason = error instanceof Error ? error.message : String(error);
    for (const listener of this.#listeners) listener.failed(`the folder cannot be used any more: ${reason}`);
  }
}
