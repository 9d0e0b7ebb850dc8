// The bench: the hands of one root and a dealing for each session, as objects by number, wherever they run.

import type { Ability } from "../core/ability.ts";
import type { Path } from "../core/tree/path.ts";
import { KEEP, type Limits } from "../transition/retention.ts";
import type { Disk } from "../fs/port.ts";
import type { Told } from "../fs/watch/told.ts";
import type { WatchPlan } from "../fs/watch/plan.ts";
import { Dealing, type MakeWay } from "../endpoint/endpoint.ts";
import { Keeping } from "../engine/keeping.ts";
import { type LetGo } from "../core/event.ts";
import type { Partner } from "../endpoint/partner.ts";
import type { Hands, Look, WorkSlice } from "../engine/engine.ts";
import { Past } from "../history/history_service.ts";
import type { HowFar, Scrub, Slice } from "../engine/scrub.ts";

/** What is known of a root once it is taken into use; native paths. */
export interface Opened {
  folder: string;
  private: string;
  identity: string;
  ability: Ability;
  separator: Disk["separator"];
  /** What was let go of its versions. */
  letGo: LetGo[];
  /** See Hands. */
  presence: string | null;
}

/** What a look found. */
export interface Seen extends Look {
  rules: string;
  /** Something can be put into the folder that could not be before. */
  isEased: boolean;
}

/** A folder nobody has looked at yet is asked about again after this. */
const UNLOOKED_MS = 60_000;

/** The number of the root's past. */
export const PAST = 1;

/** The main object of those that a worker serves. */
export class Bench {
  /** The bench itself, the past, and the dealings by number. */
  readonly #past = new Past(() => this.#hands!);
  readonly targets = new Map<number, object>([[0, this], [PAST, this.#past]]);
  #hands: Hands | null = null;
  #count = PAST;
  #keeping: Keeping | null = null;
  /** What was let go to make room, and is to be told. */
  #letGo: LetGo[] = [];

  /** `take` takes a folder into use, on a computer started at `booted` (ms); `links` is where answers to wishes for links come, if they
   * must be asked for; `fresh`: the identity of one that has none. */
  constructor(
    private readonly take: (
      folder: string,
      stateDir: string,
      links: SharedArrayBuffer | undefined,
      booted: number,
      fresh: string | undefined,
    ) => Hands,
  ) {}

  /** `keep`: how long versions stay. Throws UserError. */
  open(
    folder: string,
    stateDir: string,
    links?: SharedArrayBuffer,
    keep: Limits = KEEP,
    booted = 0,
    fresh?: string,
  ): Opened {
    this.#hands = this.take(folder, stateDir, links, booted, fresh);
    const { places, identity, ability, disk, archive, presence } = this.#hands;
    this.#keeping = new Keeping(disk, places.versions, archive, keep, (time, oldest) => {
      this.#hands?.forgetRights(time, oldest);
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
    this.#hands!.hear(told, all, closes);
  }

  /** The next look is one at everything, though nothing was told. */
  doubtAll() {
    this.#hands!.doubtAll();
  }

  /** The next look is one at all that tells of no changes made elsewhere, if there is such. */
  doubtMute(): boolean {
    return this.#hands?.doubtMute() ?? false;
  }

  /** Looks at the folders alone: whether there is something to look at, and how long that took, in ms. */
  sweep(): { found: boolean; took: number } {
    const began = performance.now();
    const found = this.#hands?.sweep() ?? false;
    return { found, took: performance.now() - began };
  }

  /** Throws RootGone. */
  look(watched: boolean): Seen {
    return { ...this.#hands!.look(watched), rules: this.#hands!.rules, isEased: this.#isEased() };
  }

  /** See Hands. */
  watchPlan(scarce: boolean): WatchPlan | null {
    return this.#hands?.watchPlan(scarce) ?? null;
  }

  noteWatched() {
    this.#hands?.noteWatched();
  }

  prove(): boolean {
    return this.#hands?.prove() ?? false;
  }

  /** See Hands. */
  workOn(ms: number): WorkSlice {
    return this.#hands!.workOn(ms);
  }

  /** A reading of all content begins, or goes on: see Scrub. Throws RootGone. */
  beginReading(): HowFar {
    const hands = this.#hands!;
    if (!hands.hasLooked) hands.look();
    return hands.scrub.begin(Date.now());
  }

  /** Throws RootGone. */
  readSlice(ms: number, bytes: number): Slice {
    return this.#hands!.scrub.slice(ms, bytes);
  }

  /** A slice of the slow reading, where it is due; only once somebody has looked at the folder. Throws RootGone. */
  readSlowly(ms: number, days: number): { slice: Slice | null; due: number } {
    const { hasLooked, scrub } = this.#hands!;
    return hasLooked ? scrub.slow(ms, days, Date.now()) : { slice: null, due: UNLOOKED_MS };
  }

  /** Reads on in what a peer doubts: see Scrub. Throws RootGone. */
  readDoubted(ms: number): ReturnType<Scrub["answer"]> {
    return this.#hands!.scrub.answer(ms);
  }

  /** Begins a dealing; its number is that of the remote object. */
  deal(partner: Partner): number {
    const makeWay: MakeWay = (bytes, least) => this.#makeWay(partner.peer, bytes, least);
    this.targets.set(++this.#count, new Dealing(this.#hands!, partner, this.#past, makeWay));
    return this.#count;
  }

  /** Whether something can be put into the folder that could not, and what was let go of its versions since this was last asked. */
  review(): { isEased: boolean; letGo: LetGo[] } {
    return { isEased: this.#isEased(), letGo: this.#letGo.splice(0) };
  }

  #isEased(): boolean {
    const dealings = [...this.targets.values()].filter((target) => target instanceof Dealing);
    return dealings.filter((dealing) => dealing.isEased()).length > 0;
  }

  #makeWay(peer: string, bytes: number, least: number): number {
    try {
      const { letGo, kept } = this.#keeping!.makeRoom(peer, bytes, least);
      this.#letGo = this.#letGo.concat(letGo);
      return kept;
    } catch {
      return 0; // Somebody has taken the versions away.
    }
  }

  endDealing(number: number) {
    (this.targets.get(number) as Dealing | undefined)?.close();
    this.targets.delete(number);
  }

  close() {
    try {
      this.#keeping?.count();
    } catch {
      // The folder is gone, or the disk is full: what is not counted now counts as time between two runs.
    }
    this.#hands?.close();
    this.#hands = null;
  }
}
