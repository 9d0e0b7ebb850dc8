// The worker host: the engine of one root and an endpoint for each session, as objects by number, wherever they run.

import type { Ability } from "../core/ability.ts";
import type { Path } from "../core/tree/path.ts";
import { KEEP, type KeepLimits } from "../transition/retention.ts";
import type { Disk } from "../fs/port.ts";
import type { Told } from "../fs/watch/told.ts";
import type { WatchPlan } from "../fs/watch/plan.ts";
import { type MakeWay, SessionEndpoint } from "../endpoint/session_endpoint.ts";
import { Keeping } from "../engine/keeping.ts";
import { type LetGo } from "../core/event.ts";
import type { Partner } from "../endpoint/partner.ts";
import type { RootEngine, ScanResult, WorkSlice } from "../engine/engine.ts";
import type { TakingOptions } from "../engine/taking.ts";
import { HistoryService } from "../history/history_service.ts";
import type { HowFar, Scrub, Slice } from "../engine/scrub.ts";

/** What is known of a root once it is taken into use; native paths. */
export interface Opened {
  folder: string;
  private: string;
  identity: string;
  ability: Ability;
  separator: Disk["separator"];
  /** Kept versions of this root that were let go. */
  letGo: LetGo[];
  /** See RootEngine. */
  presence: string | null;
}

/** What a look found. */
export interface Scanned extends ScanResult {
  rules: string;
  /** Something can be put into the folder that could not be before. */
  isEased: boolean;
}

/** How it stands with what kept content out. */
export interface UpkeepReview {
  /** Something can be put into the folder that could not be before. */
  isEased: boolean;
  /** Something cannot be, still. */
  isHindered: boolean;
  letGo: LetGo[];
}

/** While the folder was never scanned, the slow reading asks again after this. */
const UNLOOKED_MS = 60_000;

/** The number of the root's history. */
export const HISTORY_SERVICE = 1;

/** How a worker takes a folder into use. */
export interface OpenOptions extends Pick<TakingOptions, "booted" | "fresh"> {
  /** Where answers to requests for links come, if they must be asked for. */
  links?: SharedArrayBuffer;
  /** Tells whether looks are to end (looks.ts), where they are followed. */
  looks?: SharedArrayBuffer;
  /** How long versions stay. */
  keep?: KeepLimits;
}

