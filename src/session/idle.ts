// Between two cycles alpha rests: in sync, until something changes; or until what failed, or is being written, is due again.
// Both people are told which of these it is, and for how long.

import { EXIT, type Problem } from "../core/failure.ts";
import { fitting } from "../wire/message.ts";
import { problemToWire, writingToWire } from "../wire/rows.ts";
import { type Writing } from "../core/event.ts";
import type { SessionContext } from "./context.ts";
import { compareHoldings, holdingMessage } from "./sameness.ts";

/** A failed task is tried again after this, twice as long each time. */
const RETRY_FIRST_MS = 250;
const RETRY_LONGEST_MS = 5_000;
/** The longest wait, in ms, after a failure that trying alone does not mend: the side whose failure it is tells of changes. */
const STUCK_LONGEST_MS = 300_000;
/** With `once`, a task that failed this often is reported as it stands, and so is a file that is written for this long without end,
 * where it holds up nothing but itself. */
const ONCE_TRIES = 5;
const ONCE_WRITTEN_MS = 10_000;
/** Files still being written are looked at again after this, twice as long each time: the root itself looks meanwhile, and
 * tells when one has settled. */
const SOON_MS = 60;
const SOON_LONGEST_MS = 2000;
/** A file that is written in one go has settled after so many looks: nobody is told of it. */
const LOOKS_UNTOLD = 3;
/** While halted, what nobody tells of (a folder that is back, a file that can be read) is looked for this often. */
const HALTED_LOOK_MS = 1000;
/** While files are read, a cycle for anything else comes after this many ms at the latest. */
const READ_LOOK_MS = 10_000;
/** In sync, both sides say this often what they hold. */
const COMPARE_EVERY_MS = 10_000;

const NEVER_RESTS =
  "it is being written without end, and is not as the other has it: wait until that is over";

/** How a cycle left things. */
export interface Outcome {
  /** Nothing was there to do, and nothing is waiting. */
  inSync: boolean;
  /** The same, but for files that are still being written. */
  onlyWaits: boolean;
  failures: Problem[];
  problems: Problem[];
  /** Files are still being written, or looks are owed; the first of those files. */
  waiting: boolean;
  writing: Writing[];
  /** Some files are read before anything is planned for them; when that is news, it is told as a change. */
  reads: boolean;
  /** Content of some tasks is still to come. */
  unfinished: boolean;
  /** Nothing is done before people have said so; `ends`: nobody waits for that. */
  halted?: "stay" | "ends";
}

/** A cycle that came to nothing. */
export const NOTHING_DONE: Outcome = {
  inSync: false,
  onlyWaits: false,
  failures: [],
  problems: [],
  waiting: false,
  reads: false,
  writing: [],
  unfinished: false,
};

export class Rest {
  /** Cycles in a row that failed, and that only waited. */
  #tries = 0;
  #waits = 0;
  /** Files that were being written when a cycle was over, and when that was first so. */
  #written = new Map<string, number>();
  /** How many paths were not as agreed when both sides last compared. */
  #apart = 0;

  constructor(private readonly context: SessionContext) {}

  /** Rests after a cycle. Resolves with null when the next one is due, with the E code when there is to be none. */
  async after(outcome: Outcome): Promise<number | null> {
    const { changes, once, report, reads, root } = this.context;
    reads.rest();
    if (outcome.halted === "ends") return EXIT.incomplete;
    if (outcome.halted === "stay") {
      await changes.wait(HALTED_LOOK_MS, this.context.over);
      return null;
    }
    this.#tries = outcome.failures.length > 0 ? this.#tries + 1 : 0;
    if (!outcome.waiting) this.#waits = 0;
    if (once && this.#isWrittenOnly(outcome)) return await this.#endWithout(outcome);
    const settled = outcome.inSync || this.#tries >= ONCE_TRIES && !outcome.reads;
    if (settled && !changes.pending) {
      await this.#tellInSync([...outcome.problems, ...outcome.failures]);
      if (once) return outcome.failures.length > 0 ? EXIT.incomplete : report.code();
      this.#apart = await this.#compare();
    }
    if (settled) root.armWatch();
    if (outcome.inSync) await this.#inSync();
    else if (this.#tries > 0) await this.#untilRetry(outcome);
    else if (outcome.waiting) await this.#untilWritten(outcome);
    else if (outcome.reads) await changes.wait(READ_LOOK_MS, this.context.over);
    return null;
  }

  /** Whether nothing is left to do but to wait for files that were being written long ago already. */
  #isWrittenOnly({ onlyWaits, writing }: Outcome): boolean {
    const now = performance.now();
    const isOld = ({ path, whose }: Writing) => {
      const key = `${path}\0${whose}`;
      if (!this.#written.has(key)) this.#written.set(key, now);
      return now - this.#written.get(key)! > ONCE_WRITTEN_MS;
    };
    const old = writing.filter(isOld);
    return onlyWaits && writing.length > 0 && old.length === writing.length;
  }

  /** In sync but for what never rests: that is named. */
  async #endWithout({ problems, writing }: Outcome): Promise<number> {
    const never = writing.map((file) => ({ ...file, reason: NEVER_RESTS, lasting: true }));
    await this.#tellInSync([...problems, ...never]);
    return this.context.report.code();
  }

  /** Waits for a change, and sees to it that both sides go on holding the same. What is apart now and was not before has
   * changed without anybody being told: that is a change, too. */
  async #inSync() {
    const { changes, stream } = this.context;
    for (;;) {
      await changes.wait(COMPARE_EVERY_MS, this.context.over);
      if (changes.pending || !stream.isOpen || await this.#compare() !== this.#apart) return;
    }
  }

  async #untilRetry(outcome: Outcome) {
    const longest = outcome.failures.every(({ stuck }) => stuck) ? STUCK_LONGEST_MS : RETRY_LONGEST_MS;
    const pause = Math.min(RETRY_FIRST_MS * 2 ** (this.#tries - 1), longest);
    await this.#tellWaiting(outcome, pause);
    await this.context.changes.wait(pause, this.context.over);
  }

  async #untilWritten(outcome: Outcome) {
    if (this.#waits >= LOOKS_UNTOLD) await this.#tellWaiting(outcome, 0);
    await this.context.changes.wait(
      Math.min(SOON_MS * 2 ** this.#waits++, SOON_LONGEST_MS),
      this.context.over,
    );
  }

  /** Both sides say what they hold. Returns how many paths are not as agreed, on both together. */
  async #compare(): Promise<number> {
    const { stream, endpoint, report } = this.context;
    const own = await endpoint.holding();
    await stream.send(holdingMessage(own));
    const verified = compareHoldings(own, await stream.expect("holding"));
    report.verified(verified);
    return verified.apart;
  }

  async #tellInSync(problems: Problem[]) {
    const { stream, endpoint, report } = this.context;
    await endpoint.rest();
    const standing = await endpoint.standing();
    await stream.send({
      type: "insync",
      digest: standing.digest,
      conflicts: standing.conflicts.length,
      problems: fitting(problems.map(problemToWire)),
    });
    report.inSync(standing, problems);
  }

  /** `retry`: when what failed is tried again, in ms. */
  async #tellWaiting({ problems, failures, writing }: Outcome, retry: number) {
    const all = [...problems, ...failures];
    await this.context.stream.send({
      type: "wait",
      retry,
      problems: fitting(all.map(problemToWire)),
      writing: fitting(writing.map(writingToWire)),
    });
    this.context.report.waiting(retry, all, writing);
  }
}
