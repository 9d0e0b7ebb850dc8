// Copies that a transition needs and that take longer than a moment: it asks for them, and before the next one they are made, a slice at a
// time between all other work of the root's worker. What it asked for it leaves undone until then, and asks again.

import { NotYet } from "../core/failure.ts";
import { tryTo } from "../fs/failure.ts";
import type { Disk } from "../fs/port.ts";
import { type Copyable, FullCopy } from "./full_copy.ts";

/** A transition copies for so long at once, and each slice goes on for so long, in ms. */
const AT_ONCE_MS = 20;
const SLICE_MS = 20;
/** Of what is on the root's own disk. */
const OWN_DISK = "";

/** Where copies come to be: native paths where nothing is. */
export interface CopyPlaces {
  /** On the root's own disk, in what is cleared when the folder is next taken into use. */
  fresh(): string;
  /** In that folder, under a name that takes part nowhere. A look removes what a stop left there, and nothing before it is `over`. */
  begin(folder: string): string;
  /** Nothing is at that path any more. */
  over(native: string): void;
}

/** A copy that was asked for, to be in that folder. */
interface AskedCopy {
  folder: string;
  copy: FullCopy;
  /** Why it came to nothing, for whoever asks again. */
  failure?: unknown;
}

/** How a copy is asked for. */
interface Asking {
  /** What it is a copy of. */
  of: Copyable;
  /** It is so small that it is made at once in any case. */
  isSmall?: boolean;
}

export class Ahead {
  /** By what is copied. */
  readonly #asked = new Map<string, AskedCopy>();
  /** What the chunk at hand may ask for; null without chunks: everything. */
  #atHand: ReadonlySet<string> | null = null;
  #until = Infinity;

  /** As long as no transition `begin`s, everything is copied at once. */
  constructor(private readonly disk: Disk, readonly places: CopyPlaces) {}

  /** A transition begins: only what takes a moment is copied at once in it. */
  begin() {
    this.#until = performance.now() + AT_ONCE_MS;
  }

  /** A whole copy of what is at `from`, beside where it is to be in `folder`. Throws NotYet while there is none, what the disk throws, and
   * where what is copied changes. */
  beside(from: string, folder: string, { of, isSmall = false }: Asking): FullCopy {
    const until = isSmall ? Infinity : this.#until;
    return this.#ask(
      from,
      folder,
      until,
      () => new FullCopy(this.disk, from, this.places.begin(folder), of),
    );
  }

  /** The same on the root's own disk, of what is to be kept there. */
  onOwnDisk(from: string): FullCopy {
    return this.#ask(
      from,
      OWN_DISK,
      this.#until,
      () => new FullCopy(this.disk, from, this.places.fresh(), "original"),
    );
  }

  #ask(from: string, folder: string, until: number, begin: () => FullCopy): FullCopy {
    const before = this.#asked.get(from);
    if (before && (before.folder !== folder || before.copy.isWhole && !before.copy.isSame)) {
      this.drop(before.copy);
    }
    const asked = this.#asked.get(from) ?? { folder, copy: begin() };
    this.#asked.set(from, asked);
    if (!this.#isOpen(asked)) return this.#result(asked);
    if (performance.now() >= until) throw new NotYet();
    this.#advance(asked, until);
    return this.#result(asked);
  }

  /** Whether a copy of what is there was asked for. */
  has(from: string): boolean {
    return this.#asked.has(from);
  }

  /** Throws NotYet where such a copy is being made, and is not whole in a moment. */
  waitFor(from: string) {
    const asked = this.#asked.get(from);
    if (!asked || !this.#isOpen(asked)) return;
    if (performance.now() < this.#until) this.#advance(asked, this.#until);
    if (this.#isOpen(asked)) throw new NotYet();
  }

  #result({ copy, failure }: AskedCopy): FullCopy {
    if (failure !== undefined) {
      this.drop(copy);
      throw failure;
    }
    if (!copy.isWhole) throw new NotYet();
    return copy;
  }

  /** A copy has come to its place, or is of no use any more: what is left of it goes. */
  drop(copy: FullCopy) {
    this.#asked.delete(copy.from);
    this.#discard(copy.native);
  }

  /** What cannot be removed now goes with the next look, or when the folder is next taken into use. */
  #discard(native: string) {
    tryTo(() => {
      const kind = this.disk.stat(native)?.kind;
      if (kind === "directory") this.disk.removeTree(native);
      else if (kind) this.disk.remove(native);
    });
    this.places.over(native);
  }

  /** A chunk is at hand that has to do with what is at these paths. */
  chunk(natives: () => Iterable<string>) {
    this.#atHand = new Set(this.#asked.size > 0 ? natives() : []);
  }

  /** Something that the chunk at hand asks for is to be copied on. */
  get isCopying(): boolean {
    return this.#open().next().done !== true;
  }

  /** Copies on, for a moment, what the chunk at hand asks for. Returns whether there is more to copy. */
  copyOn(): boolean {
    const until = performance.now() + SLICE_MS;
    for (const asked of this.#open()) {
      this.#advance(asked, until);
      if (performance.now() >= until) break;
    }
    return this.isCopying;
  }

  *#open(): Generator<AskedCopy> {
    for (const from of this.#atHand ?? this.#asked.keys()) {
      const asked = this.#asked.get(from);
      if (asked && this.#isOpen(asked)) yield asked;
    }
  }

  #isOpen({ copy, failure }: AskedCopy): boolean {
    return !copy.isWhole && failure === undefined;
  }

  #advance(asked: AskedCopy, until: number) {
    try {
      asked.copy.advance(until);
    } catch (error) {
      asked.failure = error;
      this.#discard(asked.copy.native); // It may have filled the disk.
    }
  }

  /** So many bytes of what is at `from` are copied. */
  bytesOf(from: string): number {
    return this.#asked.get(from)?.copy.bytes ?? 0;
  }

  /** Copies of content that comes take so many bytes in that folder and in what is in it. */
  bytesIn(folder: string): number {
    const inside = this.#asked.values().filter(({ copy, failure }) =>
      copy.of === "content" && failure === undefined && copy.native.startsWith(folder + this.disk.separator)
    );
    return inside.reduce((sum, { copy }) => sum + copy.bytes, 0);
  }

  /** Nothing that was asked for is needed any more. */
  rest() {
    for (const { copy } of [...this.#asked.values()]) this.drop(copy);
  }
}
