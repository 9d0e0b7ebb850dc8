// The program on a computer whose clock is wrong: run with the minutes it is ahead (behind, if negative), then the flags. The worker
// that does the work on files has a clock of its own, which is as wrong.

const minutes = Number(Deno.args[0]);
const trueNow = Date.now;
Date.now = () => trueNow() + minutes * 60_000;
Object.defineProperty(Deno, "args", { value: Deno.args.slice(1) });

globalThis.Worker = class extends Worker {
  constructor(script: string | URL, options?: WorkerOptions) {
    const isHands = String(script).endsWith("/hands_worker.ts");
    super(isHands ? new URL(`./clock_worker.ts?${minutes}`, import.meta.url) : script, options);
  }
};
await import("../../main.ts");
