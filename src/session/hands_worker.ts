// The worker that holds the hands of one root: makes them when told to, and a dealing for each session.

import { realDisk } from "../fs/real.ts";
import type { Ability } from "../core/ability.ts";
import type { Path } from "../core/path.ts";
import { Dealing, type Partner } from "./dealing.ts";
import { Hands, type Look } from "./hands.ts";
import { askingForLinks, type LinkWish } from "./links.ts";
import { serve } from "./remote.ts";

const scope = self as unknown as Parameters<typeof serve>[0] & {
  postMessage(wish: LinkWish, none: []): void;
};
const targets = new Map<number, object>();
let count = 0;

/** The worker's main object. */
export class Bench {
  #hands: Hands | null = null;

  /** Takes the folder into use; `links` is where answers to wishes for links come. Throws UserError. */
  open(
    folder: string,
    stateDir: string,
    links: SharedArrayBuffer,
  ): { folder: string; private: string; identity: string; ability: Ability } {
    const disk = askingForLinks(realDisk, (wish) => scope.postMessage(wish, []), links);
    this.#hands = new Hands(disk, folder, stateDir);
    const { places, identity, ability } = this.#hands;
    return { folder: places.folder, private: places.private, identity, ability };
  }

  hint(paths: Path[], all: boolean) {
    this.#hands!.hint(paths, all);
  }

  /** Throws RootGone. */
  look(): Look & { rules: string } {
    return { ...this.#hands!.look(), rules: this.#hands!.rules };
  }

  /** Begins a dealing; its number is that of the remote object. */
  deal(partner: Partner): number {
    targets.set(++count, new Dealing(this.#hands!, partner));
    return count;
  }

  endDealing(number: number) {
    (targets.get(number) as Dealing | undefined)?.close();
    targets.delete(number);
  }

  close() {
    this.#hands?.close();
    this.#hands = null;
  }
}

targets.set(0, new Bench());
serve(scope, targets);
