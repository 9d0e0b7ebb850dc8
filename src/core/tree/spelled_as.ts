// A tree in the spelling of another: for a disk that takes no other spelling of a name, on which a spelling tells nothing.

import { type Deep, run } from "./deep.ts";
import type { DirectoryEntry, Entry } from "./entry.ts";

/** Spells what a tree holds as `base` does, wherever that has something under the same compared name. What did not change since the last
 * call gives the very same entry again. */
export class SpelledAs {
  #done = new WeakMap<DirectoryEntry, { base: DirectoryEntry; spelled: DirectoryEntry }>();

  /** `tree` with the names of `base`, both in the compared form. */
  tree(tree: DirectoryEntry, base: DirectoryEntry): DirectoryEntry {
    return run(this.#directory(tree, base));
  }

  *#directory(tree: DirectoryEntry, base: DirectoryEntry): Deep<DirectoryEntry> {
    if (tree === base) return tree;
    const done = this.#done.get(tree);
    if (done?.base === base) return done.spelled;
    const children = new Map<string, Entry>();
    let alike = true;
    for (const [key, entry] of tree.children) {
      const known = base.children.get(key);
      const inner: Entry = entry.kind === "directory" && known?.kind === "directory"
        ? (yield this.#directory(entry, known)) as DirectoryEntry
        : entry;
      const spelled = known && inner.name !== known.name ? { ...inner, name: known.name } : inner;
      if (spelled !== entry) alike = false;
      children.set(key, spelled);
    }
    const spelled = alike ? tree : { ...tree, children };
    this.#done.set(tree, { base, spelled });
    return spelled;
  }
}
