// A round of chaos: two people work at random while things go wrong around them; then it must come to rest, and be judged.

import { removePath } from "../../src/fs/folder.ts";
import { Random } from "../fuzz/random.ts";
import { Scene } from "../scenarios/harness.ts";
import { Faults } from "./faults.ts";
import { SIDES } from "./model.ts";
import { Arena } from "./arena.ts";

export interface RoundOptions {
  seed: number;
  /** How often people act before it has to come to rest, and how often it has to. */
  acts: number;
  rests: number;
  /** Whether a small disk can be mounted. */
  disk: boolean;
  /** Hears what was done: an act or a fault. */
  did: (kind: "act" | "fault", name: string) => void;
  /** Leaves everything as it is when something is wrong. */
  keep: boolean;
}

/** Of a hundred things that happen, so many are faults; and so long it takes from one to the next at most, in ms. */
const FAULTS = 15;
const PAUSE_MS = 120;

/** Throws, with what led to it, when anything is not as it has to be. */
export async function round(options: RoundOptions): Promise<void> {
  const { seed, keep } = options;
  const scene = new Scene(Deno.realPathSync(Deno.makeTempDirSync({ prefix: "tcpsync-chaos-" })));
  const done: string[] = [];
  let failed = false;
  try {
    const random = new Random(seed);
    await using arena = new Arena(scene, random, options.disk && random.below(2) === 0);
    try {
      await play(arena, random, options, done);
    } catch (error) {
      failed = true;
      const place = keep ? `kept: ${scene.path}\n` : "";
      const log = [...done, ...SIDES.flatMap((side) => arena.users[side].log)].sort().slice(-200);
      throw new Error(`seed ${seed}: ${(error as Error).message}\n${place}done:\n${log.join("\n")}`, {
        cause: error,
      });
    }
  } finally {
    if (!(failed && keep)) await removePath(scene.path);
  }
}

async function play(arena: Arena, random: Random, options: RoundOptions, done: string[]) {
  const { acts, rests, did } = options;
  const note = (kind: "act" | "fault", name: string, who: string) => {
    did(kind, name);
    done.push(`${new Date().toISOString().slice(11, 23)} ${kind === "fault" ? "FAULT " : ""}${who}${name}`);
  };
  const act = () => {
    const side = random.pick(SIDES);
    note("act", arena.users[side].act(), `${side}: `);
  };
  for (let count = 0; count < 20; count++) act(); // What is there when they meet.
  await arena.serve();
  for (const side of SIDES) arena.start(side);
  await arena.knowEachOther();
  for (let rest = 0; rest < rests; rest++) {
    const faults = new Faults(arena, random);
    for (let count = 0; count < acts; count++) {
      if (random.below(100) < FAULTS) {
        const name = await faults.begin();
        if (name) note("fault", name, "");
      } else act();
      await new Promise((resolve) => setTimeout(resolve, random.below(PAUSE_MS)));
      await faults.pass();
      arena.revive();
      if (count % 10 === 0) expectNothing(look(arena));
    }
    await faults.endAll();
    for (const side of SIDES) await arena.users[side].finished();
    arena.revive();
    await arena.connected();
    await arena.scene.alike(arena.people.alice, arena.people.bob);
    expectNothing(arena.judge());
    done.push(`${new Date().toISOString().slice(11, 23)} at rest`);
  }
  await arena.proveArchives();
}

/** At no moment is anything in a folder that nobody wrote. */
function look(arena: Arena): string[] {
  const { trees, versions } = arena.findings();
  return SIDES.flatMap((side) =>
    [trees, versions].flatMap((found) => arena.model.foreign(side, found[side]))
  );
}

function expectNothing(wrong: string[]) {
  if (wrong.length > 0) throw new Error(wrong.join("\n"));
}