/** The main object of those that a worker serves. */
export class WorkerHost {
  /** The worker host itself, the history, and the endpoints by number. */
  readonly #historyService = new HistoryService(() => this.#engine!);
  readonly targets = new Map<number, object>([[0, this], [HISTORY_SERVICE, this.#historyService]]);
  #engine: RootEngine | null = null;
  #count = HISTORY_SERVICE;
  #keeping: Keeping | null = null;
  /** Kept versions that were let go to make room, until that is told. */
  #letGo: LetGo[] = [];

  /** `take` takes a folder into use. */
  constructor(
    private readonly take: (folder: string, stateDir: string, options: OpenOptions) => RootEngine,
  ) {}

  /** Throws UserError. */
  open(folder: string, stateDir: string, options: OpenOptions = {}): Opened {
    this.#engine = this.take(folder, stateDir, options);
    const { keep = KEEP } = options;
    const { places, identity, ability, disk, archive, presence } = this.#engine;
    this.#keeping = new Keeping(disk, places.versions, archive, keep, (time, oldest) => {
      this.#engine?.forgetRights(time, oldest);
    });
    return {
      folder: places.folder,
      private: places.private,
      identity,
      ability,
      separator: disk.separator,
      letGo: this.#keeping.prune(),
      presence,
    };
  }

  /** Lets kept versions go whose time has come. At opening and now and then. */
  prune(): LetGo[] {
    return this.#keeping?.prune() ?? [];
  }

  /** A watch told of this; `closes`: it tells when a writer closes a file. */
  hear(told: Told<Path>[], all: boolean, closes: boolean) {
    this.#engine!.hear(told, all, closes);
  }

  /** The next look is one at everything, though nothing was told. */
  doubtAll() {
    this.#engine!.doubtAll();
  }

  /** The next look is one at all that tells of no changes made elsewhere, if there is such. */
  doubtMute(): boolean {
    return this.#engine?.doubtMute() ?? false;
  }

  /** Looks at the folders alone: whether there is something to look at, and how long that took, in ms. */
  sweep(): { found: boolean; took: number } {
    const began = performance.now();
    const found = this.#engine?.sweep() ?? false;
    return { found, took: performance.now() - began };
  }

  /** Throws RootGone. */
  scan(watched: boolean): Scanned {
    return { ...this.#engine!.scan(watched), rules: this.#engine!.rules, isEased: this.#isEased() };
  }

  /** See RootEngine. */
  watchPlan(scarce: boolean): WatchPlan | null {
    return this.#engine?.watchPlan(scarce) ?? null;
  }

  noteWatched() {
    this.#engine?.noteWatched();
  }

  /** See Flusher. */
  prove(): ReturnType<RootEngine["prove"]> {
    return this.#engine?.prove() ?? "never";
  }

  /** See RootEngine. */
  workOn(ms: number): WorkSlice {
    return this.#engine!.workOn(ms);
  }

  /** A reading of all content begins, or goes on: see Scrub. Throws RootGone. */
  beginReading(): HowFar {
    const engine = this.#engine!;
    if (!engine.hasScanned) engine.scan();
    return engine.scrub.begin(Date.now());
  }

  /** Throws RootGone. */
  readSlice(ms: number, bytes: number): Slice {
    return this.#engine!.scrub.slice(ms, bytes);
  }

  /** A slice of the slow reading, where it is due; only once somebody has looked at the folder. Throws RootGone. */
  readSlowly(ms: number, days: number): { slice: Slice | null; due: number } {
    const { hasScanned, scrub } = this.#engine!;
    return hasScanned ? scrub.slow(ms, days, Date.now()) : { slice: null, due: UNLOOKED_MS };
  }

  /** Reads on in what a peer doubts: see Scrub. Throws RootGone. */
  readDoubted(ms: number): ReturnType<Scrub["answer"]> {
    return this.#engine!.scrub.answer(ms);
  }

  /** Begins an endpoint; its number is that of the remote object. */
  openEndpoint(partner: Partner): number {
    const makeWay: MakeWay = (bytes, least) => this.#makeWay(partner.peerKey, bytes, least);
    this.targets.set(
      ++this.#count,
      new SessionEndpoint(this.#engine!, partner, this.#historyService, makeWay),
    );
    return this.#count;
  }

  /** What was let go of its versions since this was last asked, and see UpkeepReview. */
  review(): UpkeepReview {
    const isHindered = this.#endpoints().some((endpoint) => endpoint.isHindered);
    return { isEased: this.#isEased(), isHindered, letGo: this.#letGo.splice(0) };
  }

  #isEased(): boolean {
    return this.#endpoints().filter((endpoint) => endpoint.isEased()).length > 0;
  }

  #endpoints(): SessionEndpoint[] {
    return [...this.targets.values()].filter((target) => target instanceof SessionEndpoint);
  }

  #makeWay(peerKey: string, bytes: number, least: number): number {
    try {
      const { letGo, kept } = this.#keeping!.makeRoom(peerKey, bytes, least);
      this.#letGo = this.#letGo.concat(letGo);
      return kept;
    } catch {
      return 0; // Somebody has taken the versions away.
    }
  }

  endEndpoint(number: number) {
    (this.targets.get(number) as SessionEndpoint | undefined)?.close();
    this.targets.delete(number);
  }

  close() {
    try {
      this.#keeping?.count();
    } catch {
      // The folder is gone, or the disk is full: what is not counted now counts as time between two runs.
    }
    this.#engine?.close();
    this.#engine = null;
  }
}
