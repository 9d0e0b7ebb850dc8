// Small random things a person does to a folder, each written as numbers so that a failing run shrinks and replays.

import fc from "./property.ts";
import { namingProblem } from "../../src/core/ability.ts";
import type { Entry } from "../../src/core/tree/entry.ts";
import { compareKey, isWithin, joinPath, type Path, ROOT } from "../../src/core/tree/path.ts";
import { walk } from "../../src/core/tree/tree.ts";
import type { MemoryDisk } from "./memory_disk.ts";
import { digestOf } from "./trees.ts";

const KINDS = [
  "create",
  "create",
  "folder",
  "edit",
  "edit",
  "delete",
  "rename",
  "rename",
  "swap",
  "circle",
  "save",
  "respell",
  "bit",
  "link",
  "swapKind",
  "hide",
] as const;
const NAMES = ["a", "b", "c.txt", "D", "A", "e.x", "aux", "what?", "caf\u00e9", "cafe\u0301"];
const CONTENTS = ["", "1", "2", "33", "44"];
const TIMES = [1_000, 1_400, 2_000, 9_000, 100_000];

/** One act: what, and the choices it makes, each taken modulo what there is. */
export interface Perturbation {
  kind: typeof KINDS[number];
  pick: number;
  into: number;
  name: number;
  content: number;
  time: number;
  flag: boolean;
}

export const perturbations = (maxLength: number): fc.Arbitrary<Perturbation[]> =>
  fc.array(
    fc.record({
      kind: fc.constantFrom(...KINDS),
      pick: fc.nat(30),
      into: fc.nat(30),
      name: fc.nat(NAMES.length - 1),
      content: fc.nat(CONTENTS.length + 3),
      time: fc.nat(TIMES.length - 1),
      flag: fc.boolean(),
    }),
    { maxLength },
  );

/** Does acts on one disk. `tag` makes contents of its own; what is replaced or deleted is told to `gaveUp`. */
export function perturb(
  disk: MemoryDisk,
  list: readonly Perturbation[],
  fold: boolean,
  tag: string,
  gaveUp: (content: string) => void,
) {
  list.forEach((act, index) => new Actor(disk, fold, `${tag}${index}`, gaveUp).do(act));
}

class Actor {
  constructor(
    private readonly disk: MemoryDisk,
    private readonly fold: boolean,
    private readonly tag: string,
    private readonly gaveUp: (content: string) => void,
  ) {}

  do(act: Perturbation) {
    const { kind } = act;
    if (kind === "create" || kind === "folder" || kind === "link") return this.#create(act);
    if (kind === "edit" || kind === "bit") return this.#edit(act);
    if (kind === "delete") return this.#with(act, (path) => this.#delete(path));
    if (kind === "rename") return this.#rename(act);
    if (kind === "swap" || kind === "circle") return this.#circle(act, kind === "swap" ? 2 : 3);
    if (kind === "save") return this.#save(act);
    if (kind === "respell") return this.#respell(act);
    if (kind === "hide") return this.#hide(act);
    this.#swapKind(act);
  }

