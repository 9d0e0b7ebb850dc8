// The root digest: one value for a whole tree, over the compared form (RULES N3), remembered for every part that is shared.

import { type Deep, run } from "./deep.ts";
import { type DirectoryEntry, type Entry, knownDigest } from "./entry.ts";

/** What a tree amounts to; files and bytes count plain files. */
export interface TreeSum {
  /** SHA-256 in hex, over the sorted lines of the tree's children: a folder's line has its own digest. */
  readonly digest: string;
  /** Links are not among them. */
  readonly files: number;
  /** Their sizes added up. */
  readonly bytes: number;
}

/** Sums trees. Immutable parts are summed once; cost: what changed since the last call. */
export class TreeDigest {
  #known = new WeakMap<ReadonlyMap<string, Entry>, TreeSum>();

  /** `sha256`: that of a text's UTF-8, in hex; core itself has none. */
  constructor(private readonly sha256: (text: string) => string) {}

  /** The sum of that tree, names and folders included. Where a file's digest is not known, it counts as "". */
  sum(tree: DirectoryEntry): TreeSum {
    return this.#known.get(tree.children) ?? run(this.#sum(tree));
  }

  *#sum(tree: DirectoryEntry): Deep<TreeSum> {
    const lines: string[] = [];
    let files = 0;
    let bytes = 0;
    for (const [key, entry] of tree.children) {
      if (entry.kind === "directory") {
        const inner = (yield this.#known.get(entry.children) ?? this.#sum(entry)) as TreeSum;
        files += inner.files;
        bytes += inner.bytes;
        lines.push(`${key}\0d${inner.digest}`);
      } else if (entry.kind === "file") {
        files += 1;
        bytes += entry.size;
        lines.push(`${key}\0${entry.executable ? "x" : "f"}${knownDigest(entry)}`);
      } else if (entry.kind === "link") lines.push(`${key}\0l${entry.digest}`);
    }
    const sum = { digest: this.sha256(lines.sort().join("\n")), files, bytes };
    this.#known.set(tree.children, sum);
    return sum;
  }
}
