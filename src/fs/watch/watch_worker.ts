// Watches a root in a worker that does nothing else, so that the system's queue of events is drained at once.

import { Gatherer, type Watched, type WatchReport } from "./gather.ts";
import { hadBefore, refusalOf, type WatchPlan } from "./plan.ts";

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<Watched>) => void) | null;
  postMessage(report: WatchReport): void;
};

scope.onmessage = async ({ data }) => {
  try {
    const gatherer = new Gatherer(data, (report) => scope.postMessage(report));
    if (data.plan) await watchPlanned(data, data.plan, gatherer);
    else await watchAll(data, gatherer);
    scope.postMessage({ dead: "the watch ended" });
  } catch (error) {
    const why = refusalOf(error);
    const had = data.plan ? hadBefore(data.plan.flat, error) : {};
    scope.postMessage({ dead: String(error), ...why && { refusal: { why, ...had } } });
  }
};

async function watchAll({ folder }: Watched, gatherer: Gatherer) {
  const events = Deno.watchFs(folder, { recursive: true });
  gatherer.begin();
  for await (const event of events) gatherer.take(event);
}

/** The two watches of one worker may be one to the runtime, which then tells each of what belongs to the other. */
async function watchPlanned({ private: own }: Watched, plan: WatchPlan, gatherer: Gatherer) {
  const alone = new Set([own, ...plan.flat]);
  const isAlone = (path: string) => alone.has(path) || alone.has(path.slice(0, path.lastIndexOf("/")) || "/");
  const flat = watchList([...alone], false);
  if (!flat) throw new Deno.errors.NotFound("the folder is gone");
  const whole = watchList(plan.whole, true);
  gatherer.begin();
  await Promise.all([
    follow(flat, isAlone, gatherer),
    whole && follow(whole, (path) => !isAlone(path), gatherer),
  ]);
}

/** Takes what is told of the paths that `counts` names. A folder made later that cannot be watched is told of as an error, and the rest
 * goes on. */
async function follow(watcher: Deno.FsWatcher, counts: (path: string) => boolean, gatherer: Gatherer) {
  const events = watcher[Symbol.asyncIterator]();
  for (let refused = 0; refused < MOST_REFUSED;) {
    try {
      const { value: event, done } = await events.next();
      if (done) return;
      refused = 0;
      const paths = event.paths.filter(counts);
      if (paths.length > 0 || event.flag) gatherer.take({ ...event, paths });
    } catch (error) {
      if (refusalOf(error) !== "watches") throw error;
      refused++;
      gatherer.lack();
    }
  }
}

/** So many errors in a row are no word of single folders: nothing else comes any more. */
const MOST_REFUSED = 10_000;

/** Those of them that are still there; null when none is. Another may go while it is looked at: then once more. */
function watchList(folders: readonly string[], recursive: boolean): Deno.FsWatcher | null {
  for (let tries = 1;; tries++) {
    const present = folders.filter(isFolder);
    if (present.length === 0) return null;
    try {
      return Deno.watchFs(present, { recursive });
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound) || tries === MOST_TRIES) throw error;
    }
  }
}

const MOST_TRIES = 5;

function isFolder(path: string): boolean {
  try {
    return Deno.lstatSync(path).isDirectory; // Not through a link that has taken its place.
  } catch {
    return false;
  }
}
