// Finds what is ignored in a folder: a scan leaves it out, and nobody remembers it.

import { childrenOf, type Entry } from "../core/tree/entry.ts";
import type { Ignores } from "../core/ignore/ignore.ts";
import { isPrivateName, joinPath, type Path } from "../core/tree/path.ts";
import type { Disk, Stat } from "../fs/port.ts";

/** The topmost ignored entries in a folder, with what the disk says of them. `known`: what the last look saw there: only what is not in
 * that is looked at. */
export function* findIgnored(
  disk: Pick<Disk, "list" | "stat">,
  native: (path: Path) => string,
  ignores: Ignores,
  folder: Path,
  known: Entry | null,
): Generator<{ path: Path; stat: Stat }> {
  const rest: [Path, Entry | null][] = [[folder, known]];
  for (let next = rest.pop(); next; next = rest.pop()) {
    const [at, seen] = next;
    for (const name of listed(disk, native(at))) {
      const path = joinPath(at, name);
      const entry = childrenOf(seen).get(name) ?? null;
      if (entry?.kind === "directory") rest.push([path, entry]);
      if (entry || isPrivateName(name)) continue;
      const stat = lookAt(disk, native(path));
      if (!stat) continue;
      const isFolder = stat.kind === "directory";
      if (ignores(path, name, isFolder)) yield { path, stat };
      else if (isFolder) rest.push([path, null]);
    }
  }
}

/** The names in a folder; none where it cannot be listed: a scan does not list it, either. */
function listed(disk: Pick<Disk, "list">, native: string): string[] {
  try {
    return disk.list(native);
  } catch {
    return [];
  }
}

function lookAt(disk: Pick<Disk, "stat">, native: string): Stat | null {
  try {
    return disk.stat(native);
  } catch {
    return null;
  }
}
