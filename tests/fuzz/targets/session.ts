// A whole session with a hostile peer, as alpha and as beta, on a real folder: what he says leads to nothing but a goodbye, takes little
// memory and little time, and touches no file outside the folder.

import { setImmediate } from "node:timers";
import { OTHER } from "../../../src/core/side.ts";
import { realDisk } from "../../../src/fs/real.ts";
import { runSession, type SessionEnd } from "../../../src/session/session.ts";
import type { Channel } from "../../../src/wire/channel/channel.ts";
import { encodeMessage, type Message } from "../../../src/wire/message.ts";
import { filesIn, temporary, write } from "../../support/folder.ts";
import { messageIn } from "../../support/hostile_wire.ts";
import { localRoot } from "../../support/local_root.ts";
import { memoryChannels } from "../../support/memory_channels.ts";
import { checkMemory, holds, sentence } from "../check.ts";
import type { Target } from "../fuzz.ts";
import { Random } from "../random.ts";
import { MESSAGES } from "./message.ts";

type Role = "alpha" | "beta";

/** One message takes no longer, on the slowest computer. */
const MOST_MS = 5_000;
/** A message has no claim to more memory than one of that many bytes: 64 MB (check.ts). */
const MOST_INPUT = 160_000;
/** Each takes a new folder and archive: where that is slow, there are fewer. */
const SEEDS = Deno.build.os === "windows" ? 4 : 14;
/** What no message can be: it ends the session when all before it was taken. */
const NONSENSE = Uint8Array.of(9);

/** An input is a list of changes to what an honest peer says, of four bytes each: what is done, to which message, where in it, and with
 * which value. So all of it gets past the decoder. */
const CHANGE_BYTES = 4;

const NAMES = ["only alpha", "only beta", "a", "d", "d/b", "b", "d/e", "d/e/c", "c", "e", "same"];
const TEXTS = [
  ...[
    "../outside/new",
    "out/new",
    "../outside/canary",
    ".tcpsync/identity",
    "out/canary",
    "out",
    "a\\..\\b",
    "/etc",
    "d",
    "d/e/c",
  ],
  ...[
    ".git/hooks/post-checkout",
    ".tcpsyncignore",
    "a\0b",
    "x".repeat(300),
    "CON",
    "a:b",
    "",
    "\u{1f600}",
    "*a".repeat(900),
  ],
];
const VALUES: unknown[] = [
  ...TEXTS,
  ...[2 ** 53 - 1, 2 ** 40, -1, 0.5, 0, 1, 1.7e12, null, true, false, [], [[]], {}],
  ...[new Uint8Array(32), new Uint8Array(0), ["../outside/canary", null], ["d", null], [
    2,
    "a",
    "../outside",
    null,
  ]],
];

/** The session in which the peer plays that part. */
export const sessionWith = (hostile: Role): Target<Uint8Array> => {
  let honest: Promise<readonly Said[]> | undefined;
  return {
    name: `as-${hostile}`,
    runs: SEEDS,
    words: Array.from({ length: 60 }, (_, n) => Uint8Array.of(n % 7, n % 23, n % 11, n)),
    seeds: () =>
      [new Uint8Array(0), ...elsewhere(hostile), ...Array(8).keys().map(someChanges)].slice(0, SEEDS),
    run: async (input) => await played(hostile, changed(await (honest ??= recorded(hostile)), input)),
  };
};

/** The peer's new file is said to be elsewhere: the first texts are places outside. */
function elsewhere(hostile: Role): Uint8Array[] {
  const name = NAMES.indexOf(`only ${hostile}`);
  return [0, 1, 2, 3, 4].map((text) => Uint8Array.of(5, 0, name, text));
}

function someChanges(seed: number): Uint8Array {
  const random = new Random(seed);
  return Uint8Array.from({ length: CHANGE_BYTES * (1 + random.below(3)) }, () => random.below(256));
}

interface Said {
  /** It is said once the other end has said so much. */
  after: number;
  message: Message;
}

