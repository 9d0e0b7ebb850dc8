// The disk that alice's folder is on. TCPSYNC_TEST_DISK names a folder of it, else it is that of temporary files. What it lacks is told
// by the program's own probe, and by trying: a scenario that needs it is left out there, and its name says so.

import { statfsSync } from "node:fs";
import { probe, probeIdentity } from "../../src/fs/probe/probe.ts";
import { realDisk } from "../../src/fs/real.ts";
import { keepsHoles } from "../support/holes.ts";

/** Where alice's folders are made, if not where temporary files are. */
export const DISK = Deno.env.get("TCPSYNC_TEST_DISK");

/** What a scenario may need of a disk, and how its lack is told. */
const NEEDS = {
  links: "no links",
  executable: "no executable bits",
  case: "no names that differ in case alone",
  spelling: "no other spelling of a name that is there",
  times: "no times to the millisecond",
  steady: "no times that stay as they were just after a save",
  numbers: "no file numbers that last",
  births: "no times of birth",
  holes: "no holes",
  names: "no names with : * ? and the like",
  room: "less than 1 GiB of room",
};

export type Need = keyof typeof NEEDS;

const FRACTION = Date.UTC(2024, 0, 1, 0, 0, 1, 999);
const SLOW_CLOCKS = [1, 10, 1000, 2000];
const ROOM = 2 ** 30;

/** A disk that lacks nothing that scenarios need. */
const WHOLE = { lacks: new Set<Need>(), precision: 1 };

const { lacks, precision } = DISK === undefined ? WHOLE : tried(DISK);

/** What the disk lacks of these, in words; "" when nothing. */
export function lackOf(needs: readonly Need[]): string {
  return needs.filter((need) => lacks.has(need)).map((need) => NEEDS[need]).join(", ");
}

/** All that the disk lacks, in words. */
export function allLacks(): string {
  const times = precision > 10 ? `times to ${precision / 1000} s` : `times to ${precision} ms`;
  return [...lacks].map((need) => need === "times" ? times : NEEDS[need]).join(", ");
}

/** A time as the disk tells it at best: 0 where it may tell another later. */
export function coarse(time: number): number {
  if (lacks.has("steady")) return 0;
  return Math.floor(time / precision) * precision;
}

/** Resolves when what is written next has another time than all that was written before: at once where times are fine. */
export async function nextTick(): Promise<void> {
  if (precision > 10) await new Promise((resolve) => setTimeout(resolve, precision - Date.now() % precision));
}

/** Whether names there that differ in case alone are one. */
export const FOLDS_CASE = lacks.has("case");

/** Whether it tells what may be executed. */
export const TELLS_EXECUTABLE = !lacks.has("executable");

/** Those of these names that the disk can hold as they are. */
export function holdable(names: readonly string[]): string[] {
  return DISK === undefined
    ? [...names]
    : inTrial(DISK, (place) => names.filter((name) => keepsName(place, name)));
}

function keepsName(place: string, name: string): boolean {
  try {
    Deno.mkdirSync(`${place}/${name}`);
    return [...Deno.readDirSync(place)].some((entry) => entry.name === name);
  } catch {
    return false;
  }
}

function tried(disk: string): { lacks: Set<Need>; precision: number } {
  return inTrial(disk, (place) => {
    const { links, executable, foldsCase, unkept, respells } = probe(realDisk, place);
    const { births, numbersLast } = probeIdentity(realDisk, place);
    const path = `${place}/time`;
    Deno.writeTextFileSync(path, "");
    Deno.utimeSync(path, new Date(FRACTION), new Date(FRACTION));
    const told = Deno.statSync(path).mtime!.getTime();
    const precision = SLOW_CLOCKS.find((step) => Math.floor(FRACTION / step) * step === told) ?? 2000;
    const { bavail, bsize } = statfsSync(place);
    const has: Record<Need, boolean> = {
      ...{ links, executable, case: !foldsCase, spelling: respells !== false },
      // The server of a share gives a file its time when the client closes it, a second or two after whoever wrote it did.
      steady: !unkept?.includes("device"),
      ...{ times: precision === 1, numbers: numbersLast, births },
      ...{ holes: keepsHoles(place), names: keepsName(place, "a:b*c?"), room: bavail * bsize >= ROOM },
    };
    const needs = Object.keys(NEEDS) as Need[];
    return { lacks: new Set(needs.filter((need) => !has[need])), precision };
  });
}

function inTrial<T>(disk: string, tryIn: (place: string) => T): T {
  const place = Deno.makeTempDirSync({ dir: disk, prefix: "tcpsync-trial-" });
  try {
    return tryIn(place);
  } finally {
    Deno.removeSync(place, { recursive: true });
  }
}
