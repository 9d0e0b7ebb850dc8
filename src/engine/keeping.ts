// Keeps versions and history for their time, and lets them go after it, or where they are too much (RULES S4, T10). Both have their age
// by the archive's own sense of time.

import { type GoneForRoom, type LetGo } from "../core/event.ts";
import type { Archive } from "../archive/archive.ts";
import type { NotedBatch } from "../archive/lived.ts";
import type { Disk } from "../fs/port.ts";
import {
  bytesOf,
  type KeepLimits,
  type KeptVersion,
  mostAtOnce,
  oldestKept,
  OWN,
  pastTheirTime,
  toMakeWay,
} from "../transition/retention.ts";
import { batchesIn, filesKeptIn, removeBatches, removeVersions, timeOf } from "../transition/versions.ts";

/** What is not older stays in any case. */
const TODAY: KeepLimits = { days: 1, bytes: null };

/** A version's paths that a person gets to see. */
const FIRST_PATHS = 5;

export class Keeping {
  /** `versions`: the native path of the folder they are in. */
  constructor(
    private readonly disk: Disk,
    private readonly versions: string,
    private readonly archive: Archive,
    private readonly limits: KeepLimits,
    /** Forgets what else is remembered for as long; both in the archive's own time. */
    private readonly forget: (time: number, oldest: number) => void = () => {},
  ) {}

  /** By the last count. */
  #counted: { time: number; batches: readonly NotedBatch[] } | null = null;

  /** Counts the time that has passed by a clock that shows `now`, and notes the batches that came meanwhile. */
  count(now = Date.now()) {
    const time = this.archive.lived.count(now, mostAtOnce(this.limits));
    return this.#counted = { time, batches: this.archive.lived.note(batchesIn(this.disk, this.versions)) };
  }

  /** The same, and lets go what is past its time, or too much. Returns what is gone of the versions. */
  prune(now = Date.now()): LetGo[] {
    const { limits, archive: { historyEntries, lineages } } = this;
    const { time, batches } = this.count(now);
    const oldest = oldestKept(time, limits);
    historyEntries.prune(oldest);
    lineages.prune(oldest);
    this.forget(time, oldest);
    const spared = historyEntries.lastKept();
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
    const rest = batches.filter(({ name }) => !old.includes(name));
    const kept = this.#kept(rest);
    if (bytesOf(kept) <= limits.bytes) return letGo;
    const isSpared = ({ place }: KeptVersion) => this.#isSpared(place, batches, spared);
    const surplus = toMakeWay(kept, { now: time, most: limits.bytes }, isSpared);
    return [...letGo, ...this.#letGo("size", surplus)];
  }

  /** Makes room for so many bytes of a peer's content, by their public key in hex: versions of what they replaced or deleted make way, unless fewer than `least` bytes
   * come of it. Returns what is gone, and what those take that are left. What time has passed is not counted for that: to count it again
   * and again would make true what a clock shows by mistake. */
  makeRoom(peerKey: string, bytes: number, least: number): { letGo: GoneForRoom[]; kept: number } {
    const { time, batches: counted } = this.#counted ?? this.count();
    const present = new Set(batchesIn(this.disk, this.versions));
    const known = counted.filter(({ name }) => present.delete(name));
    const batches = [...known, ...[...present].map((name) => ({ name, made: time }))];
    const spared = this.archive.historyEntries.lastKept();
    const kept = this.#kept(batches);
    const free = kept.filter(({ place, made }) =>
      made < oldestKept(time, TODAY) && !this.#isSpared(place, batches, spared)
    );
    const going = toMakeWay(free, { now: time, most: bytesOf(free) - bytes, of: peerKey });
    const letGo = bytesOf(going) < least ? [] : this.#letGo("room", going);
    return { letGo, kept: bytesOf(kept) - letGo.reduce((sum, { bytes }) => sum + bytes, 0) };
  }

  #isSpared(place: string, batches: readonly NotedBatch[], spared: ReadonlySet<string>): boolean {
    const batch = batchOf(place);
    return batch === batches.at(-1)?.name || spared.has(batch);
  }

  /** The versions there are, and why. */
  #kept(batches: readonly NotedBatch[]): KeptVersion[] {
    const { disk, versions, archive: { causes } } = this;
    const counted = new Set<number>();
    const files = batches.flatMap(({ name, made }) =>
      [...filesKeptIn(disk, versions, name, counted)].map((file) => ({ ...file, made }))
    );
    const known = causes.all();
    return files.map((file): KeptVersion => {
      const cause = known.get(file.place);
      if (!cause) return { ...file, author: null, deleted: true, brought: false };
      const { peerKey, deleted, brought } = cause;
      return { ...file, author: peerKey === null ? OWN : peerKey || null, deleted, brought };
    });
  }

  #letGo(why: "size" | "room", surplus: readonly KeptVersion[]): GoneForRoom[] {
    const { disk, versions, archive: { causes } } = this;
    const gone = removeVersions(disk, versions, surplus);
    if (gone.length === 0) return [];
    const known = causes.all();
    causes.forget(gone.flatMap(({ place }) => known.get(place)?.historyEntry ?? []));
    const paths = gone.slice(0, FIRST_PATHS).map(({ place }) => place.slice(batchOf(place).length + 1));
    return [{ why, versions: gone.length, bytes: bytesOf(gone), paths }];
  }
}

function batchOf(place: string): string {
  return place.slice(0, place.indexOf("/"));
}
