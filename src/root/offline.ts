// A root's past where no client runs: the hands in this process, for one question.

import { NotYet, UserError } from "../core/failure.ts";
import { resolvedPath } from "../fs/confined.ts";
import { realDisk } from "../fs/real.ts";
import { placesIn, usable } from "../claim/private_folder.ts";
import { ownIdentities, ownIn, takeOver } from "../claim/foreign.ts";
import { Hands } from "../engine/engine.ts";
import { InUse } from "../claim/lock.ts";
import { Past } from "../history/history_service.ts";

/** So long is worked at a time. */
const SLICE_MS = 1000;

/** Asks. Throws UserError where the folder was never kept with anyone, or a running client has it. */
export function askOffline<T>(folder: string, stateDir: string, question: (past: Past) => T): T {
  const hands = handsFor(folder, stateDir);
  try {
    return askAgain(hands, () => question(new Past(() => hands)));
  } finally {
    hands.close();
  }
}

/** Asks, and again each time that what the answer takes is read and copied. */
export function askAgain<T>(hands: Hands, question: () => T): T {
  for (;;) {
    try {
      return question();
    } catch (error) {
      if (!(error instanceof NotYet)) throw error;
    }
    while (!hands.workOn(SLICE_MS).over);
  }
}

/** The same for work that takes a while. */
export async function withHands<T>(
  folder: string,
  stateDir: string,
  work: (hands: Hands) => Promise<T>,
): Promise<T> {
  const hands = handsFor(folder, stateDir);
  try {
    return await work(hands);
  } finally {
    hands.close();
  }
}

function handsFor(folder: string, stateDir: string): Hands {
  const real = realFolder(folder);
  const isOwn = ownIdentities(realDisk, real, stateDir);
  if (usable(folder, () => ownIn(realDisk, placesIn(realDisk, real), isOwn)) === null) {
    throw new UserError(
      `The folder ${folder} was never kept the same with anyone by this computer: nothing is known of it (in ${stateDir})`,
    );
  }
  takeOver(realDisk, real, stateDir);
  return takeUp(real, stateDir);
}

function takeUp(folder: string, stateDir: string): Hands {
  try {
    return new Hands(realDisk, folder, stateDir);
  } catch (error) {
    if (!(error instanceof InUse)) throw error;
    throw new UserError(`${error.fact}: type the command there, with a slash, or end that one first`);
  }
}

function realFolder(folder: string): string {
  try {
    return resolvedPath(folder);
  } catch {
    throw new UserError(`The folder ${folder} does not exist: name another with --folder`);
  }
}
