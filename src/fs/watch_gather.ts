// Gathers the events of a watched folder into reports. Events are hints: a lost one must be found by other means (see watch.ts),
// so nothing here tries to be complete.

/** Paths (native) that may have changed; `all`: events were lost; `canary`: its file was written; or the watch is dead. */
export type WatchReport = { paths: string[]; all: boolean; canary: boolean } | { dead: string };

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
  let paths = new Set<string>();
  let all = false;
  let sawCanary = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const report = () => {
    timer = undefined;
    tell({ paths: all ? [] : [...paths], all, canary: sawCanary });
    paths = new Set();
    all = sawCanary = false;
  };
  tell({ paths: [], all: false, canary: false });
  for await (const event of events) {
    if (event.kind === "access") continue;
    if (event.flag === "rescan") all = true;
    let news = event.flag === "rescan";
    for (const path of event.paths) {
      if (path === canary) sawCanary = news = true;
      if (path.startsWith(own) && /^$|[/\\]/.test(path.charAt(own.length))) continue;
      news = true;
      if (paths.size < MANY) paths.add(path);
      else all = true;
    }
    if (news) timer ??= setTimeout(report, GATHER_MS);
  }
}
