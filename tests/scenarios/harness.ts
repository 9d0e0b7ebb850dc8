// What the scenarios are told with: a server and people as processes, each person with a folder that is followed by events.

import { assert, assertEquals } from "@std/assert";
import { removePath } from "../../src/fs/folder.ts";
import { DISK, lackOf, type Need } from "./alices_disk.ts";
import { differences, Folder, type Tree } from "./persons_folder.ts";
import { type Ended, inTime, PROGRAM, Program, type Told, withClock } from "./program.ts";

/** The name of a scenario that needs something of the disk that alice's folder is on: it is left out where the disk lacks that, which
 * is no failure. */
export function needing(name: string, ...needs: Need[]): string {
  const lack = lackOf(needs);
  return lack ? `${name}${LEFT_OUT}: the disk has ${lack})` : name;
}

const LEFT_OUT = " (left out";

/** One scenario: its programs are ended and its folders removed, whatever becomes of it. */
export function scenario(name: string, act: (scene: Scene) => Promise<void>, ignore = false) {
  Deno.test({
    name,
    ignore: ignore || name.includes(LEFT_OUT),
    fn: async () => {
      const scene = new Scene(Deno.realPathSync(Deno.makeTempDirSync({ prefix: "tcpsync-scenario-" })));
      try {
        await act(scene);
      } catch (error) {
        throw scene.explained(error);
      } finally {
        await scene.end();
      }
    },
  });
}

export class Scene {
  readonly programs = new Set<Program>();
  server!: Program;
  /** The command that is the server. */
  source = PROGRAM;
  port = 0;
  /** What pairs were last found to agree on. */
  readonly #agreed = new Map<string, { told: Set<Told>; tree: Tree }>();
  /** What alice's folder is in. */
  readonly #disk: string;

  constructor(readonly path: string) {
    this.#disk = DISK === undefined ? path : Deno.makeTempDirSync({ dir: DISK, prefix: "tcpsync-scenario-" });
  }

  /** Starts the server; `port` 0 takes a free one. It is the same one each time. */
  async serve(port = 0, ...flags: string[]) {
    const own = ["--port", String(port), "--state", this.folder("server-state").path];
    const local = ["--server", "--host", "127.0.0.1", ...own];
    this.server = this.add(new Program("server", [...local, ...flags], this.source));
    this.port = (await this.wait(this.server.event("listening"), "the server")).port;
  }

  /** What went wrong, with what each program told. */
  explained(error: unknown): Error {
    const stories = this.programs.values().map((program) => program.story());
    return new Error([String(error), ...stories].join("\n"), { cause: error });
  }

  run(name: string, ...flags: string[]): Program {
    return this.add(new Program(name, flags));
  }

  /** From now on the program belongs to this scene. */
  add(program: Program): Program {
    this.programs.add(program);
    program.ended.then(() => this.programs.size > 20 && this.programs.delete(program));
    return program;
  }

  /** Somebody who takes everybody to be who they say. */
  person(name: string, ...flags: string[]): Person {
    return new Person(this, name, [...flags, "--yes"]);
  }

  folder(name: string): Folder {
    const place = name === "alice" ? this.#disk : this.path;
    return new Folder(`${place}${Deno.build.os === "windows" ? "\\" : "/"}${name}`);
  }

  /** A server, alice who invites, bob who accepts; nobody but the server is started. */
  async pair(): Promise<{ alice: Person; bob: Person }> {
    await this.serve();
    return {
      alice: this.person("alice", "--invite", "bob"),
      bob: this.person("bob", "--accept-from", "alice"),
    };
  }

  /** The same, with both started and in sync. `flags` are more of alice's. */
  async syncedPair(prepare: (alice: Folder, bob: Folder) => void = () => {}, ...flags: string[]) {
    const { alice, bob } = await this.pair();
    prepare(alice.folder, bob.folder);
    alice.start(...flags);
    bob.start();
    await this.alike(alice, bob);
    return { alice, bob };
  }

  wait<T>(promise: Promise<T>, what: string, seconds?: number): Promise<T> {
    return inTime(promise, what, seconds);
  }

