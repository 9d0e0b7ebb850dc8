// How long kept versions stay (RULES S4, T10): the policy, apart from the removing. Pure.

import { DAY_MS } from "../core/times.ts";

/** The folder that holds one batch's versions. */
export interface KeptBatch {
  name: string;
  /** When it was made, in ms. */
  made: number;
}

/** One version, and why it is kept. */
export interface KeptVersion {
  /** The folder of its batch and the path in it, with "/". */
  place: string;
  /** When its batch was made, in ms. */
  made: number;
  bytes: number;
  /** Who replaced or deleted it: a peer, by their public key, or OWN; null: nobody knows. */
  author: string | null;
  /** Else it was rewritten. */
  deleted: boolean;
  /** Its content had come from that same author. */
  brought: boolean;
}

/** The author of what this side's person did; no peer has that key. */
export const OWN = "";

/** `bytes`: all versions of a root together; null: no limit but the time. */
export interface KeepLimits {
  days: number;
  bytes: number | null;
}

/** What stays without anybody asking for it: 30 days, however much that is. */
export const KEEP: KeepLimits = { days: 30, bytes: null };

const HOUR_MS = 3600 * 1000;

/** The time before which nothing is kept. The last day always is. */
export function oldestKept(now: number, { days }: KeepLimits): number {
  return now - Math.max(1, days) * DAY_MS;
}

/** How much time counts at most that has passed at once by the clock, which may have jumped: a third of what is kept in any case, be it
 * by time or, where their size has a limit, for the last day. */
export function mostAtOnce({ days, bytes }: KeepLimits): number {
  return Math.max(HOUR_MS, (bytes === null ? days : Math.min(days, 1)) * DAY_MS / 3);
}

/** The batches to remove, since their time is over. `batches` are in the order in which they were made; the last one stays, and so do
 * those in `spared`: what was replaced last can always be brought back. */
export function pastTheirTime(
  batches: readonly KeptBatch[],
  now: number,
  limits: KeepLimits,
  spared: ReadonlySet<string> = new Set(),
): string[] {
  const oldest = oldestKept(now, limits);
  return batches.slice(0, -1).filter(({ name, made }) => made < oldest && !spared.has(name))
    .map(({ name }) => name);
}

/** Who has to make way, and for whom. */
export interface Room {
  now: number;
  /** So many bytes may stay. */
  most: number;
  /** Only versions of this author make way: it is for content of theirs that room is needed. */
  of?: string | null;
}

/** The versions to remove until the rest fits; `versions` are in the order in which they were made. Whoever takes most gives first, so
 * nobody gives who takes no more than an equal share: one for each author's changes to what others had brought, and one for those to what
 * they had brought themselves. Within a share what was rewritten goes before what was deleted, the oldest first. What was made within the
 * last day, and what `stays`, is not removed; it counts as if it were, so that nothing else goes in its place. */
export function toMakeWay(
  versions: readonly KeptVersion[],
  { now, most, of }: Room,
  stays: (version: KeptVersion) => boolean = () => false,
): KeptVersion[] {
  const shares = Map.groupBy(versions, ({ author, brought }) => JSON.stringify([author, brought]));
  const queues = [...shares.values()]
    .filter(([first]) => of === undefined || first!.author === of)
    .map((share) => ({ bytes: bytesOf(share), rest: lastToGoFirst(share) }));
  let bytes = bytesOf(versions);
  const going: KeptVersion[] = [];
  while (bytes > most) {
    const largest = queues.reduce((one, other) => other.bytes > one.bytes ? other : one, NOBODY);
    const version = largest.rest.pop();
    if (!version) break;
    largest.bytes -= version.bytes;
    bytes -= version.bytes;
    going.push(version);
  }
  return going.filter((version) => version.made <= now - DAY_MS && !stays(version));
}

const NOBODY = { bytes: 0, rest: [] as KeptVersion[] };

/** The bytes of all these versions together. */
export function bytesOf(versions: readonly { bytes: number }[]): number {
  return versions.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** A share in the order in which it stays. What takes no room makes none. */
function lastToGoFirst(share: readonly KeptVersion[]): KeptVersion[] {
  return share.filter(({ bytes }) => bytes > 0).reverse()
    .sort((one, other) => Number(other.deleted) - Number(one.deleted));
}
