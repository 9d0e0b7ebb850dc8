// A root's history where no client runs: the engine in this process, for one question.

import { NotYet, UserError } from "../core/failure.ts";
import { resolvedPath } from "../fs/confined.ts";
import { realDisk } from "../fs/real.ts";
import { placesIn, usable } from "../claim/private_folder.ts";
import { ownIdentities, ownIn, takeOver } from "../claim/foreign.ts";
import { RootEngine } from "../engine/engine.ts";
import { InUse } from "../claim/lock.ts";
import { HistoryService } from "../history/history_service.ts";

/** How long the engine works at a time, in ms. */
const SLICE_MS = 1000;

/** Asks. Throws UserError where the folder was never kept with anyone, or a running client has it. */
export function askOffline<T>(
  folder: string,
  stateDir: string,
  question: (historyService: HistoryService) => T,
): T {
  const engine = engineFor(folder, stateDir);
  try {
    return askAgain(engine, () => question(new HistoryService(() => engine)));
  } finally {
    engine.close();
  }
}

/** Asks, and again each time that what the answer takes is read and copied. */
export function askAgain<T>(engine: RootEngine, question: () => T): T {
  for (;;) {
    try {
      return question();
    } catch (error) {
      if (!(error instanceof NotYet)) throw error;
    }
    while (!engine.workOn(SLICE_MS).over);
  }
}

/** The same for work that takes a while. */
export async function withEngine<T>(
  folder: string,
  stateDir: string,
  work: (engine: RootEngine) => Promise<T>,
): Promise<T> {
  const engine = engineFor(folder, stateDir);
  try {
    return await work(engine);
  } finally {
    engine.close();
  }
}

function engineFor(folder: string, stateDir: string): RootEngine {
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

function takeUp(folder: string, stateDir: string): RootEngine {
  try {
    return new RootEngine(realDisk, folder, stateDir);
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
