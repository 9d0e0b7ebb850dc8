// Simulates the seeds it is given, one after the other, and tells which went wrong. In a worker, since a simulation puts its own
// clock and chance in the place of the runtime's.

import { simulate, temporaryPlace } from "./simulate.ts";

const scope = self as unknown as {
  onmessage: (event: MessageEvent<number[]>) => void;
  postMessage(failures: string[]): void;
};

scope.onmessage = async ({ data: seeds }) => {
  using place = temporaryPlace();
  const failures: string[] = [];
  for (const seed of seeds) {
    const { failure } = await simulate(seed, place.path);
    if (failure !== undefined) failures.push(`deno task simulate --seed ${seed} --log: ${failure}`);
  }
  scope.postMessage(failures);
};
