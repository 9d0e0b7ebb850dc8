// Two channels to each other in memory: what is sent arrives, in its order and in a buffer of its own.

import type { Channel } from "../../src/wire/channel/channel.ts";

export function memoryChannels(): [Channel, Channel] {
  const queues: (Uint8Array | null)[][] = [[], []];
  const news = queues.map(() => Promise.withResolvers<void>());
  let closed = false;
  const put = (to: number, bytes: Uint8Array | null) => {
    queues[to]!.push(bytes);
    news[to]!.resolve();
    news[to] = Promise.withResolvers();
  };
  const end = (own: number, other: number): Channel => ({
    send(message) {
      if (closed) return Promise.reject(new Error("the channel is closed"));
      put(other, message.slice());
      return Promise.resolve();
    },
    async receive() {
      while (queues[own]!.length === 0) await news[own]!.promise;
      return queues[own]!.shift()!;
    },
    close() {
      if (!closed) [own, other].forEach((one) => put(one, null));
      closed = true;
    },
  });
  return [end(0, 1), end(1, 0)];
}
