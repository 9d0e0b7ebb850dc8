// Sealed channels with somebody between who changes, leaves out, repeats, swaps and invents frames: each end hears what the
// other said, in order, up to some point, and nothing else.

import type { Stream } from "../../../src/wire/channel/frame.ts";
import { keyPairOf, sameKey } from "../../../src/wire/channel/keys.ts";
import { PRELUDE } from "../../../src/wire/channel/prelude.ts";
import { sealChannel, type SealedChannel } from "../../../src/wire/channel/sealed.ts";
import { memoryStreams } from "../../support/streams.ts";
import { holds, sentence } from "../check.ts";
import type { Target } from "../fuzz.ts";
import { joined } from "../../support/bytes.ts";

const KEYS = [keyPairOf(new Uint8Array(32).fill(1)), keyPairOf(new Uint8Array(32).fill(2))] as const;
const SAID = [[[1], [], 700, 66_000, [2, 3]], [[9, 8], 30, 5_000, [], [7]]].map((messages) =>
  messages.map((message) =>
    typeof message === "number" ? new Uint8Array(message).fill(message) : Uint8Array.from(message)
  )
);

/** What is done to a frame: three bytes of input each, which frame (the lowest bit says whose), what, and how. */
type Tampering = (frame: Uint8Array, how: number, passed: readonly Uint8Array[]) => Uint8Array[];
const TAMPERINGS: Tampering[] = [
  (frame) => [frame],
  (frame, how) => [frame.map((byte, at) => at === (how * 7) % frame.length ? byte ^ (1 << how % 8) : byte)],
  () => [],
  (frame) => [frame, frame],
  (frame, how, passed) => [...passed.slice(how % 4, how % 4 + 1), frame],
  (frame, how) => [frame.subarray(0, (how * 3) % frame.length)],
  (frame, how) => [frame, Uint8Array.of(0, 0, 0, how, ...new Uint8Array(how))],
  (frame, how) => [Uint8Array.of(0, 0, how, 0), frame.subarray(4)],
  (frame, how) => [frame.subarray(0, 4), new Uint8Array(frame.length - 4).fill(how)],
];

/** One direction of the wire, frame by frame; the frames that were put aside go out after the next one. */
class Between {
  #rest = new Uint8Array(0);
  #number = 0;
  #passed: Uint8Array[] = [];
  #aside: Uint8Array[] = [];

  constructor(
    private readonly planned: Map<number, [what: number, how: number]>,
    private readonly all: Uint8Array[],
  ) {}

  take(bytes: Uint8Array): Uint8Array[] {
    this.#rest = joined(this.#rest, bytes) as Uint8Array<ArrayBuffer>;
    const out: Uint8Array[] = [];
    for (let length = this.#frameLength(); length <= this.#rest.length; length = this.#frameLength()) {
      out.push(...this.#pass(this.#rest.slice(0, length)));
      this.#rest = this.#rest.slice(length);
    }
    return out;
  }

  #frameLength(): number {
    if (this.#number === 0) return PRELUDE.length;
    return this.#rest.length < 4 ? Infinity : 4 + new DataView(this.#rest.buffer).getUint32(0);
  }

  #pass(frame: Uint8Array): Uint8Array[] {
    const [what = 0, how = 0] = this.planned.get(this.#number++) ?? [];
    this.#passed.push(frame);
    this.all.push(frame);
    if (what === TAMPERINGS.length) {
      this.#aside.push(frame);
      return [];
    }
    const passed = how > 127 ? this.all : this.#passed; // Also what the other end said.
    return [...TAMPERINGS[what]!(frame, how, passed), ...this.#aside.splice(0)];
  }
}

/** Two ends, and the two halves of the wire between them. */
function wire(input: Uint8Array): { ends: [Stream, Stream]; close(): void } {
  const all: Uint8Array[] = [];
  const pairs = [memoryStreams(), memoryStreams()];
  const planned = [new Map(), new Map()];
  for (let at = 0; at + 2 < Math.min(input.length, 60); at += 3) {
    const [which, what, how] = input.subarray(at, at + 3);
    planned[which! % 2]!.set((which! >> 1) % 16, [what! % (TAMPERINGS.length + 1), how]);
  }
  const ends = pairs.map(([near], side): Stream => {
    const between = new Between(planned[side]!, all);
    return {
      read: (into) => near.read(into),
      close: () => near.close(),
      async write(bytes) {
        for (const out of between.take(bytes)) await pairs[1 - side]![1].write(out);
        return bytes.length;
      },
    };
  });
  return { ends: ends as [Stream, Stream], close: () => pairs.flat().forEach((stream) => stream.close()) };
}

/** Seals, says its messages, and hears what comes; how that ended. */
async function converse(stream: Stream, side: 0 | 1, heard: Uint8Array[]) {
  let channel: SealedChannel | undefined;
  try {
    const role = side === 0 ? "initiator" : "responder";
    channel = await sealChannel(stream, { role, own: KEYS[side], purpose: "fuzz", beatMs: Infinity });
    for (const message of SAID[side]!) channel.send(message.slice()).catch(() => {});
    for (let message = await channel.receive(); message; message = await channel.receive()) {
      heard.push(message);
    }
    return { channel, end: "ended" };
  } catch (error) {
    return { channel, end: sentence(error as Error) };
  } finally {
    channel?.close();
  }
}

export const sealed: Target<Uint8Array> = {
  name: "sealed",
  runs: 200,
  words: [Uint8Array.of(0, 1, 0), Uint8Array.of(8, 3, 0), Uint8Array.of(9, 4, 130), Uint8Array.of(6, 9, 0)],
  seeds: () => [
    new Uint8Array(0),
    ...Array.from(
      { length: 2 * 9 * (TAMPERINGS.length + 1) },
      (_, n) => Uint8Array.of(n % 18, n / 18, 5 * n),
    ),
  ],
  async run(input) {
    const { ends, close } = wire(input);
    const heard: [Uint8Array[], Uint8Array[]] = [[], []];
    const talks = ends.map((stream, side) => converse(stream, side as 0 | 1, heard[side]!));
    // All that can pass has passed after one turn of the event loop; then the one between hangs up on who waits in vain.
    setTimeout(close, 0);
    const ended = await Promise.all(talks);
    ended.forEach(({ channel }, side) =>
      checkHeard(heard[side]!, SAID[1 - side]!, channel, KEYS[1 - side]!.publicKey)
    );
    const [one, other] = ended.map(({ channel }) => channel?.binding);
    holds(!one || !other || sameKey(one, other), "the two ends are bound to different handshakes");
    if (input.length === 0) {
      holds(heard.flat().length === SAID.flat().length, "left alone, not all was heard");
    }
    return `${ended.map(({ end }, side) => `${heard[side]!.length} ${end}`)}`;
  },
};

function checkHeard(
  heard: Uint8Array[],
  said: Uint8Array[],
  channel: SealedChannel | undefined,
  key: Uint8Array,
) {
  holds(!channel || sameKey(channel.key, key), "sealed with another key than the other end's");
  holds(heard.length <= said.length, "more was heard than said");
  heard.forEach((message, number) => {
    const meant = said[number]!;
    holds(
      message.length === meant.length && message.every((byte, at) => byte === meant[at]),
      "another message was heard",
    );
  });
}
