// Recursion that is no stack of calls: a peer's tree, or a disk's, may be deeper than that can be.

/** Work that yields what it needs the result of: other such work, or a result that is known at once; it is given that result. */
export type Deep<T> = Generator<unknown, T, unknown>;

/** Does the work to its end. Throws what it throws. */
export function run<T>(work: Deep<T>): T {
  const begun: Deep<unknown>[] = [work];
  for (let result: unknown;;) {
    const { done, value } = begun.at(-1)!.next(result);
    if (!done && value instanceof Iterator) {
      begun.push(value as Deep<unknown>);
      result = undefined;
      continue;
    }
    result = value;
    if (!done) continue;
    begun.pop();
    if (begun.length === 0) return value as T;
  }
}
