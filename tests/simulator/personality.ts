// What kind of disk and of watch a simulated computer has.

import type { Random } from "../fuzz/random.ts";

/** A kind of disk. */
export interface Personality {
  /** Names, separator and lengths as on Windows. */
  windows: boolean;
  /** Finds a name in any spelling, and keeps the first. */
  foldsCase: boolean;
  /** Keeps names decomposed (NFD), and finds them in any form, as HFS+ does. */
  decomposes: boolean;
  /** A rename to another spelling succeeds and does nothing. */
  deafToCase: boolean;
  /** Times are rounded down to this. */
  tickMs: number;
  hardLinks: boolean;
  executable: boolean;
  links: boolean;
  /** Numbers of files: "reused" at once, given anew "by sight" after each mount, "passing" while nothing happens. */
  ids: "lasting" | "reused" | "none" | "by sight" | "passing";
  /** Tells when a file was made. */
  tellsBirth: boolean;
  /** Tells how many names a file has and when anything about it changed, frees the number of what was replaced, and keeps Windows'
   * births: as disks do, and those of the first generation do not. */
  tellsAll: boolean;
  /** A folder's time is that of the last change of its names. */
  foldersHaveTimes: boolean;
  /** The longest path, in characters. */
  longest: number;
}

const ON_LINUX: Personality = {
  windows: false,
  foldsCase: false,
  decomposes: false,
  deafToCase: false,
  tickMs: 1,
  hardLinks: true,
  executable: true,
  links: true,
  ids: "lasting",
  tellsBirth: true,
  tellsAll: false,
  foldersHaveTimes: true,
  longest: 4096,
};
const NTFS: Personality = {
  ...ON_LINUX,
  windows: true,
  foldsCase: true,
  executable: false,
  links: false,
  longest: 32_000,
};

/** The disks there are, the usual ones more than once. */
const DISKS: Personality[] = [
  ON_LINUX,
  ON_LINUX,
  { ...ON_LINUX, ids: "reused" },
  NTFS,
  NTFS,
  { ...NTFS, ids: "none" },
  { ...NTFS, longest: 90 },
  { ...NTFS, hardLinks: false, tickMs: 2000, ids: "none" }, // exFAT, FAT
  { ...ON_LINUX, hardLinks: false, executable: false, links: false, foldsCase: true, tickMs: 2000 }, // the same on Linux
  { ...ON_LINUX, foldsCase: true, decomposes: true }, // HFS+
  { ...ON_LINUX, foldsCase: true, ids: "reused" },
  { ...ON_LINUX, foldsCase: true, deafToCase: true },
];

const EXT4: Personality = { ...ON_LINUX, ids: "reused", tellsAll: true };
const ON_WINDOWS: Personality = { ...NTFS, tellsAll: true };

/** The disks of the second generation. */
const MORE_DISKS: Personality[] = [
  EXT4,
  EXT4,
  EXT4,
  { ...EXT4, tellsBirth: false }, // FUSE, or ext4 with small inodes
  { ...EXT4, ids: "lasting" }, // btrfs, APFS
  { ...EXT4, ids: "passing", tellsBirth: false, hardLinks: false }, // sshfs
  {
    ...EXT4,
    ids: "by sight",
    foldsCase: true,
    hardLinks: false,
    executable: false,
    links: false,
    tickMs: 2000,
  }, // vfat
  ON_WINDOWS,
  ON_WINDOWS,
  { ...ON_WINDOWS, ids: "none" },
  { ...ON_WINDOWS, ids: "none", hardLinks: false, tickMs: 2000, foldersHaveTimes: false }, // exFAT
];

/** How well a watch tells what happens; chances are in percent. */
export interface WatchKind {
  drops: number;
  doubles: number;
  delays: number;
  longestDelay: number;
  /** A dropped event is at least told of: look at everything. */
  admits: boolean;
  /** Dies so often at an event, and says so or does not. */
  dies: number;
  /** So often it is dead from the start. */
  stillborn: number;
  /** A move is told in halves. */
  halves: boolean;
  /** Tells as Deno does on Linux: a little later, of what is there by then, and not of all. */
  late: boolean;
}

const GOOD: WatchKind = {
  drops: 0,
  doubles: 0,
  delays: 0,
  longestDelay: 0,
  admits: true,
  dies: 0,
  stillborn: 0,
  halves: false,
  late: false,
};

const WATCHES: WatchKind[] = [
  GOOD,
  GOOD,
  { ...GOOD, halves: true },
  { ...GOOD, doubles: 30, delays: 50, longestDelay: 200, halves: true },
  { ...GOOD, drops: 30, admits: true },
  { ...GOOD, drops: 20, admits: false },
  { ...GOOD, dies: 5 },
  { ...GOOD, dies: 3, stillborn: 30, delays: 20, longestDelay: 2000 },
];

const LATE: WatchKind = { ...GOOD, late: true };

/** The watches of the second generation on Linux; Windows has those of the first. */
const LATE_WATCHES: WatchKind[] = [
  LATE,
  LATE,
  LATE,
  { ...LATE, doubles: 30, delays: 50, longestDelay: 200 },
  { ...LATE, drops: 30 },
  { ...LATE, drops: 20, admits: false },
  { ...LATE, dies: 5 },
];

/** Seeds from here on have the disks, the watches and the habits of the second generation too. Whoever adds to what a seed draws
 * from begins a third, so that the seeds of before keep their meaning. */
export const SECOND_GENERATION = 780_000_000;

/** From here on no file of one person has the time of one of the other's, and of odd seeds a program that was stopped reads every file
 * again in slices, and none at once. */
export const THIRD_GENERATION = 1_020_000_000;

export function somePersonality(random: Random, isSecond: boolean): Personality {
  return random.pick(isSecond ? MORE_DISKS : DISKS);
}

export function someWatch(random: Random, { windows, tellsAll }: Personality): WatchKind {
  return random.pick(tellsAll && !windows ? LATE_WATCHES : WATCHES);
}

/** Whether all that happens is told of. */
export function tellsOfAll({ drops, dies, stillborn }: WatchKind): boolean {
  return drops + dies + stillborn === 0;
}

/** What some people, programs and computers do. */
export const HABITS = [
  "copies that keep their time",
  "second names",
  "memory maps",
  "edits that keep their time",
  "backup names",
  "things taken back",
  "files left open",
  "links in loops",
  // Those of both, or of a computer:
  "work in what the other renames",
  "clocks that jump",
  "numbers given anew",
] as const;
export type Habit = typeof HABITS[number];
export const SHARED_HABITS: readonly Habit[] = HABITS.slice(HABITS.indexOf("work in what the other renames"));

/** A few of them, so that what goes wrong with one is not hidden by the others. */
export function someHabits(random: Random): Habit[] {
  return Array.from({ length: 1 + random.below(3) }, () => random.pick(HABITS));
}
