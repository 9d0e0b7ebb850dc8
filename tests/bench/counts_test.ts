// What a sync costs where it can be counted, in place of its time: bytes on the wire, messages, calls to the disk, rows of the archive.
// Each budget is what is needed today: who needs less lowers it.

import { assert, assertEquals } from "@std/assert";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { OTHER, type SideName, SIDES } from "../../src/core/side.ts";
import { runSession } from "../../src/session/session.ts";
import type { Channel } from "../../src/wire/channel/channel.ts";
import type { Stream } from "../../src/wire/channel/frame.ts";
import { encodeMessage, type MessageOf } from "../../src/wire/message.ts";
import { randomBytes } from "../support/bytes.ts";
import { Duo } from "../support/duo.ts";
import { temporary, write } from "../support/folder.ts";
import { messageIn } from "../support/hostile_wire.ts";
import { localRoot } from "../support/local_root.ts";
import { sealedChannels } from "../support/sealed_channels.ts";
import { memoryStreams } from "../support/streams.ts";

/** Bytes on the wire beside the content: 196 are needed for each new file, and 3,151 for a session. */
const MOST_BYTES_A_FILE = 200;
const MOST_BYTES_A_SESSION = 3500;
/** What each side says of a save more than where nothing changed. */
const MOST_MESSAGES: Sides = { alpha: 9, beta: 7 };
/** Calls to the disk for each new file: where it is (a look, an opening), and where it goes (a name made free, a file made, linked to its
 * place, and looked at). */
const MOST_CALLS: Sides = { alpha: 2, beta: 4 };
/** Rows that each side reads at a start for each file that did not change. */
const MOST_ROWS = 1;

const [FEW, MANY] = [50, 100];
const FILE_BYTES = 500;
type Sides = Record<SideName, number>;

/** How content is made: the wire counts that of noise as it is, and that of text smaller. */
type Content = (number: number) => string | Uint8Array<ArrayBuffer>;
const text: Content = (number) => `${number}`.padEnd(FILE_BYTES, " and what a line of text says");
const noise: Content = () => randomBytes(FILE_BYTES);

/** What one more file adds. */
const each = (few: number, many: number) => (many - few) / (MANY - FEW);

function fill(folder: string, files: number, content = noise) {
  for (let number = 0; number < files; number++) {
    write(`${folder}/d${number % 10}/f${number}`, content(number));
  }
}

/** Two folders that run sessions until in sync, over sealed channels of which all is counted. */
class Counted implements Disposable {
  readonly #place = temporary();
  /** Beta's program is of before batches were compressed. */
  isOlder = false;
  bytes = 0;
  /** Who said what, in the order of its arrival. */
  readonly said: string[] = [];

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
        const isToldLess = this.isOlder && side === "beta" && message.type === "hello";
        return channel.send(isToldLess ? encodeMessage(helloOfBefore(message)) : bytes);
      },
      receive: () => channel.receive(),
      close: () => channel.close(),
    };
  }
}

/** What an older program says, which knows nothing of compression. */
function helloOfBefore(hello: MessageOf<"hello">): MessageOf<"hello"> {
  const { zstd: _, ...rest } = hello;
  return rest as MessageOf<"hello">;
}

/** Bytes on the wire of a first copy of so many files. */
async function firstCopy(files: number, content = noise, isOlder = false): Promise<number> {
  using counted = new Counted();
  counted.isOlder = isOlder;
  fill(counted.folder("alpha"), files, content);
  await counted.session();
  return counted.bytes;
}

Deno.test("a new file costs its content and so many bytes on the wire, a session so many for itself", async () => {
  const [few, many] = [await firstCopy(FEW), await firstCopy(MANY)];
  const more = each(few, many) - FILE_BYTES;
  const session = few - FEW * (FILE_BYTES + more);
  assert(more <= MOST_BYTES_A_FILE && session <= MOST_BYTES_A_SESSION, `${more} and ${session} bytes`);
});

