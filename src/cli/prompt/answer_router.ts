// Which question a typed y or n answers: the one asked last, and only if it stood on the screen before the line was begun. A server
// can take questions back and send others at any moment; what was meant for one must never answer another.

import { words } from "../words.ts";

/** Something a person says yes or no to. */
export interface Question {
  /** Puts it on the screen. */
  show(): void;
  answer(yes: boolean): void;
  /** Whether it still wants an answer. */
  open(): boolean;
}

export class Questions {
  /** In the order they were asked. */
  #asked: Question[] = [];
  /** What was shown last: a new object each time, since a question shown once more is not the one that was read before. */
  #shown: { question?: Question } = {};
  /** What was shown last when the line being typed was begun. */
  #begun: { question?: Question } | undefined;

  constructor(private readonly say: (text: string) => void) {}

  /** Whether anything is asked. */
  get waiting(): boolean {
    return this.#asked.some((question) => question.open());
  }

  /** Asks; from now on y and n mean this one. */
  ask(question: Question): void {
    this.#asked = [...this.#asked.filter((other) => other !== question && other.open()), question];
    this.#show(question);
  }

  /** The person begins to type a line, with what is on the screen now before their eyes. */
  begin(): void {
    this.#begun = this.#shown;
  }

  /** Takes a typed line as the answer; false when nothing is asked, or when it is neither yes nor no. */
  hear(line: string): boolean {
    const yes = /^y(es)?$/i.test(line);
    const question = this.#asked.findLast((question) => question.open());
    if (question === undefined || !yes && !/^no?$/i.test(line)) return false;
    if (this.#begun === this.#shown && this.#shown.question === question) {
      question.answer(yes);
      this.settle();
    } else {
      this.say(words.cameBefore);
      this.#show(question);
    }
    return true;
  }

  /** Something may have been answered or taken back: if that was shown last, shows what is still asked. */
  settle(): void {
    this.#asked = this.#asked.filter((question) => question.open());
    const last = this.#asked.at(-1);
    if (last !== undefined && this.#shown.question !== last) this.#show(last);
  }

  #show(question: Question): void {
    this.#shown = { question };
    question.show();
  }
}
