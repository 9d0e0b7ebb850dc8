// Counts what work on many things comes to, in place of its time: entries of maps, sets and lists that are gone through, put in and
// looked up.

const CALLS = ["get", "has", "set", "add", "delete"];
const ITERATIONS = ["entries", "keys", "values", "forEach", Symbol.iterator];
const ASKING = ["filter", "find", "findIndex", "findLast", "some", "every", "map", "flatMap", "forEach"];
const REDUCING = ["reduce", "reduceRight"];
const FINDING = ["includes", "indexOf"];

type Method = (...args: unknown[]) => unknown;
type Callback = (...args: unknown[]) => unknown;

/** How many steps `act` takes; a map that is copied counts once for each of its entries, put in and gone through. */
export function stepsOf(act: () => void): number {
  let steps = 0;
  const counted = (callback: unknown) => (...args: unknown[]) => {
    steps++;
    return (callback as Callback)(...args);
  };
  const undo = [
    ...[Map.prototype, Set.prototype].flatMap((kind) => [
      ...CALLS.map((name) =>
        replace(kind, name, (call) =>
          function (this: unknown, ...args) {
            steps++;
            return call.apply(this, args);
          })
      ),
      ...ITERATIONS.map((name) =>
        replace(kind, name, (call) =>
          function (this: unknown, ...args) {
            if (name === "forEach") return call.call(this, counted(args[0]));
            return eachCounted(call.apply(this, args) as Iterator<unknown>, () => void steps++);
          })
      ),
    ]),
    ...[...ASKING, ...REDUCING].map((name) =>
      replace(Array.prototype, name, (call) =>
        function (this: unknown, callback, ...rest) {
          return call.call(this, counted(callback), ...rest);
        })
    ),
    replace(Array.prototype, Symbol.iterator, (call) =>
      function (this: unknown) {
        return eachCounted(call.call(this) as Iterator<unknown>, () => void steps++);
      }),
    ...FINDING.map((name) =>
      replace(Array.prototype, name, (call) =>
        function (this: unknown, ...args) {
          steps += (this as unknown[]).length;
          return call.apply(this, args);
        })
    ),
  ];
  let taken = 0;
  try {
    steps = 0;
    act();
    taken = steps;
  } finally {
    undo.forEach((restore) => restore());
  }
  return taken;
}

/** How many times as many steps each of four times as many things takes: one where they are in proportion, up to four where each has to do
 * with all others. */
export function growth(act: (count: number) => () => void, count = 250): number {
  const [few, many] = [act(count), act(4 * count)];
  return stepsOf(many) / stepsOf(few) / 4;
}

/** Returns what puts the old one back. */
function replace(kind: object, name: string | symbol, instead: (call: Method) => Method): () => void {
  const before = Object.getOwnPropertyDescriptor(kind, name);
  if (!before) return () => {};
  Object.defineProperty(kind, name, { ...before, value: instead(before.value) });
  return () => Object.defineProperty(kind, name, before);
}

function eachCounted(entries: Iterator<unknown>, step: () => void): unknown {
  return Iterator.from({
    next() {
      step();
      return entries.next();
    },
  } as Iterator<unknown>);
}
