// Watches by a plan, where each watched folder costs: only what is synced, armed anew when the plan is another, and as much as can be
// had where the system has not enough of them.

import type { Unwatched } from "../../core/unwatched.ts";
import { type Timer, Timers } from "./timers.ts";
import type { Told } from "./told.ts";
import { WATCH_PARTS, type WatchParts } from "./watch.ts";
import type { DeadWatch, Watched, WatchReport } from "./gather.ts";
import type { WatchPlan, WatchRefusal } from "./plan.ts";

/** The owner of the folder. */
export interface Planner {
  /** What is to be watched; null while nobody knows. `scarce`: each folder alone, those first that matter most. */
  plan(scarce: boolean): Promise<WatchPlan | null>;
  /** The last plan for all is watched. */
  watches(): void;
  /** What the system refuses to watch; null: nothing. */
  lacks(unwatched: Unwatched | null): void;
}

/** A folder made later is watched this soon, and at most this share of the time goes into it. */
const FOLLOW_MS = 1_000;
const FOLLOW_SHARE = 1 / 20;
/** So soon after a change it is asked what the plan is now. */
const ASK_MS = 200;
/** Watches for what is not synced any more are given back after this. */
const TIDY_MS = 10_000;
/** The watch before goes on for this long, so that what it has not told of yet is not lost. */
const LINGER_MS = 200;
/** So much of what could be had is left to other programs. */
const LEFT_TO_OTHERS = 1 / 10;
/** After a folder was refused a watch, others are likely made, too. */
const LACKING_MS = 2_000;
/** Whether there are more watches now is tried this often. */
const TRY_AGAIN_MS = 10 * 60_000;

/** The parts of a watch that keeps to a plan. */
export class PlannedParts implements WatchParts {
  #watch: PlannedWatch | null = null;
  readonly #share: Share = { most: null };

  constructor(private readonly planner: Planner, private readonly parts: WatchParts = WATCH_PARTS) {}

  watch(watched: Watched, report: (report: WatchReport) => void): () => void {
    const watch = this.#watch = new PlannedWatch(watched, report, this.planner, this.parts, this.#share);
    watch.arm();
    return () => watch.end();
  }

  get hangs(): boolean {
    return this.parts.hangs ?? false;
  }

  stirCanary(path: string) {
    this.parts.stirCanary(path);
  }

  /** The plan may be another now. */
  follow() {
    this.#watch?.follow();
  }
}

/** How many folders can be watched, as far as anybody knows; null: all. */
interface Share {
  most: number | null;
}

/** One worker's watch. */
interface Arming {
  plan: WatchPlan | null;
  began: number;
  end: () => void;
}

class PlannedWatch {
  /** Who tells, who told before, and who is to take its place. */
  #live: Arming | null = null;
  #before: Arming | null = null;
  #next: Arming | null = null;
  #ended = false;
  readonly #timers = new Timers();
  #due: { timer: Timer; at: number } | null = null;
  /** The folders of the live plan, once somebody asked. */
  #planned: Set<string> | null = null;
  /** Folders whose watch ended with the folder that had their name before. */
  #lost = new Set<string>();
  /** What the plan is now will be asked. */
  #asking = false;
  #armedAt = -Infinity;
  #took = 0;

  constructor(
    private readonly watched: Watched,
    private readonly report: (report: WatchReport) => void,
    private readonly planner: Planner,
    private readonly parts: WatchParts,
    private readonly share: Share,
  ) {}