/** What an honest peer says, with those changes made to it. */
function changed(honest: readonly Said[], input: Uint8Array): Said[] {
  const said = structuredClone(honest) as Said[];
  for (let at = 0; at + CHANGE_BYTES <= input.length && at < 40 * CHANGE_BYTES; at += CHANGE_BYTES) {
    const [what, which, where, value] = input.subarray(at, at + CHANGE_BYTES) as unknown as [
      number,
      number,
      number,
      number,
    ];
    const place = which % said.length;
    const { after, message } = said[place]!;
    switch (what % 8) {
      case 0:
        said.splice(place, 1);
        if (said.length === 0) return said;
        break;
      case 1:
        said.splice(place, 0, ...Array(1 + value % 5).fill(said[place]));
        break;
      case 2:
        said.splice(where % said.length, 0, ...said.splice(place, 1));
        break;
      case 3:
        said.splice(place, 0, { after, message: structuredClone(MESSAGES[value % MESSAGES.length]!) });
        break;
      case 4:
        lengthen(message, where, value);
        break;
      case 5:
        for (const { message } of said) {
          renameIn(message, NAMES[where % NAMES.length]!, TEXTS[value % TEXTS.length]!);
        }
        break;
      default:
        replace(message, where, value);
    }
  }
  return said;
}

/** Every place of a message that holds a value: a list or record, and the key there. */
function placesIn(value: unknown): [Record<string, unknown>, string][] {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return [];
  return Object.entries(value).filter(([key]) => key !== "type").flatMap(([key, inner]) => [
    [value as Record<string, unknown>, key] as [Record<string, unknown>, string],
    ...placesIn(inner),
  ]);
}

/** Mostly by a value of the same kind: one of another is soon refused. */
function replace(message: Message, where: number, value: number) {
  if (message.type === "batch" || message.type === "push") {
    message.bytes[1 + where % (message.bytes.length - 1)]! ^= 1 << value % 8;
  }
  const places = message.type === "batch" || message.type === "push" ? [] : placesIn(message);
  const found = places[where % places.length];
  if (!found) return;
  const [holder, key] = found;
  const alike = VALUES.filter((one) =>
    Array.isArray(one) === Array.isArray(holder[key]) && typeof one === typeof holder[key]
  );
  const values = value < 220 && alike.length > 0 ? alike : VALUES;
  holder[key] = values[value % values.length];
}

/** One path or name is another one in all that is said. */
function renameIn(message: Message, from: string, to: string) {
  for (const [holder, key] of placesIn(message)) if (holder[key] === from) holder[key] = to;
}

const LONGEST_LIST = 50_000;

/** A list becomes many times as long. */
function lengthen(message: Message, where: number, times: number) {
  const lists = placesIn(message).filter(([holder, key]) => Array.isArray(holder[key]));
  const found = lists[where % lists.length];
  if (!found) return;
  const list = found[0][found[1]] as unknown[];
  const most = Math.floor(LONGEST_LIST / Math.max(1, list.length));
  found[0][found[1]] = Array(Math.min(1 + times * 20, most)).fill(list).flat();
}

/** A place with the folder of one side in it, and beside it what is nobody's business. */
function placeOf(role: Role) {
  const place = temporary();
  const at = (name: string) => `${place.path}${realDisk.separator}${name}`;
  const old = new Date(Date.UTC(2024, 0, 1));
  for (const name of ["a", "d/b", "d/e/c"]) write(`${at("folder")}/${name}`, `${name} of ${role}`, old);
  write(`${at("folder")}/only ${role}`, `new of ${role}`, old);
  write(`${at("folder")}/same`, "on both sides", old);
  write(`${at("outside")}/canary`, "untouched", old);
  // This side's own: it leads out, so it never travels, and nothing goes through it.
  if (realDisk.separator === "/") Deno.symlinkSync("../outside", `${at("folder")}/out`);
  return {
    ...place,
    folder: at("folder"),
    state: at("state"),
    [Symbol.dispose]: () => place[Symbol.dispose](),
  };
}

