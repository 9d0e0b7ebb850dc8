// The worker in which a target is fuzzed.

import { fuzz } from "./fuzz.ts";
import { TARGETS } from "./targets.ts";
import { type Order, Slate } from "./watched.ts";

interface Self {
  onmessage: (event: MessageEvent<{ order: Order; shared: SharedArrayBuffer }>) => void;
  postMessage(message: unknown): void;
}

(self as unknown as Self).onmessage = async ({ data: { order, shared } }) => {
  const slate = new Slate(shared);
  const target = TARGETS.find(({ name }) => name === order.target)!;
  const end = performance.now() + order.ms;
  const goesOn = (runs: number) => runs < order.runs && (runs % 16 !== 0 || performance.now() < end);
  (self as unknown as Self).postMessage(
    await fuzz(target, order.seed, goesOn, (input) => slate.write(input)),
  );
};
