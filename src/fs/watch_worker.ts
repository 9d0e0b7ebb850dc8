// Watches a root in a worker that does nothing else, so that the system's queue of events is drained at once.

import { gather, type Watched, type WatchReport } from "./watch_gather.ts";

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<Watched>) => void) | null;
  postMessage(report: WatchReport): void;
};

scope.onmessage = async ({ data }) => {
  try {
    const events = Deno.watchFs(data.folder, { recursive: true });
    await gather(events, data, (report) => scope.postMessage(report));
    scope.postMessage({ dead: "the watch ended" });
  } catch (error) {
    scope.postMessage({ dead: String(error) });
  }
};
