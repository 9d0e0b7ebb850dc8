// Gathers the events of a watched folder into reports. Events are hints: a lost one must be found by other means (see watch.ts),
// so nothing here tries to be complete.

import { type Kinds, type Told, withKind } from "./told.ts";

/** What was told of paths (native); `all`: events were lost; `canary`: its file was written; `closes`: this watch tells when a writer
 * closes a file; or the watch is dead. */
export type WatchReport = { told: Told[]; all: boolean; canary: boolean; closes: boolean } | { dead: string };

/** What is watched: a folder, the private one in it, whose events do not count, and the canary's file in that. */
export interface Watched {
  folder: string;
  private: string;
  canary: string;
}

const GATHER_MS = 10;
/** A burst beyond this is not listed path by path. */
const MANY = 5000;

/** Reports what `events` tell, after an empty report at the beginning; resolves when they end. */
export async function gather(
  events: AsyncIterable<Deno.FsEvent>,
  { private: own, canary }: Watched,
  tell: (report: WatchReport) => void,
): Promise<void> {
  let paths = new Map<string, Kinds>();
  let all = false;
  let sawCanary = false;
  let closes = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const report = () => {
    timer = undefined;
    const told = all ? [] : [...paths].map(([path, kinds]) => ({ path, kinds }));
    tell({ told, all, canary: sawCanary, closes });
    paths = new Map();
    all = sawCanary = false;
  };
  tell({ told: [], all: false, canary: false, closes });
  for await (const event of events) {
    closes ||= event.kind === "access";
    if (event.flag === "rescan") all = true;
    let news = event.flag === "rescan";
    for (const path of event.paths) {
      if (path === canary) sawCanary = news = true;
      if (path.startsWith(own) && /^$|[/\\]/.test(path.charAt(own.length))) continue;
      news = true;
      if (paths.size < MANY) paths.set(path, withKind(paths.get(path), event.kind));
      else all = true;
    }
    if (news) timer ??= setTimeout(report, GATHER_MS);
  }
}
