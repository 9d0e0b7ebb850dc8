// The ledger of one computer's contents: every one that was ever whole here is here still, in the folder or among the kept versions,
// unless a person on this computer let go of the last of it.

import { isPrivateName } from "../../src/core/path.ts";
import type { Node, Volume } from "./disk.ts";

export class Ledger {
  /** What was here, by content: where last, and whether by the person's own hand. */
  readonly #known = new Map<string, { path: string; own: boolean }>();
  readonly #letGo = new Set<string>();

  /** `whole`: what people wrote, on either computer. */
  constructor(
    private readonly volume: Volume,
    private readonly folder: string,
    private readonly whole: Set<string>,
    private readonly trace: (line: string) => void,
  ) {}

  /** A person does something to what is at these native paths. */
  act(paths: string[], act: () => void): void {
    const before = new Set(paths.flatMap((path) => [...this.#contents(path)].map(({ key }) => key)));
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
      }
      const left = [...this.#contents(this.folder)];
      const there = new Set(left.map(({ key }) => key));
      // Also where a version is left: one that was just made is forgotten again, since a person was quicker to replace it.
      for (const key of before) if (!there.has(key)) this.#letGo.add(key);
      // What is left of it where it came from the other computer is no work of the person's any more.
      const saved = new Set(left.filter(({ unflushed }) => !unflushed).map(({ key }) => key));
      for (const key of before) if (!saved.has(key)) this.#disown(key);
      this.volume.settle(); // People save with care.
    }
  }

  /** The program put something at a native path in the folder. Gives what is wrong with that. */
  placed(path: string): string | undefined {
    for (const { key } of this.#contents(path)) {
      if (!this.whole.has(key)) return `something nobody ever wrote in full stands at ${path}`;
      this.#learn(key, path, false);
    }
  }

  /** The power was cut: what had only just come from the other computer may be gone, the person's own work may not. */
  afterPowerCut(): void {
    const present = this.present();
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
    return [...this.volume.below(this.folder, isPrivateName)]
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
    const inner = [
      this.folder,
      `${this.folder}${this.volume.separator}.tcpsync${this.volume.separator}versions`,
    ];
    return new Set(inner.flatMap((path) => [...this.#contents(path)].map(({ key }) => key)));
  }

  *#contents(path: string): Generator<Node> {
    const node = this.volume.find(path);
    if (!node) return;
    if (node.kind !== "directory") yield node;
    for (const [, inner] of this.volume.below(path, isPrivateName)) {
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
