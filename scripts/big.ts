// Measures tcpsync at its limits, between real processes on this computer, and cleans up after itself (Linux):
//   deno task big [--only tree,folder,moves,deep,holes] [--files N] [--folder N] [--moves N] [--levels N] [--holes GB] [--place DIR]
// PLACE is a folder on the disk to be measured; its peak needs room for everything twice.
// deno-lint-ignore-file no-console -- a script speaks on the console

import { parseArgs } from "@std/cli/parse-args";
import { Program } from "../tests/scenarios/program.ts";
import { chainOf, makeChain } from "../tests/support/deep.ts";

const given = parseArgs(Deno.args, {
  string: ["only", "files", "folder", "moves", "levels", "holes", "place"],
});
const files = Number(given.files ?? 1_000_000);
const inFolder = Number(given.folder ?? 200_000);
const moves = Number(given.moves ?? 130_000);
const levels = Number(given.levels ?? 1900);
const holes = Number(given.holes ?? 20);
const place = Deno.makeTempDirSync({
  prefix: "tcpsync-big-",
  ...(given.place ? { dir: String(given.place) } : {}),
});

/** How often what is waited for is looked at; nobody hears of it by an event. */
const LOOK_MS = 50;
/** Between a small save that arrived and the next. */
const SAVE_EVERY_MS = 500;
const TICKS_A_SECOND = 100;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Two people with a folder each, and a server of their own. */
class Pair {
  readonly #server: Program;
  readonly alice: string;
  readonly bob: string;
  #people: Record<"alice" | "bob", Program> | null = null;
  #saves = 0;

  constructor(private readonly at: string) {
    this.alice = `${at}/alice`;
    this.bob = `${at}/bob`;
    for (const folder of [this.alice, this.bob]) Deno.mkdirSync(folder, { recursive: true });
    const state = ["--state", `${at}/server-state`];
    this.#server = new Program("server", ["--server", "--host", "127.0.0.1", "--port", "0", ...state]);
  }

  async start() {
    const { port } = await this.#server.event("listening");
    const start = (name: "alice" | "bob", ...flags: string[]) => {
      const own = ["--name", name, "--folder", this[name], "--state", `${this.at}/${name}-state`];
      return new Program(name, ["--connect", `127.0.0.1:${port}`, ...own, "--yes", ...flags]);
    };
    this.#people = { alice: start("alice", "--invite", "bob"), bob: start("bob", "--accept-from", "alice") };
  }

  /** Does something, waits until both are in sync and it `holds`, and prints what that took, with small saves meanwhile. */
  async measure(what: string, act: () => void | Promise<void>, holds: () => boolean) {
    const cpu = this.#people && this.#cpu();
    const began = performance.now();
    await act();
    const acted = performance.now();
    const over = new AbortController();
    const saving = this.#people ? this.#save(over.signal) : Promise.resolve([]);
    const marks = this.#marks();
    while (!this.#isInSync(marks) || !holds()) await pause(LOOK_MS);
    const ended = performance.now();
    over.abort();
    const saves = (await saving).sort((one, other) => one - other);
    const seconds = (ms: number) => (ms / 1000).toFixed(1);
    console.log(`${what}: ${seconds(ended - acted)} s after ${seconds(acted - began)} s of doing it`);
    const now = this.#cpu();
    for (const name of ["alice", "bob"] as const) {
      const spent = now[name] - (cpu?.[name] ?? 0);
      console.log(`  ${name}: ${spent.toFixed(1)} s of processor, at most ${this.#peak(name)} MB`);
    }
    const [median, last] = [saves[saves.length >> 1], saves.at(-1)];
    if (last !== undefined) {
      console.log(
        `  ${saves.length} small saves meanwhile: median ${seconds(median!)} s, slowest ${seconds(last)} s`,
      );
    }
  }

  /** Both said after these places in what they told that they are in sync, with one digest, and nothing else since. */
  #isInSync(marks: Record<"alice" | "bob", number>): boolean {
    const [here, there] = (["alice", "bob"] as const).map((name) => {
      const program = this.#people?.[name];
      if (!program || program.hasEnded) throw new Error(`${name} has ended\n${program?.story() ?? ""}`);
      const last = program.events.slice(marks[name]).findLast(({ event }) =>
        event === "insync" || event === "plan" || event === "lost"
      );
      return last?.event === "insync" ? last.digest : undefined;
    });
    return here !== undefined && here === there;
  }

  #marks(): Record<"alice" | "bob", number> {
    const { alice, bob } = this.#people ?? {};
    return { alice: alice?.events.length ?? 0, bob: bob?.events.length ?? 0 };
  }

  /** Saves a small file again and again; how long each took to arrive, in ms. */
  async #save(over: AbortSignal): Promise<number[]> {
    const took: number[] = [];
    do {
      const text = String(++this.#saves);
      const began = performance.now();
      Deno.writeTextFileSync(`${this.alice}/saved`, text);
      while (textAt(`${this.bob}/saved`) !== text) await pause(10);
      took.push(performance.now() - began);
      await pause(SAVE_EVERY_MS);
    } while (!over.aborted);
    return took;
  }

  #cpu(): Record<"alice" | "bob", number> {
    const of = (program: Program) => {
      const [user, system] = Deno.readTextFileSync(`/proc/${program.pid}/stat`).split(" ").slice(13, 15);
      return (Number(user) + Number(system)) / TICKS_A_SECOND;
    };
    return { alice: of(this.#people!.alice), bob: of(this.#people!.bob) };
  }

  /** The most memory that the client had so far, in MB. */
  #peak(name: "alice" | "bob"): number {
    const status = Deno.readTextFileSync(`/proc/${this.#people![name].pid}/status`);
    return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)![1]) / 1024);
  }

  async end() {
    await Promise.all(
      [this.#people?.alice, this.#people?.bob, this.#server].map((program) => program?.kill()),
    );
    Deno.removeSync(this.at, { recursive: true });
  }
}

