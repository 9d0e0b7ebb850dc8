// What a changed program of the other person can make this side hold, count or remember is bounded.

import { DatabaseSync } from "node:sqlite";
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { startProgram } from "../cli/started_program.ts";
import { MOST_RULES } from "../../src/core/ignore/ignore.ts";
import { encodeMessage } from "../../src/wire/message.ts";
import { LONGEST_MESSAGE } from "../../src/wire/channel/channel.ts";
import { changedPeer, peerByHand } from "../support/hostile_peer.ts";
import { type Person, scenario, type Scene } from "./harness.ts";
import type { Told } from "./program.ts";

/** What alice's program may come to hold besides, in MB, at its peak. */
const MOST_MB = 64;

const PLANS = 60;

/** Peak memory of a process in MB, where the system tells. */
function peak({ program }: Person): number {
  if (Deno.build.os !== "linux") return 0;
  const status = Deno.readTextFileSync(`/proc/${program.pid}/status`);
  return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)![1]) / 1024);
}

const tooMuchFor = (person: Person) => ({ path, whose }: Told) =>
  path === ".tcpsyncignore" && whose === person.name;

/** A server, and alice and bob in sync; alice's folder is kept with mallory, too, if he comes. */
async function withMallory(scene: Scene): Promise<{ alice: Person; bob: Person }> {
  return await scene.syncedPair((alice) => alice.write("first.txt", "first"), "--invite", "mallory");
}

scenario(
  "T5: a peer's history number near 2^53 leaves history, why and undo as they are for all",
  async (scene) => {
    const { alice } = await withMallory(scene);
    await using mallory = await changedPeer(scene, { accepts: "alice" }, {
      says: { history: (history) => ({ ...history, batch: 2 ** 53 - 1 }) },
      hears: { orders: (orders) => ({ ...orders, batch: 1 }) },
    });
    mallory.folder.write("from mallory.txt", "mallory");
    const end = ({ event, peer }: Told) => peer === "mallory" && (event === "insync" || event === "lost");
    await alice.until("what comes of mallory", () => alice.program.events.some(end));
    await alice.program.stop();
    for (const flags of [["history"], ["why", "first.txt"], ["undo"]]) {
      const historyService = [...flags, "--folder", alice.folder.path, "--state", alice.state, "--json"];
      const { code, out, err } = await scene.wait(startProgram(...historyService).ended, flags[0]!);
      assertEquals([code, err], [0, ""], out);
      assertMatch(out, /first\.txt|"batch":1/);
    }
  },
);

scenario(
  "T7: a MiB of ignore rules from a peer: those of before hold, nothing new is sent, both screens say so, and nothing grows",
  async (scene) => {
    const { alice, bob } = await scene.syncedPair((alice) => {
      alice.write(".tcpsyncignore", "/secret/\n");
      alice.write("first.txt", "agreed");
    });
    alice.folder.write("secret/key.txt", "stays home");
    const before = peak(alice);
    bob.folder.write(".tcpsyncignore", "x\n".repeat(1 << 19));
    for (const person of [alice, bob]) {
      const { reason } = await person.event("problem", tooMuchFor(alice));
      assertMatch(
        reason,
        /^it is longer than 64 KiB: until it is shorter, the rules of before hold and nothing new is sent/,
      );
    }
    bob.folder.write("x", "new, and perhaps ignored by what cannot be read");
    bob.folder.write("first.txt", "edited");
    await alice.until("the edit at alice", () => alice.folder.read("first.txt") === "edited");
    assertEquals([alice.folder.has("x"), bob.folder.has("secret")], [false, false]);
    assert(peak(alice) - before < MOST_MB, `${peak(alice) - before} MB more`);
    // They hold after a start as well, where nobody heard of others.
    await alice.program.stop();
    alice.start();
    await alice.event("problem", tooMuchFor(alice));
    await alice.event("insync");
    assertEquals(bob.folder.has("secret"), false);
    bob.folder.write(".tcpsyncignore", "/secret/\n");
    await alice.event("insync", ({ problems }) => problems === 0);
    assertEquals([alice.folder.has("x"), bob.folder.has("secret")], [true, false]);
  },
);

/** What makes rows of alice's history that none can be: a number that JavaScript cannot hold, and what is no entry. */
const SPOILING = [
  ["a number beyond all", "UPDATE deed SET batch = 9223372036854775807 WHERE path = 'spoiled.txt'"],
  ["what is no entry", "UPDATE deed SET new = x'96' WHERE path = 'spoiled.txt'"],
] as const;

