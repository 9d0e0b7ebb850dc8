// Keeps versions and history for their time, and lets them go after it, or where they are too much (RULES S4, T10). Both have their age
// by the archive's own sense of time.

import type { Archive } from "../archive/archive.ts";
import type { NotedBatch } from "../archive/lived.ts";
import { foldName } from "../core/name.ts";
import type { Disk } from "../fs/port.ts";
import {
  type KeptVersion,
  type Limits,
  mostAtOnce,
  oldestKept,
  OWN,
  pastTheirTime,
  toMakeWay,
} from "../transition/retention.ts";
import { batchesIn, filesKeptIn, removeBatches, removeVersions, timeOf } from "../transition/versions.ts";

/** Versions that were let go. age: those of so many batches, the last of which was made at `until` (ISO 8601, by the clock of then),
 * had been kept for their time. size: so many were more than may be kept; `paths`: the first of them, as they were in the folder. */
export type LetGo =
  | { why: "age"; batches: number; until: string }
  | { why: "size"; versions: number; bytes: number; paths: string[] };

/** A version's paths that a person gets to see. */
const FIRST_PATHS = 5;

export class Keeping {
  /** `versions`: the native path of the folder they are in. */
  constructor(
    private readonly disk: Disk,
    private readonly versions: string,
    private readonly archive: Archive,
    private readonly limits: Limits,
    /** Forgets what else is remembered for as long; both in the archive's own time. */
    private readonly forget: (time: number, oldest: number) => void = () => {},
  ) {}

  /** Counts the time that has passed by a clock that shows `now`, and notes the batches that came meanwhile. */
  count(now = Date.now()) {
    const time = this.archive.lived.count(now, mostAtOnce(this.limits));
    return { time, batches: this.archive.lived.note(batchesIn(this.disk, this.versions)) };
  }

  /** The same, and lets go what is past its time, or too much. Returns what is gone of the versions. */
  prune(now = Date.now()): LetGo[] {
    const { limits, archive: { deeds, lineages } } = this;
    const { time, batches } = this.count(now);
    const oldest = oldestKept(time, limits);
    deeds.prune(oldest);
    lineages.prune(oldest);
    this.forget(time, oldest);
    const spared = deeds.lastKept();
    const old = removeBatches(this.disk, this.versions, pastTheirTime(batches, time, limits, spared));
    const letGo: LetGo[] = [];
    if (old.length > 0) {
      letGo.push({
        why: "age",
        batches: old.length,
        until: new Date(old.map(timeOf).reduce((one, other) => Math.max(one, other))).toISOString(),
      });
    }
    if (limits.bytes === null) return letGo;
    const last = batches.at(-1)?.name ?? "";
    const rest = batches.filter(({ name }) => !old.includes(name));
    return [...letGo, ...this.#makeWay(rest, time, limits.bytes, spared.union(new Set([last])))];
  }

  #makeWay(
    batches: readonly NotedBatch[],
    now: number,
    most: number,
    spared: ReadonlySet<string>,
  ): LetGo[] {
    const { disk, versions, archive: { causes } } = this;
    const counted = new Set<number>();
    const files = batches.flatMap(({ name, made }) =>
      [...filesKeptIn(disk, versions, name, counted)].map((file) => ({ ...file, made }))
    );
    if (files.reduce((sum, { bytes }) => sum + bytes, 0) <= most) return [];
    const known = causes.all();
    const kept = files.map((file): KeptVersion => {
      const cause = known.get(file.place);
      if (!cause) return { ...file, author: null, deleted: true, brought: false };
      const { peer, deleted, brought } = cause;
      return { ...file, author: peer === null ? OWN : foldName(peer), deleted, brought };
    });
    const surplus = toMakeWay(kept, { now, most }, ({ place }) => spared.has(batchOf(place)));
    const gone = removeVersions(disk, versions, surplus);
    causes.forget(gone.flatMap(({ place }) => known.get(place)?.deed ?? []));
    if (gone.length === 0) return [];
    const bytes = gone.reduce((sum, version) => sum + version.bytes, 0);
    const paths = gone.slice(0, FIRST_PATHS).map(({ place }) => place.slice(batchOf(place).length + 1));
    return [{ why: "size", versions: gone.length, bytes, paths }];
  }
}

function batchOf(place: string): string {
  return place.slice(0, place.indexOf("/"));
}
