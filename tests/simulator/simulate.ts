// One simulation: two people work in two folders while everything fails that can; then it calms down, and all must be well.

import { realDisk } from "../../src/fs/real.ts";
import { temporary } from "../support/folder.ts";
import type { SimulatedComputer } from "./computer.ts";
import { isKept } from "./simulated_person.ts";
import type { Habit } from "./personality.ts";
import { rootDigestOf, tells, untoldDifferences } from "./sameness.ts";
import { World } from "./world.ts";
import { isOwn } from "./own.ts";

/** How long it may take after the last fault and the last act until both are in sync. */
const REST_MS = 240_000;
/** For so long afterwards nothing more may be planned: a look at everything is in it. */
const STILL_MS = 62_000;

export interface SimulationOutcome {
  /** Of all that happened. */
  digest: string;
  failure: string | undefined;
  /** All that happened, if it was asked for. */
  log: string[];
}

/** Where the archives of simulations lie: in memory, if the system has such a place. Each simulated computer has its own idea of what
 * its disk holds already, so nothing is gained by waiting for the real one. */
export function temporaryPlace() {
  const dir = "/dev/shm";
  return temporary(Deno.build.os === "linux" && realDisk.stat(dir) ? { dir } : undefined);
}

/** Runs one seed. `place`: a folder on the real disk for the archives, emptied before. */
export async function simulate(seed: number, place: string, logs = false): Promise<SimulationOutcome> {
  for (const name of ["alice", "bob"]) {
    if (realDisk.stat(`${place}/${name}`)) realDisk.removeTree(`${place}/${name}`);
  }
  const world = new World(seed, place, logs);
  using _ = world.clock.install();
  const rejected = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    world.fail(`nobody took care of: ${event.reason?.stack ?? event.reason}`);
  };
  addEventListener("unhandledrejection", rejected);
  try {
    const until = await live(world);
    await calmDown(world, until);
    await rest(world, until);
    return { digest: world.digest, failure: undefined, log: world.log ?? [] };
  } catch (error) {
    return { digest: world.digest, failure: (error as Error).message, log: world.log ?? [] };
  } finally {
    await world.end();
    removeEventListener("unhandledrejection", rejected);
  }
}

/** People work and things fail; gives the time when the last of both is over. */
async function live(world: World): Promise<number> {
  const { random, clock, both } = world;
  world.trace(JSON.stringify(both.map(({ volume, watch }) => [volume.kind, watch])));
  if (world.isSecond) world.trace(world.habits.join(", "));
  for (const [number, { person }] of both.entries()) {
    person.begin(random.below(8), world.isThird ? number * BETWEEN_OLD_MS : 0);
  }
  clock.after(random.below(500), () => world.startServer());
  for (const computer of both) clock.after(random.below(1000), () => computer.start());
  const end = 2_000 + random.below(random.pick([3_000, 15_000]));
  const bursts = 1 + random.below(6);
  for (let count = 0; count < bursts; count++) burst(world, random.pick(both), random.below(end));
  const faults = random.below(4) === 0 ? 0 : random.below(6);
  for (const computer of both) computer.savesArchive = faults > 0;
  for (let count = 0; count < faults; count++) {
    const fault = random.pick(FAULTS);
    clock.after(random.below(end), () => fault(world, random.pick(both), end));
  }
  if (random.below(3) === 0) random.pick(both).meddles = random.pick([2, 10]);
  if (world.isSecond) beginHabits(world, end, faults);
  await world.runTo(end);
  return end;
}

/** With these the program is ended now and then. */
const RESTARTING: Habit[] = ["clocks that jump", "numbers given anew"];

/** The habits that are not one person's alone. */
function beginHabits(world: World, end: number, faults: number): void {
  const { random, clock, both, habits } = world;
  const meddles = both.some(({ meddles }) => meddles > 0);
  if (meddles) world.isStrict = false;
  world.isQuiet = faults === 0 && !meddles && !habits.some((habit) => RESTARTING.includes(habit));
  const often = (habit: Habit, act: (computer: SimulatedComputer) => void) => {
    if (!habits.includes(habit)) return;
    for (let times = 1 + random.below(4); times > 0; times--) {
      clock.after(1_500 + random.below(end - 1_500), () => act(random.pick(both)));
    }
  };
  often("work in what the other renames", (computer) => encounter(world, computer));
  often("clocks that jump", (computer) => jump(world, computer));
  often("numbers given anew", (computer) => renumber(world, computer));
}