Deno.test("text costs a third of its bytes on the wire at most, noise as many as to an older program, which gets both as they are", async () => {
  const files = 200;
  const most = files * (MOST_BYTES_A_FILE + FILE_BYTES / 3) + MOST_BYTES_A_SESSION;
  const whole = files * FILE_BYTES;
  const [now, before] = [await firstCopy(files, text), await firstCopy(files, text, true)];
  assert(now <= most, `${now} bytes`);
  assert(before >= whole, `${before} bytes to an older program`);
  const [noiseNow, noiseBefore] = [await firstCopy(files), await firstCopy(files, noise, true)];
  assert(
    Math.abs(noiseNow - noiseBefore) < MOST_BYTES_A_SESSION / 10,
    `${noiseNow} and ${noiseBefore} bytes`,
  );
});

Deno.test("a save costs so many messages", async () => {
  using counted = new Counted();
  fill(counted.folder("alpha"), FEW);
  await counted.session();
  await counted.session();
  const before = counted.said.slice();
  write(`${counted.folder("alpha")}/d0/f0`, "saved");
  await counted.session();
  for (const side of SIDES) {
    const by = (said: string[]) => said.filter((message) => message.startsWith(side));
    const more = by(counted.said).length - by(before).length;
    assert(more <= MOST_MESSAGES[side], `${more} more: ${by(counted.said)}\nwithout: ${by(before)}`);
  }
});

/** Calls to the disk of each side in a first copy of so many files. */
function callsOf(files: number): Sides {
  using place = temporary();
  using duo = new Duo(place.path);
  fill(duo.alpha.folder, files);
  const calls = { alpha: 0, beta: 0 };
  for (const side of SIDES) duo[side].hook = () => void calls[side]++;
  duo.cycle();
  duo.checkInSync();
  return calls;
}

Deno.test("a new file costs each side so many calls to its disk", () => {
  const [few, many] = [callsOf(FEW), callsOf(MANY)];
  for (const side of SIDES) {
    const calls = each(few[side], many[side]);
    assert(calls <= MOST_CALLS[side], `${side}: ${calls} calls`);
  }
});

/** Counts the rows that statements give while it is in use. */
class Rows implements Disposable {
  count = 0;
  readonly #prepare = DatabaseSync.prototype.prepare;

  constructor() {
    const prepare = this.#prepare;
    const counted = (statement: StatementSync) => this.#counted(statement);
    DatabaseSync.prototype.prepare = function (this: DatabaseSync, sql: string) {
      return counted(prepare.call(this, sql));
    };
  }

  [Symbol.dispose]() {
    DatabaseSync.prototype.prepare = this.#prepare;
  }

  #counted(statement: StatementSync): StatementSync {
    const { get, all, iterate } = statement;
    const its = { get, all, iterate } as Record<string, (...values: unknown[]) => unknown>;
    return Object.assign(statement, {
      get: (...values: unknown[]) => this.#seen(its.get!.apply(statement, values)),
      all: (...values: unknown[]) =>
        (its.all!.apply(statement, values) as unknown[]).map((row) => this.#seen(row)),
      iterate: (...values: unknown[]) =>
        (its.iterate!.apply(statement, values) as IteratorObject<unknown>).map((row) => this.#seen(row)),
    });
  }

  #seen<T>(row: T): T {
    if (row !== undefined) this.count++;
    return row;
  }
}

/** Rows read of both archives, from a start with nothing changed until in sync. */
function rowsRead(files: number): number {
  using place = temporary();
  using duo = new Duo(place.path);
  fill(duo.alpha.folder, files);
  duo.settle();
  duo.disconnect();
  for (const side of SIDES) duo[side].close();
  using rows = new Rows();
  duo.restart();
  duo.settle();
  duo.checkInSync();
  return rows.count;
}

Deno.test("a start reads so many rows for each file that did not change", () => {
  const rows = each(rowsRead(FEW), rowsRead(MANY)) / SIDES.length;
  assert(rows <= MOST_ROWS, `${rows} rows`);
});
