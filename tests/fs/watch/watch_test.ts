// Watches that die, overflow or are dead from the start, on the real disk: found by the canary within seconds, armed again,
// and nothing is missed. In the simulator they do so in every order.

import { realDisk } from "../../../src/fs/real.ts";
import { Watch, WATCH_PARTS, type WatchParts } from "../../../src/fs/watch/watch.ts";
import { temporary, write } from "../../support/folder.ts";
import { soon } from "../../support/streams.ts";
import { WINDOWS } from "../../support/system.ts";

/** More than the system's queue holds: of so many, Windows under Wine tells of a few and is deaf from then on. */
const MANY = WINDOWS ? 5_000 : 20_000;

/** A watched folder, and what was told of it. */
class Watched implements Disposable {
  readonly #place = temporary();
  readonly folder = `${this.#place.path}${realDisk.separator}folder`;
  readonly #watch: Watch;
  #heard = new Set<string>();
  #all = false;
  #deaf = false;
  #wake = Promise.withResolvers<void>();

  constructor(parts: WatchParts, made = true) {
    const own = `${this.folder}${realDisk.separator}.tcpsync`;
    if (made) this.make();
    this.#watch = new Watch(
      this.folder,
      own,
      (told, all) => {
        for (const { path } of told) this.#heard.add(path);
        this.#all ||= all;
        this.#tell();
      },
      parts,
      (isDeaf) => {
        this.#deaf = isDeaf;
        this.#tell();
      },
    );
  }

  [Symbol.dispose]() {
    this.#watch.stop();
    this.#place[Symbol.dispose]();
  }

  make() {
    Deno.mkdirSync(`${this.folder}${realDisk.separator}.tcpsync`, { recursive: true });
  }

  start(): Promise<void> {
    return this.#watch.start();
  }

  at(name: string): string {
    return `${this.folder}${realDisk.separator}${name}`;
  }

  /** Waits until the owner knows of a change at `name`, or is told to look at everything; forgets what was told before. */
  async knowsOf(name: string): Promise<void> {
    const isTold = () => this.#all || this.#heard.has(this.at(name));
    while (!isTold()) await soon(this.#wake.promise, () => `word of ${name}`);
    this.#all = false;
    this.#heard.clear();
  }

  /** Does that whenever there is something new, until the owner is told that the watch is deaf. */
  async untilDeaf(act: () => void): Promise<void> {
    while (!this.#deaf) {
      act();
      await soon(this.#wake.promise, () => "word that it is deaf");
    }
  }

  #tell() {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }

  /** Writes a file, and waits for that to be known. */
  async writeAndHear(name: string): Promise<void> {
    write(this.at(name), name);
    await this.knowsOf(name);
  }
}

/** The parts of a real watch whose first worker is ended by the returned function, behind the watch's back. */
function mortal(): { parts: WatchParts; end(): void } {
  const ends: (() => void)[] = [];
  const parts: WatchParts = {
    ...WATCH_PARTS,
    watch(watched, report) {
      const end = WATCH_PARTS.watch(watched, report);
      ends.push(end);
      return end;
    },
  };
  return { parts, end: () => ends[0]!() };
}

/** The parts of a watch that hears nothing at first, though it says that it watches. */
function stillborn(): WatchParts {
  let first = true;
  return {
    ...WATCH_PARTS,
    watch(watched, report) {
      if (!first) return WATCH_PARTS.watch(watched, report);
      first = false;
      queueMicrotask(() => report({ told: [], all: false, canary: false, closes: false }));
      return () => {};
    },
  };
}

async function endedWorker(): Promise<void> {
  const { parts, end } = mortal();
  using watched = new Watched(parts);
  await watched.start();
  await watched.writeAndHear("before");
  end();
  await watched.writeAndHear("while nobody listened");
  await watched.writeAndHear("after");
}

async function deadFromTheStart(): Promise<void> {
  using watched = new Watched(stillborn());
  await watched.start();
  await watched.writeAndHear("while nobody listened");
  await watched.writeAndHear("after");
}

async function nothingThere(): Promise<void> {
  using watched = new Watched(WATCH_PARTS, false);
  await watched.start(); // The worker says that it is dead: that ends the waiting, and it is armed again later.
  watched.make();
  await watched.writeAndHear("while nobody listened");
  await watched.writeAndHear("after");
}

Deno.test("a watch whose worker ended, that is dead from the start, or has nothing to watch is found, and armed again", async () => {
  await Promise.all([endedWorker(), deadFromTheStart(), nothingThere()]);
});

Deno.test("after more changes at once than the system tells of, everything is looked at, and the watch goes on", async () => {
  using watched = new Watched(WATCH_PARTS);
  await watched.start();
  for (let count = 0; count < MANY; count++) Deno.writeTextFileSync(watched.at(`file ${count}`), "");
  await watched.knowsOf(`file ${MANY - 1}`);
  await watched.writeAndHear("after");
});

/** The parts of a watch that says that it watches, and tells of nothing ever. */
const DEAF: WatchParts = {
  ...WATCH_PARTS,
  hangs: true,
  watch(_, report) {
    queueMicrotask(() => report({ told: [], all: false, canary: false, closes: false }));
    return () => {};
  },
};

Deno.test("a watch that is deaf again and again is given up, and its owner told", async () => {
  using watched = new Watched(DEAF);
  await watched.start();
  await watched.untilDeaf(() => {});
});
