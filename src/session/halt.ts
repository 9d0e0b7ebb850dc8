// Halted (RULES S1-S3): both screens show why and what was planned, both people are asked, and nothing is done until it is
// settled. alpha leads: it judges each plan anew, so a halt also ends by itself when what led to it is undone.

import type { MessageOf } from "../wire/message.ts";
import { breach } from "../wire/shape.ts";
import type { PlanCounts } from "./event.ts";
import type { Halt } from "./guard.ts";
import { countsFromWire, countsToWire } from "./orders.ts";
import type { Changes } from "./party.ts";
import type { Report } from "./report.ts";
import type { Talk } from "./talk.ts";

/** What a person is asked. */
export interface HaltQuestion {
  peer: string;
  asks: "mass" | "merge";
}

/** Asks this side's person; `signal` takes the question back. */
export type AskHalt = (question: HaltQuestion, signal: AbortSignal) => Promise<boolean>;

/** What became of a halt: nothing is wrong any more; what was planned is done; it is taken back; the two folders are merged. */
export type HaltEnd = "over" | "approved" | "back" | "merged";

/** Who can answer at one side: a person at a terminal, or a flag for the whole run. */
export interface Answerers {
  asks: boolean;
  approves: boolean;
}

/** What the brain does with a plan: carries it out, stays halted, lets it be (`ends`, with `once` and nobody to answer), takes
 * it back. */
export type Verdict = "go" | "stay" | "ends" | "approved" | "back";

/** One side's screen and person during a halt. */
export class HaltScreen {
  #question = new AbortController();

  constructor(
    private readonly report: Report,
    private readonly peer: string,
    private readonly ask: AskHalt | undefined,
  ) {}

  show(
    { reason, asks, paths }: Omit<Halt, "key">,
    plan: PlanCounts,
    answered: (yes: boolean) => void,
  ) {
    this.#question.abort();
    if (asks === "nothing") return this.report.halted(reason);
    this.report.halted(reason, { plan, paths, asked: this.ask !== undefined });
    if (!this.ask) return;
    const { signal } = this.#question = new AbortController();
    this.ask({ peer: this.peer, asks }, signal).then((yes) => signal.aborted || answered(yes));
  }

  /** The question is taken back, and what became of it is told. */
  clear(how: HaltEnd) {
    this.#question.abort();
    this.report.resumed(how);
  }

  /** The session ends: nothing more can be answered. */
  close() {
    this.#question.abort();
  }
}

interface Answers {
  own?: boolean;
  peer?: boolean;
}

/** alpha's part. */
export class LeadingHalt {
  #halt: Halt | null = null;
  #number = 0;
  #answers: Answers = {};
  #peer: Answerers = { asks: false, approves: false };

  constructor(
    private readonly talk: Talk,
    private readonly changes: Changes,
    private readonly screen: HaltScreen,
    private readonly own: Answerers,
  ) {}

  /** What is known of the peer since its hello. */
  meet(peer: Answerers) {
    this.#peer = peer;
  }

  /** The peer's person has answered. One that came too late answers nothing. */
  hear({ number, yes }: MessageOf<"answer">) {
    if (this.#halt && number === this.#number) this.#answers.peer = yes;
    this.changes.note();
  }

  /** Tells both sides of a halt that is new, or of one that is over by itself, and says what the answers come to. `once`: nobody
   * waits for people who cannot be asked. */
  async judge(halt: Halt | null, plan: PlanCounts, once: boolean): Promise<Verdict> {
    if (!halt) {
      if (this.#halt) await this.end("over");
      return "go";
    }
    const isOpen = this.#canBeAnswered(halt);
    if (halt.key !== this.#halt?.key) await this.#begin(halt, plan, isOpen);
    const { own, peer } = this.#answers;
    const isNo = own === false || peer === false;
    if (halt.asks === "mass" && isNo) return "back";
    if (halt.asks !== "nothing" && (own && peer || this.own.approves || this.#peer.approves)) {
      return "approved";
    }
    return once && (!isOpen || isNo) ? "ends" : "stay";
  }

  async end(how: HaltEnd) {
    this.#halt = null;
    this.screen.clear(how);
    await this.talk.send({ type: "resumed", how });
  }

  #canBeAnswered({ asks }: Halt): boolean {
    const { own } = this;
    const peer = this.#peer;
    return asks !== "nothing" && (own.asks && peer.asks || own.approves || peer.approves);
  }

  async #begin(halt: Halt, plan: PlanCounts, open: boolean) {
    this.#halt = halt;
    const number = ++this.#number;
    const answers: Answers = this.#answers = {};
    this.screen.show(halt, plan, (yes) => {
      answers.own = yes;
      this.changes.note();
    });
    const { asks, reason, paths } = halt;
    await this.talk.send({ type: "halted", number, asks, reason, counts: countsToWire(plan), paths, open });
  }
}

/** beta's part: shows what alpha says, and says what the person here answers. */
export class FollowingHalt {
  constructor(private readonly talk: Talk, private readonly screen: HaltScreen) {}

  show({ number, asks, reason, counts, paths }: MessageOf<"halted">) {
    this.screen.show({ asks, reason, paths }, countsFromWire(counts), (yes) => {
      this.talk.send({ type: "answer", number, yes }).catch(() => {}); // The talk's end is told where it is noticed.
    });
  }

  end({ how }: MessageOf<"resumed">) {
    this.screen.clear(how);
  }

  /** Only beta answers. */
  hear(): never {
    return breach("an answer to nothing");
  }
}
