// The ways to ask a person something on the terminal, one question at a time.

import { type Keyboard, openKeyboard } from "./keyboard.ts";

/** The four ways to ask. Tests give their own answers. */
export interface Prompts {
  select(question: { message: string; choices: { name: string; value: string }[] }): Promise<string>;
  input(question: {
    message: string;
    default: string;
    validate(answer: string): true | string;
  }): Promise<string>;
  confirm(question: { message: string; default: boolean }): Promise<boolean>;
  /** What is typed is never shown. */
  password(question: { message: string; validate(answer: string): true | string }): Promise<string>;
}

/** Loaded when something is asked: that takes longer than all else at the start of a program that a script runs. */
const library = () => import("@inquirer/prompts");

/** Prompts on this process's terminal, given up when `signal` aborts, at Ctrl+C and Ctrl+D, and when the input ends. */
export function terminalPrompts(signal?: AbortSignal): Prompts {
  return {
    select: (question) => leavable(signal, async (context) => (await library()).select(question, context)),
    input: (question) => leavable(signal, async (context) => (await library()).input(question, context)),
    confirm: (question) => leavable(signal, async (context) => (await library()).confirm(question, context)),
    password: (question) =>
      leavable(
        signal,
        async (context) => (await library()).password({ ...question, toggleMask: false }, context),
      ),
  };
}

/** The answer, or undefined when the person left with a key or there is nothing to ask any more. */
export async function leftByKey<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    const name = error instanceof Error ? error.name : "";
    if (name !== "ExitPromptError" && name !== "AbortPromptError") throw error;
    return undefined;
  }
}

/** The prompts themselves leave at Ctrl+C alone; at Ctrl+D and at the end of the input they would wait for ever. */
async function leavable<T>(
  signal: AbortSignal | undefined,
  ask: (context: { input: Keyboard; signal: AbortSignal }) => Promise<T>,
): Promise<T> {
  const input = openKeyboard();
  const left = new AbortController();
  if (input.readableEnded) left.abort();
  const ended = () => left.abort();
  const typed = (keys: unknown) => {
    if (String(keys).includes("\x04")) left.abort();
  };
  input.on("data", typed).on("end", ended);
  try {
    return await ask({ input, signal: AbortSignal.any(signal ? [signal, left.signal] : [left.signal]) });
  } finally {
    input.off("data", typed).off("end", ended);
  }
}
