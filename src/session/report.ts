// What a session tells the person: each thing once, and progress not more often than an eye follows.

import type { Conflict } from "../core/plan/conflict.ts";
import { EXIT, type Problem } from "../core/failure.ts";
import type { Unwatched } from "../core/unwatched.ts";
import type { Standing } from "../endpoint/endpoint.ts";
import type { Emit, Event, PlanCounts, Writing } from "../core/event.ts";
import type { Verified } from "./sameness.ts";
import { Tally } from "./tally.ts";

type UndoneOnce = Event & { event: "undone" };

const PROGRESS_EVERY_MS = 200;

export class Report {
  /** Problems as they stand, and those of the cycle under way: what stood and does not come again is mended. */
  #problems = new Map<string, Problem>();
  #round = new Map<string, Problem>();
  #conflicts = new Map<string, Conflict>();
  readonly #tally = new Tally();
  #from: { from?: string } = {};
  #lastProgress = -Infinity;
  /** Progress of the work under way was told, and its end was not yet. */
  #isToldOf = false;
  #lastInSync = "";
  #lastPlan = "";
  /** The last `waiting` told since it was in sync: what holds it up, "" when nothing does. */
  #lastWaiting = "";
  /** What was told of folders that cannot be watched, by whose they are. */
  #unwatched = new Map<string, string>();

  /** So many paths stay home until this side's person says whether they may travel. */
  #unanswered = 0;

  /** `most`: so many problems are kept and told at once. */
  constructor(
    private readonly emit: Emit,
    private readonly peer: string,
    private readonly most = Infinity,
  ) {}

  /** Only that person's changes travel: told at once, and with each plan. */
  oneWay(from: string) {
    this.#from = { from };
    this.emit({ event: "oneway", peer: this.peer, from });
  }

  /** The plan of a cycle, and the problems it begins with. `goesOn`: it is no new one to people. So much of it is `done`: files and bytes, as
   * told; of a new one what came of large files before. */
  plan(
    counts: PlanCounts,
    paths: string[],
    problems: readonly Problem[],
    goesOn = false,
    [files = 0, bytes = 0]: readonly number[] = [],
  ) {
    const left = {
      files: counts.create + counts.update + counts.delete + counts.move,
      bytes: counts.bytes,
    };
    if (goesOn) {
      this.#tally.goOn(left, { files, bytes });
      this.#tellProgress();
    } else {
      this.#tally.begin(left, { files, bytes });
      this.#isToldOf = false;
      this.#tellPlan({ event: "plan", peer: this.peer, ...this.#from, ...counts, paths });
      if (bytes > 0) this.#tellProgress();
    }
    this.#round = new Map();
    this.problems(problems);
  }

  /** Problems that came while the plan was carried out. */
  problems(problems: readonly Problem[]) {
    for (const problem of problems) this.#problem(problem);
  }

  progress(files: number, bytes: number) {
    this.#tally.add({ files, bytes });
    this.#tellProgress();
  }

  /** Files and bytes that are done, of what is under way. */
  get done(): number[] {
    const { files, bytes } = this.#tally.howFar;
    return [files, bytes];
  }

