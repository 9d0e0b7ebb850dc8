// Decodes MessagePack from strangers. Its lists say first how long they are, and the decoder makes room for that many at once:
// five bytes could ask for a GiB. So what is announced is held against what is there before anything is decoded; and a byte can be a
// whole list, of which four million fit into a message: so is what all of it takes in memory.

import { decode } from "@msgpack/msgpack";
import { breach } from "./shape.ts";

/** Our messages go five lists deep, and no record has more than some ten fields. */
const DEEPEST = 16;
const MOST_FIELDS = 64;
/** What one message may take in memory once it is decoded, by `WEIGHTS`: several times what our own do. */
export const MOST_DECODED = 24 << 20;
/** Bytes that a value takes, nearly, besides those in it. */
const WEIGHTS = { value: 8, number: 24, text: 32, list: 48, bytes: 240, map: 240 };

/** The one value in these bytes; throws Breach when it is none, or one that no message holds. */
export function unpack(bytes: Uint8Array): unknown {
  decodedBytes(bytes);
  try {
    return decode(bytes);
  } catch {
    return breach("no valid encoding");
  }
}

/** How many bytes of memory this takes once it is decoded, nearly. Every value takes a byte at least: more values than bytes left is a
 * lie. Throws Breach for that, and where it is too much. */
export function decodedBytes(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  /** Values announced and not come to yet, and how many are left when each list begun so far is over. */
  let owed = 1;
  const ends: number[] = [];
  let at = 0;
  let weight = 0;
  while (owed > 0) {
    if (owed > bytes.length - at) breach("it announces more than it holds");
    owed--;
    const head = bytes[at++]!;
    const width = lengthWidth(head);
    if (at + width > bytes.length) breach("it is cut in a length");
    const length = width === 0 ? shortLength(head) : readLength(view, at, width);
    at += width;
    if (isList(head) || isMap(head)) {
      if (isMap(head) && length > MOST_FIELDS) breach("a record has too many fields");
      if (ends.push(owed) > DEEPEST) breach("lists are nested too deep");
      owed += isMap(head) ? 2 * length : length;
    } else at += length;
    weight += weigh(head, length);
    if (weight > MOST_DECODED) breach("it holds too many values");
    while (ends.at(-1) === owed) ends.pop();
  }
  return weight;
}

function weigh(head: number, length: number): number {
  const { value } = WEIGHTS;
  if (isMap(head)) return value + WEIGHTS.map;
  if (isList(head)) return value + WEIGHTS.list;
  if (isBytes(head)) return value + WEIGHTS.bytes + length;
  if (isText(head)) return value + WEIGHTS.text + 2 * length;
  return length > 1 ? value + WEIGHTS.number : value;
}

const isMap = (head: number) => head >> 4 === 0x8 || head === 0xde || head === 0xdf;
const isBytes = (head: number) => head >= 0xc4 && head <= 0xc6;
const isText = (head: number) => head >> 5 === 0x5 || head >= 0xd9 && head <= 0xdb;
const isList = (head: number) => head >> 4 === 0x9 || head === 0xdc || head === 0xdd;

/** How many bytes of length follow: of bytes (c4–c6), texts (d9–db), lists (dc, dd) and maps (de, df). */
function lengthWidth(head: number): number {
  if (head >= 0xc4 && head <= 0xc6) return 1 << (head - 0xc4);
  if (head >= 0xd9 && head <= 0xdb) return 1 << (head - 0xd9);
  if (head >= 0xdc && head <= 0xdf) return 2 << (head & 1);
  return 0;
}

function readLength(view: DataView, at: number, width: number): number {
  return width === 1 ? view.getUint8(at) : width === 2 ? view.getUint16(at) : view.getUint32(at);
}

/** The length of what says it in its first byte, or always has the same: values, or bytes of a text or a number. */
function shortLength(head: number): number {
  if (head >= 0xa0 && head < 0xc0) return head & 0x1f;
  if (head >= 0x80 && head < 0xa0) return head & 0x0f;
  if (head === 0xca || head === 0xcb) return 4 << (head - 0xca);
  if (head >= 0xcc && head <= 0xcf) return 1 << (head - 0xcc);
  if (head >= 0xd0 && head <= 0xd3) return 1 << (head - 0xd0);
  if (head === 0xc1 || head >= 0xc4 && head < 0xe0) breach("a kind of value that no message holds");
  return 0;
}
