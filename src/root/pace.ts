// A reading that takes no more of a disk than it is allowed: how much at once, and how long to wait in between.

import type { Slice } from "../engine/scrub.ts";

/** A limited reading is spread evenly: one slice reads at most what the rate allows for EVEN_MS. */
const EVEN_MS = 100;

/** So much is read in one slice, at `rate` bytes a second. */
export function bytesAtOnce(rate = Infinity): number {
  return rate * EVEN_MS / 1000;
}

/** How long to wait after a slice, so that no more than `rate` bytes a second are read. In ms. */
export function restAfter({ bytes, took }: Pick<Slice, "bytes" | "took">, rate = Infinity): number {
  return Math.max(0, bytes / rate * 1000 - took);
}

/** Resolves after `ms`, or when `signal` says so. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const over = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", over);
      resolve();
    };
    const timer = setTimeout(over, ms);
    signal.addEventListener("abort", over);
  });
}