  end() {
    this.#ended = true;
    for (const arming of [this.#before, this.#live, this.#next]) arming?.end();
    this.#timers.endAll();
  }

  /** Watches by the plan as it is now; what is watched so far goes on until then. */
  async arm() {
    const { most } = this.share;
    const scarce = most !== null;
    const wanted = await this.planner.plan(scarce).catch(() => null);
    if (this.#ended) return;
    const plan = wanted && scarce ? { ...wanted, flat: wanted.flat.slice(0, most) } : wanted;
    const arming: Arming = { plan, began: performance.now(), end: () => {} };
    this.#next?.end();
    this.#next = arming;
    arming.end = this.parts.watch(
      { ...this.watched, ...plan && { plan } },
      (report) => this.#hear(arming, report),
    );
  }

  /** Arms anew if the plan is another now. */
  follow() {
    if (this.#ended || this.#asking) return;
    this.#asking = true;
    this.#timers.after(ASK_MS, () => {
      this.#asking = false;
      this.#compare();
    });
  }

  async #compare() {
    const plan = await this.planner.plan(false).catch(() => null);
    const before = this.#live?.plan;
    if (this.#ended || !plan || !this.#live) return;
    if (this.share.most !== null) {
      // Now there may be enough for all.
      if (before && plan.folders <= before.flat.length) this.#armAfter(FOLLOW_MS, true);
    } else if (!before || uncovered(plan, before).length > 0) this.#armAfter(FOLLOW_MS);
    else if (!isWithin(before, plan)) this.#armAfter(TIDY_MS);
  }

  #hear(arming: Arming, report: WatchReport) {
    if (this.#ended) return;
    if ("dead" in report) return this.#died(arming, report);
    if (arming === this.#next) this.#promote(arming);
    this.report(report);
    if (arming !== this.#live) return;
    if (report.lacks && this.share.most === null) this.#timers.after(LACKING_MS, () => this.#lack());
    this.#noteLost(arming.plan, report.told);
  }

  /** It watches: the one before ends when it has told of all. */
  #promote(arming: Arming) {
    const before = this.#live;
    const { plan } = arming;
    this.#live = arming;
    this.#next = this.#planned = null;
    this.#armedAt = performance.now();
    this.#took = this.#armedAt - arming.began;
    this.#before?.end();
    this.#before = before;
    this.#timers.after(LINGER_MS, () => before?.end());
    const late = before?.plan && plan ? [...uncovered(plan, before.plan), ...this.#lost] : [];
    this.#lost.clear();
    const told = late.map((path): Told => ({ path, kinds: ["create"] })); // What came there before its watch was there.
    if (told.length > 0) this.report({ told, all: false, canary: false, closes: false });
    if (plan) this.#tell(plan);
  }

  /** A folder that was made got no watch. */
  #lack() {
    if (this.share.most !== null) return;
    this.share.most = Infinity;
    this.report({ dead: "a folder cannot be watched" });
  }

  #tell({ flat: { length: watched }, folders }: WatchPlan) {
    if (this.share.most === null) {
      this.planner.watches();
      this.planner.lacks(null);
    } else {
      this.planner.lacks(watched < folders ? { why: "watches", watched, folders } : null);
      this.#armAfter(TRY_AGAIN_MS, true);
    }
  }

  /** A folder of the plan that is made or renamed into place has no watch: that was for the one before. */
  #noteLost(plan: WatchPlan | null, told: readonly Told[]) {
    if (!plan || this.share.most !== null) return;
    this.#planned ??= new Set([...plan.whole, ...plan.flat]);
    for (const { path, kinds } of told) {
      if (!this.#planned.has(path) || path === this.watched.folder) continue;
      if (kinds.some((kind) => kind !== "modify" && kind !== "access" && kind !== "remove")) {
        this.#lost.add(path);
      }
    }
    if (this.#lost.size > 0) this.#armAfter(FOLLOW_MS);
  }

  #died(arming: Arming, { dead, refusal }: DeadWatch) {
    arming.end();
    if (arming !== this.#live && arming !== this.#next) return;
    const { plan } = arming;
    if (refusal && plan) this.#refused(refusal, plan);
    else if (arming === this.#next && this.#live) {
      this.#next = null;
      return this.#armAfter(TIDY_MS); // The one before goes on.
    }
    this.report({ dead });
  }

  /** There are not so many watches: the next time fewer are asked for. Two at a time need twice as many: one alone may have enough. */
  #refused({ why, had }: WatchRefusal, { flat, folders }: WatchPlan) {
    if (this.#live) return;
    const { most } = this.share;
    const fewer = Math.floor((had ?? flat.length / 2) * (1 - LEFT_TO_OTHERS));
    if (why === "watches" && most === null) this.share.most = Infinity;
    else if (why === "watches" && fewer > 0) this.share.most = fewer;
    else {
      this.share.most = null;
      this.planner.lacks({ why, watched: 0, folders });
    }
  }

  /** Arms anew in a while, if that is not to come anyway. `all`: as if there were watches for all. */
  #armAfter(ms: number, all = false) {
    const at = Math.max(performance.now() + ms, this.#armedAt + this.#took / FOLLOW_SHARE);
    if (this.#due && this.#due.at <= at) return;
    if (this.#due) this.#timers.end(this.#due.timer);
    const timer = this.#timers.after(at - performance.now(), () => {
      this.#due = null;
      if (all) this.share.most = null;
      this.arm();
    });
    this.#due = { timer, at };
  }
}

/** The folders of a plan that are not watched by the one before. */
function uncovered(plan: WatchPlan, before: WatchPlan): string[] {
  const whole = new Set(before.whole);
  const flat = new Set(before.flat);
  const isCovered = (path: string) => {
    if (flat.has(path)) return true;
    for (let at = path; at !== ""; at = at.slice(0, Math.max(0, at.lastIndexOf("/")))) {
      if (whole.has(at)) return true;
    }
    return false;
  };
  return [...plan.whole, ...plan.flat].filter((path) => !isCovered(path));
}

/** Whether all that the one before lists is in the plan as well. */
function isWithin(before: WatchPlan, plan: WatchPlan): boolean {
  const whole = new Set(plan.whole);
  const flat = new Set(plan.flat);
  return before.whole.every((path) => whole.has(path)) && before.flat.every((path) => flat.has(path));
}
