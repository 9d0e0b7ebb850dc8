// The six digits of a first meeting, as questions to the person: one at a time, the next when the one before is over.

import type { Digits } from "../peer/meeting.ts";
import { printable } from "./escape.ts";
import type { Question, Questions } from "./questions.ts";
import { words } from "./words.ts";

/** Asks whether both screens show the same digits; see `ClientOptions.askDigits`. */
export type AskDigits = (digits: Digits, signal: AbortSignal) => Promise<boolean>;

/** Says yes for a person who gave `--yes`, and tells it. */
export function alwaysYes(say: (text: string) => void): AskDigits {
  return ({ peer }) => {
    say(words.digitsYes(printable(peer)));
    return Promise.resolve(true);
  };
}

/** How the questions reach the person. */
export interface DigitQuestionsOptions {
  say(text: string): void;
  questions: Questions;
  /** A question begins to wait for an answer, or (false) none does any more. */
  onWaiting?(waiting: boolean): void;
}

export class DigitQuestions {
  /** The first one is being asked. */
  readonly #waiting: Question[] = [];

  constructor(private readonly options: DigitQuestionsOptions) {}

  readonly ask: AskDigits = ({ peer, code }, signal) => {
    if (signal.aborted) return Promise.resolve(false);
    const { say } = this.options;
    const user = printable(peer);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const question: Question = {
      show: () => say(words.digitsQuestion(user, code)),
      open: () => this.#waiting.includes(question),
      answer: (yes) => {
        if (yes) say(words.digitsSame(user));
        resolve(yes);
        this.#over(question);
      },
    };
    // The other side said no, left, or time is up.
    const takeBack = () => {
      if (!question.open()) return; // Answered.
      if (this.#waiting[0] === question) say(words.digitsTakenBack(user));
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
