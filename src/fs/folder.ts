// Whole folders as a person sees them: is this one usable, make one, and the few file calls of the demonstration.

import { dirname, join } from "@std/path";
import { UserError } from "../core/failure.ts";
import { isHeldOpen } from "./failure.ts";

const REMOVE_ATTEMPTS = 50;
const REMOVE_PAUSE_MS = 100;

/** What stands at `path`. */
export function folderState(path: string): "folder" | "missing" | "other" {
  try {
    return Deno.statSync(path).isDirectory ? "folder" : "other";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "missing";
    if (error instanceof Deno.errors.NotADirectory) return "other";
    throw new UserError(`Cannot look at ${path}: ${(error as Error).message}`);
  }
}

/** Makes the folder and its parents. Throws UserError when that cannot be. */
export function makeFolder(path: string): void {
  try {
    Deno.mkdirSync(path, { recursive: true });
  } catch (error) {
    throw new UserError(`Cannot make the folder ${path}: ${(error as Error).message}`);
  }
}

/** A new folder that nobody else uses. */
export function makeTemporaryFolder(): string {
  return Deno.makeTempDirSync({ prefix: "tcpsync-" });
}

/** Writes a file, with its parents. */
export function writeText(path: string, text: string): void {
  Deno.mkdirSync(dirname(path), { recursive: true });
  Deno.writeTextFileSync(path, text);
}

/** The text of a file; undefined when nothing is there. */
export function readText(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** The first bytes of a file or pipe, `most` of them if there are so many, and whether others than its owner can read it
 * (on Windows that is not known). Throws what the disk throws. */
export function readBeginning(path: string, most: number): { bytes: Uint8Array; shared: boolean } {
  using file = Deno.openSync(path);
  const buffer = new Uint8Array(most);
  let filled = 0;
  for (let count; filled < most && (count = file.readSync(buffer.subarray(filled))); filled += count);
  const { mode } = file.statSync();
  return {
    bytes: buffer.subarray(0, filled),
    shared: Deno.build.os !== "windows" && ((mode ?? 0) & 0o044) !== 0,
  };
}

/** Renames a file or folder. */
export function renamePath(from: string, to: string): void {
  Deno.renameSync(from, to);
}

/** Removes a file, or a folder with all it holds; nothing there is fine. Waits some seconds for what is held open. */
export async function removePath(path: string): Promise<void> {
  for (let attempt = 1;; attempt++) {
    try {
      return await Deno.remove(path, { recursive: true });
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return;
      if (!isHeldOpen(error) || attempt === REMOVE_ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, REMOVE_PAUSE_MS));
    }
  }
}

/** Every file below `folder` with its text, by path with `/`; the program's own folder is left out. What vanishes
 * between the listing and the look is left out too: somebody is changing it. */
export function readTexts(folder: string): Map<string, string> {
  const texts = new Map<string, string>();
  const visit = (path: string, name: string) => {
    for (const entry of entriesOf(path)) {
      if (entry.name === ".tcpsync") continue;
      const [below, shown] = [join(path, entry.name), name + entry.name];
      if (entry.isDirectory) {
        visit(below, shown + "/");
      } else {
        const text = readText(below);
        if (text !== undefined) texts.set(shown, text);
      }
    }
  };
  visit(folder, "");
  return texts;
}

function entriesOf(folder: string): Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
