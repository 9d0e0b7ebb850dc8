// What the events of a session add up to: what a person sees in `/status`, which is the same on both screens.

import type { Unwatched } from "../core/unwatched.ts";
import type { Event, ProofCounts } from "../core/event.ts";

type ToldStatus<E extends Event["event"]> = Event & { event: E };

/** What is known of one pair's folders. Times are in ms. */
export interface StatusSight {
  /** held: not in sync, and nothing can be done now but wait. */
  state: "syncing" | "held" | "insync" | "halted";
  /** Whose changes alone travel; null: both sides'. */
  from: string | null;
  files: number;
  bytes: number;
  digest: string;
  conflicts: number;
  /** The names that listed conflicts are about. */
  disputed: Set<string>;
  problems: Map<string, ToldStatus<"problem">>;
  /** The plan being carried out, and how far that is. */
  plan:
    | { paths: string[]; done: Pick<ToldStatus<"progress">, "files" | "bytes" | "ofFiles" | "ofBytes"> }
    | null;
  /** Files that are read to be compared, by whose they are. */
  digesting: Map<string, ToldStatus<"digesting">>;
  writing: ToldStatus<"waiting">["writing"];
  /** When what failed is tried again. */
  retryAt: number | null;
  /** The last proof of sameness: when it was, when all files had last been looked at, and all content
   * read (null: nobody knows), what tells of no changes made elsewhere had been looked at (null: there is no such), and what was apart. */
  verified:
    | { at: number; lookedAt: number; readAt: number | null; muteAt: number | null; apart: number }
    | null;
  /** What cannot be watched, by whose it is. */
  unwatched: Map<string, ToldStatus<"unwatched">>;
  /** What stays home though the peer would let it travel. */
  home: Pick<ToldStatus<"ignored-lifted">, "paths" | "count">;
}

/** Before the first event of a session. What was proved in the one before it stays known. */
export function newSight(before?: StatusSight): StatusSight {
  const { files, bytes, digest, verified } = before ?? { files: 0, bytes: 0, digest: "", verified: null };
  return {
    ...{ state: "syncing", files, bytes, digest, conflicts: 0, disputed: new Set(), problems: new Map() },
    ...{
      from: null,
      plan: null,
      digesting: new Map(),
      writing: [],
      retryAt: null,
      verified,
      unwatched: new Map(),
    },
    home: { paths: [], count: 0 },
  };
}

/** Takes one event of the session in; `now` is when it came. */
export function observe(sight: StatusSight, event: Event, now: number): void {
  const observer = OBSERVERS[event.event] as Observer<Event> | undefined;
  observer?.(sight, event, now);
}

type Observer<E extends Event> = (sight: StatusSight, event: E, now: number) => void;

/** What each event changes in what is seen; those that are not here change nothing. */
const OBSERVERS: { [Kind in Event["event"]]?: Observer<Event & { event: Kind }> } = {
  oneway: (sight, event) => sight.from = event.from,
  plan(sight, { paths, create, update, delete: removed, move, bytes: ofBytes }) {
    const done = { files: 0, bytes: 0, ofFiles: create + update + removed + move, ofBytes };
    Object.assign(sight, { ...AT_WORK, plan: { paths, done } });
  },
  progress(sight, event) {
    sight.state = "syncing";
    if (sight.plan) sight.plan.done = event;
  },
  digesting(sight, event) {
    if (event.files < event.ofFiles) sight.digesting.set(event.whose, event);
    else sight.digesting.delete(event.whose);
  },
  insync(sight, { files, bytes, digest, conflicts }) {
    Object.assign(sight, { ...AT_WORK, state: "insync", plan: null, files, bytes, digest, conflicts });
    if (conflicts === 0) sight.disputed.clear();
  },
  waiting(sight, { retry, writing }, now) {
    const retryAt = retry === undefined ? null : now + 1000 * retry;
    Object.assign(sight, { state: "held", writing, retryAt });
  },
  verified(sight, { files, bytes, digest, apart, looked, read, mute }, now) {
    const readAt = read === undefined ? null : now - 1000 * read;
    const muteAt = mute === undefined ? null : now - 1000 * mute;
    const verified = { at: now, lookedAt: now - 1000 * looked, readAt, muteAt, apart };
    Object.assign(sight, { files, bytes, digest, verified });
  },
  conflict: (sight, event) => sight.disputed.add(event.path),
  problem: (sight, event) => sight.problems.set(keyOf(event), event),
  mended: (sight, event) => sight.problems.delete(keyOf(event)),
  "ignored-lifted": (sight, event) => sight.home = event,
  unwatched: (sight, event) => sight.unwatched.set(event.whose, event),
  watched: (sight, event) => sight.unwatched.delete(event.whose),
  halted: (sight) => sight.state = "halted",
  resumed: (sight) => sight.state = "syncing",
};

