// Halted (RULES S1-S3): both screens show why and what was planned, both people are asked, and nothing is done until it is
// settled. A yes is needed from each side whose disk it touches, and each side knows its own alone. alpha leads: each plan is judged
// anew, so a halt also ends by itself when what led to it is undone.

import { type SideName, SIDES } from "../core/side.ts";
import type { MessageOf } from "../wire/message.ts";
import { breach } from "../wire/shape.ts";
import type { PlanCounts } from "../core/event.ts";
import type { Consent, Halt } from "../guard/guard.ts";
import { joined } from "../guard/halts.ts";
import { countsFromWire, countsToWire } from "../wire/rows.ts";
import type { Changes } from "./context.ts";
import type { Report } from "./report.ts";
import type { MessageStream } from "./message_stream.ts";

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

/** Why it is halted: what this side found, and what the other said of itself. */
export interface Halts {
  own: readonly Halt[];
  peers: readonly Halt[];
}

/** What the main thread does with a plan: carries it out, stays halted, lets it be (`ends`, with `once` and nobody to answer), takes
 * it back. */
export type HaltVerdict = "go" | "stay" | "ends" | "approved" | "back";

/** One side's screen and person during a halt. */
export class HaltScreen {
  #question = new AbortController();

  /** `names`: of both users; `approves`: this side's yes is given by a flag. */
  constructor(
    private readonly report: Report,
    private readonly names: Record<SideName, string> & { peer: string },
    private readonly approves: boolean,
    private readonly ask: AskHalt | undefined,
  ) {}

