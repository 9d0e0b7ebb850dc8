// The program with a defect: see stumbling_worker.ts.

globalThis.Worker = class extends Worker {
  constructor(script: string | URL, options?: WorkerOptions) {
    const isHands = String(script).endsWith("/hands_worker.ts");
    super(isHands ? new URL("./stumbling_worker.ts", import.meta.url) : script, options);
  }
};
await import("../../main.ts");
