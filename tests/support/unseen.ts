// Edits that no look at sizes and times shows.

import { temporary } from "./folder.ts";

/** The system tells when anything about a file changed last: nobody can set that time back. */
export const TELLS_TOUCHES = (() => {
  using place = temporary();
  return (Deno.lstatSync(place.path).ctime?.getTime() ?? 0) > 0;
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
  while (TELLS_TOUCHES && Date.now() < Deno.lstatSync(path).ctime!.getTime() + 1000) {
    /* The second passes. */
  }
  if (Deno.lstatSync(path).size !== size) throw new Error("an edit that is not to be seen keeps the size");
}
