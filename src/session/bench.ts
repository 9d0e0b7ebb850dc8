// The bench: the hands of one root and a dealing for each session, as objects by number, wherever they run.

import type { Ability } from "../core/ability.ts";
import type { Path } from "../core/path.ts";
import { KEEP, type Limits } from "../transition/retention.ts";
import type { Disk } from "../fs/port.ts";
import type { Told } from "../fs/told.ts";
import { Dealing } from "./dealing.ts";
import type { Partner } from "./partner.ts";
import type { Hands, Look } from "./hands.ts";
import { Past } from "./past.ts";

/** What is known of a root once it is taken into use; native paths. */
export interface Opened {
  folder: string;
  private: string;
  identity: string;
  ability: Ability;
  separator: Disk["separator"];
}

/** The number of the root's past. */
export const PAST = 1;

/** The main object of those that a worker serves. */
export class Bench {
  /** The bench itself, the past, and the dealings by number. */
  readonly targets = new Map<number, object>([[0, this], [PAST, new Past(() => this.#hands!)]]);
  #hands: Hands | null = null;
  #count = PAST;
  #keep = KEEP;

  /** `take` takes a folder into use, on a computer started at `booted` (ms); `links` is where answers to wishes for links come, if they
   * must be asked for. */
  constructor(
    private readonly take: (
      folder: string,
      stateDir: string,
      links: SharedArrayBuffer | undefined,
      booted: number,
    ) => Hands,
  ) {}

  /** `keep`: how long versions stay. Throws UserError. */
  open(
    folder: string,
    stateDir: string,
    links?: SharedArrayBuffer,
    keep: Limits = KEEP,
    booted = 0,
  ): Opened {
    this.#hands = this.take(folder, stateDir, links, booted);
    this.#keep = keep;
    this.prune();
    const { places, identity, ability, disk } = this.#hands;
    return {
      folder: places.folder,
      private: places.private,
      identity,
      ability,
      separator: disk.separator,
    };
  }

  /** Lets kept versions go whose time has come: at opening and now and then. */
  prune() {
    this.#hands!.prune(this.#keep);
  }

  /** A watch told of this; `closes`: it tells when a writer closes a file. */
  hear(told: Told<Path>[], all: boolean, closes: boolean) {
    this.#hands!.hear(told, all, closes);
  }

  /** The next look is one at everything, though nothing was told. */
  doubtAll() {
    this.#hands!.doubtAll();
  }

  /** Looks at the folders alone: whether there is something to look at, and how long that took, in ms. */
  sweep(): { found: boolean; took: number } {
    const began = performance.now();
    const found = this.#hands?.sweep() ?? false;
    return { found, took: performance.now() - began };
  }

  /** Throws RootGone. */
  look(watched: boolean): Look & { rules: string } {
    return { ...this.#hands!.look(watched), rules: this.#hands!.rules };
  }

  prove(): boolean {
    return this.#hands?.prove() ?? false;
  }

  /** Begins a dealing; its number is that of the remote object. */
  deal(partner: Partner): number {
    this.targets.set(++this.#count, new Dealing(this.#hands!, partner));
    return this.#count;
  }

  endDealing(number: number) {
    (this.targets.get(number) as Dealing | undefined)?.close();
    this.targets.delete(number);
  }

  close() {
    this.#hands?.close();
    this.#hands = null;
  }
}
