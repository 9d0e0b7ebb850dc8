// The six digits that two people compare at their first meeting. Pure but for the nonce.
//
// Why somebody in the middle (the server, say) has one guess in a million, however fast its computers are: it holds one channel
// to each of the two, so the bindings h1 and h2 of those channels differ, and so do the digits unless chance makes them equal.
// It could search for nonces that do, if it knew both people's nonces before it has to name its own. It never does:
//   - Towards the inviter it plays the invitee. There the inviter's nonce is shown only after the middle has sent its own.
//   - Towards the invitee it plays the inviter. There it must send its commitment, which fixes its nonce, before the invitee's
//     nonce is shown.
// Whichever channel it completes first, the digits on that screen are then fixed, and in the other channel its last choice is
// made before it sees the nonce that, hashed, decides the digits there. So these are random to it: one value in 1,000,000.
// It does learn the digits a little before the screen shows them, and could break off, unseen, whenever they do not fit. So a side
// that has shown its nonce takes anything but yes and yes for a refusal, which its person sees and nothing tries again by itself
// (peer/meeting.ts). Each further guess needs people who invite, accept and compare anew.

import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** The length of a nonce and of a commitment, in bytes. */
export const NONCE_LENGTH = 32;

/** A nonce nobody can guess. */
export function newNonce(): Uint8Array {
  return new Uint8Array(randomBytes(NONCE_LENGTH));
}

/** What the inviter sends first: it says nothing of the nonce, and holds for no other. */
export function commitTo(nonce: Uint8Array, binding: Uint8Array): Uint8Array {
  return hash("tcpsync commitment", binding, nonce);
}

/** Whether the nonce shown is the one that was committed to. */
export function keepsCommitment(commitment: Uint8Array, nonce: Uint8Array, binding: Uint8Array): boolean {
  const expected = commitTo(nonce, binding);
  return commitment.length === expected.length && timingSafeEqual(commitment, expected);
}

/** The digits both screens show, with leading zeros; `alpha` is the inviter's nonce, `beta` the invitee's. */
export function sixDigits(binding: Uint8Array, alpha: Uint8Array, beta: Uint8Array): string {
  const digest = hash("tcpsync six digits", binding, alpha, beta);
  // 64 bits modulo a million: no value is likelier than another by more than one in 10^13.
  const number = new DataView(digest.buffer).getBigUint64(0) % 1_000_000n;
  return number.toString().padStart(6, "0");
}

/** Each part has a fixed length but the label, which ends with a zero byte: no two lists of parts look alike. */
function hash(label: string, ...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const digest = createHash("sha256").update(label).update("\0");
  for (const part of parts) digest.update(part);
  return new Uint8Array(digest.digest());
}