/** Two people's old files are so far apart in time, or further. */
const BETWEEN_OLD_MS = 50_000;

/** One person renames something at the moment in which the other works there. */
function encounter({ random, clock, alice, bob }: World, one: SimulatedComputer): void {
  const other = one === alice ? bob : alice;
  const shared = common(one, other);
  if (shared.length === 0) return;
  const path = random.pick(shared);
  const second = random.pick(shared.filter((other) => areApart(other, path)));
  const third = random.pick(
    shared.filter((other) => areApart(other, path) && areApart(other, second ?? path)),
  );
  const others = [second, third].filter((other) => other !== undefined);
  const [early, late] = [0, random.below(random.pick([30, 300]))];
  const [renames, works] = random.below(2) ? [early, late] : [late, early];
  clock.after(renames, () => one.person.attempt(() => one.person.habits!.rename(path, others)));
  clock.after(works, () => other.person.attempt(() => other.person.habits!.workAt(path)));
}

function areApart(one: string, other: string): boolean {
  return !`${one}/`.startsWith(`${other}/`) && !`${other}/`.startsWith(`${one}/`);
}

/** What both folders have at one path. */
function common(one: SimulatedComputer, other: SimulatedComputer): string[] {
  const there = new Map(other.volume.below(other.folder, isOwn));
  return [...one.volume.below(one.folder, isOwn)]
    .filter(([path, { kind }]) => there.get(path)?.kind === kind && !isKept(path)).map(([path]) => path);
}

const SECOND = 1_000;
const DAY = 86_400 * SECOND;
const JUMPS = [5 * SECOND, 3_600 * SECOND, 41 * DAY, 400 * DAY];

/** A clock is set, while the program runs or not, and perhaps put right later. */
function jump(world: World, computer: SimulatedComputer): void {
  const { random, clock } = world;
  const stops = random.below(2) === 0;
  const skew = random.pick(JUMPS) * random.pick([1, -1]);
  if (stops) restart(world, computer);
  computer.setClock(skew);
  if (random.below(2)) clock.after(random.below(8_000), () => computer.setClock(0));
}

/** Files get other numbers: the disk is mounted anew or forgets them, or the folder comes from a backup. */
function renumber(world: World, computer: SimulatedComputer): void {
  const { volume, folder } = computer;
  world.trace(`${computer.name} has other numbers`);
  if (volume.kind.ids === "passing") return volume.remount();
  restart(world, computer);
  if (volume.kind.ids === "by sight") volume.remount();
  else {
    computer.ledger.accept(); // A backup holds what there is, and nothing but names and times tells what is what in it.
    volume.restore(folder, world.random);
  }
}

/** The program ends, in no good order, and begins again a while later. */
function restart(world: World, computer: SimulatedComputer): void {
  computer.kill();
  world.clock.after(100 + world.random.below(3_000), () => computer.start());
}

function burst({ clock, random }: World, { person }: SimulatedComputer, at: number): void {
  const pause = random.pick([0, 20, 300]);
  for (let acts = 1 + random.below(6), time = at; acts > 0; acts--, time += random.below(pause + 1)) {
    clock.after(time, () => person.act(false));
  }
}

type Fault = (world: World, computer: SimulatedComputer, end: number) => void;

const FAULTS: Fault[] = [
  ({ network }) => network.cut(),
  ({ network, random }, { name }) => {
    network.nextBreak = random.below(random.pick([500, 5_000, 500_000]));
    network.cut(name);
  },
  ({ network, random, clock }, { name }) => {
    network.away.set(name, clock.elapsed + random.below(20_000));
    network.cut(name);
  },
  (world) => {
    world.killServer();
    world.clock.after(world.random.below(5_000), () => world.startServer());
  },
  ({ random, clock }, computer) => {
    computer.kill();
    clock.after(random.below(3_000), () => computer.start());
  },
  ...Array.from({ length: 4 }, (): Fault => ({ random, clock }, computer) => {
    computer.killIn = 1 + random.below(random.pick([20, 300]));
    clock.after(random.below(6_000), () => computer.start());
  }),
  ...Array.from({ length: 3 }, (): Fault => ({ random, clock }, computer) => {
    computer.cutPower();
    clock.after(random.below(3_000), () => computer.start());
  }),
  ({ random, clock }, computer) => {
    computer.loseArchive();
    clock.after(random.below(3_000), () => computer.start());
  },
  ({ random, clock }, { life }) => {
    if (life) life.pausedUntil = clock.now + random.below(40_000);
  },
  ({ random }, computer) => {
    computer.space = random.below(random.pick([500, 20_000]));
  },
  ({ random }, { volume, folder }) => {
    const [, node] = random.pick([...volume.below(folder, (name) => name === ".tcpsync")]);
    node.denied = true;
  },
  ...Array.from({ length: 2 }, (): Fault => ({ random, clock }, { volume, folder }) => {
    for (const [, node] of volume.below(folder, (name) => name === ".tcpsync")) {
      if (random.below(2)) node.heldUntil = clock.elapsed + random.below(8_000);
    }
  }),
];

