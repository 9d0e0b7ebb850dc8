// Whether an archive was left in good order, and whether its computer was started anew since (docs/decisions/durability.md).

import type { DatabaseSync } from "node:sqlite";

/** How an archive was left. `stopped`: the process that used it did not end in good order; `restarted`: the computer was started anew
 * since, so that what was not flushed may be lost. */
export interface Left {
  /** The process that used it did not end in good order. */
  stopped: boolean;
  /** The computer was started anew since, and what was not flushed may be gone. */
  restarted: boolean;
}

/** The start of one computer, reckoned twice from its clock, comes out this many ms apart at most. */
const SAME_START_MS = 10_000;

/** One mark in the archive, set by each run. */
export class LastUse {
  /** `database`: an archive's, as `openDatabase` gives it. */
  constructor(private readonly database: DatabaseSync) {}

  /** Marks the archive as in use, on a computer started at `booted` (ms). Returns how it was left: the same again, until it is
   * `recovered`, so that a start which comes to nothing does not hide a power cut. */
  takeIntoUse(booted: number): Left {
    const last = this.database.prepare("SELECT open, booted FROM last_use").get() as
      | { open: number; booted: number }
      | undefined;
    this.#use(last?.open === 1 ? last.booted : booted);
    return {
      stopped: last?.open === 1,
      // A clock set anew meanwhile looks like another start: that costs a look too many, and no more.
      restarted: last !== undefined && Math.abs(booted - last.booted) > SAME_START_MS,
    };
  }

  /** All that an unclean stop left was looked at: it need not be looked at again. */
  recovered(booted: number) {
    this.#use(booted);
  }

  #use(booted: number) {
    this.database.prepare("INSERT OR REPLACE INTO last_use VALUES (1, 1, ?)").run(Math.round(booted));
  }

  /** The archive is left in good order. */
  release() {
    this.database.exec("UPDATE last_use SET open = 0");
  }
}
