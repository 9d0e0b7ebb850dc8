// What a session tells the person: each thing once, and progress not more often than an eye follows.

import type { Conflict } from "../core/conflict.ts";
import type { Problem } from "../core/plan.ts";
import type { Standing } from "./dealing.ts";
import type { Emit, PlanCounts } from "./event.ts";
import { EXIT } from "../core/failure.ts";

const PROGRESS_EVERY_MS = 200;

export class Report {
  /** Problems as they stand, by path. */
  #problems = new Map<string, Problem>();
  #conflicts = new Map<string, Conflict>();
  #counts = { files: 0, bytes: 0, ofFiles: 0, ofBytes: 0 };
  #lastProgress = 0;
  #lastInSync = "";

  constructor(private readonly emit: Emit, private readonly peer: string) {}

  /** The plan of a cycle; the problems with it replace the earlier ones. */
  plan(counts: PlanCounts, problems: readonly Problem[]) {
    this.#counts = {
      files: 0,
      bytes: 0,
      ofFiles: counts.create + counts.update + counts.delete + counts.move,
      ofBytes: counts.bytes,
    };
    if (this.#counts.ofFiles > 0 || counts.conflict > 0) {
      this.emit({ event: "plan", peer: this.peer, ...counts });
    }
    const before = this.#problems;
    this.#problems = new Map();
    for (const problem of problems) this.#problem(problem, before);
  }

  /** Problems that came while the plan was carried out. */
  problems(problems: readonly Problem[]) {
    for (const problem of problems) this.#problem(problem, this.#problems);
  }

  progress(files: number, bytes: number) {
    this.#counts.files += files;
    // What crosses the wire is a little more than the content.
    this.#counts.bytes = Math.min(this.#counts.bytes + bytes, this.#counts.ofBytes);
    const now = performance.now();
    if (this.#counts.ofFiles === 0 || now - this.#lastProgress < PROGRESS_EVERY_MS) return;
    this.#lastProgress = now;
    this.emit({ event: "progress", peer: this.peer, ...this.#counts });
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
    this.problems(problems);
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
    if (text !== this.#lastInSync) this.emit(event);
    this.#lastInSync = text;
  }

  /** From now on the next `inSync` is told again. */
  outOfSync() {
    this.#lastInSync = "";
  }

  halted(reason: string) {
    this.emit({ event: "halted", peer: this.peer, reason });
  }

  /** RULES E for this pair as it stands when in sync. */
  code(): number {
    const problems = [...this.#problems.values()];
    if (problems.some(({ lasting }) => !lasting)) return EXIT.incomplete;
    return this.#conflicts.size > 0 || problems.length > 0 ? EXIT.unresolved : EXIT.inSync;
  }

  #problem(problem: Problem, before: Map<string, Problem>) {
    const { path, reason, lasting } = problem;
    if (before.get(path)?.reason !== reason) {
      this.emit({ event: "problem", peer: this.peer, path, reason, retry: !lasting });
    }
    this.#problems.set(path, problem);
  }
}
