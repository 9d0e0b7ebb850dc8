// The two ways a whole run or session fails; what goes wrong on one path is a value (a problem), never one of these.

/** Exit codes of the program (RULES, E). */
export const EXIT = { inSync: 0, unresolved: 1, incomplete: 2, fatal: 3 } as const;

/** A failure the user can act on: printed as one line (what, why, what to do), never with a stack. */
export class UserError extends Error {
  override name = "UserError";
  constructor(message: string, readonly code: number = EXIT.fatal) {
    super(message);
  }
}

/** The other end broke the protocol or sent a hostile path: its connection ends, the process goes on. */
export class Breach extends Error {
  override name = "Breach";
}
