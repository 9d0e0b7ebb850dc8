// Sealed channels for tests: both ends in this process, or one end of frames made by hand.

import type { ChannelOptions } from "../../src/wire/channel/channel.ts";
import { FrameReader, FrameWriter, type Stream } from "../../src/wire/channel/frame.ts";
import { generateKeyPair } from "../../src/wire/channel/keys.ts";
import { Handshake } from "../../src/wire/channel/noise/handshake.ts";
import { PRELUDE } from "../../src/wire/channel/prelude.ts";
import { sealChannel, type SealedChannel } from "../../src/wire/channel/sealed.ts";
import { type MemoryStream, memoryStreams } from "./streams.ts";

const PURPOSE = "test";

/** Two channels to each other; the first one initiates. */
export function sealedChannels(
  [a, b]: readonly [Stream, Stream] = memoryStreams(),
  first: ChannelOptions = {},
  second: ChannelOptions = {},
): Promise<[SealedChannel, SealedChannel]> {
  const seal = (stream: Stream, role: "initiator" | "responder", options: ChannelOptions) =>
    sealChannel(stream, { ...options, role, own: generateKeyPair(), purpose: PURPOSE });
  return Promise.all([seal(a, "initiator", first), seal(b, "responder", second)]);
}

/** A channel, and the writer of sealed frames at its other end, who can write what no channel would. */
export async function byHand(): Promise<
  { stream: MemoryStream; writer: FrameWriter; channel: SealedChannel }
> {
  const [stream, other] = memoryStreams();
  const writer = new FrameWriter(stream);
  const frames = new FrameReader(stream, 1000);
  const prologue = new Uint8Array([...PRELUDE, ...new TextEncoder().encode(PURPOSE)]);
  const handshake = new Handshake({ role: "initiator", own: generateKeyPair(), prologue });
  const sealing = sealChannel(other, { role: "responder", own: generateKeyPair(), purpose: PURPOSE });
  writer.putHandshake(handshake.write());
  await writer.flush();
  let answer = frames.take();
  while (answer === undefined) {
    await frames.fill();
    answer = frames.take();
  }
  handshake.read(answer);
  writer.putHandshake(handshake.write());
  await writer.flush();
  writer.sealWith(handshake.agreement!.send);
  return { stream, writer, channel: await sealing };
}