/** Changes a row of the archive of a person whose program does not run. */
function spoilHistory({ state }: Person, how: string) {
  const archives = [...Deno.readDirSync(`${state}/archives`)].map(({ name }) => name);
  const name = archives.find((name) => /^[0-9a-f-]{36}\.sqlite$/.test(name))!;
  using database = new DatabaseSync(`${state}/archives/${name}`);
  assertEquals(database.prepare(how).run().changes, 1);
}

for (const [what, spoil] of SPOILING) {
  scenario(
    `T5: a row of the history that cannot be read (${what}) is one row less, and told; the rest can be looked at and undone`,
    async (scene) => {
      const { alice, bob } = await scene.syncedPair((alice) => alice.write("first.txt", "first"));
      for (const path of ["spoiled.txt", "plan.txt"]) {
        bob.folder.write(path, path);
        await scene.alike(alice, bob);
      }
      await alice.program.stop();
      spoilHistory(alice, spoil);
      const asked = async (...flags: string[]) => {
        const own = ["--folder", alice.folder.path, "--state", alice.state];
        const { code, out, err } = await scene.wait(startProgram(...flags, ...own).ended, flags[0]!);
        assertEquals([code, err], [0, ""], out);
        return out;
      };
      const history = await asked("history");
      assertMatch(history, /first\.txt/);
      assertMatch(history, /plan\.txt/);
      assertMatch(history, /1 entry .*cannot be read/);
      assertMatch(await asked("why", "plan.txt"), /bob/);
      await asked("undo", "--yes");
      assertEquals([alice.folder.names(), bob.folder.has("plan.txt")], [["first.txt", "spoiled.txt"], true]);
      // And the sessions go on.
      alice.start();
      await scene.alike(alice, bob);
      assertEquals(bob.folder.names(), ["first.txt", "spoiled.txt"]);
    },
  );
}

const TOO_MANY_RULES = "x\n".repeat(MOST_RULES + 1);

scenario(
  "T7: a peer that announces more ignore rules than there may be is left, as alpha and as beta",
  async (scene) => {
    await scene.serve();
    const alice = scene.person("alice", "--accept-from", "mallory", "--invite", "eve");
    alice.folder.write("first.txt", "first");
    alice.start();
    await alice.event("connected");
    await using mallory = await peerByHand(scene, { invites: "alice" });
    const alpha = await mallory.wire();
    await alpha.begin();
    // She tells of nothing under such rules: the session is over instead.
    await assertRejects(() => alpha.look(TOO_MANY_RULES), Error, `${MOST_RULES + 1} rules`);
    await using eve = await peerByHand(scene, { name: "eve", accepts: "alice" });
    const beta = await eve.wire();
    await beta.begin();
    await beta.tell({}, { ignore: TOO_MANY_RULES });
    assertMatch(await beta.over, /1001 rules/);
    for (const peer of ["mallory", "eve"]) {
      const { reason } = await alice.event("lost", (told) => told.what === "peer" && told.peer === peer);
      assertMatch(reason, /of its ignore rules, it has 1001 rules, and 1000 is the most/);
    }
  },
);

scenario(
  "T8: sixty plans of 4 MiB full of nothing from a peer are refused at the first, and nothing grows",
  async (scene) => {
    await scene.serve();
    const alice = scene.person("alice", "--accept-from", "mallory");
    alice.start();
    await alice.event("connected");
    await using mallory = await peerByHand(scene, { invites: "alice" });
    const wire = await mallory.wire();
    await wire.begin();
    const before = peak(alice);
    const problems = Array.from({ length: LONGEST_MESSAGE - 1000 }, () => []);
    const plan = encodeMessage({
      ...{ type: "plan", counts: Array(7).fill(0), goesOn: false, done: [0, 0], paths: [], problems },
    });
    // She may be gone before the last of them: then sending them fails.
    await wire.say(...Array(PLANS).fill(plan)).catch(() => {});
    const { reason } = await alice.event("lost", ({ what }) => what === "peer");
    assertEquals(reason, "The peer sent a malformed message: it holds too many values");
    assert(peak(alice) - before < MOST_MB, `${peak(alice) - before} MB more`);
  },
);
