// The wire of a session in hostile hands: any message at any time, and the few steps of the protocol that lead to a place for it.

import { type DirectoryEntry, EMPTY_ROOT, type FileEntry } from "../../src/core/tree/entry.ts";
import type { Path } from "../../src/core/tree/path.ts";
import { BatchWriter } from "../../src/wire/batch.ts";
import type { Channel } from "../../src/wire/channel/channel.ts";
import { decompressed, encodeMessage, type Message, type MessageOf } from "../../src/wire/message.ts";
import { changeToWire, type Row, taskToWire } from "../../src/wire/rows.ts";
import { unpack } from "../../src/wire/unpack.ts";
import { soon } from "./streams.ts";
import { sha256 } from "./trees.ts";

/** Rows of an order, those that are not named none. */
export type Ordered = Partial<
  Pick<MessageOf<"orders">, "batch" | "lineage" | "moves" | "removals" | "directories" | "contents">
>;

/** One end of a session's channel, on which all is said by hand. */
export class Wire {
  /** Everything the other end said. */
  readonly heard: Message[] = [];
  /** Resolves with the other end's last words, or with how the link broke. */
  readonly over: Promise<string>;
  #read = 0;
  #news = Promise.withResolvers<void>();
  #end: string | undefined;

  constructor(readonly channel: Channel, readonly role: "alpha" | "beta", readonly identity: string) {
    this.over = this.#listen();
  }

  /** Bytes go as they are. */
  async say(...messages: (Message | Uint8Array)[]): Promise<void> {
    const bytes = messages.map((said) => said instanceof Uint8Array ? said : encodeMessage(said));
    await Promise.all(bytes.map((one) => this.channel.send(one)));
  }

  /** The next message of that type; others are passed over. Rejects when the session is over. */
  async hear<T extends Message["type"]>(type: T): Promise<MessageOf<T>> {
    for (;;) {
      while (this.#read < this.heard.length) {
        const message = this.heard[this.#read++]!;
        if (message.type === type) return message as MessageOf<T>;
      }
      if (this.#end !== undefined) {
        throw new Error(`waiting for "${type}", the session is over: ${this.#end}`);
      }
      await soon(
        this.#news.promise,
        () => `"${type}"; heard: ${this.heard.map((one) => one.type).join(" ")}`,
      );
    }
  }

  /** All rows of the next long message of that type. */
  async hearRows(type: "want" | "changes" | "results" | "digested"): Promise<Row[]> {
    const rows: Row[] = [];
    for (;;) {
      const part = await this.hear(type);
      rows.push(...part.rows);
      if (part.last) return rows;
    }
  }

  /** The honest beginning of a session, up to its first cycle, but for what `hello` and `history` say otherwise. */
  async begin(hello: Partial<MessageOf<"hello">> = {}, history: Partial<MessageOf<"history">> = {}) {
    const ability = {
      foldsCase: false,
      executable: true,
      links: true,
      windowsNames: false,
      longestPath: 4096,
    };
    const flags = { strange: "", once: false, asks: false, approves: false, mode: "two-way" } as const;
    const older = { looks: false, pushes: false, cuts: false, zstd: false };
    await this.say({ type: "hello", root: this.identity, ability, ...flags, ...older, ...hello });
    await this.hear("hello");
    const own = { type: "history", history: "", generation: 0, oldest: 0, batch: 0, ...history } as const;
    if (this.role === "alpha") {
      await this.say({ type: "acquainted" }, own);
      await this.hear("history");
      await this.say({ type: "begin", history: crypto.randomUUID(), generation: 0 });
      await this.hear("begun");
    } else {
      await this.hear("acquainted");
      await this.hear("history");
      await this.say(own);
      await this.hear("begin");
      await this.say({ type: "begun" });
    }
  }

  /** As alpha: looks, and hears what is in the other folder. */
  async look(ignore = ""): Promise<Row[]> {
    await this.say({ type: "look", unwatched: [], wishes: [], heard: [] }, { type: "scan", ignore });
    await this.hear("scanned");
    return await this.hearRows("changes");
  }

  /** As alpha: has files digested there, so that their digests are known on both sides. */
  async digest(...paths: string[]): Promise<Row[]> {
    await this.say({ type: "digests", rows: paths.map((path) => [path]), last: true });
    return await this.hearRows("digested");
  }

  /** As beta: answers the next look, with these changes. */
  async tell(changes: Partial<MessageOf<"changes">>, scanned: Partial<MessageOf<"scanned">> = {}) {
    await this.hear("scan");
    const nothing = {
      ignore: "",
      waiting: 0,
      writing: [],
      reads: false,
      parts: [],
      gone: false,
      setBack: false,
      halts: [],
    };
    const beside = { unwatched: [], room: null, rooms: [], full: [], closed: [], wishes: [], heard: [] };
    await this.say(
      { type: "scanned", time: Date.now(), ...nothing, ...beside, ...scanned },
      { type: "changes", ...NO_CHANGES, ...changes },
    );
  }

  /** As alpha: has this carried out, whoever decided it; `contents` are those of the contents in it, in their order. Gives the
   * results. */
  async order(ordered: Ordered, contents: readonly string[] = []): Promise<Row[]> {
    const first = [ordered.moves, ordered.removals, ordered.directories]
      .reduce((sum, rows) => sum + (rows?.length ?? 0), 0);
    const orders = {
      ...NO_ORDERS,
      chunk: crypto.randomUUID(),
      idle: false,
      begins: false,
      last: true,
      ...ordered,
    };
    await this.say({ type: "orders", ...orders }, { type: "want", packs: true, rows: [], last: true });
    await this.supply((index) => contents[index - first] ?? "");
    await this.hear("supplied");
    await this.hear("staged");
    await this.say({ type: "transition" });
    return await this.hearRows("results");
  }

  /** Supplies what the other end wants: `content` gives it by the number of its task. */
  async supply(content: (index: number) => string) {
    for (const [index] of await this.hearRows("want")) {
      const batch = new BatchWriter();
      const { written } = new TextEncoder().encodeInto(content(index as number), batch.room());
      batch.add(index as number, written, sha256(content(index as number)));
      await this.say({ type: "batch", bytes: batch.done() });
    }
    await this.say({ type: "supplied" });
  }

  async #listen(): Promise<string> {
    let end = "closed without a word";
    try {
      for (let bytes = await this.channel.receive(); bytes; bytes = await this.channel.receive()) {
        const message = messageIn(bytes);
        if (message.type === "bye") end = message.reason;
        this.heard.push(message);
        this.#tell();
      }
    } catch (error) {
      end = (error as Error).message;
    }
    this.channel.close();
    this.#end = end;
    this.#tell();
    return end;
  }

