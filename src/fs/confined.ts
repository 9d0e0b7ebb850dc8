// Workers that may use the files below some folders and nothing else of this machine: the runtime refuses the rest, whatever
// our own checks let through. It compares paths as they are spelled: that nothing leads out through a link is our own care.

/** What a worker may use: itself and everything below, as native absolute paths. */
export interface Reach {
  read: readonly string[];
  write: readonly string[];
}

/** The options of a worker that reaches so far and no further. Runs only with the runtime's `worker-options` (deno.json). */
export function confinedTo({ read, write }: Reach): WorkerOptions {
  const nothing = { net: false, env: false, run: false, ffi: false, sys: false, import: false } as const;
  return { type: "module", deno: { permissions: { ...nothing, read: [...read], write: [...write] } } };
}

/** Where a path leads when every link in it is followed. Throws what the system throws. */
export function resolvedPath(path: string): string {
  return Deno.realPathSync(path);
}
