// A real folder taken into use in this thread: hands, archive and disk as in the program, without its worker, whose rights would keep
// our own checks from being seen to fail, and without a watch.

import { realDisk } from "../../src/fs/real.ts";
import { Bench } from "../../src/root/worker_host.ts";
import { DATABASES, Hands } from "../../src/engine/engine.ts";
import { type HandsWorker, serve, WorkerLink } from "../../src/root/rpc.ts";
import { type Root } from "../../src/root/root.ts";
import { rootOver } from "../../src/root/open_root.ts";

export async function localRoot(folder: string, stateDir: string): Promise<Root> {
  const bench = new Bench((folder, stateDir) => new Hands(realDisk, folder, stateDir, DATABASES));
  const link = new WorkerLink(workerHere(bench));
  const opened = await link.remote<Bench>(0).open(folder, stateDir);
  return rootOver(link, opened, () => ({ start: () => Promise.resolve(), stop: () => {} }));
}

/** What is handed over is handed over, as between threads. */
function workerHere(bench: Bench): HandsWorker {
  const worker: HandsWorker = {
    onmessage: null,
    onerror: null,
    postMessage(call, transfer) {
      const data = structuredClone(call, { transfer });
      queueMicrotask(() => scope.onmessage!({ data } as MessageEvent));
    },
    terminate() {},
  };
  const scope: Parameters<typeof serve>[0] = {
    onmessage: null,
    postMessage(answer, transfer) {
      const data = structuredClone(answer, { transfer });
      queueMicrotask(() => worker.onmessage!.call(worker as Worker, { data } as MessageEvent));
    },
  };
  serve(scope, bench.targets);
  return worker;
}