  /** Something can no longer be read; what it was is not given up. */
  #hide(act: Perturbation) {
    this.#with(act, (path) => {
      if (act.flag) this.disk.hide(path);
    });
  }

  #entries(wanted: (entry: Entry) => boolean): [Path, Entry][] {
    return [...walk(ROOT, this.disk.tree)].filter(([path, entry]) => path !== ROOT && wanted(entry));
  }

  #with(
    act: Perturbation,
    run: (path: Path, entry: Entry) => void,
    wanted: (entry: Entry) => boolean = () => true,
  ) {
    const entries = this.#entries(wanted);
    if (entries.length > 0) run(...entries[act.pick % entries.length]!);
  }

  #folder(act: Perturbation): Path {
    const folders = [...walk(ROOT, this.disk.tree)].filter(([, entry]) => entry.kind === "directory");
    return folders[act.into % folders.length]![0];
  }

  /** A vacant place in some folder, or null. */
  #place(act: Perturbation): { path: Path; name: string } | null {
    const name = NAMES[act.name]!;
    if (namingProblem(name, this.disk.ability) !== null) return null;
    const path = joinPath(this.#folder(act), compareKey(name, this.fold));
    let vacant = true;
    this.disk.edit((editor) => vacant = editor.get(path) === null);
    return vacant ? { path, name } : null;
  }

  #create(act: Perturbation) {
    const place = this.#place(act);
    if (!place) return;
    const entry = this.#made(act, place.name);
    if (entry) this.disk.edit((editor) => editor.set(place.path, entry));
  }

  #made(act: Perturbation, name: string, old?: Entry): Entry | null {
    if (act.kind === "folder") {
      return { kind: "directory", name, children: new Map(), id: this.disk.newId(), born: 0 };
    }
    if (act.kind === "link") {
      const target = NAMES[act.into % 3]!;
      return this.disk.ability.links ? { kind: "link", name, target, digest: digestOf(target) } : null;
    }
    const content = CONTENTS[act.content] ?? `own ${this.tag}`;
    const size = new TextEncoder().encode(content).length;
    const known = act.flag || (old?.kind === "file" && old.size === size);
    return {
      kind: "file",
      name,
      size,
      mtime: TIMES[act.time]!,
      executable: act.flag && this.disk.ability.executable,
      digest: known ? digestOf(content) : "",
      id: this.disk.store(content, act.flag && old?.kind === "file" ? old.id : undefined),
      born: 0,
    };
  }

  #edit(act: Perturbation) {
    this.#with(act, (path, entry) => {
      if (entry.kind !== "file") return;
      if (act.kind === "bit") {
        const executable = this.disk.ability.executable && !entry.executable;
        return this.disk.edit((editor) => editor.set(path, { ...entry, executable }));
      }
      this.#giveUp(entry);
      const made = this.#made(act, entry.name, entry);
      if (made?.kind !== "file") return;
      this.disk.edit((editor) => editor.set(path, { ...made, executable: entry.executable }));
    }, (entry) => entry.kind === "file");
  }

  #delete(path: Path) {
    this.disk.edit((editor) => {
      for (const entry of this.disk.whole(path)) this.#giveUp(entry);
      editor.set(path, null);
    });
  }

  #rename(act: Perturbation) {
    this.#with(act, (from) => {
      const place = this.#place(act);
      if (!place || isWithin(place.path, from)) return;
      this.disk.edit((editor) => editor.move({ from, to: place.path, name: place.name }));
    });
  }

  /** So many things take each other's places, each with the name that is there. */
  #circle(act: Perturbation, count: number) {
    const all = this.#entries(() => true);
    const chosen: [Path, Entry][] = [];
    for (let step = 0; step < all.length && chosen.length < count; step++) {
      const [path, entry] = all[(act.pick + step * (1 + act.into)) % all.length]!;
      const isApart = chosen.every(([other]) => !isWithin(path, other) && !isWithin(other, path));
      if (isApart) chosen.push([path, entry]);
    }
    if (chosen.length < count) return;
    const between = "between" as Path;
    const [[first, { name }], ...others] = chosen as [[Path, Entry], ...[Path, Entry][]];
    this.disk.edit((editor) => {
      editor.move({ from: first, to: between, name: "between" });
      let [free, named] = [first, name];
      for (const [path, entry] of others) {
        editor.move({ from: path, to: free, name: named });
        [free, named] = [path, entry.name];
      }
      editor.move({ from: between, to: free, name: named });
    });
  }

  /** A file is moved to a backup name and made anew (M8). */
  #save(act: Perturbation) {
    this.#with(act, (from, entry) => {
      const place = this.#place(act);
      const made = place && this.#made({ ...act, kind: "create" }, entry.name);
      if (!place || !made) return;
      this.disk.edit((editor) => {
        editor.move({ from, to: place.path, name: place.name });
        editor.set(from, made);
      });
    }, (entry) => entry.kind === "file");
  }

  #respell(act: Perturbation) {
    if (!this.fold) return;
    this.#with(act, (path, { name }) => {
      const other = name === name.toLowerCase() ? name.toUpperCase() : name.toLowerCase();
      if (compareKey(other, true) !== compareKey(name, true)) return;
      this.disk.edit((editor) => editor.move({ from: path, to: path, name: other }));
    });
  }

  #swapKind(act: Perturbation) {
    this.#with(act, (path, entry) => {
      this.#delete(path);
      const kind = entry.kind === "directory" ? "create" : "folder";
      this.disk.edit((editor) => editor.set(path, this.#made({ ...act, kind }, entry.name)));
      if (kind === "create" || !act.flag) return;
      const inside = this.#made({ ...act, kind: "create" }, "inside");
      this.disk.edit((editor) => editor.set(joinPath(path, "inside"), inside));
    });
  }

  #giveUp(entry: Entry) {
    if (entry.kind === "file") this.gaveUp(this.disk.content(entry));
  }
}
