// fast-check as tests use it: the same runs each time, so that a change is judged by itself. TCPSYNC_SEED tries others.

import fc from "fast-check";

fc.configureGlobal({ seed: Number(Deno.env.get("TCPSYNC_SEED") ?? 20261123) });

export default fc;
