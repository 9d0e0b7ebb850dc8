// Watches a root in a worker that does nothing else, so that the system's queue of events is drained at once.
// Events are hints: a lost one must be found by other means (see watch.ts), so nothing here tries to be complete.

/** From the worker: paths (native) that may have changed; `all`: events were lost; or the watch is dead. */
export type WatchReport = { paths: string[]; all: boolean; canary: boolean } | { dead: string };

const GATHER_MS = 10;
/** A move may be told in halves, first what vanished: this long it may still appear elsewhere. */
const GATHER_AFTER_REMOVAL_MS = 60;
/** A burst beyond this is not listed path by path. */
const MANY = 5000;

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<{ folder: string; private: string; canary: string }>) => void) | null;
  postMessage(report: WatchReport): void;
};

scope.onmessage = ({ data }) => {
  watch(data.folder, data.private, data.canary).catch((error) => scope.postMessage({ dead: String(error) }));
};

async function watch(folder: string, own: string, canary: string) {
  const watcher = Deno.watchFs(folder, { recursive: true });
  let paths = new Set<string>();
  let all = false;
  let sawCanary = false;
  let removal = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const report = () => {
    timer = undefined;
    scope.postMessage({ paths: all ? [] : [...paths], all, canary: sawCanary });
    paths = new Set();
    all = sawCanary = removal = false;
  };
  scope.postMessage({ paths: [], all: false, canary: false });
  for await (const event of watcher) {
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
    if (news && event.kind === "remove" && !removal) {
      removal = true;
      clearTimeout(timer);
      timer = setTimeout(report, GATHER_AFTER_REMOVAL_MS);
    }
    if (news) timer ??= setTimeout(report, GATHER_MS);
  }
  scope.postMessage({ dead: "the watch ended" });
}
