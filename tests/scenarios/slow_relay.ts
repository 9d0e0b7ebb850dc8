// The server on a computer that passes on little: for its turns time goes a thousand times slower than for all else, so that they, and not
// the computer, are what a flood has to wait for, wherever the scenarios run.

import { SYSTEM_TIME } from "../../src/rendezvous/turns.ts";

const { now } = SYSTEM_TIME;
SYSTEM_TIME.now = () => now() / 1000;
await import("../../main.ts");
