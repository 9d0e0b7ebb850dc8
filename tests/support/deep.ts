// Chains of folders, each in the one before: as deep as a system takes a path, and deeper.

import { dirname } from "node:path";

/** So many levels of one-letter names, with a separator each, are within every system's longest path but Windows' old one. */
const PIECE = 1500;

/** The path of a chain of so many levels, in the compared form: "d/d/d". */
export function chainOf(levels: number): string {
  return Array(levels).fill("d").join("/");
}

/** Makes such a chain in `folder` (native). What is longer than a path can be is put together from pieces made beside the folder. */
export function makeChain(folder: string, levels: number) {
  const last = Math.min(levels, PIECE);
  const rest = levels > last ? Deno.makeTempDirSync({ dir: dirname(folder) }) : null;
  if (rest) makeChain(rest, levels - last);
  Deno.mkdirSync(`${folder}/${chainOf(last)}`, { recursive: true });
  if (!rest) return;
  Deno.renameSync(`${rest}/d`, `${folder}/${chainOf(last)}/d`);
  Deno.removeSync(rest);
}
