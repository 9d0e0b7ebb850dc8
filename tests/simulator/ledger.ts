// The ledger of one computer's contents: every one that was ever whole here is here still, in the folder or among the kept versions,
// unless a person on this computer let go of the last of it.

import type { Node, Volume } from "./volume.ts";
import { isOwn } from "./own.ts";

/** What two people do within so long may meet. */
const MEANWHILE_MS = 10_000;

interface Work {
  path: string;
  /** By the computer's clock (ms). */
  at: number;
}

/** A content came to a place in the folder, or left it. */
interface Passage {
  /** See Ledger.#placed. */
  place: string;
  /** By the computer's clock (ms). */
  at: number;
}

export class Ledger {
  /** What was here, by content: where last, and whether by the person's own hand. */
  readonly #known = new Map<string, { path: string; own: boolean }>();
  readonly #letGo = new Set<string>();
  /** What the person made, put or brought back somewhere in the folder, and what they took out of it again, by content. */
  readonly #meant = new Set<string>();
  readonly #released = new Set<string>();
  /** When the person put something where. */
  readonly #worked: Work[] = [];
  /** The same by content, where files changed places on a disk that does not tell them apart, or back to where they had been. */
  readonly #shuffled = new Map<string, Work[]>();
  /** Every place where a content has stood in the folder; what the person took from its place, and what they brought back there. */
  readonly #stood = new Set<string>();
  readonly #taken: Passage[] = [];
  readonly #returned: Passage[] = [];
  /** Kept versions that were files of the folder before, and what was in them. */
  readonly #versions = new Map<Node, string>();

  /** `whole`: what people wrote, on either computer. */
  constructor(
    private readonly volume: Volume,
    private readonly folder: string,
    private readonly whole: Set<string>,
    private readonly trace: (line: string) => void,
    private readonly fail: (reason: string) => void,
  ) {}