  /** Waits until both folders hold the same and both people were told so, with one digest. Returns the one's event.
   * `folder` is the one's folder for this pair. */
  async alike(one: Person, other: Person, folder = one.folder): Promise<Told> {
    const pair = [one.name, other.name].sort().join(" ");
    const last = this.#agreed.get(pair);
    const agreed = async () => {
      for (;;) {
        const news = Promise.race([one.program.news(), other.program.news()]);
        news.catch(() => {}); // It counts only when it is awaited.
        const [here, there] = [one.inSync(other), other.inSync(one)];
        if (here && there && here.digest === there.digest) {
          const tree = folder.tree();
          // Told before the folders changed: what tells of that is still on its way to us.
          const known = last?.told.has(here) || last?.told.has(there);
          const old = known && differences(tree, last!.tree).length > 0;
          if (!old && differences(tree, other.folder.tree()).length === 0) {
            this.#agreed.set(pair, { told: new Set([here, there]), tree });
            return here;
          }
        }
        await news;
      }
    };
    const waited = this.wait(agreed(), `${one.name} and ${other.name} to be alike`);
    return await waited.catch((error) => {
      const differing = differences(folder.tree(), other.folder.tree()).slice(0, 20);
      throw new Error(
        `${error.message}\nthe folders (${one.name} | ${other.name}):\n${differing.join("\n")}`,
      );
    });
  }

  async end() {
    await Promise.all([...this.programs].map((program) => program.kill()));
    for (const path of new Set([this.path, this.#disk])) await removePath(path);
  }
}

/** One person: a name, a folder, the state kept for them, and their client, which can be started again and again. */
export class Person {
  readonly state: string;
  program!: Program;
  /** The command that is their client. */
  source = PROGRAM;
  /** How wrong the clock of this person's computer is. */
  minutesAhead = 0;
  /** When that is put right, in ms. */
  clockRightAt = Infinity;

  /** `through`: a command that runs the client, if it is not run as it is. */
  constructor(
    readonly scene: Scene,
    readonly name: string,
    readonly flags: string[],
    readonly folder = scene.folder(name),
    readonly through: readonly string[] = [],
  ) {
    this.state = scene.folder(`${name}-state`).path;
  }

  start(...more: string[]): Program {
    const own = ["--name", this.name, "--folder", this.folder.path, "--state", this.state];
    const server = ["--connect", `127.0.0.1:${this.scene.port}`];
    const flags = [...server, ...own, ...this.flags, ...more];
    const source = this.minutesAhead === 0 ? this.source : withClock(this.minutesAhead, this.clockRightAt);
    return this.program = this.scene.add(new Program(this.name, flags, [...this.through, ...source]));
  }

  event(name: string, wanted?: (told: Told) => boolean): Promise<Told> {
    return this.scene.wait(this.program.event(name, wanted), `${name} at ${this.name}`);
  }

  /** Waits until something holds; it is looked at whenever this person is told anything. */
  async until(what: string, holds: () => boolean): Promise<void> {
    const held = async () => {
      while (!holds()) await this.program.news();
    };
    await this.scene.wait(held(), what);
  }

  ended(): Promise<Ended> {
    return this.scene.wait(this.program.ended, `the end of ${this.name}`);
  }

  /** The last `insync` with `peer`, when nothing came after it. */
  inSync(peer: Person): Told | undefined {
    const last = this.program.events.findLast(({ event, peer: whose }) =>
      whose === peer.name && (event === "insync" || event === "plan" || event === "lost")
    );
    return last?.event === "insync" ? last : undefined;
  }

  /** All that plans since `mark` were to do, added up. */
  plannedSince(mark: number): { bytes: number; move: number; delete: number; conflict: number } {
    const sum = { bytes: 0, move: 0, delete: 0, conflict: 0 };
    for (const plan of this.program.since(mark, "plan")) {
      for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += plan[key];
    }
    return sum;
  }
}

/** All run until they are in sync: their codes. */
export async function runOnce(...people: Person[]): Promise<number[]> {
  for (const person of people) person.start("--once");
  return await codesOf(...people);
}

/** Ends both with `--once` in mind: their codes. */
export async function codesOf(...people: Person[]): Promise<number[]> {
  const ends = await Promise.all(people.map((person) => person.ended()));
  ends.forEach(({ err, code }, number) => {
    const { name, program } = people[number]!;
    assertEquals(err, "", `${name} complains`);
    assertEquals(
      code,
      program.events.findLast(({ event }) => event === "end")?.code,
      `how ${name} ended, and told of it`,
    );
  });
  return ends.map(({ code }) => code);
}

/** One clear line on stderr that says `what`, and this code. */
export function assertRefused({ code, err }: Ended, expected: number, what: RegExp) {
  assertEquals(err.trim().split("\n").length, 1, `one line:\n${err}`);
  assert(what.test(err), `"${err.trim()}" does not say ${what}`);
  assertEquals(code, expected, err);
}
