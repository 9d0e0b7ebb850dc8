// The worker of the engine on a computer whose clock is wrong: see wrong_clock.ts.

import "./wrong_clock_worker_here.ts";
import "../../src/root/root_worker.ts";