  get #kept(): string {
    const { separator } = this.volume;
    return `${this.folder}${separator}.tcpsync${separator}versions`;
  }

  /** A person does something to what is at these native paths. `moves`: whole folders only go elsewhere, whatever is in them. */
  act(paths: string[], act: () => void, moves = false): void {
    const keys = () => new Set(paths.flatMap((path) => [...this.#contents(path)].map(({ key }) => key)));
    const before = keys();
    const placed = new Set(paths.flatMap((path) => this.#placed(path)));
    const occupied = () => paths.filter((path) => this.volume.find(path)).length;
    const isFull = occupied() > 1;
    try {
      act();
    } finally {
      for (const path of paths) {
        const node = this.volume.find(path);
        this.trace(`a person: ${path} ${node ? `${node.kind} ${node.key.slice(0, 8)}` : "nothing"}`);
        for (const inner of this.#contents(path)) {
          inner.unflushed = false;
          this.whole.add(inner.key); // Also what a power cut had torn: who touches it makes it their own.
          this.#learn(inner.key, path, true);
        }
        if (moves) continue;
        for (const place of this.#placed(path)) if (!placed.has(place)) this.#mean(place);
      }
      const returned = this.#notePassages(placed, new Set(paths.flatMap((path) => this.#placed(path))));
      if (isFull && occupied() > 1) {
        this.#noteShuffle(paths, this.volume.tellsFilesApart ? returned : before);
      }
      const left = [...this.#contents(this.folder)];
      const there = new Set(left.map(({ key }) => key));
      // Also where a version is left: one that was just made is forgotten again, since a person was quicker to replace it.
      for (const key of before) if (!there.has(key)) this.#letGo.add(key);
      // Of two that are alike, one may be taken away here and the other there.
      const still = keys();
      for (const key of before) if (!still.has(key)) this.#released.add(key);
      // What is left of it where it came from the other computer is no work of the person's any more.
      const saved = new Set(left.filter(({ unflushed }) => !unflushed).map(({ key }) => key));
      for (const key of before) if (!saved.has(key)) this.#disown(key);
      this.volume.settle(); // People save with care.
      this.#checkVersions();
    }
  }

  /** A person's program writes to a file that it opened before, wherever that is by now: also a kept version is its owner's then.
   * `shows`: whoever looks at the file sees that; otherwise it may be deleted or replaced, and be a version. */
  writeInto(node: Node, act: () => void, shows = true): void {
    const before = node.key;
    act();
    this.trace(`a person: an open file ${before.slice(0, 8)} ${node.key.slice(0, 8)}`);
    this.#versions.delete(node);
    this.whole.add(node.key);
    node.unflushed = false;
    const inFolder = [...this.#contents(this.folder)];
    if (inFolder.includes(node)) {
      this.#learn(node.key, "an open file", true);
      if (shows) this.#meant.add(node.key);
      this.#released.delete(node.key);
    } else this.#letGo.add(node.key);
    this.#released.add(before);
    const left = inFolder.filter(({ key }) => key === before);
    if (left.length === 0) this.#letGo.add(before);
    if (left.every(({ unflushed }) => unflushed)) this.#disown(before); // As in act().
  }

  /** The program put something at a native path, in the place of something else, perhaps. */
  took(replaced: Node | null, path: string): void {
    const node = path.startsWith(this.#kept) ? this.volume.find(path) : replaced;
    if (node?.kind !== "file" || node.names === 0) return;
    if ([...this.#contents(this.#kept)].includes(node)) this.#versions.set(node, node.key);
  }

  /** What people made or brought back here and nobody took away since: `other`, who may have had it too, neither. */
  stillMeant(other: Ledger): string[] {
    return [...this.#meant].filter((key) =>
      !this.#released.has(key) && !other.#released.has(key) && !this.#mayPass(key, other) &&
      !other.#mayPass(key, this)
    );
  }

  /** Whether a content may be among the versions alone, since a program that knows files by what they hold cannot tell what is whose:
   * files changed places here, and the other person worked there at about that time; or the content came back to the place that the other
   * took it from meanwhile. What came to where it had been agreed was never touched to it, and what the other did there holds (C1); one
   * that was agreed there meanwhile looks edited, and that follows into the other's new name (M2). */
  #mayPass(key: string, other: Ledger): boolean {
    const shuffles = this.#shuffled.get(key) ?? [];
    const returns = this.#returned.filter(({ place }) => keyOf(place) === key);
    return shuffles.some((one) =>
      other.#worked.some((work) => work.path === one.path && areMeanwhile(work, one))
    ) ||
      returns.some((one) =>
        other.#taken.some((taken) => taken.place === one.place && areMeanwhile(taken, one))
      );
  }

  /** A person's act led from what stood `before` to what stands `after`. Gives the contents that came back to where they had stood. */
  #notePassages(before: ReadonlySet<string>, after: ReadonlySet<string>): Set<string> {
    const at = this.volume.now;
    const returned = [...after.difference(before)].filter((place) => this.#stood.has(place));
    for (const place of returned) this.#returned.push({ place, at });
    for (const place of before.difference(after)) this.#taken.push({ place, at });
    for (const place of before.union(after)) this.#stood.add(place);
    return new Set(returned.map(keyOf));
  }

  #noteShuffle(paths: readonly string[], keys: ReadonlySet<string>): void {
    const works = paths.map((path) => ({ path: this.#inFolder(path), at: this.volume.now }));
    for (const key of keys) this.#shuffled.set(key, [...this.#shuffled.get(key) ?? [], ...works]);
  }

  /** Every content in the folder itself. */
  inFolder(): Set<string> {
    return new Set([...this.#contents(this.folder)].map(({ key }) => key));
  }

  /** A person worked on files of the folder only: that must show in no version. */
  #checkVersions(): void {
    for (const [node, key] of this.#versions) {
      if (node.key === key) continue;
      this.#versions.delete(node);
      if (![...this.#contents(this.#kept)].includes(node)) continue;
      this.fail(`a kept version was rewritten through another name of it (${key.slice(0, 8)})`);
    }
  }

  #mean(place: string): void {
    const [path, key] = place.split("\0") as [string, string];
    this.#meant.add(key);
    this.#released.delete(key);
    this.#worked.push({ path, at: this.volume.now });
  }

  /** Which content stands where in the folder, at a path or below it: each as a path, NUL, and the content's key. */
  #placed(path: string): string[] {
    const node = this.volume.find(path);
    if (!node || !path.startsWith(this.folder)) return [];
    const inner = node.kind === "directory" ? [...this.volume.below(path, isOwn)] : [["", node] as const];
    const root = this.#inFolder(path);
    return inner.filter(([, { kind }]) => kind !== "directory").map(([at, { key }]) =>
      `${at === "" ? root : `${root}/${at}`}\0${key}`
    );
  }

  #inFolder(path: string): string {
    return path.slice(this.folder.length).replaceAll(this.volume.separator, "/");
  }

  /** The program put something at a native path in the folder. Gives what is wrong with that. */
  placed(path: string): string | undefined {
    for (const { key } of this.#contents(path)) {
      if (!this.whole.has(key)) return `something nobody ever wrote in full stands at ${path}`;
      this.#learn(key, path, false);
    }
    for (const place of this.#placed(path)) this.#stood.add(place);
  }

  /** The power was cut: what had only just come from the other computer may be gone, the person's own work may not. */
  afterPowerCut(): void {
    const present = this.present();
    this.#versions.clear(); // What was replaced may stand in its place again.
    for (const [key, { own }] of this.#known) if (!own && !present.has(key)) this.#known.delete(key);
  }

  /** Who knew what a power cut has torn, or may tear yet, is gone: what is here now is taken as it is, and on the disk. */
  accept(): void {
    for (const node of this.#contents(this.folder)) {
      this.whole.add(node.key);
      node.unflushed = false;
    }
    this.volume.settle(); // Nor does a power cut bring back what was there before.
  }

  /** Contents in the folder that nobody ever wrote in full. */
  torn(): string[] {
    return [...this.volume.below(this.folder, isOwn)]
      .filter(([, node]) => node.kind !== "directory" && !this.whole.has(node.key)).map(([path]) => path);
  }

  /** What was lost: where it was seen last. */
  lost(): string[] {
    const present = this.present();
    return [...this.#known].filter(([key]) => !present.has(key) && !this.#letGo.has(key))
      .map(([key, { path }]) => `${path} (${key.slice(0, 8)})`);
  }

  /** Every content in the folder and among the kept versions. */
  present(): Set<string> {
    return new Set(
      [this.folder, this.#kept].flatMap((path) => [...this.#contents(path)].map(({ key }) => key)),
    );
  }

  *#contents(path: string): Generator<Node> {
    const node = this.volume.find(path);
    if (!node) return;
    if (node.kind !== "directory") yield node;
    for (const [, inner] of this.volume.below(path, isOwn)) {
      if (inner.kind !== "directory") yield inner;
    }
  }

  #disown(key: string): void {
    const known = this.#known.get(key);
    if (known) known.own = false;
  }

  #learn(key: string, path: string, own: boolean): void {
    this.#known.set(key, { path, own: own || this.#known.get(key)?.own === true });
    this.#letGo.delete(key);
  }
}

function keyOf(place: string): string {
  return place.slice(place.indexOf("\0") + 1);
}

function areMeanwhile(one: { at: number }, other: { at: number }): boolean {
  return Math.abs(one.at - other.at) < MEANWHILE_MS;
}
