// A real folder taken into use in this thread: engine, archive and disk as in the program, without its worker, whose rights would keep
// our own checks from being seen to fail, and without a watch.

import { realDisk } from "../../src/fs/real.ts";
import { WorkerHost } from "../../src/root/worker_host.ts";
import { RootEngine } from "../../src/engine/engine.ts";
import { type EngineWorker, serve, WorkerLink } from "../../src/root/rpc.ts";
import { type Root } from "../../src/root/root.ts";
import { rootOver } from "../../src/root/open_root.ts";

export async function localRoot(folder: string, stateDir: string): Promise<Root> {
  const workerHost = new WorkerHost((folder, stateDir) => new RootEngine(realDisk, folder, stateDir));
  const link = new WorkerLink(workerHere(workerHost));
  const opened = await link.remote<WorkerHost>(0).open(folder, stateDir);
  const watch = () => ({ start: () => Promise.resolve(), stop: () => {} });
  return rootOver(link, opened, { watch });
}

/** What is handed over is handed over, as between threads. */
function workerHere(workerHost: WorkerHost): EngineWorker {
  const worker: EngineWorker = {
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
  serve(scope, workerHost.targets);
  return worker;
}
