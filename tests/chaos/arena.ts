// Where chaos happens: a server, a line to it, two clients as processes, a person at each, and the model that watches them.

import { assert, assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { compareKey } from "../../src/core/tree/path.ts";
import { Person, type Scene } from "../scenarios/harness.ts";
import { Folder } from "../scenarios/persons_folder.ts";
import type { Ended, Program } from "../scenarios/program.ts";
import type { Random } from "../fuzz/random.ts";
import { Line } from "../support/line.ts";
import { unprivileged } from "../support/unprivileged.ts";
import { SmallDisk } from "../support/small_disk.ts";
import { type Findings, Model, type SideName, SIDES } from "./model.ts";
import { ANCHOR, contentsOf, User } from "./user.ts";
import { WINDOWS } from "../support/system.ts";

/** A disk with room for so many MiB, where one can be mounted. */
const DISK_MIB = 48;

/** What no program may say, whatever happens around it. */
const NEVER = /defect|disagree|malformed|damaged|panicked/i;

export class Arena implements AsyncDisposable {
  readonly model = new Model();
  readonly disk: SmallDisk | null;
  readonly line: Line;
  readonly people: Record<SideName, Person>;
  readonly users: Record<SideName, User>;
  /** What went wrong beside the folders. */
  readonly wrong: string[] = [];
  readonly #down = new Set<SideName>(SIDES);
  readonly #asleep = new Set<SideName>();
  #port = 0;

  /** `small`: one side's folder is on a small disk. */
  constructor(readonly scene: Scene, random: Random, small: boolean) {
    this.disk = small ? SmallDisk.mount(scene.folder("disk").path + ".mounted", DISK_MIB) : null;
    this.line = new Line(() => this.#port);
    const through = unprivileged() ?? [];
    const alice = new Folder(this.disk ? `${this.disk.path}/alice` : scene.folder("alice").path);
    // Two who delete at random may well delete very much (S1).
    const flags = ["--yes", "--approve-mass-change"];
    this.people = {
      alice: new Person(scene, "alice", ["--invite", "bob", ...flags], alice, through),
      bob: new Person(scene, "bob", ["--accept-from", "alice", ...flags], scene.folder("bob"), through),
    };
    const user = (side: SideName) =>
      new User(side, this.people[side].folder.path, this.model, random, () => this.#asleep.has(side));
    this.users = { alice: user("alice"), bob: user("bob") };
    this.users.alice.save(ANCHOR, () => this.model.fresh("alice", ANCHOR, 100));
  }

  async [Symbol.asyncDispose]() {
    SIDES.forEach((side) => this.#down.add(side));
    await Promise.all([...this.scene.programs].map((program) => program.kill()));
    await this.line[Symbol.asyncDispose]();
    this.disk?.[Symbol.dispose]();
  }

  /** Starts the server, the same one each time. */
  async serve() {
    await this.scene.serve(this.#port);
    this.#port = this.scene.port;
    this.scene.port = this.line.port; // Where clients are told it is.
  }

  start(side: SideName, ...flags: string[]) {
    this.#down.delete(side);
    const program = this.people[side].start(...flags);
    program.ended.then((end) => this.#judgeEnd(side, program, end));
  }

  async end(side: SideName, how: "kill" | "stop") {
    this.#down.add(side);
    await this.people[side].program[how]();
  }

  freeze(side: SideName) {
    this.#asleep.add(side);
    this.people[side].program.freeze();
  }
  thaw(side: SideName) {
    this.people[side].program.thaw();
    this.#asleep.delete(side);
  }

  /** Starts clients again that gave up because there was no server, or no room, when they started. */
  revive() {
    for (const side of SIDES) {
      if (!this.#down.has(side) && this.people[side].program.hasEnded) this.start(side);
    }
  }

  /** Waits until both clients have reached the server; from then on they never give up. */
  async connected() {
    for (const side of SIDES) {
      for (;;) {
        if (this.wrong.length > 0) throw new Error(this.wrong.join("\n"));
        const { program } = this.people[side];
        if (!program.hasEnded && program.events.some(({ event }) => event === "connected")) break;
        await this.scene.wait(
          Promise.race([program.news(), program.ended]).catch(() => {}),
          `${side} to connect`,
        );
        this.revive();
      }
    }
  }

  /** Waits until both know each other's keys: a first meeting that breaks off is refused for good, as it has to be. */
  async knowEachOther() {
    await Promise.all(SIDES.map((side) => this.people[side].event("plan")));
  }

  /** What is in the folders now. */
  findings(): Findings {
    const found = (side: SideName, inner: string) => {
      const top = `${this.users[side].root}${inner}`;
      const all = [...contentsOf(top)].map(([path, digest]) => [path.slice(top.length + 1), digest] as const);
      return new Map(all.filter(([path]) => inner !== "" || !path.startsWith(".tcpsync")));
    };
    const both = (inner: string) => ({ alice: found("alice", inner), bob: found("bob", inner) });
    return { trees: both(""), versions: both("/.tcpsync/versions") };
  }

  /** Everything that is wrong now that both have come to rest. */
  judge(): string[] {
    const findings = this.findings();
    const said = SIDES.flatMap((side) => this.#badWords(side, this.people[side].program));
    const wrong = [...this.model.check(findings), ...this.wrong, ...said];
    this.model.rest(findings);
    return wrong;
  }

  /** Both end and start once more: they have nothing to do, and their archives hold what the folders hold. */
  async proveArchives() {
    await Promise.all(SIDES.map((side) => this.end(side, "stop")));
    for (const side of SIDES) this.people[side].start("--once");
    const ends = await Promise.all(SIDES.map((side) => this.people[side].ended()));
    for (const [number, side] of SIDES.entries()) {
      const { code, err } = ends[number]!;
      const { program, folder, state } = this.people[side];
      assert(code === 0 || code === 1, `${side} ends with ${code}:\n${program.story()}\n${err}`);
      for (const plan of program.since(0, "plan")) {
        const { create, update, delete: removals, move } = plan;
        assertEquals(
          create + update + removals + move,
          0,
          `${side} has something to do:\n${program.story()}`,
        );
      }
      const tree = [...folder.tree().keys()].map((path) => compareKey(path, WINDOWS)).sort();
      assertEquals(archived(state), tree, `the archive of ${side} is not what is in the folder`);
    }
    const digests = SIDES.map((side) =>
      this.people[side].program.events.findLast((e) => e.event === "insync")
    );
    assertEquals(digests[0]!.digest, digests[1]!.digest);
  }

  #judgeEnd(side: SideName, program: Program, { code, err }: Ended) {
    if (this.#down.has(side) || this.people[side].program !== program) return;
    this.wrong.push(...this.#badWords(side, program));
    const began = program.events.some(({ event }) => event === "connected");
    const isExcused = code === 3 && (!began || /disk is full/.test(err));
    if (!isExcused) {
      this.wrong.push(`${side} ended by itself with ${code}:\n${program.story()}\n${err}`);
    }
  }

  #badWords(side: SideName, program: Program): string[] {
    const told = program.events.filter(({ event, reason }) => event === "halted" || NEVER.test(reason ?? ""));
    return told.map((event) => `${side} says: ${JSON.stringify(event)}`);
  }
}

/** The paths of the ancestor in the one archive of a state folder, which must be sound. */
function archived(state: string): string[] {
  const files = [...Deno.readDirSync(`${state}/archives`)];
  const [file, ...more] = files.filter(({ name }) => /^[0-9a-f-]{36}\.sqlite$/.test(name));
  assertEquals(more.length, 0, "more than one archive");
  const database = new DatabaseSync(`${state}/archives/${file!.name}`);
  try {
    const check = database.prepare("PRAGMA integrity_check").get() as { integrity_check: string };
    assertEquals(check.integrity_check, "ok");
    const rows = database.prepare("SELECT path FROM ancestor ORDER BY path").all() as { path: string }[];
    return rows.map(({ path }) => path).sort();
  } finally {
    database.close();
  }
}