  #tellProgress() {
    const { howFar } = this.#tally;
    const now = performance.now();
    const isEnd = howFar.files === howFar.ofFiles && howFar.bytes === howFar.ofBytes;
    const isSoon = now - this.#lastProgress < PROGRESS_EVERY_MS;
    if (howFar.ofFiles === 0 || isSoon && !(isEnd && this.#isToldOf)) return;
    this.#lastProgress = now;
    this.#isToldOf = !isEnd;
    this.emit({ event: "progress", peer: this.peer, ...howFar });
  }

  /** A look at somebody's folder goes on. */
  looking(whose: string, { files, over }: { files: number; over: boolean }) {
    this.emit({ event: "looking", peer: this.peer, whose, files, over });
  }

  /** Files in somebody's folder are read: [files, bytes, of files, of bytes]. */
  digesting(whose: string, [files = 0, bytes = 0, ofFiles = 0, ofBytes = 0]: readonly number[]) {
    this.emit({ event: "digesting", peer: this.peer, whose, files, bytes, ofFiles, ofBytes });
  }

  /** The conflicts that are listed now: each is told once. */
  conflicts(conflicts: readonly Conflict[]) {
    const before = this.#conflicts;
    this.#conflicts = new Map(conflicts.map((conflict) => [`${conflict.path}\0${conflict.kept}`, conflict]));
    for (const [key, conflict] of this.#conflicts) {
      if (!before.has(key)) this.emit({ event: "conflict", peer: this.peer, ...conflict });
    }
  }

  /** In sync: told when it was not, or when something about it changed. */
  inSync(standing: Standing, problems: readonly Problem[]) {
    this.conflicts(standing.conflicts);
    this.#settle(problems);
    const { digest, files, bytes } = standing;
    const event = {
      event: "insync",
      peer: this.peer,
      digest,
      files,
      bytes,
      conflicts: standing.conflicts.length,
      problems: this.#problems.size,
    } as const;
    const text = JSON.stringify(event);
    if (text !== this.#lastInSync || (this.#lastWaiting && !this.#isRetried())) {
      this.emit(event);
      this.#lastWaiting = "";
    }
    this.#lastInSync = text;
  }

  /** Not in sync, and nothing can be done now. `retry` in ms, 0 when nothing failed: then it is told when something about it
   * changed. */
  waiting(retry: number, problems: readonly Problem[], writing: Writing[]) {
    this.#settle(problems);
    const again = retry > 0 ? { retry: retry / 1000 } : {};
    const event = { event: "waiting", peer: this.peer, ...again, writing } as const;
    const text = JSON.stringify(event);
    if (retry > 0 || text !== this.#lastWaiting) this.emit(event);
    this.#lastWaiting = text;
  }

  /** What stays home of what the peer would let travel, `open` of it not answered. Told when it is another thing. */
  lifted({ open, ...what }: { paths: string[]; count: number; open: number; asked: boolean }) {
    this.#unanswered = open;
    this.#lastInSync = "";
    this.emit({ event: "ignored-lifted", peer: this.peer, ...what });
  }

  /** What of somebody's folder cannot be watched: told when it is another thing. */
  watching(whose: string, unwatched: Unwatched | null) {
    const text = unwatched ? JSON.stringify(unwatched) : "";
    if (text === (this.#unwatched.get(whose) ?? "")) return;
    this.#unwatched.set(whose, text);
    if (unwatched) this.emit({ event: "unwatched", peer: this.peer, whose, ...unwatched });
    else this.emit({ event: "watched", peer: this.peer, whose });
  }

  /** Told each time: that nothing changed is what it says. */
  verified({ looked, read, mute, ...what }: Verified) {
    const seconds = {
      looked: Math.round(looked / 1000),
      ...(read !== null && { read: Math.round(read / 1000) }),
      ...(mute !== null && { mute: Math.round(mute / 1000) }),
    };
    this.emit({ event: "verified", peer: this.peer, ...what, ...seconds });
  }

  /** Told each time somebody asks for it. */
  undone(what: Omit<UndoneOnce, "event" | "peer">) {
    this.emit({ event: "undone", peer: this.peer, ...what });
  }

  /** What comes after a halt is news, also when it is what was there before. */
  halted(reason: string, question?: { plan: PlanCounts; paths: string[]; asked: boolean; needs: string[] }) {
    this.#lastInSync = "";
    this.emit({ event: "halted", peer: this.peer, reason, ...question });
  }

  resumed(how: "over" | "approved" | "back" | "merged") {
    this.emit({ event: "resumed", peer: this.peer, how });
  }

  /** RULES E for this pair as it stands when in sync. */
  code(): number {
    if (this.#isRetried()) return EXIT.incomplete;
    const isLeft = this.#conflicts.size > 0 || this.#problems.size > 0 || this.#unanswered > 0;
    return isLeft ? EXIT.unresolved : EXIT.inSync;
  }

  /** What is only tried again is no new plan, and its progress is news only when it takes a while. */
  #tellPlan(plan: Event & { event: "plan" }) {
    const text = JSON.stringify(plan);
    const isAgain = text === this.#lastPlan && this.#lastWaiting !== "";
    this.#lastPlan = text;
    if (isAgain) this.#lastProgress = performance.now();
    else if (this.#tally.howFar.ofFiles + plan.conflict > 0) {
      this.emit(plan);
      this.#lastInSync = ""; // In sync afterwards is news, also with what was there before: a name respelled, an edit taken back.
    }
  }

  #isRetried(): boolean {
    return [...this.#problems.values()].some(({ lasting }) => !lasting);
  }

  /** The cycle is over with these problems. */
  #settle(problems: readonly Problem[]) {
    this.problems(problems);
    for (const [key, { path, whose }] of this.#problems) {
      if (!this.#round.has(key)) this.emit({ event: "mended", peer: this.peer, path, ...whose && { whose } });
    }
    this.#problems = new Map(this.#round);
  }

  #problem(problem: Problem) {
    const { path, reason, lasting, whose } = problem;
    const key = `${path}\0${whose ?? ""}`;
    if (this.#problems.size >= this.most && !this.#problems.has(key)) return;
    if (this.#problems.get(key)?.reason !== reason) {
      this.emit({ event: "problem", peer: this.peer, path, reason, retry: !lasting, ...whose && { whose } });
    }
    this.#problems.set(key, problem);
    this.#round.set(key, problem);
  }
}
