// `tcpsync --forget WHO`: a key that changed for a good reason is forgotten, so that the new one can be met.

import { EXIT, UserError } from "../../core/failure.ts";
import { openTrust } from "../../trust/store.ts";
import { printable } from "../escape.ts";
import type { ForgetCommand } from "../command.ts";
import { printText } from "../output.ts";
import { words } from "../words.ts";

/** Forgets a server or a user that this computer's users know, or frees a name on the server of this computer; says what was
 * forgotten, a line each. Throws UserError when there is nothing to forget. */
export function runForget({ role, stateDir, who }: ForgetCommand): number {
  const trust = openTrust(stateDir, role);
  try {
    const forgotten = trust.forget(who);
    if (forgotten.length === 0) {
      throw new UserError(role === "client" ? words.nothingToForget(who) : words.nobodysName(who));
    }
    forgotten.forEach((what) => printText(words.forgotten(printable(what))));
    return EXIT.inSync;
  } finally {
    trust.close();
  }
}
