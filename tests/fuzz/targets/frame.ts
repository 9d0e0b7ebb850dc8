// Frames and the prelude: however the bytes are cut on their way, the same bodies arrive, or the same refusal.

import { Breach } from "../../../src/core/failure.ts";
import { FrameReader, FrameWriter, LONGEST_BODY, type Stream } from "../../../src/wire/channel/frame.ts";
import { TAG } from "../../../src/wire/channel/noise/aead.ts";
import { PRELUDE } from "../../../src/wire/channel/prelude.ts";
import { holds, sentence } from "../check.ts";
import type { Target } from "../fuzz.ts";
import { joined } from "../../support/bytes.ts";
import { Random } from "../random.ts";

/** RootEngine out `bytes` in random pieces and then ends; never more than it is asked for. */
export function inPieces(bytes: Uint8Array, random: Random | null): Stream {
  let at = 0;
  return {
    read(into) {
      holds(into.length > 0, "the reader has no room left, and would wait for ever");
      if (at === bytes.length) return Promise.resolve(null);
      const most = Math.min(into.length, bytes.length - at);
      const count = random ? 1 + random.small(most) : most;
      into.set(bytes.subarray(at, at + count));
      at += count;
      return Promise.resolve(count);
    },
    write: (written) => Promise.resolve(written.length),
    close() {},
  };
}

/** All bodies that arrive, and how it ended. */
async function readFrames(bytes: Uint8Array, random: Random | null, longest: number) {
  const bodies: Uint8Array[] = [];
  const reader = new FrameReader(inPieces(bytes, random), longest);
  try {
    do {
      for (let body = reader.take(); body; body = reader.take()) bodies.push(body.slice());
    } while (await reader.fill() !== null);
    return { bodies, end: "ended" };
  } catch (error) {
    holds(
      error instanceof Breach || (error as Error).message.includes("broke off"),
      `frames ended with ${error}`,
    );
    return { bodies, end: sentence(error as Error) };
  }
}

/** What a writer makes of these bodies, with the prelude before it. */
async function framed(bodies: Uint8Array[]): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const writer = new FrameWriter({
    read: () => Promise.resolve(null),
    write(bytes) {
      parts.push(bytes.slice());
      return Promise.resolve(bytes.length);
    },
    close() {},
  });
  for (const body of bodies) {
    if (body.length === 0) writer.beat();
    else writer.put(body[0]!, body.subarray(1));
    await writer.flush();
  }
  return joined(...parts);
}

const body = (length: number) => Uint8Array.from({ length }, (_, place) => place);

export const frames: Target<Uint8Array> = {
  name: "frames",
  runs: 4_000,
  words: [PRELUDE, Uint8Array.of(0, 0, 0, 0), Uint8Array.of(0, 1, 0, 0), Uint8Array.of(0, 1, 0, 1)],
  seeds: () =>
    Promise.all([
      framed([body(1)]),
      framed([body(0), body(300), body(0), body(0), body(2)]),
      framed([body(LONGEST_BODY - 100)]),
      framed(Array.from({ length: 40 }, (_, number) => body(1 + 7 * number))),
    ]),
  async run(bytes) {
    const random = new Random(bytes.length);
    const longest = random.pick([LONGEST_BODY, 100]);
    const whole = await readFrames(bytes, null, longest);
    const pieces = await readFrames(bytes, random, longest);
    holds(pieces.end === whole.end, `cut otherwise it ends with ${pieces.end}, not ${whole.end}`);
    holds(String(pieces.bodies) === String(whole.bodies), "cut otherwise other bodies arrive");
    holds(
      whole.bodies.every(({ length }) => length > 0 && length <= longest + TAG),
      "a body of a length not allowed",
    );
    return `${whole.end} ${Math.min(8, whole.bodies.length)}`;
  },
};
