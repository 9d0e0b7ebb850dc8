// Trees for tests: short ways to write them, and a small vocabulary of named ones.

import { createHash } from "node:crypto";
import type { Ability } from "../../src/core/ability.ts";
import {
  type DirectoryEntry,
  type Entry,
  type FileEntry,
  knownDigest,
  type LinkEntry,
  type ProblemEntry,
} from "../../src/core/tree/entry.ts";
import { compareKey, nameOf, type Path, ROOT } from "../../src/core/tree/path.ts";
import { type Move, walk } from "../../src/core/tree/tree.ts";

/** A path that a test writes itself, and that need not pass the gate. */
export const at = (path: string) => path as Path;

/** A move that changes nothing but the place, or that and more. */
export const move = (from: string, to: string, more: Partial<Move> = {}): Move => ({
  ...{ from: at(from), to: at(to), name: nameOf(at(to)), ...more },
});

/** SHA-256 in hex, as digests are written. */
export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

const digests = new Map<string, string>();

/** The digest of a content, remembered. */
export function digestOf(content: string): string {
  let digest = digests.get(content);
  if (digest === undefined) digests.set(content, digest = sha256(content));
  return digest;
}

/** The content of a file made here, "?" when its digest is not known. */
export function contentOf(entry: FileEntry): string {
  const digest = knownDigest(entry);
  for (const [content, known] of digests) if (known === digest) return content;
  return "?";
}

/** A file; it gets its name from the directory it is put in. */
export function file(content: string, known: Partial<FileEntry> = {}): FileEntry {
  return {
    kind: "file",
    name: "",
    size: new TextEncoder().encode(content).length,
    mtime: 0,
    executable: false,
    digest: digestOf(content),
    id: 0,
    born: 0,
    ...known,
  };
}

/** The same file before anybody needed its digest. */
export function undigested(entry: FileEntry): FileEntry {
  return { ...entry, digest: "" };
}

export function link(target: string): LinkEntry {
  return { kind: "link", name: "", target, digest: digestOf(target) };
}

export function problem(reason: string, lasting = true): ProblemEntry {
  return { kind: "problem", name: "", reason, lasting };
}

export type Children = Record<string, Entry>;

/** A directory with children under their names. */
export function dir(children: Children = {}, id = 0, fold = false): DirectoryEntry {
  const map = new Map<string, Entry>();
  for (const [name, entry] of Object.entries(children)) map.set(compareKey(name, fold), { ...entry, name });
  return { kind: "directory", name: "", children: map, id, born: 0 };
}

/** The same on a disk that folds case. */
export function folded(children: Children = {}, id = 0): DirectoryEntry {
  return dir(children, id, true);
}

/** A tree as lines, one an entry, sorted: for comparing and for reading. Times and IDs are left out. */
export function lines(tree: DirectoryEntry): string[] {
  const found: string[] = [];
  for (const [path, entry] of walk(ROOT, tree)) if (path !== ROOT) found.push(line(path, entry));
  return found.sort();
}

function line(path: Path, entry: Entry): string {
  const name = entry.name.normalize("NFC");
  const at = path.endsWith(name) ? path : `${path} "${name}"`;
  switch (entry.kind) {
    case "file":
      return `${at} = ${knownDigest(entry).slice(0, 12) || entry.size}${entry.executable ? " x" : ""}`;
    case "directory":
      return `${at}/`;
    case "link":
      return `${at} -> ${entry.target}`;
    case "problem":
      return `${at} !! ${entry.reason}`;
  }
}

/** All paths of a tree but the root. */
export function paths(tree: DirectoryEntry): Path[] {
  return [...walk(ROOT, tree)].map(([path]) => path).filter((path) => path !== ROOT).sort();
}

export const posix: Ability = {
  foldsCase: false,
  executable: true,
  links: true,
  windowsNames: false,
  longestPath: 4000,
};
export const windows: Ability = {
  foldsCase: true,
  executable: false,
  links: false,
  windowsNames: true,
  longestPath: 4000,
};
export const mac: Ability = {
  foldsCase: true,
  executable: true,
  links: true,
  windowsNames: false,
  longestPath: 4000,
};

// The vocabulary. Names say what is in it, not what it is used for.

export const tEmpty = dir();
export const tOne = dir({ "a.txt": file("one") });
export const tTwo = dir({ "a.txt": file("two!") });
export const tThree = dir({ "a.txt": file("three!") });
export const tOneExecutable = dir({ "a.txt": file("one", { executable: true }) });
export const tTwoExecutable = dir({ "a.txt": file("two!", { executable: true }) });
export const tLink = dir({ "a.txt": link("b.txt") });
export const tOtherLink = dir({ "a.txt": link("c.txt") });
export const tFolder = dir({ "a.txt": dir({ "x": file("x") }) });
export const tFolderEmpty = dir({ "a.txt": dir() });
export const tFolderEdited = dir({ "a.txt": dir({ "x": file("x!") }) });
export const tNest = dir({ "d": dir({ "x": file("x"), "y": file("y"), "sub": dir({ "z": file("z") }) }) });
export const tNestLess = dir({ "d": dir({ "x": file("x") }) });
export const tNestEdited = dir({
  "d": dir({ "x": file("x"), "y": file("y"), "sub": dir({ "z": file("z!") }) }),
});
export const tOdd = dir({ "aux.txt": file("odd"), "fine": file("fine") });
