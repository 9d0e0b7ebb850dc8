// Walks a folder with all that is in it without a call within a call for each level: how deep a tree is decides nothing.

import type { DirectoryEntry, Entry } from "../core/tree/entry.ts";
import type { Path } from "../core/tree/path.ts";

/** A folder while what is in it is being looked at, name by name. */
export class OpenFolder {
  readonly #children = new Map<string, Entry>();
  #alike: boolean;
  #next = 0;

  /** `self`: it by itself; `inside`: what native paths in it begin with; `before`: what it was. */
  constructor(
    readonly path: Path,
    readonly inside: string,
    private readonly self: DirectoryEntry,
    readonly before: DirectoryEntry,
    readonly names: readonly string[],
  ) {
    this.#alike = self.id === before.id && self.name === before.name;
  }

  /** The next name to look at; undefined after the last one. */
  next(): string | undefined {
    return this.names[this.#next++];
  }

  /** Takes what was found under a name. */
  take(name: string, entry: Entry | null) {
    if (entry !== (this.before.children.get(name) ?? null)) this.#alike = false;
    if (entry) this.#children.set(name, entry);
  }

  /** What it is now: the very same as before where nothing changed. */
  found(): DirectoryEntry {
    const isSame = this.#alike && this.#children.size === this.before.children.size;
    return isSame ? this.before : { ...this.self, children: this.#children };
  }
}

/** Looks at all that is in `top`. `look` tells what is under a name, a folder as one that is open; `closed` is called after the last
 * name of each folder, with what was found. */
export function walkFolder(
  top: OpenFolder,
  look: (folder: OpenFolder, name: string) => Entry | OpenFolder | null,
  closed: (folder: OpenFolder, found: DirectoryEntry) => void,
): DirectoryEntry {
  const above: OpenFolder[] = [];
  let folder = top;
  for (;;) {
    const name = folder.next();
    if (name !== undefined) {
      const entry = look(folder, name);
      if (!(entry instanceof OpenFolder)) folder.take(name, entry);
      else {
        above.push(folder);
        folder = entry;
      }
      continue;
    }
    const found = folder.found();
    closed(folder, found);
    const parent = above.pop();
    if (!parent) return found;
    parent.take(found.name, found);
    folder = parent;
  }
}
