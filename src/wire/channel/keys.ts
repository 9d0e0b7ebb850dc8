// X25519 keys: what everyone on the wire is known by, and how people call them by number.

import { Buffer } from "node:buffer";
import { createHash, createPrivateKey, createPublicKey, diffieHellman, randomBytes } from "node:crypto";
import { Breach } from "../../core/failure.ts";

/** The length of a private and of a public key, in bytes. */
export const KEY_LENGTH = 32;

/** An X25519 key pair, 32 bytes each. */
export interface KeyPair {
  /** What everyone on the wire may know. */
  readonly publicKey: Uint8Array;
  /** Never sent, never told. */
  readonly privateKey: Uint8Array;
}

/** A new pair from the system's randomness. */
export function generateKeyPair(): KeyPair {
  return keyPairOf(new Uint8Array(randomBytes(KEY_LENGTH)));
}

/** The pair to which a private key belongs. */
export function keyPairOf(privateKey: Uint8Array): KeyPair {
  const spki = createPublicKey(privateObject(privateKey)).export({ format: "der", type: "spki" });
  return { privateKey, publicKey: new Uint8Array(spki.subarray(SPKI.length)) };
}

/** The secret that only the two owners can compute (RFC 7748). Throws Breach for a public key that forces it to be
 * known to all. */
export function agree(own: KeyPair, other: Uint8Array): Uint8Array {
  let secret: Uint8Array;
  try {
    secret = diffieHellman({ privateKey: privateObject(own.privateKey), publicKey: publicObject(other) });
  } catch {
    throw new Breach(WEAK);
  }
  if (secret.every((byte) => byte === 0)) throw new Breach(WEAK);
  return new Uint8Array(secret);
}

/** Whether two public keys are the same. */
export function sameKey(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** A key's number as people read it out and type it, in any language: 30 digits, so that it would take some 2^99 tries
 * to make another key with the same. */
export function fingerprint(publicKey: Uint8Array): string {
  const digest = createHash("sha256").update("tcpsync fingerprint\0").update(publicKey).digest("hex");
  const digits = (BigInt(`0x${digest}`) % 10n ** 30n).toString().padStart(30, "0");
  return digits.match(/\d{5}/g)!.join("-");
}

/** A fingerprint as typed, with hyphens or spaces anywhere, in the form of `fingerprint`; undefined when it is none. */
export function readFingerprint(text: string): string | undefined {
  const digits = text.replace(/[\s-]/g, "");
  return /^\d{30}$/.test(digits) ? digits.match(/\d{5}/g)!.join("-") : undefined;
}

const WEAK = "a public key arrived that gives no secret";

/** What stands before the 32 bytes in the DER forms that node:crypto reads (RFC 8410). */
const PKCS8 = Uint8Array.from([0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x6e, 4, 0x22, 4, 0x20]);
const SPKI = Uint8Array.from([0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x6e, 3, 0x21, 0]);

function privateObject(key: Uint8Array) {
  return createPrivateKey({ key: Buffer.concat([PKCS8, key]), format: "der", type: "pkcs8" });
}

function publicObject(key: Uint8Array) {
  return createPublicKey({ key: Buffer.concat([SPKI, key]), format: "der", type: "spki" });
}
