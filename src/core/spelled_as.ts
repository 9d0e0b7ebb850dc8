// A tree in the spelling of another: for a disk that takes no other spelling of a name, on which a spelling tells nothing.

import type { DirectoryEntry, Entry } from "./entry.ts";

/** Spells what a tree holds as `base` does, wherever that has something under the same compared name. What did not change since the last
 * call gives the very same entry again. */
export class SpelledAs {
  #done = new WeakMap<DirectoryEntry, { base: DirectoryEntry; spelled: DirectoryEntry }>();

  tree(tree: DirectoryEntry, base: DirectoryEntry): DirectoryEntry {
    if (tree === base) return tree;
    const done = this.#done.get(tree);
    if (done?.base === base) return done.spelled;
    const children = new Map<string, Entry>();
    let alike = true;
    for (const [key, entry] of tree.children) {
      const known = base.children.get(key);
      const spelled = known ? this.#entry(entry, known) : entry;
      if (spelled !== entry) alike = false;
      children.set(key, spelled);
    }
    const spelled = alike ? tree : { ...tree, children };
    this.#done.set(tree, { base, spelled });
    return spelled;
  }

  #entry(entry: Entry, known: Entry): Entry {
    const inner = entry.kind === "directory" && known.kind === "directory" ? this.tree(entry, known) : entry;
    return inner.name === known.name ? inner : { ...inner, name: known.name };
  }
}
