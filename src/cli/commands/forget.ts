// `tcpsync --forget WHO`: a key that changed for a good reason is forgotten, so that the new one can be met.

import { EXIT, UserError } from "../../core/failure.ts";
import { openTrust } from "../../trust/store.ts";
import { printable } from "../escape.ts";
import type { ForgetCommand } from "../command.ts";
import { printText } from "../output.ts";
import { words } from "../words.ts";

/** Says what was forgotten, a line each. Throws UserError when there is nothing to forget. */
export function runForget({ role, stateDir, who }: ForgetCommand): number {
  const forgotten = role === "client" ? forgetKnown(stateDir, who) : freeName(stateDir, who);
  forgotten.forEach((what) => printText(words.forgotten(printable(what))));
  return EXIT.inSync;
}

/** A server or a user that this computer's users know. */
function forgetKnown(stateDir: string, who: string): string[] {
  const keys = openTrust(stateDir, "client");
  try {
    const forgotten = keys.forget(who);
    if (forgotten.length === 0) throw new UserError(words.nothingToForget(who));
    return forgotten;
  } finally {
    keys.close();
  }
}

/** A name on the server of this computer. */
function freeName(stateDir: string, name: string): string[] {
  const names = openTrust(stateDir, "server");
  try {
    const freed = names.free(name);
    if (freed.length === 0) throw new UserError(words.nobodysName(name));
    return freed;
  } finally {
    names.close();
  }
}
