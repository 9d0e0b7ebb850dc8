// A peer who breaks the rules on names on purpose, against the real program: it is left, and nothing of what it sent is done (N1, N5).

import { assert, assertEquals, assertMatch } from "@std/assert";
import type { SessionEnd, SessionOptions } from "../../src/session/session.ts";
import type { Channel } from "../../src/wire/channel/channel.ts";
import { decodeMessage, encodeMessage, type Message, type MessageOf } from "../../src/wire/message.ts";
import { changeFromWire, type Row, wantToWire } from "../../src/wire/rows.ts";
import { NO_BLOCKS as blocks } from "../../src/wire/fixed_blocks.ts";
import type { Path } from "../../src/core/tree/path.ts";
import { startedClient } from "../support/network.ts";
import { posix, sha256 } from "../support/trees.ts";
import { type Person, scenario, type Scene } from "./harness.ts";

const HISTORY = { generation: 0, oldest: 0, batch: 0 };

/** What a hostile peer says instead of what an honest one would. */
type Lie = (stream: RawStream, role: "alpha" | "beta") => Promise<void>;

/** The messages of a session, one by one. */
class RawStream {
  constructor(private readonly channel: Channel) {}

  async say(...messages: Message[]) {
    for (const message of messages) await this.channel.send(encodeMessage(message));
  }

  async hear<T extends Message["type"]>(type: T): Promise<MessageOf<T>> {
    for (let bytes = await this.channel.receive(); bytes; bytes = await this.channel.receive()) {
      const message = decodeMessage(bytes);
      if (message.type === type) return message as MessageOf<T>;
    }
    throw new Error(`the channel was closed instead of "${type}"`);
  }
}

/** An honest beginning, as either side. */
async function begin(stream: RawStream, role: "alpha" | "beta") {
  const root = crypto.randomUUID();
  const own = {
    strange: "",
    once: false,
    asks: false,
    approves: false,
    mode: "two-way",
    looks: true,
    pushes: false,
    cuts: true,
    zstd: false,
  } as const;
  await stream.say({ type: "hello", root, ability: posix, ...own });
  await stream.hear("hello");
  if (role === "alpha") await stream.say({ type: "acquainted" });
  if (role === "alpha") {
    await stream.say({ type: "history", history: "", ...HISTORY });
    await stream.hear("history");
    await stream.say({ type: "begin", history: crypto.randomUUID(), generation: 0 });
    await stream.hear("begun");
  } else {
    await stream.hear("history");
    await stream.say({ type: "history", history: "", ...HISTORY });
    await stream.hear("begin");
    await stream.say({ type: "begun" });
  }
}

const lists = { moves: [], removals: [], directories: [], contents: [] };

/** As beta: tells of changes it cannot have. */
const changes = (moves: Row[], rows: Row[]): Lie => async (stream, role) => {
  await begin(stream, role);
  await stream.hear("scan");
  await stream.say(
    {
      type: "scanned",
      time: Date.now(),
      ignore: "",
      waiting: 0,
      writing: [],
      gone: false,
      reads: false,
      parts: [],
      setBack: false,
      halts: [],
      unwatched: [],
      room: null,
      rooms: [],
      full: [],
      closed: [],
      wishes: [],
      heard: [],
    },
    {
      type: "changes",
      ancestor: sha256(""),
      chunk: "",
      done: [],
      lineage: [],
      moves,
      rows,
      problems: [],
      damaged: [],
      last: true,
    },
  );
};

/** As alpha: orders what must not be done. */
const orders = (some: Partial<Record<keyof typeof lists, Row[]>>): Lie => async (stream, role) => {
  await begin(stream, role);
  await stream.say({ type: "look", unwatched: [], wishes: [], heard: [] }, { type: "scan", ignore: "" });
  await stream.hear("changes");
  await stream.say(
    { type: "plan", counts: [1, 0, 0, 0, 0, 0, 1], goesOn: false, done: [0, 0], paths: [], problems: [] },
    {
      type: "orders",
      batch: 1,
      chunk: "c",
      lineage: [],
      ...lists,
      ...some,
      idle: false,
      begins: false,
      last: true,
    },
  );
};

const folder = (path: string, name: string): Row => [path, [1, name]];
const made = (path: string, name: string): Row => [path, null, [1, name], null, null];

const AS_BETA: [what: string, lie: Lie, refusal: RegExp][] = [
  ["a change above the root", changes([], [folder("../escaped", "escaped")]), /"\.\."/],
  ["a name with a separator", changes([], [folder("escaped", "../escaped")]), /separator/],
  [
    "a move into the private folder",
    changes([["mine.txt", ".TcpSync/identity", "identity", false, false]], []),
    /never travels/,
  ],
];

