// How a command ends: its exit code is told, whatever it was.

import { EXIT, UserError } from "../core/failure.ts";

/** Runs a command to its end. `ended` hears of its code, also when it throws. Throws what `work` throws. */
export async function toItsEnd(work: () => Promise<number>, ended: (code: number) => void): Promise<number> {
  let code: number = EXIT.fatal;
  try {
    return code = await work();
  } catch (error) {
    if (error instanceof UserError) code = error.code;
    throw error;
  } finally {
    ended(code);
  }
}
