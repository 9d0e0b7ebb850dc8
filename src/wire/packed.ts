// Content without its runs of zeros: u32 length of all, then in turns u32 length and bytes of what is no zeros, u32 length of zeros.

import { Buffer } from "node:buffer";
import { runsOf, type ZeroRun } from "../core/zeros.ts";
import { breach } from "./shape.ts";

const NUMBER = 4;

/** `bytes` packed; null where that is no shorter. */
export function pack(bytes: Uint8Array): Uint8Array | null {
  const runs = [...runsOf(bytes)];
  const rest = runs.reduce((sum, run) => sum + (run.isZero ? 0 : lengthOf(run)), 0);
  if (NUMBER * (runs.length + 2) + rest >= bytes.length) return null;
  const parts = [numberOf(bytes.length)];
  if (runs[0]!.isZero) parts.push(numberOf(0));
  for (const run of runs) {
    parts.push(numberOf(lengthOf(run)));
    if (!run.isZero) parts.push(bytes.subarray(run.start, run.end));
  }
  return Buffer.concat(parts);
}

/** What was packed. Throws Breach where it is none, or `longest` is not enough for it. */
export function unpackZeros(packed: Uint8Array, longest: number): Uint8Array {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  let at = 0;
  const next = () => {
    if (at + NUMBER > packed.length) breach("packed content cut short");
    return view.getUint32((at += NUMBER) - NUMBER);
  };
  const length = next();
  if (length > longest) breach("more zeros than may come at once");
  const bytes = new Uint8Array(length);
  let done = 0;
  for (let isZero = false; at < packed.length; isZero = !isZero) {
    const count = next();
    if (count > length - done || (!isZero && count > packed.length - at)) {
      breach("packed content beyond its end");
    }
    if (!isZero) bytes.set(packed.subarray(at, at += count), done);
    done += count;
  }
  return done === length ? bytes : breach("packed content cut short");
}

function lengthOf({ start, end }: ZeroRun): number {
  return end - start;
}

function numberOf(value: number): Uint8Array {
  const bytes = new Uint8Array(NUMBER);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}
