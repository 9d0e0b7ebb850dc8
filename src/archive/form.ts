// The form of what a row holds as bytes: the number of the form, and one value after it. The archive's own number (schema.ts) stays as it
// is for that: a program of before goes on with all of the archive but these rows.

import { decode, Encoder } from "@msgpack/msgpack";
import { expect } from "./checks.ts";

/** What this program writes. */
const FORM = 1;

/** Rows of before there were numbers begin with their value, which is a list: its first byte is this one or a higher one. No form has
 * such a number. */
const FIRST_OF_LIST = 0x90;

const encoder = new Encoder();

/** A value, after the number of the form. */
export function packed(value: unknown): Uint8Array {
  const plain = encoder.encodeSharedRef(value);
  const bytes = new Uint8Array(plain.length + 1);
  bytes[0] = FORM;
  bytes.set(plain, 1);
  return bytes;
}

/** The value in what `packed` made, or a program of before there were numbers. Throws for anything else. */
export function unpacked(bytes: unknown): unknown {
  expect(bytes instanceof Uint8Array && bytes.length > 0, "a row");
  const [form] = bytes as Uint8Array;
  if (form! >= FIRST_OF_LIST) return decode(bytes as Uint8Array);
  expect(form === FORM, "the form of a row");
  return decode((bytes as Uint8Array).subarray(1));
}
