// Edits that no look at sizes and times shows.

import { probeIdentity } from "../../src/fs/probe/probe.ts";
import { realDisk } from "../../src/fs/real.ts";
import { temporary } from "./folder.ts";

/** The system tells when anything about a file changed last: nobody can set that time back. */
export const TELLS_TOUCHES = (() => {
  using place = temporary();
  return (Deno.lstatSync(place.path).ctime?.getTime() ?? 0) > 0;
})();

/** Such an edit made while no client ran shows at no look: where the disk does not say when a file was made, the time of its last change
 * stands for that. */
export const HIDES_EDITS = (() => {
  using place = temporary();
  return TELLS_TOUCHES && probeIdentity(realDisk, place.path).births;
})();

/** Writes content of the same size and sets the time back, in a second in which nothing happened before, and nothing happens after:
 * systems tell in whole seconds when a file was changed. */
export function editUnseen(path: string, content: string) {
  const { mtime, ctime, size } = Deno.lstatSync(path);
  const before = Math.max(ctime?.getTime() ?? 0, Date.now() - Date.now() % 1000);
  do {
    Deno.writeTextFileSync(path, content);
    Deno.utimeSync(path, mtime!, mtime!);
  } while (TELLS_TOUCHES && Deno.lstatSync(path).ctime!.getTime() <= before);
  letTheSecondPass(path);
  if (Deno.lstatSync(path).size !== size) throw new Error("an edit that is not to be seen keeps the size");
}

/** Whoever looks at the file from now on looks in another second than the one it was last changed in. */
export function letTheSecondPass(path: string) {
  while (TELLS_TOUCHES && Date.now() < Deno.lstatSync(path).ctime!.getTime() + 1000) {
    /* It passes. */
  }
}
