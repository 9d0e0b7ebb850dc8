// The program on a disk that is far away: see far_disk.ts.

globalThis.Worker = class extends Worker {
  constructor(script: string | URL, options?: WorkerOptions) {
    const isRootWorker = String(script).endsWith("/root_worker.ts");
    super(isRootWorker ? new URL("./far_worker.ts", import.meta.url) : script, options);
  }
};
await import("../../main.ts");
