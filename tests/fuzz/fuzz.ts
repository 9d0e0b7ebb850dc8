// The fuzzing itself: feeds a target with mutations of valid inputs, keeps those that led somewhere new, shrinks what fails.

import { type Input, mutated } from "./mutate.ts";
import { Random } from "./random.ts";

/** Something that takes hostile input. */
export interface Target<I extends Input = Input> {
  readonly name: string;
  /** How often the bounded run in the tests tries: about a second's worth. */
  readonly runs: number;
  /** Valid inputs, made by our own encoders: mutations of them reach deeper than noise does. */
  seeds(): I[] | Promise<I[]>;
  /** Pieces of the target's language, put in now and then. */
  readonly words?: readonly I[];
  /** Throws only for a defect. Says in a few words what came of the input: a new answer stands for new code reached. */
  run(input: I): string | Promise<string>;
}

/** An input that shows a defect. */
export interface Failure {
  input: Input;
  reason: string;
}

/** How a run of the fuzzer went. */
export interface FuzzOutcome {
  runs: number;
  /** How many different answers the target gave. */
  answers: number;
  failure?: Failure;
}

/** Of a target that answers every input otherwise, no more are kept: the seeds would be lost among them. */
const LARGEST_CORPUS = 1000;

/** Tries until `goesOn` says no or a defect is found. `about` hears of each input before it is tried. */
export async function fuzz<I extends Input>(
  target: Target<I>,
  seed: number,
  goesOn: (runs: number) => boolean,
  about: (input: Input) => void = () => {},
): Promise<FuzzOutcome> {
  const random = new Random(seed);
  const corpus = await target.seeds();
  const first = [...corpus];
  const answers = new Set<string>();
  let runs = 0;
  for (; runs < first.length || goesOn(runs); runs++) {
    const input = first[runs] ?? mutated(corpus, target.words ?? [], random);
    about(input);
    const { answer, reason } = await attempt(target, input);
    if (reason !== undefined) {
      return { runs, answers: answers.size, failure: await shrunk(target, { input, reason }, about) };
    }
    if (answers.has(answer)) continue;
    answers.add(answer);
    if (corpus.length < LARGEST_CORPUS) corpus.push(input);
  }
  return { runs, answers: answers.size };
}

/** Tries one input. */
export async function attempt<I extends Input>(target: Target<I>, input: I) {
  try {
    return { answer: await target.run(input) };
  } catch (error) {
    const reason = error instanceof Error ? error.stack ?? error.message : String(error);
    return { answer: "", reason };
  }
}

/** The same failure with as much of its input left out as a few hundred tries find. */
async function shrunk<I extends Input>(
  target: Target<I>,
  failure: { input: I; reason: string },
  about: (input: Input) => void,
): Promise<Failure> {
  let { input, reason } = failure;
  let tries = 400;
  for (let length = input.length >> 1; length > 0; length >>= 1) {
    for (let at = 0; at < input.length && tries > 0; tries--) {
      const shorter = without(input, at, length);
      about(shorter);
      const again = await attempt(target, shorter);
      if (again.reason === undefined) at += length;
      else [input, reason] = [shorter, again.reason];
    }
  }
  return { input, reason };
}

function without<I extends Input>(input: I, at: number, length: number): I {
  if (typeof input === "string") return input.slice(0, at) + input.slice(at + length) as I;
  return input.filter((_, place) => place < at || place >= at + length) as I;
}