/** All there is beside the folder and the archives: by its path, what it is and when it was written. */
function beside({ path, folder, state }: ReturnType<typeof placeOf>): string {
  const outside = [...filesIn(path)].filter(([name]) =>
    ![folder, state].some((own) =>
      `${path}${realDisk.separator}${name}`.replaceAll("/", realDisk.separator).startsWith(own)
    )
  );
  const time = Deno.lstatSync(`${path}/outside/canary`).mtime;
  return JSON.stringify([outside, time, Deno.readTextFileSync(`${folder}/.tcpsync/identity`)]);
}

/** Runs one side of a session; the channel is the other end of it. */
async function side(role: Role, place: ReturnType<typeof placeOf>, channel: Channel, once: boolean) {
  const root = await localRoot(place.folder, place.state);
  const before = beside(place);
  const end = runSession(channel, {
    ...{
      role,
      self: role,
      peer: OTHER[role],
      peerKey: OTHER[role],
      root,
      once,
      approves: true,
      mode: "two-way",
      emit: () => {},
    },
    signal: new AbortController().signal,
  }).finally(() => root.close());
  return { end, check: () => holds(beside(place) === before, "something was touched outside the folder") };
}

/** What an honest peer says in such a session. */
async function recorded(hostile: Role): Promise<readonly Said[]> {
  using own = placeOf(hostile);
  using other = placeOf(OTHER[hostile]);
  const [here, there] = memoryChannels();
  const said: Said[] = [];
  let heard = 0;
  const recording: Channel = {
    send(bytes) {
      said.push({ after: heard, message: messageIn(bytes.slice()) });
      return here.send(bytes);
    },
    async receive() {
      const bytes = await here.receive();
      heard++;
      return bytes;
    },
    close: () => here.close(),
  };
  const sides = [await side(hostile, own, recording, true), await side(OTHER[hostile], other, there, true)];
  const ends = await Promise.all(sides.map(({ end }) => end));
  holds(ends.every(({ how }) => how === "done"), `the honest session ends ${JSON.stringify(ends)}`);
  return said;
}

/** Says all that to an honest side; what came of it. */
async function played(hostile: Role, said: readonly Said[]): Promise<string> {
  using place = placeOf(OTHER[hostile]);
  const [here, there] = memoryChannels();
  const { end, check } = await side(OTHER[hostile], place, there, false);
  const heard: string[] = [];
  let over: SessionEnd | undefined;
  const listening = (async () => {
    for (let bytes = await here.receive(); bytes; bytes = await here.receive()) {
      heard.push(messageIn(bytes).type);
    }
  })();
  end.then((ended) => over = ended);
  for (const { after, bytes } of [...said.map(spoken), { after: Infinity, bytes: NONSENSE }]) {
    await quiet(() => over !== undefined || heard.length >= after, () => heard.length);
    if (over) break;
    const began = performance.now();
    await here.send(bytes);
    await turn();
    const took = performance.now() - began;
    holds(took < MOST_MS, `${Math.round(took)} ms for one message`);
    checkMemory(Math.min(bytes.length, MOST_INPUT));
    check();
  }
  const { how, reason } = await end;
  here.close();
  await listening;
  check();
  holds(!reason.startsWith("a defect"), reason);
  return `${how} ${sentence(new Error(reason))} after ${new Set(heard).size} ${heard.at(-1)}`;
}

function spoken({ after, message }: Said): { after: number; bytes: Uint8Array } {
  return { after, bytes: encodeMessage(message).slice() };
}

/** So many turns in which nothing is said are a rest. */
const REST_TURNS = 12;

/** Waits until that holds, or until the other end says nothing more. */
async function quiet(holds: () => boolean, heard: () => number) {
  let last = heard();
  for (let turns = 0; turns < REST_TURNS && !holds(); turns++) {
    await turn();
    if (heard() !== last) turns = 0;
    last = heard();
  }
}

/** Everything that is due is done. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
