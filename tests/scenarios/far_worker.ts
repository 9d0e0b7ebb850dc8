// The worker of the engine on such a disk. Imported, not awaited: a message that comes to a worker whose script still awaits something is
// lost.

import "./far_disk.ts";
import "../../src/root/root_worker.ts";
