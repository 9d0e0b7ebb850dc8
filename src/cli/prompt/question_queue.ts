// What sessions ask their person, one question at a time, the next when the one before is over: the six digits of a first meeting,
// what is to become of a halt, and whether what was ignored here may travel.

import type { Digits } from "../../peer/meeting.ts";
import type { HaltQuestion } from "../../session/halt.ts";
import type { LiftQuestion } from "../../session/lifting.ts";
import { printable } from "../escape.ts";
import type { Question, Questions } from "./answer_router.ts";
import { words } from "../words.ts";

/** A question in words, and what is said when it is answered with yes, with no, or taken back. */
export interface InWords {
  question: string;
  yes?: string;
  no?: string;
  takenBack: string;
}

/** Asks this; `signal` takes the question back, which is no yes. */
export type Ask = (asked: InWords, signal: AbortSignal) => Promise<boolean>;

/** All ways in which a session asks its person; see `ClientOptions`. */
export interface SessionQuestions {
  askDigits(digits: Digits, signal: AbortSignal): Promise<boolean>;
  askHalt(halt: HaltQuestion, signal: AbortSignal): Promise<boolean>;
  askLifted(lifted: LiftQuestion, signal: AbortSignal): Promise<boolean>;
}

/** A session's questions, asked in words. */
export function sessionQuestions(ask: Ask): SessionQuestions {
  return {
    askDigits: ({ peer, code, elsewhere }, signal) =>
      ask(words.digits(printable(peer), code, elsewhere), signal),
    askHalt: ({ peer, asks }, signal) => ask(words.halt(printable(peer), asks), signal),
    askLifted: ({ peer }, signal) => ask(words.lifted(printable(peer)), signal),
  };
}

/** Says yes to the digits for a person who gave `--yes`, of those alone who were named, and tells it. Of others `ask`
 * asks, and of one who is known by another key from another server. */
export function yesFor(
  isNamed: (peer: string) => boolean,
  say: (text: string) => void,
  ask: SessionQuestions["askDigits"],
): SessionQuestions["askDigits"] {
  return (digits, signal) => {
    if (!isNamed(digits.peer) || digits.elsewhere !== undefined) return ask(digits, signal);
    say(words.digitsYes(printable(digits.peer)));
    return Promise.resolve(true);
  };
}

/** Says yes to what a command asks of a person who gave `--yes`, and tells it. */
export function answeredYes(say: (text: string) => void): (asked: InWords) => Promise<boolean> {
  return () => {
    say(words.answeredYes);
    return Promise.resolve(true);
  };
}

/** How the questions reach the person. */
export interface QuestionQueueOptions {
  say(text: string): void;
  questions: Questions;
  /** A question begins to wait for an answer, or (false) none does any more. */
  onWaiting?(waiting: boolean): void;
}

export class QuestionQueue {
  /** The first one is being asked. */
  readonly #waiting: Question[] = [];

  constructor(private readonly options: QuestionQueueOptions) {}

  readonly ask: Ask = (asked, signal) => {
    if (signal.aborted) return Promise.resolve(false);
    const { say } = this.options;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const question: Question = {
      show: () => say(asked.question),
      open: () => this.#waiting.includes(question),
      answer: (yes) => {
        const reply = yes ? asked.yes : asked.no;
        if (reply) say(reply);
        resolve(yes);
        this.#over(question);
      },
    };
    // The other side said no, left, or it needs no answer any more.
    const takeBack = () => {
      if (!question.open()) return; // Answered.
      if (this.#waiting[0] === question) say(asked.takenBack);
      resolve(false);
      this.#over(question);
    };
    signal.addEventListener("abort", takeBack, { once: true });
    if (this.#waiting.push(question) === 1) {
      this.options.onWaiting?.(true);
      this.options.questions.ask(question);
    }
    return promise;
  };

  #over(question: Question): void {
    const { questions, onWaiting } = this.options;
    const asked = this.#waiting[0] === question;
    this.#waiting.splice(this.#waiting.indexOf(question), 1);
    const [next] = this.#waiting;
    if (!asked) return;
    if (next !== undefined) return questions.ask(next);
    onWaiting?.(false);
    questions.settle();
  }
}
