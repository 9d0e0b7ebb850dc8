// Real folders for tests: made where the system keeps temporary things, written with times that have settled, read back.

import { dirname } from "node:path";

let clock = Date.UTC(2024, 0, 1);

/** A temporary folder for the time of a test. `where`: in which folder, if not in the system's own for such. */
export function temporary(where?: { dir: string }): { path: string; [Symbol.dispose](): void } {
  const path = Deno.makeTempDirSync({ prefix: "tcpsync-test-", ...where });
  return { path, [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }) };
}

/** A time no file has yet, some seconds after the last one, long past. */
export function nextTime(): Date {
  return new Date(clock += 3000);
}

/** Writes a file, with its folders, as if long ago. */
export function write(path: string, content: string | Uint8Array, time = nextTime()) {
  Deno.mkdirSync(dirname(path), { recursive: true });
  if (typeof content === "string") Deno.writeTextFileSync(path, content);
  else Deno.writeFileSync(path, content);
  Deno.utimeSync(path, time, time);
}

/** Everything in a folder but the program's own: files by their text, links by their target, folders as "/". */
export function filesIn(folder: string, own = ".tcpsync"): Map<string, string> {
  const found: [string, string][] = [];
  const visit = (path: string) => {
    for (const { name, isDirectory, isSymlink } of Deno.readDirSync(`${folder}/${path}`)) {
      if (name === own) continue;
      const at = path + name;
      if (isDirectory) {
        found.push([at, "/"]);
        visit(`${at}/`);
      } else {
        found.push([
          at,
          isSymlink ? `-> ${Deno.readLinkSync(`${folder}/${at}`)}` : Deno.readTextFileSync(`${folder}/${at}`),
        ]);
      }
    }
  };
  visit("");
  return new Map(found.sort(([one], [other]) => one < other ? -1 : 1));
}

/** Whether a file, folder or link is at a path. */
export function isThere(path: string | URL): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

/** The kept versions of a root, by `batch/path`. */
export function kept(root: string): Map<string, string> {
  return filesIn(`${root}/.tcpsync/versions`);
}

/** Copies a folder with all in it, as a backup does: with its times. */
export function copyFolder(from: string, to: string) {
  Deno.mkdirSync(to);
  for (const { name, isDirectory } of Deno.readDirSync(from)) {
    const [source, target] = [`${from}/${name}`, `${to}/${name}`];
    if (isDirectory) copyFolder(source, target);
    else {
      Deno.copyFileSync(source, target);
      const { mtime } = Deno.statSync(source);
      Deno.utimeSync(target, mtime!, mtime!);
    }
  }
}

/** Overwrites a file in place, as a failing disk does: its time stays. */
export function mutilate(path: string, content: string | Uint8Array) {
  const { mtime } = Deno.lstatSync(path);
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  Deno.writeFileSync(path, bytes);
  Deno.utimeSync(path, mtime!, mtime!);
}
