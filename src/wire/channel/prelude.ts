// The first bytes on every connection, from both ends: what is spoken here, and which version of it.

import { Breach } from "../../core/failure.ts";

/** The version of frames and messages below; a change that an older program cannot read raises it. */
export const WIRE_VERSION = 1;

const MAGIC = new TextEncoder().encode("TCPSYNC");

/** What each end sends first. Neither waits for the other's, so it costs no round trip. */
export const PRELUDE = new Uint8Array([...MAGIC, WIRE_VERSION]);

/** Checks as much of the other end's prelude as has arrived; true once it is whole. Wrong bytes are refused at
 * once, so that a stranger who sends three of them is not waited for. */
export function checkPrelude(arrived: Uint8Array): boolean {
  const length = Math.min(arrived.length, MAGIC.length);
  for (let i = 0; i < length; i++) {
    if (arrived[i] !== MAGIC[i]) throw new Breach("the other end does not speak the tcpsync protocol");
  }
  if (arrived.length < PRELUDE.length) return false;
  const version = arrived[MAGIC.length];
  if (version !== WIRE_VERSION) {
    throw new Breach(
      `the other end speaks version ${version} of the tcpsync protocol and this program version ${WIRE_VERSION}: ` +
        "use the same release on both",
    );
  }
  return true;
}
