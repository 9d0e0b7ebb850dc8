// The worker that holds the hands of one root: serves a bench on the real disk.

import { withEarlyTimes } from "../fs/disks/early_times.ts";
import { realDisk } from "../fs/real.ts";
import { Bench } from "./worker_host.ts";
import { placesIn } from "../claim/private_folder.ts";
import { DATABASES, Hands, openArchive } from "../engine/engine.ts";
import { askingForLinks, type LinkWish } from "./links.ts";
import { serve } from "./rpc.ts";

const scope = self as unknown as Parameters<typeof serve>[0] & {
  postMessage(wish: LinkWish, none: []): void;
};

const bench = new Bench((folder, stateDir, links, booted, fresh) => {
  const linking = askingForLinks(realDisk, (wish) => scope.postMessage(wish, []), links!);
  const disk = withEarlyTimes(linking, placesIn(realDisk, folder).private);
  // Whoever started this worker made the folder of the archives, which is not for it.
  return new Hands(disk, folder, stateDir, { ...DATABASES, openArchive }, booted, fresh);
});
serve(scope, bench.targets);
