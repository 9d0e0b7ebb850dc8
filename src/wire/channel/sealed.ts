// A sealed channel: the handshake over a stream, then messages that nobody else can read, change, repeat or reorder.

import { type ChannelOptions, type OpenedChannel, StreamChannel } from "./channel.ts";
import { FrameReader, FrameWriter, type Stream } from "./frame.ts";
import type { KeyPair } from "./keys.ts";
import { Handshake, type Handshaken, type Role } from "./noise/handshake.ts";
import { PRELUDE } from "./prelude.ts";

/** A channel to the owner of one key. */
export interface SealedChannel extends OpenedChannel {
  /** The other end's lasting public key. Whose that is, is the caller's question. */
  readonly key: Uint8Array;
  /** 32 bytes that both ends have in common, and no other channel has. */
  readonly binding: Uint8Array;
}

/** How a channel is sealed. */
export interface SealOptions extends ChannelOptions {
  /** Which end this is; the other one must be told the other. */
  role: Role;
  /** This end's lasting key pair; the other end learns the public key. */
  own: KeyPair;
  /** What the channel is for: ends that mean different things do not come together. */
  purpose: string;
}

/** No message of the handshake is longer: two keys and two tags. */
const LONGEST_HANDSHAKE = 128;

/** Seals `stream`, which from now on is the channel's to read, write and close. Rejects, and closes it, when the other end
 * speaks something else or breaks off. It waits without limit: who wants one closes the stream. */
export async function sealChannel(stream: Stream, options: SealOptions): Promise<SealedChannel> {
  const writer = new FrameWriter(stream);
  const frames = new FrameReader(stream, LONGEST_HANDSHAKE);
  try {
    const { send, receive, key, binding } = await shakeHands(frames, writer, options);
    writer.sealWith(send);
    frames.openWith(receive);
    return Object.assign(new StreamChannel({ stream, frames, writer }, options), { key, binding });
  } catch (error) {
    stream.close();
    throw error;
  }
}

async function shakeHands(
  frames: FrameReader,
  writer: FrameWriter,
  { role, own, purpose }: SealOptions,
): Promise<Handshaken> {
  const prologue = new Uint8Array([...PRELUDE, ...new TextEncoder().encode(purpose)]);
  const handshake = new Handshake({ role, own, prologue });
  while (handshake.agreement === undefined) {
    if (handshake.writes) writer.putHandshake(handshake.write());
    await writer.flush(); // At the first turn of the responder, the prelude: a stranger learns what is spoken here.
    if (handshake.agreement === undefined) handshake.read(await nextMessage(frames));
  }
  return handshake.agreement;
}

async function nextMessage(frames: FrameReader): Promise<Uint8Array> {
  for (;;) {
    const message = frames.take();
    if (message !== undefined) return message;
    if (await frames.fill() === null) {
      throw new Error("the other end closed the connection before it was sealed");
    }
  }
}
