// The worker of the engine with a defect in what it asks of the disk. Imported, not awaited: a message that comes to a worker whose script
// still awaits something is lost.

import "./stumbling_disk.ts";
import "../../src/root/root_worker.ts";
