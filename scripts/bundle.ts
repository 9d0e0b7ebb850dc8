// Makes one file of the modules of each thread of the program, and one of what they share: a start opens a handful of files instead of
// hundreds, and takes half the time (docs/decisions/program.md).

import { join } from "@std/path";

/** A worker as a module names it when it starts one. The group is the path it is started by. */
export const WORKER = /new URL\(\s*"([^"]+)",\s*import\.meta\.url\s*\)/g;

/** The text of a bundle that names workers, as bundles beside it: `workers` are the paths of their modules from the project's folder.
 * Throws where it names another. */
export function withBundledWorkers(text: string, workers: readonly string[]): string {
  return text.replaceAll(WORKER, (named, module: string) => {
    const name = module.slice(module.lastIndexOf("/"));
    const found = workers.map(slashed).filter((worker) => `/${worker}`.endsWith(name));
    if (found.length !== 1) throw new Error(`${found.length} workers are called ${name}`);
    return named.replace(module, `./${bundleOf(found[0]!)}`);
  });
}

/** The path of a module's bundle in the folder of the bundles, from the project's folder. */
export function bundleOf(module: string): string {
  return slashed(module).replace(/\.ts$/, ".js");
}

/** Makes the bundles of these modules in a folder, which is emptied before. Throws with what `deno bundle` said. */
export async function bundle(modules: readonly string[], workers: readonly string[], folder: string) {
  Deno.mkdirSync(folder, { recursive: true });
  Deno.removeSync(folder, { recursive: true });
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--code-splitting", `--outdir=${folder}`, ...modules, ...workers],
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`deno bundle failed\n${new TextDecoder().decode(stderr)}`);
  for (const { name, isFile } of Deno.readDirSync(folder)) {
    if (!isFile || !name.endsWith(".js")) continue;
    const path = join(folder, name);
    Deno.writeTextFileSync(path, withBundledWorkers(Deno.readTextFileSync(path), workers));
  }
}

function slashed(path: string): string {
  return path.replaceAll("\\", "/");
}