function textAt(path: string): string | null {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return null;
  }
}

function isThere(path: string): boolean {
  try {
    return Deno.lstatSync(path) !== null;
  } catch {
    return false;
  }
}

/** Makes files numbered from 0, a thousand to a folder, or all in one. */
function fill(folder: string, count: number, apart: boolean) {
  for (let number = 0; number < count; number++) {
    const inside = apart ? `${folder}/${Math.floor(number / 1000)}` : folder;
    if (number % 1000 === 0) Deno.mkdirSync(inside, { recursive: true });
    Deno.writeTextFileSync(`${inside}/f${number}`, `${number}`);
  }
}

function holdsAll(folder: string, count: number, apart: boolean): boolean {
  const last = apart ? `${folder}/${Math.floor((count - 1) / 1000)}` : folder;
  return isThere(last) && isThere(`${last}/f${count - 1}`);
}

/** A file of so many bytes in which nothing is written but its end. */
function makeHole(path: string, bytes: number) {
  using file = Deno.openSync(path, { write: true, create: true });
  file.truncateSync(bytes);
}

const STEPS: Record<string, (pair: Pair) => Promise<void>> = {
  async tree(pair) {
    fill(`${pair.alice}/tree`, files, true);
    const start = () => pair.start();
    await pair.measure(`${files} files, first copy`, start, () => holdsAll(`${pair.bob}/tree`, files, true));
    await pair.measure("a folder of 1000 of them renamed", () => {
      Deno.renameSync(`${pair.alice}/tree/0`, `${pair.alice}/tree/renamed`);
    }, () => isThere(`${pair.bob}/tree/renamed/f0`));
  },
  async folder(pair) {
    await pair.start();
    await pair.measure(
      `${inFolder} files in one folder`,
      () => fill(`${pair.alice}/all`, inFolder, false),
      () => holdsAll(`${pair.bob}/all`, inFolder, false),
    );
  },
  async moves(pair) {
    for (const folder of [pair.alice, pair.bob]) {
      fill(`${folder}/in`, moves, false);
      Deno.mkdirSync(`${folder}/year`);
    }
    await pair.measure(`${moves} files on both sides, first meeting`, () => pair.start(), () => true);
    await pair.measure(`${moves} files moved one by one`, () => {
      for (let number = 0; number < moves; number++) {
        Deno.renameSync(`${pair.alice}/in/f${number}`, `${pair.alice}/year/f${number}`);
      }
    }, () => holdsAll(`${pair.bob}/year`, moves, false) && isEmpty(`${pair.bob}/in`));
  },
  async deep(pair) {
    await pair.start();
    const bottom = `${chainOf(levels)}/f`;
    await pair.measure(`${levels} folders in one another`, () => {
      makeChain(pair.alice, levels);
      Deno.writeTextFileSync(`${pair.alice}/${bottom}`, "bottom");
    }, () => isThere(`${pair.bob}/${bottom}`));
    await pair.measure("a file at their bottom edited", () => {
      Deno.writeTextFileSync(`${pair.alice}/${bottom}`, "edited");
    }, () => textAt(`${pair.bob}/${bottom}`) === "edited");
    await pair.measure("the first of them renamed", () => {
      Deno.renameSync(`${pair.alice}/d`, `${pair.alice}/e`);
    }, () => isThere(`${pair.bob}/e`) && !isThere(`${pair.bob}/d`));
    await pair.measure("all of them deleted", () => {
      Deno.removeSync(`${pair.alice}/e`, { recursive: true });
    }, () => !isThere(`${pair.bob}/e`));
  },
  async holes(pair) {
    for (let number = 0; number < 4; number++) {
      for (const folder of [pair.alice, pair.bob]) makeHole(`${folder}/hole${number}`, holes * 2 ** 30);
    }
    await pair.measure(
      `4 files of ${holes} GB on both sides, nothing but holes`,
      () => pair.start(),
      () => true,
    );
  },
};

function isEmpty(folder: string): boolean {
  return Deno.readDirSync(folder)[Symbol.iterator]().next().done === true;
}

const steps = given.only ? String(given.only).split(",") : Object.keys(STEPS);
let pair: Pair | undefined;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, async () => {
    await pair?.end();
    Deno.removeSync(place, { recursive: true });
    Deno.exit(1);
  });
}
try {
  for (const step of steps) {
    pair = new Pair(`${place}/${step}`);
    try {
      await STEPS[step]!(pair);
    } finally {
      await pair.end();
    }
  }
} finally {
  Deno.removeSync(place, { recursive: true });
}
