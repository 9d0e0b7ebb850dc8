// Bytes as hex digits, and back. Each digest goes that way several times, so the runtime's own way is taken where there is one.

const DIGITS: readonly string[] = Array.from(
  { length: 256 },
  (_, byte) => byte.toString(16).padStart(2, "0"),
);

const IS_BUILT_IN = typeof Uint8Array.fromHex === "function" &&
  typeof Uint8Array.prototype.toHex === "function";

/** The bytes whose hex digits these are. The digits are a digest's: other text is not checked for here. */
export const hexToBytes: (digits: string) => Uint8Array<ArrayBuffer> = IS_BUILT_IN
  ? (digits) => Uint8Array.fromHex(digits)
  : spelledBytes;

/** Bytes as hex digits, in lower case. */
export const bytesToHex: (bytes: Uint8Array) => string = IS_BUILT_IN ? (bytes) => bytes.toHex() : spelledOut;

/** The same where the runtime has no way of its own. */
export function spelledBytes(digits: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(
    { length: digits.length / 2 },
    (_, at) => parseInt(digits.slice(2 * at, 2 * at + 2), 16),
  );
}

/** The same where the runtime has no way of its own. */
export function spelledOut(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => DIGITS[byte]).join("");
}
