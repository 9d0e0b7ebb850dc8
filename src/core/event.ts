// What a client or server tells the person or script in front of it: the closed union behind `--json` and the screen.
// A new event goes here first, and to docs/events.md; cli/ prints it, session/, peer/ and rendezvous/ emit it.

import type { Unwatched } from "./unwatched.ts";

/** Where an invitation stands. */
export type InvitationState = "offered" | "accepted" | "declined" | "withdrawn" | "expired";

/** What a yes to an invitation means: the folder, absent where none is named, and with whom else it is shared, or was before. */
export interface Sharing {
  /** A native absolute path. */
  folder?: string;
  /** Names of people, sorted; the inviter is not among them. */
  sharedWith: string[];
}

/** Counts of what a plan is going to do, both sides together; bytes are content that has to travel. */
export interface PlanCounts {
  /** Files, links and folders that are made. */
  create: number;
  /** That get other content, or another executable bit. */
  update: number;
  /** Files, links and folders that go. */
  delete: number;
  /** Renames, each of a whole folder counting once. */
  move: number;
  /** Conflicts that the plan makes (C2, C5, M4). */
  conflict: number;
  /** Content that has to travel, without what has come already. */
  bytes: number;
}

/** Counts of nothing: where adding up begins. */
export const EMPTY_COUNTS: PlanCounts = { create: 0, update: 0, delete: 0, move: 0, conflict: 0, bytes: 0 };

/** A path whose content is not what was agreed, and why that is said.
 * edit, disk, digest: core/soundness.ts; unread: it could not be read now; the rest shows without reading, where no client runs: new,
 * gone, changed; problem: it cannot be synced as it is. */
export interface Differing {
  /** As spelled in the folder, with "/". */
  path: string;
  /** One of `WHATS`. */
  what: typeof WHATS[number];
  /** In words, for a person. */
  reason: string;
}
/** All that `Differing` can say. */
export const WHATS = ["edit", "disk", "digest", "unread", "new", "gone", "changed", "problem"] as const;

/** So many files, and so many bytes of what is in them. */
export interface Amount {
  /** How many files. */
  files: number;
  /** Their sizes, or what was done of them, added up. */
  bytes: number;
}

/** How far reading the content of everything has come: what was read so far, a part of a large file included. */
export interface ProofCounts extends Amount {
  /** All files there are to read. */
  ofFiles: number;
  /** Their sizes, added up, in bytes. */
  ofBytes: number;
}

