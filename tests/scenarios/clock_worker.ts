// The worker of the engine on a computer whose clock is wrong: see clock.ts.

import "./clock_worker_here.ts";
import "../../src/root/root_worker.ts";
