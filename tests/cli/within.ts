// A limit on how long a test waits in vain: what it waits for is an event, this only says what was there instead.

const LIMIT_MS = 60_000;

/** The promise, or a rejection that shows `instead` when nothing came of it for a minute. */
export async function within<T>(promise: Promise<T>, instead: () => string): Promise<T> {
  const limit = Promise.withResolvers<never>();
  const timer = setTimeout(() => limit.reject(new Error(`waited in vain; instead:\n${instead()}`)), LIMIT_MS);
  try {
    return await Promise.race([promise, limit.promise]);
  } finally {
    clearTimeout(timer);
  }
}