  #tell() {
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }
}

/** The first byte of a batch that was asked for, or was not. */
const BATCH = 1, PUSH = 3;

/** What these bytes say; nobody here looks whether it is what an honest program may say. */
export function messageIn(bytes: Uint8Array): Message {
  const said = decompressed(bytes);
  if (said[0] === PUSH) return { type: "push", bytes: said };
  return said[0] === BATCH ? { type: "batch", bytes: said } : unpack(said.subarray(1)) as Message;
}

const NO_ORDERS = { batch: 1, lineage: [], moves: [], removals: [], directories: [], contents: [] };
const NO_CHANGES = {
  /** That of an empty tree. */
  ancestor: sha256(""),
  ...{ chunk: "", done: [], lineage: [], moves: [] },
  ...{ rows: [], problems: [], damaged: [], last: true },
};

/** A file as an entry. */
export function fileOf(path: string, content: string, mtime = 1_700_000_000_000): FileEntry {
  const size = new TextEncoder().encode(content).length;
  const name = path.split("/").at(-1)!;
  const digest = sha256(content);
  return { kind: "file", name, size, mtime, executable: false, digest, id: 0, born: 0 };
}

export function folderOf(path: string): DirectoryEntry {
  return { ...EMPTY_ROOT, name: path.split("/").at(-1)! };
}

/** Rows of orders: a file that is to be there, a folder that is to be there, a file that is to go. */
export const planted = (path: string, content: string): Row =>
  taskToWire({ path: path as Path, old: null, new: fileOf(path, content) });
export const made = (path: string): Row => taskToWire({ path: path as Path, old: null, new: folderOf(path) });
export const removed = (path: string, content: string, mtime?: number): Row =>
  taskToWire({ path: path as Path, old: fileOf(path, content, mtime), new: null });

/** Rows of changes: a file or folder that is there. */
export const fileRow = (path: string, content: string): Row =>
  changeToWire({ path: path as Path, new: fileOf(path, content) });
export const folderRow = (path: string): Row => changeToWire({ path: path as Path, new: folderOf(path) });
