// A watch that lies: it drops, doubles, delays and reorders what it tells, dies with a word or without one.

import { gather } from "../../src/fs/watch_gather.ts";
import type { WatchParts } from "../../src/fs/watch.ts";
import type { Random } from "../fuzz/random.ts";
import type { Clock } from "./clock.ts";
import type { Volume } from "./disk.ts";
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
      volume.watcher = (type, ...paths) => {
        // Of its own folder the program wants to hear the canary alone: the rest would only cost time here.
        const told = paths.filter((path) => !path.startsWith(watched.private) || path === watched.canary);
        if (told.length === 0) return;
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
    writeCanary(path) {
      if (volume.find(path)) volume.setTime(path, clock.now);
      else if (volume.find(path.replace(/[/\\][^/\\]*$/, ""))) volume.write(path, new Uint8Array(1));
    },
  };
}
