// A folder under test: what a person does in it, and what is in it.

import { createHash } from "node:crypto";
import { coarse, FOLDS_CASE, TELLS_EXECUTABLE } from "./alices_disk.ts";
import { WINDOWS } from "../support/system.ts";

/** Everything in a folder but tcpsync's own, as text by path: what two folders must have alike. */
export type Tree = Map<string, string>;

export class Folder {
  constructor(readonly path: string) {
    Deno.mkdirSync(path, { recursive: true });
  }

  /** The native path of a path with "/". */
  at(path: string): string {
    return WINDOWS ? `${this.path}\\${path.replaceAll("/", "\\")}` : `${this.path}/${path}`;
  }

  /** Writes a file, with its parents. `time`: its mtime, in ms. */
  write(path: string, content: string | Uint8Array, time?: number) {
    const parent = path.split("/").slice(0, -1).join("/");
    if (parent) this.makeFolder(parent);
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    try {
      Deno.writeFileSync(this.at(path), bytes);
    } catch (error) {
      // Samba hides names that begin with a dot, and lets nobody write what is hidden from its beginning.
      if (!(error instanceof Deno.errors.PermissionDenied) || !/(^|\/)\.[^/]*$/.test(path)) throw error;
      this.remove(path);
      Deno.writeFileSync(this.at(path), bytes);
    }
    if (time !== undefined) Deno.utimeSync(this.at(path), new Date(time), new Date(time));
  }

  append(path: string, text: string) {
    Deno.writeTextFileSync(this.at(path), text, { append: true });
  }

  read(path: string): string {
    return Deno.readTextFileSync(this.at(path));
  }

  makeFolder(path: string) {
    Deno.mkdirSync(this.at(path), { recursive: true });
  }

  makeLink(path: string, target: string) {
    Deno.symlinkSync(target, this.at(path));
  }

  /** Windows does not rename what a program has open just now: a person tries again. */
  rename(from: string, to: string) {
    for (let tries = WINDOWS ? 100 : 1;; tries--) {
      try {
        return Deno.renameSync(this.at(from), this.at(to));
      } catch (error) {
        if (tries <= 1 || !(error as Error).message.includes("os error 32")) throw error;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
      }
    }
  }

  /** A rename that changes only the case: Wine, and Linux on disks that fold case, take it for no change, unless it is made in two
   * steps. */
  respell(from: string, to: string) {
    if (!WINDOWS && !FOLDS_CASE) return this.rename(from, to);
    this.rename(from, `${to}.respelled`);
    this.rename(`${to}.respelled`, to);
  }

  /** Removes a file, or a folder with all in it. Windows refuses while somebody looks into it: then once more. */
  remove(path: string) {
    for (let tries = 1;; tries++) {
      try {
        return Deno.removeSync(this.at(path), { recursive: true });
      } catch (error) {
        if (WINDOWS && error instanceof Deno.errors.NotFound) return; // Whoever looked into it has just closed it: it is gone.
        if (!WINDOWS || tries === 50 || !/os error (32|145)\b/.test(String(error))) throw error;
      }
    }
  }

  has(path: string): boolean {
    return this.#info(path) !== null;
  }

  mtime(path: string): number {
    return this.#info(path)?.mtime?.getTime() ?? 0;
  }

  names(path = ""): string[] {
    return [...Deno.readDirSync(this.at(path))].map(({ name }) => name).filter((name) => name !== ".tcpsync")
      .sort();
  }

  /** Kept versions: path as it was → content. */
  versions(): Map<string, string> {
    const kept = new Map<string, string>();
    const top = ".tcpsync/versions";
    for (const batch of this.names(top)) {
      for (const [path, text] of this.#texts(`${top}/${batch}`, "")) kept.set(path, text);
    }
    return kept;
  }

  /** What vanishes meanwhile is in no tree: whoever compares looks again. */
  tree(): Tree {
    const tree: Tree = new Map();
    this.#collect(tree, "");
    return tree;
  }

  #collect(tree: Tree, folder: string) {
    for (const name of this.names(folder)) {
      const path = folder ? `${folder}/${name}` : name;
      const info = this.#info(path);
      if (!info) continue;
      if (info.isSymlink) tree.set(path, `link to ${Deno.readLinkSync(this.at(path))}`);
      else if (info.isDirectory) this.#collectFolder(tree, path);
      else tree.set(path, this.#describe(path, info));
    }
  }

  /** A program may put a file in its place just then. */
  #collectFolder(tree: Tree, path: string) {
    try {
      tree.set(path, "folder");
      this.#collect(tree, path);
    } catch (error) {
      if (this.#info(path)?.isDirectory) throw error;
      tree.delete(path);
    }
  }

  #describe(path: string, info: Deno.FileInfo): string {
    const runs = !WINDOWS && TELLS_EXECUTABLE && (info.mode! & 0o100) !== 0 ? " runs" : "";
    return `file ${info.size} ${coarse(info.mtime?.getTime() ?? 0)}${runs} ${
      this.#digest(path).slice(0, 16)
    }`;
  }

  #digest(path: string): string {
    try {
      return digestOfFile(this.at(path));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return "gone";
      throw error;
    }
  }

  *#texts(folder: string, inner: string): Iterable<[string, string]> {
    for (const { name, isDirectory } of Deno.readDirSync(this.at(folder))) {
      const [below, path] = [`${folder}/${name}`, inner ? `${inner}/${name}` : name];
      if (isDirectory) yield* this.#texts(below, path);
      else yield [path, this.read(below)];
    }
  }

  #info(path: string): Deno.FileInfo | null {
    try {
      return Deno.lstatSync(this.at(path));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return null;
      throw error;
    }
  }
}

const buffer = new Uint8Array(1 << 20);

function digestOfFile(path: string): string {
  const hash = createHash("sha256");
  using file = Deno.openSync(path);
  for (let count = file.readSync(buffer); count; count = file.readSync(buffer)) {
    hash.update(buffer.subarray(0, count));
  }
  return hash.digest("hex");
}

/** Whether a path beyond 260 characters can be opened where rights are limited: Wine cannot tell where such a one really is. */
export function takesLongPaths(): boolean {
  const place = Deno.makeTempDirSync({ prefix: "tcpsync-long-" });
  const path = `${place}${WINDOWS ? "\\" : "/"}${"n".repeat(255)}`;
  try {
    Deno.writeTextFileSync(path, "");
    Deno.realPathSync(path);
    return true;
  } catch {
    return false;
  } finally {
    Deno.removeSync(place, { recursive: true });
  }
}

/** Where two trees differ, for a person; empty when they do not. */
export function differences(one: Tree, other: Tree): string[] {
  const paths = new Set([...one.keys(), ...other.keys()]);
  return [...paths].filter((path) => one.get(path) !== other.get(path))
    .map((path) => `${path}: ${one.get(path) ?? "nothing"} | ${other.get(path) ?? "nothing"}`);
}
