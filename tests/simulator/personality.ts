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
  ids: "lasting" | "reused" | "none";
  /** The longest path, in characters. */
  longest: number;
}

const LINUX: Personality = {
  windows: false,
  foldsCase: false,
  decomposes: false,
  deafToCase: false,
  tickMs: 1,
  hardLinks: true,
  executable: true,
  links: true,
  ids: "lasting",
  longest: 4096,
};
const NTFS: Personality = {
  ...LINUX,
  windows: true,
  foldsCase: true,
  executable: false,
  links: false,
  longest: 32_000,
};

/** The disks there are, the usual ones more than once. */
const DISKS: Personality[] = [
  LINUX,
  LINUX,
  { ...LINUX, ids: "reused" },
  NTFS,
  NTFS,
  { ...NTFS, ids: "none" },
  { ...NTFS, longest: 90 },
  { ...NTFS, hardLinks: false, tickMs: 2000, ids: "none" }, // exFAT, FAT
  { ...LINUX, hardLinks: false, executable: false, links: false, foldsCase: true, tickMs: 2000 }, // the same on Linux
  { ...LINUX, foldsCase: true, decomposes: true }, // HFS+
  { ...LINUX, foldsCase: true, ids: "reused" },
  { ...LINUX, foldsCase: true, deafToCase: true },
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

export function somePersonality(random: Random): Personality {
  return random.pick(DISKS);
}

export function someWatch(random: Random): WatchKind {
  return random.pick(WATCHES);
}
