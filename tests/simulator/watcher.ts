// A watch that lies: it drops, doubles, delays and reorders what it tells, dies with a word or without one.

import { gather } from "../../src/fs/watch/gather.ts";
import type { WatchParts } from "../../src/fs/watch/watch.ts";
import type { Random } from "../fuzz/random.ts";
import type { Clock } from "./virtual_clock.ts";
import type { Node, Volume } from "./volume.ts";
import type { WatchKind } from "./personality.ts";

type Kind = Deno.FsEvent["kind"];

/** Events that can be waited for. */
class Queue implements AsyncIterable<Deno.FsEvent> {
  #events: (Deno.FsEvent | null)[] = [];
  #wake = Promise.withResolvers<void>();

  push(event: Deno.FsEvent | null): void {
    this.#events.push(event);
    this.#wake.resolve();
  }

  async *[Symbol.asyncIterator]() {
    for (;;) {
      while (this.#events.length > 0) {
        const event = this.#events.shift()!;
        if (event === null) return;
        yield event;
      }
      await this.#wake.promise;
      this.#wake = Promise.withResolvers();
    }
  }
}

/** What the program's watch is made of, on that disk. */
export function lyingWatch(volume: Volume, kind: WatchKind, clock: Clock, random: Random): WatchParts {
  const chance = (percent: number) => random.below(100) < percent;
  return {
    watch(watched, report) {
      const queue = new Queue();
      let alive = !chance(kind.stillborn);
      let ended = false;
      const push = (event: Deno.FsEvent) => {
        const late = chance(kind.delays) ? 1 + random.below(kind.longestDelay) : 0;
        clock.after(late, () => queue.push(event));
      };
      const tell = (type: Kind, paths: string[]) => {
        if (!alive || !paths.some((path) => path.startsWith(watched.folder))) return;
        if (chance(kind.dies)) {
          alive = false;
          if (chance(50)) queue.push(null);
          return;
        }
        if (chance(kind.drops)) {
          if (kind.admits) push({ kind: "other", paths: [], flag: "rescan" });
          return;
        }
        push({ kind: type, paths });
        if (chance(kind.doubles)) push({ kind: type, paths });
      };
      const late = kind.late ? new LateWatch(volume, watched.folder, clock, random) : null;
      volume.watcher = (type, ...paths) => {
        // Of its own folder the program wants to hear the canary alone: the rest would only cost time here.
        const told = paths.filter((path) => !path.startsWith(watched.private) || path === watched.canary);
        if (told.length === 0) return;
        if (late) return late.hear(type, told, paths, tell);
        if (type !== "rename" || !kind.halves) return tell(type, told);
        told.forEach((path, i) => tell(path === paths[0] && i === 0 ? "remove" : "create", [path]));
      };
      clock.after(1, () => {
        gather(queue, watched, (told) => ended || report(told)).then(() =>
          ended || report({ dead: "the watch ended" })
        );
      });
      return () => {
        ended = true;
        volume.watcher = undefined;
        queue.push(null);
      };
    },
    stirCanary(path) {
      if (volume.find(path)) volume.setTime(path, clock.now);
      else if (volume.find(path.replace(/[/\\][^/\\]*$/, ""))) volume.write(path, new Uint8Array(1));
    },
  };
}

/** The longest it takes the system to tell of something, and the program to watch a new folder (ms). */
const LONGEST_LATE = 3;
const LONGEST_UNWATCHED = 8;
/** After so many links on one way the system gives up. */
const MOST_LINKS = 40;
const LOOP = "a loop";

type Tell = (type: Kind, paths: string[]) => void;

/** How Deno tells on Linux, as measured: the kind follows what is there when it tells; what it cannot find in the folder by then it
 * keeps to itself (removed with its folder, in a folder just renamed, a link in a loop or to somewhere else), and so is what was
 * made in a new folder before that is watched. */
class LateWatch {
  /** Folders that are not watched yet, and from when they are. */
  readonly #unwatched = new WeakMap<Node, number>();
  #last = 0;

  constructor(
    private readonly volume: Volume,
    private readonly folder: string,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  /** Something happened to `paths`, of which `told` are of interest. */
  hear(type: Kind, told: string[], paths: string[], tell: Tell): void {
    const seen = told.filter((path) => this.#isWatched(path));
    const newest = this.volume.find(paths.at(-1)!);
    if ((type === "create" || type === "rename") && newest?.kind === "directory") {
      this.#unwatched.set(newest, this.clock.elapsed + this.random.below(LONGEST_UNWATCHED));
    }
    if (seen.length === 0) return;
    this.#last = Math.max(this.#last, this.clock.elapsed + this.random.below(LONGEST_LATE));
    this.clock.after(this.#last - this.clock.elapsed, () => {
      const found = seen.filter((path) => this.#isFound(path));
      for (const path of found) tell(this.#isThere(path) ? type : "remove", [path]);
      if (found.length > 1) tell(type, found);
    });
  }

  #isWatched(path: string): boolean {
    const { separator } = this.volume;
    for (let end = this.folder.length; end > 0; end = path.indexOf(separator, end + 1)) {
      const above = this.volume.find(path.slice(0, end));
      if (above && (this.#unwatched.get(above) ?? 0) > this.clock.elapsed) return false;
    }
    return true;
  }

  #isThere(path: string): boolean {
    return this.#real(path) !== null;
  }

  #isFound(path: string): boolean {
    const real = this.#real(path);
    if (real === LOOP) return false;
    const at = real ?? this.#real(path.slice(0, path.lastIndexOf("/")));
    return at === this.folder || at?.startsWith(`${this.folder}/`) === true;
  }

  /** Where a path leads, links followed; null when nothing is there. */
  #real(path: string): string | null {
    const names = path.split("/");
    let at = "";
    for (let links = 0; names.length > 0;) {
      const name = names.shift()!;
      if (name === "" || name === ".") continue;
      if (name === "..") {
        at = at.slice(0, at.lastIndexOf("/"));
        continue;
      }
      const node = this.volume.find(`${at}/${name}`);
      if (!node) return null;
      if (node.kind !== "link") {
        at += `/${name}`;
        continue;
      }
      if (++links > MOST_LINKS) return LOOP;
      if (node.target.startsWith("/")) at = "";
      names.unshift(...node.target.split("/"));
    }
    return at;
  }
}