const AT_WORK = { state: "syncing", writing: [], retryAt: null } as const;

function keyOf({ path, whose = "" }: { path: string; whose?: string }): string {
  return `${path}\0${whose}`;
}

/** What `/status` says of a pair's folders, at the time `now`: times become seconds from then. */
export function statusOf(sight: StatusSight, now: number): FolderStatus {
  const { state, files, bytes, digest, conflicts, problems, plan, writing, retryAt, verified, unwatched } =
    sight;
  const { from, home, digesting } = sight;
  const ago = (time: number) => Math.max(0, Math.round((now - time) / 1000));
  return {
    ...{ state, files, bytes, digest, conflicts, writing },
    ...(from !== null && { from }),
    problems: [...problems.values()].map(({ path, reason, retry, whose }) => ({
      ...{ path, reason, retry },
      ...(whose !== undefined && { whose }),
    })),
    ...(plan && state === "syncing" && { plan: { ...plan.done, paths: plan.paths } }),
    ...(digesting.size > 0 && {
      digesting: [...digesting.values()].map(({ whose, files, bytes, ofFiles, ofBytes }) => ({
        ...{ whose, files, bytes, ofFiles, ofBytes },
      })),
    }),
    ...(retryAt !== null && { retry: Math.max(0, Math.ceil((retryAt - now) / 1000)) }),
    ...(verified && {
      verified: {
        ...{ ago: ago(verified.at), looked: ago(verified.lookedAt), apart: verified.apart },
        ...(verified.readAt !== null && { read: ago(verified.readAt) }),
        ...(verified.muteAt !== null && { mute: ago(verified.muteAt) }),
      },
    }),
    ...(home.count > 0 && { home: { paths: home.paths, count: home.count } }),
    ...(unwatched.size > 0 && {
      unwatched: [...unwatched.values()].map(({ whose, why, watched, folders }) => ({
        ...{ whose, why, watched, folders },
      })),
    }),
  };
}

/** How a pair's folders stand, in words of the last session. */
export interface FolderStatus {
  state: StatusSight["state"];
  /** Whose changes alone travel; absent where both sides' do. */
  from?: string;
  files: number;
  bytes: number;
  digest: string;
  conflicts: number;
  problems: { path: string; reason: string; retry: boolean; whose?: string }[];
  /** While it is carried out: how far it is, and the first paths it does something at. */
  plan?: { files: number; bytes: number; ofFiles: number; ofBytes: number; paths: string[] };
  /** Whose files are read to be compared, and how far that is; absent when none are. */
  digesting?: ({ whose: string } & ProofCounts)[];
  /** The first files that are being written, and in whose folder. */
  writing: { path: string; whose: string }[];
  /** Seconds until what failed is tried again. */
  retry?: number;
  /** The last proof of sameness: how long ago, in seconds; how long ago all files were looked at, and all
   * content read (absent: nobody knows), and what tells of no changes made elsewhere looked at (absent: there is no such); how many paths,
   * on both sides together, were not as agreed. Absent before the first. */
  verified?: { ago: number; looked: number; read?: number; mute?: number; apart: number };
  /** Whose folder cannot be watched as a whole; absent when both can. */
  unwatched?: ({ whose: string } & Unwatched)[];
  /** What stays home though the peer's changes would let it travel: the first paths, and how many; absent when nothing does. */
  home?: { paths: string[]; count: number };
}
