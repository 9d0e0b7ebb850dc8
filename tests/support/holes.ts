// Whether files have holes here, and how much room one takes.

import { temporary } from "./folder.ts";

/** So many bytes of the disk. */
export function takenBy(path: string): number {
  return (Deno.statSync(path).blocks ?? 0) * 512;
}

/** Whether the disk of a folder (of temporary files) keeps holes, and the system says so. */
export function keepsHoles(dir?: string): boolean {
  using place = temporary(dir === undefined ? undefined : { dir });
  const path = `${place.path}/file`;
  Deno.writeFileSync(path, new Uint8Array());
  Deno.truncateSync(path, 1 << 20);
  return Deno.statSync(path).blocks === 0;
}
