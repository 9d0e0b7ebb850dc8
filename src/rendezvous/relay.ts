// Makes one stream of two data connections. It reads nothing of what passes, and holds one buffer a direction. Each piece waits
// for the turn of who sent it.

import type { Socket } from "../wire/channel/socket.ts";

/** One end of a stream, and the turn its bytes are passed on in. */
export interface End extends Socket {
  turn(bytes: number): Promise<void>;
}

const SMALL_BUFFER = 16 * 1024;
const LARGE_BUFFER = 256 * 1024;

/** Copies both ways until both directions have ended, or nothing moved for `silenceMs`; then closes both ends. Never
 * throws. Back-pressure is the copying itself: nothing is read before the last piece has been written. */
export async function relay(a: End, b: End, silenceMs: number): Promise<void> {
  const close = () => {
    a.close();
    b.close();
  };
  let moved = true;
  const move = () => moved = true;
  const look = setInterval(() => {
    if (!moved) close();
    moved = false;
  }, silenceMs);
  // A direction that breaks closes both at once, so that the other direction cannot wait for ever.
  await Promise.all([copy(a, b, move).catch(close), copy(b, a, move).catch(close)]);
  clearInterval(look);
  close();
}

/** The buffer starts small, since many pairs are silent most of the time, and grows when a read fills it. */
async function copy(from: End, to: Socket, move: () => void): Promise<void> {
  let buffer = new Uint8Array(SMALL_BUFFER);
  for (;;) {
    const count = await from.read(buffer);
    if (count === null) return to.closeWrite();
    await from.turn(count);
    let written = await to.write(buffer.subarray(0, count));
    while (written < count) written += await to.write(buffer.subarray(written, count));
    move();
    if (count === buffer.length && count < LARGE_BUFFER) buffer = new Uint8Array(LARGE_BUFFER);
  }
}
