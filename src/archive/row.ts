// An entry as a row of an archive's ancestor, and back.

import { expect, isCount, isDigest, isNullOr, isText, isTime } from "./checks.ts";
import { type DirectoryEntry, EMPTY_ROOT, type Entry } from "../core/tree/entry.ts";
import type { Path } from "../core/tree/path.ts";
import { textDigest } from "../fs/digest.ts";

/** A row of the ancestor; what its kind does not have is null. `kind`: 0 a file, 1 a folder, 2 a link; times in ms, `id` and `born` of
 * this disk alone. */
export type EntryRow = {
  path: string;
  name: string;
  kind: number;
  size: number | null;
  mtime: number | null;
  executable: number | null;
  digest: Uint8Array | null;
  target: string | null;
  id: number | null;
  born: number | null;
};

const KINDS = { file: 0, directory: 1, link: 2 } as const;

/** What only this machine knows of an entry: its mtime, its file ID, and when it was made. */
export function seenOf(entry: Entry): Pick<EntryRow, "mtime" | "id" | "born"> {
  if (entry.kind === "file") return { mtime: entry.mtime, id: entry.id, born: entry.born };
  if (entry.kind === "directory") return { mtime: null, id: entry.id, born: entry.born };
  return { mtime: null, id: null, born: null };
}

/** Throws for a problem: it cannot be agreed. */
export function rowOf(path: Path, entry: Entry): EntryRow {
  if (entry.kind === "problem") throw new Error(`A problem cannot be agreed: ${path}`);
  const file = entry.kind === "file" ? entry : null;
  return {
    path,
    name: entry.name,
    kind: KINDS[entry.kind],
    size: file ? file.size : null,
    executable: file ? Number(file.executable) : null,
    digest: file ? toBlob(file.digest) : null,
    target: entry.kind === "link" ? entry.target : null,
    ...seenOf(entry),
  };
}

/** A digest as the tables hold it, and back. */
export function toBlob(digest: string): Uint8Array {
  return Uint8Array.fromHex(digest);
}

/** In hex; "" of what is empty. */
export function fromBlob(bytes: Uint8Array): string {
  return bytes.toHex();
}

/** The tree of rows in order of their paths, which puts every folder before what is in it. Throws for a damaged row. */
export function treeOf(rows: Iterable<EntryRow>): DirectoryEntry {
  const folders = new Map<string, Map<string, Entry>>([["", new Map()]]);
  for (const row of rows) {
    const cut = row.path.lastIndexOf("/");
    const siblings = folders.get(cut < 0 ? "" : row.path.slice(0, cut));
    checkRow(row);
    const entry = entryOf(row);
    siblings?.set(row.path.slice(cut + 1), entry);
    if (entry.kind === "directory") folders.set(row.path, entry.children as Map<string, Entry>);
  }
  return { ...EMPTY_ROOT, children: folders.get("")! };
}

function entryOf(row: EntryRow): Entry {
  const { name } = row;
  if (row.kind === KINDS.directory) {
    return { kind: "directory", name, children: new Map(), id: row.id ?? 0, born: row.born ?? 0 };
  }
  if (row.kind === KINDS.link) {
    const target = row.target ?? "";
    return { kind: "link", name, target, digest: textDigest(target) };
  }
  return {
    kind: "file",
    name,
    size: row.size ?? 0,
    mtime: row.mtime ?? 0,
    executable: row.executable === 1,
    digest: row.digest ? fromBlob(row.digest) : "",
    id: row.id ?? 0,
    born: row.born ?? 0,
  };
}

/** Throws where a column is none: SQLite looks after its own pages only. */
export function checkRow(
  { path, name, kind, size, mtime, executable, digest, target, id, born }: EntryRow,
): void {
  const named = isText(path) && path !== "" && isText(name) && name !== "";
  const numbers = isCount(kind) && kind <= 2 && isNullOr(isCount, size) && isNullOr(isTime, mtime);
  const rest = isNullOr(isCount, executable) && isNullOr(isText, target) && isNullOr(Number.isFinite, id) &&
    (born === undefined || isNullOr(isTime, born)); // Steps of before there was this column lack it.
  expect(named && numbers && rest && isNullOr(isDigest, digest), "an entry");
}
