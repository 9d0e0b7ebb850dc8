// Workers that may use the files below some folders and nothing else of this machine: the runtime refuses the rest, whatever
// our own checks let through. It compares paths as they are spelled: that nothing leads out through a link is our own care. Only of
// a file that is open already it asks where that really is: so a folder that is reached through a link is named in both ways.

import { dirname, join } from "@std/path";

/** What a worker may use: itself and everything below, as native absolute paths. `sys`: what it may ask the system besides. */
export interface Reach {
  read: readonly string[];
  write: readonly string[];
  sys?: readonly "statfs"[];
}

/** The options of a worker that reaches so far and no further. Runs only with the runtime's `worker-options` (deno.json). */
export function confinedTo({ read, write, sys = [] }: Reach): WorkerOptions {
  const nothing = { net: false, env: false, run: false, ffi: false, import: false } as const;
  const permissions = {
    ...nothing,
    ...{ read: read.flatMap(eitherWay), write: write.flatMap(eitherWay) },
    sys: sys.length > 0 ? [...sys] : false as const,
  };
  return { type: "module", deno: { permissions } };
}

/** A path as it is spelled and, where a link leads to it, as it really is. */
function eitherWay(path: string): string[] {
  const resolved = resolvedPath(path);
  return resolved === path ? [path] : [path, resolved];
}

/** Where a path leads when every link in it is followed. Of what is not there yet, or not to be looked at, its nearest parent is
 * followed. */
export function resolvedPath(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch {
    const parent = dirname(path);
    const name = /[^/\\]*[/\\]*$/.exec(path)![0];
    return parent === path ? path : join(resolvedPath(parent), name);
  }
}
