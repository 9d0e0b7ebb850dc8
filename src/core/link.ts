// Which links may travel (RULES N5): relative ones that stay inside the root, each by itself and by way of each other.
// None leads out, since the system goes on from the folder a link really is in: its ".." come first and climb from there, at most
// to the root; its names then only go down, each into a folder or to a link, for which the same holds where that one is. A ".."
// after a name would climb from wherever that name leads, by how far nobody can tell from the text.

import type { Entry } from "./tree/entry.ts";
import { namesOf, parentOf, type Path } from "./tree/path.ts";
import { walk } from "./tree/tree.ts";

/** Why a link in `folder` with this target (with "/") cannot travel; null when it can. No folder on the way to `folder` may be
 * a link. */
export function linkProblem(folder: Path, target: string): string | null {
  const mend = "make it a relative link to something inside the folder";
  if (target === "" || target.startsWith("/") || /^[A-Za-z]:/.test(target) || target.includes("\0")) {
    return `the link points to an absolute place: ${mend}`;
  }
  let depth = namesOf(folder).length;
  let isNamed = false;
  for (const name of target.split("/")) {
    if (name === "" || name === ".") continue;
    if (name !== "..") isNamed = true;
    else if (isNamed) {
      return 'the link goes up again after a name: make it one with ".." only at its beginning';
    } else if (depth-- === 0) return `the link points outside the folder: ${mend}`;
  }
  return null;
}

/** Whether, with `entry` at `path`, a link in it would lead out. */
export function leadsOut(path: Path, entry: Entry | null): boolean {
  if (!entry) return false;
  for (const [at, inner] of walk(path, entry)) {
    if (inner.kind === "link" && linkProblem(parentOf(at), inner.target) !== null) return true;
  }
  return false;
}
