// Gathers the events of a watched folder into reports. Events are hints: a lost one must be found by other means (see watch.ts),
// so nothing here tries to be complete.

import { isOnItsWay } from "../../core/on_its_way.ts";
import { type Kinds, type Told, withKind } from "./told.ts";
import type { WatchPlan, WatchRefusal } from "./plan.ts";

/** What was told of paths (native); `all`: events were lost; `canary`: its file came or went; `closes`: this watch tells when a writer
 * closes a file; `lacks`: a folder made meanwhile is not watched, for there are no more watches; or the watch is dead. */
export type WatchReport =
  | { told: Told[]; all: boolean; canary: boolean; closes: boolean; lacks?: boolean }
  | DeadWatch;

/** Why a watch is dead; `refusal`: the system has no more of them. */
export interface DeadWatch {
  dead: string;
  refusal?: WatchRefusal;
}

/** What is watched: a folder, the private one in it, whose events do not count, and the canary's file in that. Without a plan all that
 * is in the folder. */
export interface Watched {
  folder: string;
  private: string;
  canary: string;
  plan?: WatchPlan;
}

/** Events of so many ms are one report. What one save makes comes at once; only where more came just before, there may be many files. */
const GATHER_MS = 2;
const GATHER_MANY_MS = 10;
const JUST_MS = 100;
/** A burst beyond this is not listed path by path. */
const MANY = 5000;

/** Reports what `events` tell, after an empty report at the beginning; resolves when they end. */
export async function gather(
  events: AsyncIterable<Deno.FsEvent>,
  watched: Watched,
  tell: (report: WatchReport) => void,
): Promise<void> {
  const gatherer = new Gatherer(watched, tell);
  gatherer.begin();
  for await (const event of events) gatherer.take(event);
}

/** Makes reports of events, from wherever they come. */
export class Gatherer {
  #paths = new Map<string, Kinds>();
  #all = false;
  #canary = false;
  #closes = false;
  #lacks = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When it last reported (ms). */
  #reported = -Infinity;

  constructor(private readonly watched: Watched, private readonly tell: (report: WatchReport) => void) {}

  /** The watch has begun. */
  begin() {
    this.tell({ told: [], all: false, canary: false, closes: false });
  }

  take(event: Deno.FsEvent) {
    const { private: own, canary } = this.watched;
    this.#closes ||= event.kind === "access";
    if (event.flag === "rescan") this.#all = true;
    let news = event.flag === "rescan";
    for (const path of event.paths) {
      if (path === canary) this.#canary = news = true;
      if (path.startsWith(own) && /^$|[/\\]/.test(path.charAt(own.length))) continue;
      if (isOnItsWay(path.slice(1 + Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\"))))) continue;
      news = true;
      if (this.#paths.size < MANY) this.#paths.set(path, withKind(this.#paths.get(path), event.kind));
      else this.#all = true;
    }
    if (news) this.#reportSoon();
  }

  /** A folder that was made cannot be watched. */
  lack() {
    this.#lacks = true;
    this.#reportSoon();
  }

  #reportSoon() {
    const isMore = performance.now() - this.#reported < JUST_MS;
    this.#timer ??= setTimeout(() => this.#report(), isMore ? GATHER_MANY_MS : GATHER_MS);
  }

  #report() {
    this.#timer = undefined;
    this.#reported = performance.now();
    const told = this.#all ? [] : [...this.#paths].map(([path, kinds]) => ({ path, kinds }));
    const lacks = this.#lacks && { lacks: true };
    this.tell({ told, all: this.#all, canary: this.#canary, closes: this.#closes, ...lacks });
    this.#paths = new Map();
    this.#all = this.#canary = this.#lacks = false;
  }
}