const AS_ALPHA: typeof AS_BETA = [
  ["a folder above the root", orders({ directories: [made("../escaped", "escaped")] }), /"\.\."/],
  ["an absolute path", orders({ directories: [made("/tmp/escaped", "escaped")] }), /empty/],
  [
    "the private folder",
    orders({ removals: [[".tcpsync/identity", [1, "identity"], null, null, null]] }),
    /never travels/,
  ],
  [
    "a private folder in a folder",
    orders({ directories: [made("work", "work"), made("work/.tcpsync", ".tcpsync")] }),
    /never travels/,
  ],
];

/** Tells each lie in a session of its own, and how the victim took it. */
async function tell(scene: Scene, victim: Person, name: string, lies: typeof AS_BETA, invite: boolean) {
  victim.folder.write("mine.txt", "mine");
  const answers: string[] = [];
  const over = Promise.withResolvers<void>();
  const session = async (channel: Channel, { role }: SessionOptions): Promise<SessionEnd> => {
    const lie = lies[answers.length];
    if (lie) {
      const stream = new RawStream(channel);
      await lie[1](stream, role);
      const { how, reason } = await stream.hear("bye");
      answers.push(`${how}: ${reason}`);
    } else over.resolve();
    channel.close();
    return { how: "lost", reason: "told", code: 2 };
  };
  const liar = await startedClient({ port: scene.port }, name, {}, { runSession: session });
  try {
    if (!invite) await liar.acceptFrom("*");
    victim.start();
    if (invite) await liar.invite(victim.name);
    await scene.wait(over.promise, `the end of ${lies.length} lies, so far ${answers.join(", ")}`);
    for (const [number, [what, , refusal]] of lies.entries()) {
      assertMatch(answers[number]!, /^error: /, what);
      assertMatch(answers[number]!, refusal, what);
    }
  } finally {
    await liar.close();
  }
  assertEquals(victim.folder.names(), ["mine.txt"], "nothing was done");
  assert(victim.folder.has(".tcpsync/identity") && !victim.folder.has("../escaped"));
}

scenario(
  "N1 T19: an invited peer who tells of what the gate refuses is left each time, and nothing is done",
  async (scene) => {
    await scene.serve();
    await tell(scene, scene.person("alice", "--invite", "mallory"), "mallory", AS_BETA, false);
  },
);

scenario(
  "N1 T19: an inviting peer who orders what the gate refuses is left each time, and nothing is done",
  async (scene) => {
    await scene.serve();
    await tell(scene, scene.person("bob", "--accept-from", "mallory"), "mallory", AS_ALPHA, true);
  },
);

/** As alpha: asks that a batch be undone. */
const request: Lie = async (stream, role) => {
  await begin(stream, role);
  await stream.say({ type: "look", unwatched: [], wishes: [[crypto.randomUUID(), 1]], heard: [] });
};

const TO_GIVER: typeof AS_BETA = [
  ["a folder", orders({ directories: [made("new", "new")] }), /only gives/],
  ["a rename", orders({ moves: [["mine.txt", "theirs.txt", "theirs.txt", false, false]] }), /only gives/],
  ["an undo", request, /only gives/],
];

scenario(
  "W3: an inviting peer whose program ignores that bob only sends is left each time, and nothing is done",
  async (scene) => {
    await scene.serve();
    const bob = scene.person("bob", "--accept-from", "mallory", "--mode", "send");
    await tell(scene, bob, "mallory", TO_GIVER, true);
  },
);

/** As alpha: asks for the content of what it was told of, beside orders in which there is nothing to do, or a folder to make. */
const wants = (directories: Row[]): Lie => async (stream, role) => {
  await begin(stream, role);
  await stream.say({ type: "look", unwatched: [], wishes: [], heard: [] }, { type: "scan", ignore: "" });
  const { rows } = await stream.hear("changes");
  // Names, sizes and times are told of all files.
  const told = rows.map((row) => changeFromWire(row, "/")).find(({ path }) => path === "mine.txt")?.new;
  if (told?.kind !== "file") throw new Error("nothing is told of mine.txt");
  const { size, mtime } = told;
  const want = wantToWire({
    ...{ index: 0, path: "mine.txt" as Path, size, mtime, digest: "", offset: 0, part: 0, blocks },
  });
  await stream.say(
    {
      ...{ type: "orders", batch: 1, chunk: "c", lineage: [], ...lists },
      ...{ directories, idle: false, begins: false, last: true },
    },
    { type: "want", packs: true, rows: [want], last: true },
  );
};

const TO_TAKER: typeof AS_BETA = [
  ["a file's content", wants([]), /only receives/],
  ["the same, beside something that is given", wants([made("new", "new")]), /only receives/],
];

scenario(
  "W3: an inviting peer whose program asks for content though bob only receives is left each time, without any",
  async (scene) => {
    await scene.serve();
    const bob = scene.person("bob", "--accept-from", "mallory", "--mode", "receive");
    await tell(scene, bob, "mallory", TO_TAKER, true);
  },
);
