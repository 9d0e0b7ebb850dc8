// What may have become of everything that was ever written: the black-box judge, in the manner of Hughes, Pierce, Arts and
// Norell ("Mysteries of Dropbox"). It knows what people did and what is in the folders, and nothing of how tcpsync works.
// Each write is a value of its own. It may be gone only if on some side a person overwrote or deleted it while it was there.

import { createHash } from "node:crypto";

export const SIDES = ["alice", "bob"] as const;
export type SideName = typeof SIDES[number];

/** What is found in a folder or among its kept versions: path → digest. */
export type Found = ReadonlyMap<string, string>;

export interface Findings {
  trees: Record<SideName, Found>;
  versions: Record<SideName, Found>;
}

interface Value {
  /** What happened to it, for a person. */
  story: string[];
  /** Set once it is whole: from then on it has to be somewhere. */
  whole: boolean;
  /** Who overwrote or deleted it where it was. */
  gone: Set<SideName>;
  /** It was saved into a file that was just being replaced or deleted: kept versions are enough. */
  loose: boolean;
  /** Who renamed it, gave it another bit, or made a second one: it may well be where the other deleted it. */
  handled: Set<SideName>;
  /** Both sides had it when they last came to rest; or it was deleted and nowhere then, and must not come back. */
  rested: "agreed" | "gone" | null;
  /** Where both had it then. */
  place: string;
}

export class Model {
  readonly #values = new Map<string, Value>();
  #count = 0;
  /** How often somebody overwrote what nobody can tell. */
  #unseen = 0;

  constructor() {
    this.#values.set(digestOfBytes(new Uint8Array()), newValue("nothing")); // What a file holds before its first byte.
  }

  /** Content that never was before, of about this many bytes. */
  fresh(side: SideName, path: string, size: number): Uint8Array<ArrayBuffer> {
    const story = `value ${++this.#count}, by ${side} at ${path}\n`;
    const head = new TextEncoder().encode(story);
    const bytes = new Uint8Array(Math.max(size, head.length));
    // Does not repeat within a file, so that a piece in a wrong place shows.
    let mixed = this.#count * 2654435761 >>> 0;
    for (let at = 0; at < bytes.length; at++) {
      mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d) + at >>> 0;
      bytes[at] = mixed >>> 24;
    }
    bytes.set(head);
    return bytes;
  }

  /** This may be seen from now on: a save that takes several steps goes through it. Call it before the disk holds it. */
  know(bytes: Uint8Array, story: string): string {
    const digest = digestOfBytes(bytes);
    if (!this.#values.has(digest)) this.#values.set(digest, newValue(`${story}, ${clock()}`));
    return digest;
  }

  /** This was saved, and has to be somewhere until a person overwrites or deletes it. */
  saved(bytes: Uint8Array, story: string): string {
    const digest = this.know(bytes, story);
    this.#values.get(digest)!.whole = true;
    return digest;
  }

  /** Somebody overwrote or deleted it in their folder, where it was. */
  gone(digest: string, side: SideName, path: string) {
    const value = this.#values.get(digest);
    if (!value) return;
    value.gone.add(side);
    value.story.push(`${side} overwrote or deleted it at ${path}, ${clock()}`);
  }

  /** Somebody overwrote what was put in its place the moment before: any one value. */
  overwroteUnseen() {
    this.#unseen++;
  }

  loose(digest: string) {
    const value = this.#values.get(digest);
    if (value) value.loose = true;
  }

  handled(digest: string, side: SideName, path: string) {
    const value = this.#values.get(digest);
    if (!value) return;
    value.handled.add(side);
    value.story.push(`${side} had to do with it at ${path}, ${clock()}`);
  }

  /** The same for everything that was below a folder when both last came to rest. */
  handledBelow(folder: string, side: SideName) {
    for (const [digest, { place }] of this.#values) {
      if (place.startsWith(`${folder}/`)) this.handled(digest, side, place);
    }
  }

  /** What came to rest: the same in both folders, and told so. From here on a deletion holds. */
  rest({ trees }: Findings) {
    const here = Map.groupBy(trees.alice, ([, digest]) => digest);
    for (const [digest, value] of this.#values) {
      const places = here.get(digest)?.map(([path]) => path) ?? [];
      // Under two names (M4) it may be deleted as one of them.
      if (places.length < 2) {
        value.rested = places.length > 0 ? "agreed" : value.gone.size > 0 ? "gone" : null;
      } else value.rested = null;
      if (places.length > 0) value.gone.clear(); // If it was deleted, it is back for a reason.
      value.place = places[0] ?? "";
      value.handled.clear();
      value.story.push(`at rest ${clock()} at ${places.join(", ") || "no place"}`);
    }
  }

  /** Everything in these folders that nobody ever wrote: torn, mixed or foreign. */
  foreign(side: SideName, found: Found): string[] {
    return [...found].filter(([, digest]) => !this.#values.has(digest))
      .map(([path, digest]) => `foreign content at ${side}: ${path} (${digest.slice(0, 16)})`);
  }

  /** What is wrong with what was found at rest; nothing, if all is well. */
  check({ trees, versions }: Findings): string[] {
    const wrong = SIDES.flatMap((side) => [
      ...this.foreign(side, trees[side]),
      ...this.foreign(side, versions[side]),
    ]);
    const here = placesOf(trees);
    const kept = placesOf(versions);
    const lost: string[] = [];
    for (const [digest, value] of this.#values) {
      const { whole, gone, loose, rested } = value;
      const story = value.story.join("; ");
      const [place, version] = [here.get(digest), kept.get(digest)];
      if (place && isBack(value)) wrong.push(`deleted, and back for no reason: ${story}; now at ${place}`);
      if (!place && rested === "agreed") {
        // The other's folder held it until tcpsync took it away there (S4).
        const other = SIDES.filter((side) => !gone.has(side));
        if (gone.size === 1 && ![...versions[other[0]!].values()].includes(digest)) {
          lost.push(`not kept at ${other[0]}: ${story}`);
        }
      }
      if (!whole || place || gone.size > 0) continue;
      if (!version) lost.push(`lost: ${story}`);
      else if (!loose) wrong.push(`deleted by nobody, and only among the versions: ${story}; ${version}`);
    }
    return lost.length > this.#unseen ? [...wrong, ...lost] : wrong;
  }
}

/** Where each content is. */
function placesOf(found: Record<SideName, Found>): Map<string, string> {
  return new Map(
    SIDES.flatMap((side) => [...found[side]].map(([path, digest]) => [digest, `${side}: ${path}`])),
  );
}

function clock(): string {
  return new Date().toISOString().slice(11, 23);
}

/** Deleted on one side of what both had, and the other side never had anything to do with it (C4). */
function isBack({ whole, rested, gone, handled }: Value): boolean {
  if (!whole || gone.size === 0) return false;
  return rested === "gone" || (rested === "agreed" && handled.size === 0);
}

function newValue(story: string): Value {
  return {
    story: [story],
    whole: false,
    gone: new Set(),
    loose: false,
    handled: new Set(),
    rested: null,
    place: "",
  };
}

export function digestOfBytes(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** A link's content is where it points to. */
export function digestOfLink(target: string): string {
  return digestOfBytes(new TextEncoder().encode(`link to ${target}`));
}
