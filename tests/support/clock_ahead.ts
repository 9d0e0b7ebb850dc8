// The clock of this process set ahead: systems tell in whole seconds when a file was changed, and nobody waits for the next one.

/** From now on, until it is disposed of, `Date.now` is so many ms ahead. */
export function later(ms: number): Disposable {
  const { now } = Date;
  Date.now = () => now() + ms;
  return { [Symbol.dispose]: () => Date.now = now };
}
