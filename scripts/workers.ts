// Finds the modules that run as workers: an import never names them, so `deno compile` has to be told.

import { dirname, join } from "@std/path";
import { WORKER } from "./bundle.ts";

/** Every TypeScript file below a folder, sorted. */
export function sourceFiles(folder: string): string[] {
  const found: string[] = [];
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    const path = join(folder, name);
    if (isDirectory) found.push(...sourceFiles(path));
    else if (name.endsWith(".ts")) found.push(path);
  }
  return found.sort();
}

/** The worker modules that files below `folder` start. Throws when one of them is not there. */
export function findWorkers(folder: string): string[] {
  const workers = new Set<string>();
  for (const file of sourceFiles(folder)) {
    for (const [, module] of Deno.readTextFileSync(file).matchAll(WORKER)) {
      const worker = join(dirname(file), module!);
      if (!Deno.statSync(worker).isFile) throw new Error(`${file} starts ${worker}, which is no file`);
      workers.add(worker);
    }
  }
  return [...workers];
}
