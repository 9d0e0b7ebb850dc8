// The program with a defect: see stumbling_worker.ts.

globalThis.Worker = class extends Worker {
  constructor(script: string | URL, options?: WorkerOptions) {
    const isRootWorker = String(script).endsWith("/root_worker.ts");
    super(isRootWorker ? new URL("./stumbling_worker.ts", import.meta.url) : script, options);
  }
};
await import("../../main.ts");
