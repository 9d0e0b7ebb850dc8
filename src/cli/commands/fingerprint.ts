// `tcpsync --fingerprint`: the number by which others know this computer, alone on standard output.

import { openTrust } from "../../trust/store.ts";
import { fingerprint } from "../../wire/channel/keys.ts";
import type { FingerprintCommand } from "../command.ts";
import { printText } from "../output.ts";

/** Prints it; the first time the identity is made. */
export function runFingerprint({ role, stateDir }: FingerprintCommand): number {
  const keys = openTrust(stateDir, role);
  try {
    return printText(fingerprint(keys.identity.publicKey));
  } finally {
    keys.close();
  }
}