  show(
    { reason, asks, needs, paths }: Omit<Halt, "key">,
    plan: PlanCounts,
    answered: (yes: boolean) => void,
  ) {
    this.#question.abort();
    if (asks === "nothing") return this.report.halted(reason);
    const { peer } = this.names;
    const whose = needs.map((side) => this.names[side]).filter((name) => name === peer || !this.approves);
    this.report.halted(reason, { plan, paths, asked: this.ask !== undefined, needs: whose });
    if (!this.ask) return;
    const { signal } = this.#question = new AbortController();
    this.ask({ peer, asks }, signal).then((yes) => signal.aborted || answered(yes));
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

/** alpha's part. */
export class LeadingHalt {
  /** What the peer asks for and has to wait for people here. */
  requests: readonly Halt[] = [];
  #halt: Halt | null = null;
  #number = 0;
  #answers: Partial<Record<SideName, boolean>> = {};
  #peer: Answerers = { asks: false, approves: false };

  constructor(
    private readonly stream: MessageStream,
    private readonly changes: Changes,
    private readonly screen: HaltScreen,
    private readonly own: Answerers,
  ) {}

  get isHalted(): boolean {
    return this.#halt !== null;
  }

  /** This side's person has said no. */
  get isNoOfOwn(): boolean {
    return this.#answers.alpha === false;
  }

  /** What is known of the peer since its hello. */
  meet(peer: Answerers) {
    this.#peer = peer;
  }

  /** The peer's person has answered. One that came too late answers nothing. */
  hear({ number, yes }: MessageOf<"answer">) {
    if (this.#halt && number === this.#number) this.#answers.beta = yes;
    this.changes.note();
  }

  /** Tells both sides of a halt that is new, or of one that is over by itself, and says what the answers come to. `once`: nobody
   * waits for people who cannot be asked. */
  async judge(halts: Halts, plan: PlanCounts, once: boolean): Promise<HaltVerdict> {
    const halt = joined([...halts.own, ...halts.peers]);
    if (!halt) {
      if (this.#halt) await this.end("over");
      return "go";
    }
    const isOpen = halt.asks !== "nothing" && halt.needs.every((side) => this.#canSayYes(side));
    if (halt.key !== this.#halt?.key) await this.#begin(halt, halts, plan, isOpen);
    const isNo = SIDES.some((side) => this.#answers[side] === false);
    if (halt.asks === "mass" && isNo) return "back";
    const isYes = (side: SideName) => {
      const { asks, approves } = this.#answerers(side);
      return approves || this.#answers[side] === true || !asks && !halt.needs.includes(side);
    };
    if (halt.asks !== "nothing" && SIDES.every(isYes)) return "approved";
    return once && (!isOpen || isNo) ? "ends" : "stay";
  }

  async end(how: HaltEnd) {
    this.#halt = null;
    this.screen.clear(how);
    await this.stream.send({ type: "resumed", how });
  }

  #answerers(side: SideName): Answerers {
    return side === "alpha" ? this.own : this.#peer;
  }

  #canSayYes(side: SideName): boolean {
    const { asks, approves } = this.#answerers(side);
    return asks || approves;
  }

  async #begin(halt: Halt, { own }: Halts, plan: PlanCounts, open: boolean) {
    this.#halt = halt;
    const number = ++this.#number;
    const answers: Partial<Record<SideName, boolean>> = this.#answers = {};
    this.screen.show(halt, plan, (yes) => {
      answers.alpha = yes;
      this.changes.note();
    });
    const { asks, needs } = halt;
    // beta knows best what it said itself.
    const { reason, paths } = joined([...own].filter((halt) => halt.asks === asks)) ??
      { reason: "", paths: [] };
    await this.stream.send({
      ...{ type: "halted", number, asks, reason, paths, open, needs },
      counts: countsToWire(plan),
    });
  }
}

/** beta's part: shows what alpha says and what its own guard says, and tells what the person here answers. */
export class FollowingHalt {
  /** What waits here by this side's own judgement: what the peer asks for, and what it plans or finds. */
  requests: readonly Halt[] = [];
  plan: readonly Halt[] = [];
  #shown: Omit<Halt, "paths" | "reason"> | null = null;
  /** The keys of this side's own questions in what is shown: an answer is to these, whatever alpha says beside them. */
  #keys: readonly string[] = [];
  /** The number that alpha gave the question; null: alpha does not know of it. */
  #number: number | null = null;
  #answer: boolean | null = null;

  constructor(
    private readonly stream: MessageStream,
    private readonly screen: HaltScreen,
    private readonly own: Answerers,
  ) {}

  /** A yes is void as soon as this side's own judgement asks something else. */
  get consent(): Consent {
    if (this.own.approves) return "*";
    return this.#saysYes("mass") ? this.#keys : [];
  }

  /** Whether anybody can say this side's yes. */
  get canSayYes(): boolean {
    return this.own.asks || this.own.approves;
  }

  /** Shows that alpha is halted, and why. */
  show({ number, asks, reason, counts, paths, needs }: MessageOf<"halted">) {
    const own = this.#found(asks);
    const sides = SIDES.filter((side) => needs.includes(side));
    const told: Halt[] = reason === "" ? [] : [{ key: `${number}`, asks, reason, paths, needs: sides }];
    const halt = joined([...own, ...told]); // However much alpha says, what this side found is read first.
    if (!halt) return breach("a halt without a reason");
    this.#number = number;
    if (halt.key !== this.#shown?.key) this.#show(halt, own, countsFromWire(counts));
    else if (this.#answer !== null) this.#tell(this.#answer);
  }

  /** This side's guard lets something not be done that alpha had not asked about. */
  stop(halt: Halt, counts: PlanCounts) {
    this.plan = [halt];
    if (halt.key === this.#shown?.key) return;
    this.#number = null;
    this.#show(halt, [halt], counts);
  }

  /** Throws Breach when alpha takes a yes for given that was not, or was to another question. */
  end({ how }: MessageOf<"resumed">) {
    const asked = how === "approved" ? "mass" : how === "merged" ? "merge" : null;
    if (asked && this.#needsYes(asked) && !this.#saysYes(asked)) breach("a yes that nobody here gave");
    this.#forget();
    this.screen.clear(how);
  }

  /** What this side's guard alone had stopped is done now. */
  pass() {
    if (!this.#shown || this.#number !== null) return;
    const how = this.#saysYes("mass") ? "approved" : "over";
    this.#forget();
    this.screen.clear(how);
  }

  /** Only beta answers. */
  hear(): never {
    return breach("an answer to nothing");
  }

  #found(asks: Halt["asks"]): Halt[] {
    return [...this.requests, ...this.plan].filter((halt) => halt.asks === asks);
  }

  #needsYes(asks: Halt["asks"]): boolean {
    return this.#found(asks).length > 0 || (this.#shown?.needs.includes("beta") ?? false);
  }

  #saysYes(asks: Halt["asks"]): boolean {
    if (this.own.approves) return true;
    if (this.#answer !== true || this.#shown?.asks !== asks) return false;
    return this.#found(asks).every(({ key }) => this.#keys.includes(key));
  }

  #forget() {
    this.plan = this.#keys = [];
    this.#shown = this.#answer = this.#number = null;
  }

  /** `own`: what of it this side found itself. */
  #show(halt: Halt, own: readonly Halt[], counts: PlanCounts) {
    this.#shown = halt;
    this.#keys = own.map(({ key }) => key);
    this.#answer = null;
    this.screen.show(halt, counts, (yes) => {
      this.#answer = yes;
      this.#tell(yes);
    });
  }

  #tell(yes: boolean) {
    if (this.#number === null) return;
    this.stream.send({ type: "answer", number: this.#number, yes }).catch(() => {}); // The stream's end is told where it is noticed.
  }
}
