// Strangers at the server who only mean harm: what they do costs them, and nobody else.

import { assert, assertEquals } from "@std/assert";
import { startProgram } from "../cli/started_program.ts";
import type { Stream } from "../../src/wire/channel/frame.ts";
import { connect, present, tickets } from "../support/bare_client.ts";
import { LIMITS } from "../../src/rendezvous/limits.ts";
import { scenario, type Scene } from "./harness.ts";
import { SLOW_RELAY } from "./program.ts";

scenario(
  "T9: a stranger who invites again and again and never comes keeps nobody from the one he invites",
  async (scene) => {
    await scene.serve();
    const alice = scene.person("alice", "--invite", "bob");
    const fingerprint = startProgram("--fingerprint", "--state", alice.state).ended;
    const { out } = await scene.wait(fingerprint, "alice's fingerprint");
    const bob = scene.person("bob", "--wait", "--trust", `alice=${out.trim()}`);
    bob.start();
    await bob.event("connected");
    const mallory = await present(scene.port, "mallory");
    for (let i = 0; i < LIMITS.meetings; i++) {
      await mallory.say({ kind: "invite", to: "bob" });
      await mallory.hear("ticket");
    }
    alice.folder.write("from alice.txt", "alice");
    alice.start();
    await scene.alike(alice, bob);
    assertEquals(bob.folder.names(), ["from alice.txt"]);
    const asked = alice.program.since(0, "invitation").filter(({ state }) => state === "offered");
    assertEquals(asked.length, 1);
    mallory.channel.close();
  },
);

/** So many streams the flood is. */
const STREAMS = 4;
const PIECE = new Uint8Array(256 * 1024);
const EDITS = 5;
/** What passes beside one edit, in bytes at most: its messages go before what waits, and between them the flood has its turns. Without
 * turns it would be as much as the computer can. */
const MOST_BESIDE = 4 * 1024 * 1024;

interface Flood {
  /** How much of it has arrived, in bytes. */
  passed(): number;
  /** Resolves when so much more has. */
  more(bytes: number): Promise<void>;
  end(): void;
}

/** Two who want nothing but to keep the server busy, by the real protocol: one writes without end, the other reads it all. */
async function flood(scene: Scene): Promise<Flood> {
  const names = ["mallory", "eve"] as const;
  const people = await Promise.all(names.map((name) => present(scene.port, name)));
  let passed = 0;
  let news = Promise.withResolvers<void>();
  const streams: { close(): void }[] = [];
  const read = async (stream: Stream) => {
    const buffer = new Uint8Array(PIECE.length);
    for (let count = await stream.read(buffer); count !== null; count = await stream.read(buffer)) {
      passed += count;
      news.resolve();
      news = Promise.withResolvers();
    }
  };
  for (let stream = 0; stream < STREAMS; stream++) {
    const both = await tickets(people[0]!, people[1]!, [...names]);
    const seats = await Promise.all(people.map(({ own }) => connect(scene.port, own)));
    await Promise.all(seats.map((seat, i) => seat.say({ kind: "join", ticket: both[i]! })));
    await Promise.all(seats.map((seat) => seat.hear("joined")));
    const [from, to] = seats.map(({ channel }) => channel.release());
    streams.push(from!, to!);
    const write = async () => {
      for (;;) await from!.write(PIECE);
    };
    for (const side of [write(), read(to!)]) side.catch(() => {}); // It was ended.
  }
  return {
    passed: () => passed,
    async more(bytes) {
      const most = passed + bytes;
      while (passed < most) await news.promise;
    },
    end() {
      for (const each of [...streams, ...people.map(({ channel }) => channel)]) each.close();
    },
  };
}

scenario(
  "T9: beside a flood of one pair the edits of another arrive in turn, and little of the flood goes before each",
  async (scene) => {
    scene.source = SLOW_RELAY;
    const { alice, bob } = await scene.syncedPair();
    const flooding = await flood(scene);
    try {
      const beside: number[] = [];
      // What it has at once is used up: from now on it waits for its turns.
      await scene.wait(flooding.more(2 * 1024 * 1024), "the flood");
      for (let edit = 0; edit < EDITS; edit++) {
        const before = flooding.passed();
        alice.folder.write("plan.txt", `edit ${edit}`);
        await scene.alike(alice, bob);
        beside.push(flooding.passed() - before);
      }
      assert(beside.every((bytes) => bytes < MOST_BESIDE), `${beside} bytes went before each edit`);
    } finally {
      flooding.end();
    }
  },
);
