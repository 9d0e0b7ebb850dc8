// The worker that holds the engine of one root: serves a worker host on the real disk.

import { withEarlyTimes } from "../fs/disks/early_times.ts";
import { realDisk } from "../fs/real.ts";
import { WorkerHost } from "./worker_host.ts";
import { placesIn } from "../claim/private_folder.ts";
import { RootEngine } from "../engine/engine.ts";
import { DATABASES, openArchive } from "../engine/taking.ts";
import { askingForLinks, type LinkRequest } from "./links.ts";
import { followLook, type LookNews } from "./looks.ts";
import { serve } from "./rpc.ts";

/** A file of so many bytes takes a moment. */
const READS_AT_ONCE = 1 << 20;

const scope = self as unknown as Parameters<typeof serve>[0] & {
  postMessage(said: LinkRequest | LookNews, none: []): void;
};

const workerHost = new WorkerHost((folder, stateDir, { links, looks: memory, booted, fresh }) => {
  const linking = askingForLinks(realDisk, (request) => scope.postMessage(request, []), links!);
  const disk = withEarlyTimes(linking, placesIn(realDisk, folder).private);
  // Whoever started this worker made the folder of the archives, which is not for it.
  const databases = { ...DATABASES, openArchive };
  const looks = () => followLook((news) => scope.postMessage(news, []), memory!);
  return new RootEngine(disk, folder, stateDir, {
    databases,
    booted,
    fresh,
    readsAtOnce: READS_AT_ONCE,
    looks,
  });
});
serve(scope, workerHost.targets);
