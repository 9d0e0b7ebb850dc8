// What the peer's change would let travel of what is ignored here (RULES I4): it is told, asked about where a person is there, and stays
// home until that person says yes.

import type { Endpoint } from "../endpoint/endpoint.ts";
import type { Lifted } from "../guard/kept_home.ts";
import type { Remote } from "../root/rpc.ts";
import type { Report } from "./report.ts";

/** What a person is asked. */
export interface LiftQuestion {
  peer: string;
  paths: string[];
  count: number;
}

/** Asks this side's person whether that may travel; `signal` takes the question back. */
export type AskLifted = (question: LiftQuestion, signal: AbortSignal) => Promise<boolean>;

/** So many paths are told by name. */
const MOST_TOLD = 20;

/** One session's screen and person. */
export class Lifting {
  /** The list as it was told last, and its number. */
  #number = 0;
  #told = "";
  #question = new AbortController();

  constructor(
    private readonly report: Report,
    private readonly peer: string,
    private readonly ask: AskLifted | undefined,
  ) {}

  /** After a look that gave the list that number: what is new in it is told, and asked about. `answered`: something may travel now. */
  async review(
    endpoint: Pick<Remote<Endpoint>, "lifted" | "answerLifted">,
    number: number,
    answered: () => void,
  ) {
    if (number === this.#number) return;
    const lifted = await endpoint.lifted();
    this.#number = lifted.number;
    const text = JSON.stringify([lifted.asked, lifted.refused]);
    if (text === this.#told || !this.#told && text === NOTHING) return;
    this.#told = text;
    this.#question.abort();
    const { asked, refused } = lifted;
    const all = [...asked, ...refused];
    const told = { paths: all.slice(0, MOST_TOLD), count: all.length, open: asked.length };
    this.report.lifted({ ...told, asked: asked.length > 0 && this.ask !== undefined });
    if (asked.length > 0) this.#put(lifted, endpoint, answered);
  }

  /** The session ends: nothing more can be answered. */
  close() {
    this.#question.abort();
  }

  #put({ asked }: Lifted, endpoint: Pick<Remote<Endpoint>, "answerLifted">, answered: () => void) {
    if (!this.ask) return;
    const { signal } = this.#question = new AbortController();
    const question = { peer: this.peer, paths: asked.slice(0, MOST_TOLD), count: asked.length };
    this.ask(question, signal).then(async (yes) => {
      if (signal.aborted) return;
      await endpoint.answerLifted(asked, yes);
      answered();
    }).catch(() => {}); // The session's end is told where it is noticed.
  }
}

const NOTHING = JSON.stringify([[], []]);
