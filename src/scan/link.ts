// Which links may travel (RULES N5): relative ones that stay inside the root.

import { namesOf, type Path } from "../core/path.ts";

/** Why a link in `folder` with this target (with "/") cannot travel; null when it can. */
export function linkProblem(folder: Path, target: string): string | null {
  const mend = "make it a relative link to something inside the folder";
  if (target === "" || target.startsWith("/") || /^[A-Za-z]:/.test(target) || target.includes("\0")) {
    return `the link points to an absolute place: ${mend}`;
  }
  let depth = namesOf(folder).length;
  for (const name of target.split("/")) {
    if (name === "..") depth--;
    else if (name !== "." && name !== "") depth++;
    if (depth < 0) return `the link points outside the folder: ${mend}`;
  }
  return null;
}
