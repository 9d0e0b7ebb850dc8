// The program on a disk that has lost bits: see lost_bit.ts. Asked to verify it reads in this thread, else in the worker.

import "./lost_bit.ts";

globalThis.Worker = class extends Worker {
  constructor(script: string | URL, options?: WorkerOptions) {
    const isRootWorker = String(script).endsWith("/root_worker.ts");
    super(isRootWorker ? new URL("./rotten_worker.ts", import.meta.url) : script, options);
  }
};
await import("../../main.ts");
