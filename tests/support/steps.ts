// Counts what work on trees comes to, in place of its time: entries of maps and sets that are gone through, put in and looked up.

/** What of a collection counts as a step. */
const CALLS = ["get", "has", "set", "add", "delete"];
const ITERATIONS = ["entries", "keys", "values", "forEach", Symbol.iterator];

/** How many steps in maps and sets `act` takes; a map that is copied counts once for each of its entries, put in and gone through. */
export function stepsOf(act: () => void): number {
  let steps = 0;
  const step = () => void steps++;
  const undo = [Map.prototype, Set.prototype].flatMap((kind) => [
    ...CALLS.map((name) =>
      replace(kind, name, (call) =>
        function (this: unknown, ...args: unknown[]) {
          step();
          return call.apply(this, args);
        })
    ),
    ...ITERATIONS.map((name) =>
      replace(kind, name, (call) =>
        function (this: { size: number }, ...args: unknown[]) {
          const entries = call.apply(this, args);
          return name === "forEach" ? void (steps += this.size) : counted(entries as Iterator<unknown>, step);
        })
    ),
  ]);
  try {
    act();
  } finally {
    for (const restore of undo) restore();
  }
  return steps;
}

type Call = (...args: unknown[]) => unknown;

/** Returns what puts the old one back. */
function replace(kind: object, name: string | symbol, instead: (call: Call) => Call): () => void {
  const before = Object.getOwnPropertyDescriptor(kind, name);
  if (!before) return () => {};
  Object.defineProperty(kind, name, { ...before, value: instead(before.value) });
  return () => Object.defineProperty(kind, name, before);
}

function counted(entries: Iterator<unknown>, step: () => void): IteratorObject<unknown> {
  return Iterator.from({
    next() {
      step();
      return entries.next();
    },
    return: () => ({ done: true, value: undefined }),
    [Symbol.iterator]() {
      return this;
    },
  } as unknown as Iterator<unknown>);
}
