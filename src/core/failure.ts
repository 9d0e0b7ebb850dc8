// The two ways a whole run or session fails; what goes wrong on one path is a value (a problem), never one of these.

/** Exit codes of the program (RULES, E). */
export const EXIT = { inSync: 0, unresolved: 1, incomplete: 2, fatal: 3 } as const;

/** A failure the user can act on: printed as one line (what, why, what to do), never with a stack. */
export class UserError extends Error {
  /** By this name it crosses threads (root/rpc.ts). */
  override name = "UserError";
  /** `code`: what the program ends with, one of `EXIT`. */
  constructor(message: string, readonly code: number = EXIT.fatal) {
    super(message);
  }
}

/** The other end broke the protocol or sent a hostile path: its connection ends, the process goes on. */
export class Breach extends Error {
  /** By this name it crosses threads (root/rpc.ts). */
  override name = "Breach";
}

/** Errors that keep their class on the way. */
export class RootGone extends Error {
  /** By this name it crosses threads (root/rpc.ts). */
  override name: string = "RootGone";
}

/** The root may be there, and a look at it came to nothing: the next may not. */
export class ScanFailed extends RootGone {
  /** Another one than its parent has, so that it comes out of a thread as what it was. */
  override name = "ScanFailed";
}

/** What that takes is read or copied first, a slice at a time: then it can be asked again. Nothing was done yet. */
export class NotYet extends Error {
  /** By this name it crosses threads (root/rpc.ts). */
  override name = "NotYet";

  constructor() {
    super("what that takes is still being read");
  }
}

/** The two archives hold different trees though their histories say they are one: neither is to be trusted. */
export class Disagreement extends Error {
  /** By this name it crosses threads (root/rpc.ts). */
  override name = "Disagreement";
  constructor() {
    super("the two archives disagree: both are set aside, and the folders are merged anew");
  }
}

/** Something that cannot be in sync, told on both screens. `lasting`: nothing but a person mends it (RULES E1). */
export interface Problem {
  /** In a plan in the compared form, for a person as spelled there; "" where it is all of the folder. */
  readonly path: string;
  /** In words, for a person: what, and how to mend it. */
  readonly reason: string;
  /** It ends when a person does something, not by trying again. */
  readonly lasting: boolean;
  /** Whose folder it is in: a user's name; absent where it is in neither or in both. */
  readonly whose?: string;
  /** It is of a cause that trying alone does not change. */
  readonly stuck?: true;
  /** The next plan has it all the same: a rename is left out of none. */
  readonly repeats?: true;
}
