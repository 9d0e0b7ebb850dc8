// What of a plan is left out, since it cannot be done on one side just now (RULES S9): neither orders nor content of it cross the wire, and
// both people are told once per cause: of a disk that proved full the same as where it did.

import type { DirectoryEntry } from "../core/tree/entry.ts";
import {
  type Closed,
  closedTo,
  diskOf,
  type Hindrances,
  roughly,
  type Short,
} from "../core/plan/hindrance.ts";
import { parentOf, type Path, ROOT } from "../core/tree/path.ts";
import { leaveOut, type Plan, type Task } from "../core/plan/plan.ts";
import { type Problem } from "../core/failure.ts";
import type { SideName } from "../core/side.ts";
import { FULL } from "../fs/failure.ts";
import { roomFor } from "../fs/room.ts";
import { type FileTask, wantsContent } from "../stage/staging.ts";

/** One side, as it is known. */
export interface Hindered {
  side: SideName;
  tree: DirectoryEntry;
  hindrances: Hindrances;
  /** The names of its user and the other. */
  owner: string;
  other: string;
  /** What its kept versions take. */
  kept: number;
}

/** Takes out of a plan what stands behind something closed; returns that, as problems. Renames stay: all that follows them rests on
 * them. */
export function withholdClosed(plan: Plan, { side, tree, hindrances, owner, other }: Hindered): Problem[] {
  const { closed } = hindrances;
  if (closed.length === 0) return [];
  const known = new Map(closed.map((one) => [one.path, one]));
  const met = new Set<Closed>();
  const above = new Set<Path>();
  const isClosed = (path: Path, size?: number) => {
    const one = closedTo(known, tree, path, size);
    if (one) met.add(one);
    return one !== undefined;
  };
  const orders = plan[side];
  orders.removals = orders.removals.filter(({ path }) => {
    if (!isClosed(path)) return true;
    for (let at = parentOf(path); at !== ROOT; at = parentOf(at)) above.add(at);
    return false;
  }).filter(({ path }) => !above.has(path));
  orders.directories = orders.directories.filter(({ path }) => !isClosed(path));
  const isPlain = plainIn(orders.contents);
  leaveOut(plan, side, (task) => above.has(task.path) || isPlain(task) && isClosed(task.path, sizeOf(task)));
  return [...met].map(({ path, reason, lasting }) => ({
    path,
    reason,
    lasting,
    whose: lasting ? other : owner,
  }));
}

/** What disks inside a root have no room for. */
export interface WithheldInside {
  problems: Problem[];
  /** See `Short`. */
  inside: ReadonlyMap<Path, number>;
}

/** Takes out of a plan what disks inside a side's root have no room for, the smallest comes first. No version makes way for that: all of
 * them are on the root's own disk. */
export function withholdInside(
  plan: Plan,
  { side, hindrances: { rooms, full }, owner }: Hindered,
): WithheldInside {
  const inside = new Map<Path, number>();
  if (rooms.size === 0) return { problems: [], inside };
  const wanted = Map.groupBy(plan[side].contents.filter(wantsContent), ({ path }) => diskOf(path, rooms));
  const problems = [...rooms].flatMap(([path, room]): Problem[] => {
    const { waits, missing, needed } = fitting(plan, side, room, wanted.get(path) ?? []);
    const [least] = waits;
    if (!least) return [];
    inside.set(path, roomFor(least.new.size));
    leaveOutAll(plan, side, waits);
    const reason = full.has(path)
      ? FULL
      : `there is no room for ${roughly(needed)} on the disk that ${owner} has mounted here, ` +
        `${roughly(missing)} are missing: make room there`;
    return [{ path, reason, lasting: false, whose: owner }];
  });
  return { problems, inside };
}

/** What content for a side needs beyond the room there is on the root's own disk, and on those `inside`; null where it fits. */
export function shortage(
  plan: Plan,
  { side, hindrances: { room } }: Hindered,
  inside: Short["inside"] = new Map(),
): Short | null {
  const { waits, missing } = fitting(plan, side, room);
  const [least] = waits;
  if (!least) return inside.size > 0 ? { missing: 0, least: 0, inside } : null;
  return { missing, least: roomFor(least.new.size), inside };
}

/** Takes out of a plan what the root's own disk has no room for: the smallest comes first. What is for a disk inside comes by way of it. */
export function withholdLarge(
  plan: Plan,
  { side, hindrances: { room, full }, owner, kept }: Hindered,
): Problem[] {
  const { waits, missing, needed } = fitting(plan, side, room);
  if (waits.length === 0) return [];
  leaveOutAll(plan, side, waits);
  const versions = kept > 0
    ? `; kept versions take ${roughly(kept)} of it, and --keep-size lets fewer stay, but for the last day's`
    : "";
  const reason = full.has(ROOT)
    ? FULL
    : `there is no room for ${roughly(needed)} on ${owner}'s disk, ${roughly(missing)} are missing: ` +
      `make room there${versions}`;
  return [{ path: ROOT, reason, lasting: false, whose: owner }];
}

function leaveOutAll(plan: Plan, side: SideName, tasks: readonly Task[]) {
  const left = new Set(tasks);
  leaveOut(plan, side, (task) => left.has(task));
}

/** `waits`: by size, what of `wanted` does not fit; it needs so many bytes, and `missing` more than there are. */
function fitting(
  plan: Plan,
  side: SideName,
  room: number | null,
  wanted: readonly FileTask[] = room === null ? [] : plan[side].contents.filter(wantsContent),
) {
  const { contents } = plan[side];
  const needs = (tasks: readonly FileTask[]) => tasks.reduce((sum, task) => sum + roomFor(task.new.size), 0);
  const needed = needs(wanted);
  if (room === null || needed <= room) return { waits: [], missing: 0, needed: 0 };
  const isPlain = plainIn(contents);
  const plain = wanted.filter(isPlain).sort((one, other) => one.new.size - other.new.size);
  let left = room - (needed - needs(plain));
  const first = plain.findIndex((task) => (left -= roomFor(task.new.size)) < 0);
  const waits = first < 0 ? [] : plain.slice(first);
  return { waits, missing: needed - room, needed: needs(waits) };
}

function sizeOf({ new: entry }: Task): number {
  return entry?.kind === "file" ? entry.size : 0;
}

/** What belongs to a conflict is done as a whole, or fails as a whole. */
function plainIn(contents: readonly Task[]): (task: Task) => boolean {
  const saving = new Set(contents.map(({ requires }) => requires));
  return (task) => !task.source && !task.requires && !saving.has(task.path);
}
