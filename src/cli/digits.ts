// The six digits of a first meeting, as questions to the person: one at a time, the next when the one before is over.

import type { Digits } from "../peer/meeting.ts";
import { printable } from "./escape.ts";
import { words } from "./words.ts";

/** Asks whether both screens show the same digits; see `ClientOptions.askDigits`. */
export type AskDigits = (digits: Digits, signal: AbortSignal) => Promise<boolean>;

interface Question {
  digits: Digits;
  answered(same: boolean): void;
}

/** How the questions reach the person. */
export interface DigitQuestionsOptions {
  say(text: string): void;
  /** A question begins to wait for an answer, or (false) none does any more. */
  onWaiting?(waiting: boolean): void;
}

export class DigitQuestions {
  /** The first one is being asked. */
  readonly #questions: Question[] = [];

  constructor(private readonly options: DigitQuestionsOptions) {}

  readonly ask: AskDigits = (digits, signal) => {
    if (signal.aborted) return Promise.resolve(false);
    const { promise, resolve: answered } = Promise.withResolvers<boolean>();
    const question = { digits, answered };
    this.#questions.push(question);
    signal.addEventListener("abort", () => this.#takeBack(question), { once: true });
    if (this.#questions.length === 1) {
      this.options.onWaiting?.(true);
      this.#put();
    }
    return promise;
  };

  /** Takes a typed line as the answer; false when nothing is asked, or when it is neither yes nor no. */
  hear(line: string): boolean {
    const [question] = this.#questions;
    const yes = /^y(es)?$/i.test(line);
    if (question === undefined || !yes && !/^no?$/i.test(line)) return false;
    if (yes) this.options.say(words.digitsSame(printable(question.digits.peer)));
    question.answered(yes);
    this.#over(question);
    return true;
  }

  #put(): void {
    const [question] = this.#questions;
    if (question === undefined) return this.options.onWaiting?.(false);
    const { peer, code } = question.digits;
    this.options.say(words.digitsQuestion(printable(peer), code));
  }

  /** The other side said no, left, or time is up. */
  #takeBack(question: Question): void {
    if (!this.#questions.includes(question)) return; // Answered.
    if (this.#questions[0] === question) {
      this.options.say(words.digitsTakenBack(printable(question.digits.peer)));
    }
    question.answered(false);
    this.#over(question);
  }

  #over(question: Question): void {
    const asked = this.#questions[0] === question;
    this.#questions.splice(this.#questions.indexOf(question), 1);
    if (asked) this.#put();
  }
}