/** Events carry `peer` where they belong to one session. Paths are raw names: whoever prints them escapes them. */
export type Event =
  | { event: "listening"; host: string; port: number; fingerprint: string }
  /** `fingerprint` is the server's; `first`: it was met for the first time and is remembered. */
  | { event: "connected"; user: string; fingerprint: string; first: boolean }
  | { event: "roster"; users: string[] }
  /** With `offered`: what a yes would share, see `Sharing`. */
  | ({ event: "invitation"; from: string; state: InvitationState } & Partial<Sharing>)
  | { event: "invitation"; to: string; state: InvitationState }
  /** Not both know each other: the six digits are compared; `fingerprint` is the peer's. `asked`: by this side's person, who
   * does not know the peer; else only the peer's person is asked. `elsewhere`: the fingerprint of somebody of that name at another
   * server. */
  | { event: "verify"; peer: string; code: string; fingerprint: string; elsewhere?: string; asked: boolean }
  /** The two do not trust each other, and nothing is exchanged. */
  | { event: "refused"; peer: string; reason: string }
  /** One way: only the changes of `from` travel, who is this side's person or the peer. */
  | { event: "oneway"; peer: string; from: string }
  /** `paths`: the first it does something at; `from`: as in `oneway`, absent where changes travel both ways. */
  | ({ event: "plan"; peer: string; from?: string; paths: string[] } & PlanCounts)
  | {
    event: "progress";
    peer: string;
    files: number;
    bytes: number;
    ofFiles: number;
    ofBytes: number;
  }
  /** A look at `whose` folder takes longer than a moment, and is waited for: so many files and folders were looked at so far; `over`: it
   * has come to its end. */
  | { event: "looking"; peer: string; whose: string; files: number; over: boolean }
  /** Files in `whose` folder are read, because what they hold decides what is to be done, or a part of them has come already: how far that
   * is. */
  | ({ event: "digesting"; peer: string; whose: string } & ProofCounts)
  | {
    event: "insync";
    peer: string;
    digest: string;
    files: number;
    bytes: number;
    conflicts: number;
    problems: number;
  }
  /** At rest, every few seconds: both sides have just compared what they hold, and agree on it. In `apart` paths, on both
   * sides together, a folder is not what was agreed: 0 means identical. All files were looked at within `looked` seconds,
   * and all content was read within `read` seconds; absent: nobody knows since when. Part of a folder is on a disk that tells of no
   * changes made elsewhere: that was looked at within `mute` seconds; absent: no folder has such. */
  | {
    event: "verified";
    peer: string;
    digest: string;
    files: number;
    bytes: number;
    apart: number;
    looked: number;
    read?: number;
    mute?: number;
  }
  /** The content of everything in `folder` is read and compared with what was agreed, because a person asks for it; done: all was
   * read. With `peer`, in that one's folder. */
  | ({ event: "proof"; folder: string; peer?: string; state: "reading" | "done" | "stopped" } & ProofCounts)
  /** What was found by that, or by the slow reading in quiet hours. */
  | ({ event: "differs"; folder: string; peer?: string } & Differing)
  | { event: "conflict"; peer: string; path: string; kept: string; of: string }
  /** A batch was undone in `whose` folder: so many paths are as they were before it, these stay as they are. */
  | {
    event: "undone";
    peer: string;
    batch: number;
    whose: string;
    back: number;
    left: { path: string; reason: string }[];
  }
  /** Kept versions in this folder were let go, as it is set how long and how many stay, or since its disk has no room. */
  | ({ event: "pruned"; folder: string } & LetGo)
  /** The `.tcpsync` in this folder was made by another computer, or for another folder: what was in it is now at `moved`, and not used. */
  | { event: "foreign"; folder: string; moved: string }
  /** `whose` folder it is in, where that is one person's alone. `path`: of a folder, or "" for all of it, where many files have one cause.
   * `retry`: it is tried again, when `waiting` says, or when something changed there. */
  | { event: "problem"; peer: string; path: string; reason: string; retry: boolean; whose?: string }
  /** What was told as a problem is none any more. */
  | { event: "mended"; peer: string; path: string; whose?: string }
  /** So many things (these are the first) were ignored in this side's folder, and by the peer's change of the rules, or rename, would not
   * be any more: they stay home, until this side's person lets them travel; `asked`: is asked now. None: so it is no more. */
  | { event: "ignored-lifted"; peer: string; paths: string[]; count: number; asked: boolean }
  /** Not all of `whose` folder can be watched: only so many of its folders. The rest is looked at now and then. There are too few
   * watches, no further watch can be opened, or none tells of anything there. */
  | ({ event: "unwatched"; peer: string; whose: string } & Unwatched)
  /** All of it is watched again. */
  | { event: "watched"; peer: string; whose: string }
  /** Not in sync yet, and nothing can be done about it now: what failed is tried again in `retry` seconds (absent: nothing
   * failed), and the first of the files that are being written are taken when that is over. */
  | { event: "waiting"; peer: string; retry?: number; writing: Writing[] }
  /** A safety rule stopped it; `paths` are some of those that would be lost; `asked`: this side's person is; `needs`: whose yes
   * is missing. Without a plan there is nothing to answer. */
  | {
    event: "halted";
    peer: string;
    reason: string;
    plan?: PlanCounts;
    paths?: string[];
    asked?: boolean;
    needs?: string[];
  }
  /** A halt has ended: by itself; by a yes, and the plan is carried out; by a no, and what was lost comes back; by a yes, and
   * the two folders are merged like new ones. */
  | { event: "resumed"; peer: string; how: "over" | "approved" | "back" | "merged" }
  /** A link broke and is being mended: `what` is "server" or "peer"; `retry` is in seconds, absent when nothing is retried. */
  | { event: "lost"; what: "server" | "peer"; peer?: string; reason: string; retry?: number }
  | { event: "end"; code: number };

/** Receives events, synchronously, in order. Must not throw. */
export type Emit = (event: Event) => void;

/** A file that is being written, and in whose folder. Its path is only shown, never used. */
export interface Writing {
  /** As spelled in the folder, with "/". */
  path: string;
  /** The name of the person whose folder it is in. */
  whose: string;
}

/** Versions that were let go. age: those of so many batches, the last of which was made at `until` (ISO 8601, by the clock of then),
 * had been kept for their time. size: so many were more than may be kept; room: they made room on the disk; `paths`: the first of them, as
 * they were in the folder. */
export type LetGo =
  | { why: "age"; batches: number; until: string }
  | GoneForRoom;
/** Versions let go to make room: in which `bytes` were. */
export type GoneForRoom = { why: "size" | "room"; versions: number; bytes: number; paths: string[] };
