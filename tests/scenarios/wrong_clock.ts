// The program on a computer whose clock is wrong: run with how wrong (wrong_clock_here.ts), then the flags. The worker that does the work on
// files has a clock of its own, which is as wrong.

import { setClock } from "./wrong_clock_here.ts";

const wrong = Deno.args[0]!;
setClock(wrong);
Object.defineProperty(Deno, "args", { value: Deno.args.slice(1) });

globalThis.Worker = class extends Worker {
  constructor(script: string | URL, options?: WorkerOptions) {
    const isRootWorker = String(script).endsWith("/root_worker.ts");
    super(isRootWorker ? new URL(`./wrong_clock_worker.ts?${wrong}`, import.meta.url) : script, options);
  }
};
await import("../../main.ts");