/** Everything works again, and everybody is there. */
async function calmDown(world: World, end: number): Promise<void> {
  world.network.away.clear();
  world.network.nextBreak = Infinity;
  world.startServer();
  for (const computer of world.both) {
    computer.space = computer.killIn = Infinity;
    computer.meddles = 0;
    // Also what a person threw away, and may take back.
    for (const [, node] of computer.volume.below(computer.volume.separator)) {
      node.denied = false;
      node.heldUntil = 0;
    }
    if (computer.life) computer.life.pausedUntil = 0;
    computer.start();
  }
  // What was written slowly is written, and what a person had to see to is over.
  await world.runTo(end + 10_000);
  world.calm = true;
}

async function rest(world: World, end: number): Promise<void> {
  const { alice, bob, clock } = world;
  const limit = end + 10_000 + REST_MS;
  let wrong = ["nothing was looked at yet"];
  for (let since = -1; since < 0 || clock.elapsed - since < STILL_MS;) {
    if (clock.elapsed > limit && since < 0) throw new Error(`does not come to rest: ${wrong.join("; ")}`);
    await world.runTo(clock.elapsed + 2_000);
    wrong = unrest(alice, bob);
    if (wrong.length > 0) since = -1;
    else if (since < 0 || !triesForEver(alice, bob) && Math.max(alice.plannedAt, bob.plannedAt) > since) {
      since = clock.elapsed;
    }
  }
  checkPromises(world);
}

/** Where paths cannot be long, a version may find no place; what an ignored folder is in the way of waits for a person. Both are
 * told, and tried again for ever. */
function triesForEver(...computers: SimulatedComputer[]): boolean {
  if (computers.some(({ volume }) => volume.kind.longest < 1000)) return true;
  const told = computers.flatMap(({ client }) => client?.status()[0]?.problems ?? []);
  return told.some(({ reason }) => /holds what is ignored/.test(reason));
}

/** What keeps the two from being in sync. */
function unrest(alice: SimulatedComputer, bob: SimulatedComputer): string[] {
  const mayTry = triesForEver(alice, bob);
  const [one, other] = [alice, bob].map(({ client }) => client?.status()[0]);
  const atRest = [one?.state, other?.state].every((state) =>
    state === "insync" || mayTry && (state === "held" || state === "syncing")
  );
  if (!atRest) return [`${one?.state} / ${other?.state}`];
  if (one!.digest !== other!.digest) return ["two digests"];
  return untoldDifferences(alice, bob);
}

/** What a person made and nobody took away again is in a folder, not among kept versions alone. */
function checkMeant(...both: [SimulatedComputer, SimulatedComputer]): void {
  const there = both.map(({ ledger }) => ledger.inFolder());
  for (const [one, other] of [both, both.toReversed() as typeof both]) {
    const gone = one.ledger.stillMeant(other.ledger).filter((key) => !there.some((keys) => keys.has(key)));
    if (gone.length === 0) continue;
    throw new Error(`what ${one.name} meant to have is in no folder: ${gone.map((key) => key.slice(0, 16))}`);
  }
}

function checkPromises({ alice, bob, isStrict }: World): void {
  for (const { name, ledger } of [alice, bob]) {
    const lost = ledger.lost();
    if (lost.length > 0) throw new Error(`${name} lost ${lost.join(", ")}`);
    const told = tells(alice, bob);
    const torn = ledger.torn().filter((path) => !told(path));
    if (torn.length > 0) throw new Error(`${name} holds what nobody wrote: ${torn.join(", ")}`);
  }
  if (isStrict) checkMeant(alice, bob);
  const found = rootDigestOf(alice, bob);
  const said = alice.client!.status()[0]!.digest;
  if (found !== null && found !== said) throw new Error("the root digest is not that of the folder");
}
