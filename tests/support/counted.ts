// Two folders that run sessions over sealed channels, of which every message and byte is counted.

import { assertEquals } from "@std/assert";
import { OTHER, type SideName, SIDES } from "../../src/core/side.ts";
import { runSession } from "../../src/session/session.ts";
import type { Channel } from "../../src/wire/channel/channel.ts";
import type { Stream } from "../../src/wire/channel/frame.ts";
import { encodeMessage } from "../../src/wire/message.ts";
import { temporary } from "./folder.ts";
import { messageIn } from "./hostile_wire.ts";
import { localRoot } from "./local_root.ts";
import { sealedChannels } from "./sealed_channels.ts";
import { memoryStreams } from "./streams.ts";

/** Two folders that run sessions until in sync, over sealed channels of which all is counted. */
export class Counted implements Disposable {
  readonly #place = temporary();
  bytes = 0;
  /** Who said what, in the order of its arrival. */
  readonly said: string[] = [];

  /** `older`: what neither tells the other in hello that it knows, as if it were an older program. */
  constructor(private readonly older: readonly ("pushes" | "zstd")[] = []) {}

  [Symbol.dispose]() {
    this.#place[Symbol.dispose]();
  }

  folder(side: SideName): string {
    return `${this.#place.path}/${side}`;
  }

  async session() {
    this.bytes = 0;
    this.said.length = 0;
    const [one, other] = memoryStreams().map((stream) => this.#throughCount(stream));
    const channels = await sealedChannels([one!, other!]);
    const ends = await Promise.all(
      SIDES.map((side, number) => this.#run(side, this.#listening(side, channels[number]!))),
    );
    assertEquals(ends.map(({ how, code }) => [how, code]), [["done", 0], ["done", 0]]);
  }

  async #run(role: SideName, channel: Channel) {
    Deno.mkdirSync(this.folder(role), { recursive: true });
    const root = await localRoot(this.folder(role), `${this.folder(role)}-state`);
    const people = { role, self: role, peer: OTHER[role], peerKey: OTHER[role] };
    const run = { once: true, approves: true, mode: "two-way", emit: () => {} } as const;
    try {
      return await runSession(channel, { ...people, ...run, root, signal: new AbortController().signal });
    } finally {
      await root.close();
    }
  }

  #throughCount(stream: Stream): Stream {
    return {
      read: (into) => stream.read(into),
      write: async (bytes) => {
        const count = await stream.write(bytes);
        this.bytes += count;
        return count;
      },
      close: () => stream.close(),
    };
  }

  #listening(side: SideName, channel: Channel): Channel {
    return {
      send: (bytes) => {
        const message = messageIn(bytes);
        this.said.push(`${side}: ${message.type}`);
        if (message.type !== "hello" || this.older.length === 0) return channel.send(bytes);
        const unknown = Object.fromEntries(this.older.map((what) => [what, false]));
        return channel.send(encodeMessage({ ...message, ...unknown }));
      },
      receive: () => channel.receive(),
      close: () => channel.close(),
    };
  }
}
