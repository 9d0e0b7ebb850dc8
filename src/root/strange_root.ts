// A folder in which another root was kept before, or that has lost its identity: an empty mount point, a folder put in the place
// of the one that was there (RULES S2). Nothing in it is written before people have said yes.

import { type Person, withKnownRoots } from "../archive/known_roots.ts";
import { UserError } from "../core/failure.ts";
import { describeFailure } from "../fs/failure.ts";
import type { Disk } from "../fs/port.ts";
import { placeOf, placesIn, readIdentity } from "../claim/private_folder.ts";
import { ownIn } from "../claim/foreign.ts";
import type { Root } from "./root.ts";

/** What is wrong: the folder has no identity, or another than the root that was kept there. */
export type Strangeness = "none" | "other";

/** What is wrong with a folder now; null also for one that cannot be looked at, of which whoever opens it tells. */
export function strangenessOf(disk: Disk, folder: string, stateDir: string): Strangeness | null {
  const known = withKnownRoots(disk, stateDir, (roots) => roots.at(placeOf(folder)));
  if (known === null) return null;
  try {
    if (!disk.stat(folder)) return null;
    const places = placesIn(disk, folder);
    if (ownIn(disk, places, (identity) => identity === known)) return null;
    return readIdentity(disk, places) === null ? "none" : "other";
  } catch {
    return null;
  }
}

/** With whom the root in a folder, or in one in it or around it, was kept before; nobody, where that is not known. */
export function keptWith(disk: Disk, folder: string, stateDir: string): Person[] {
  try {
    return withKnownRoots(disk, stateDir, (roots) => roots.people(placeOf(folder)));
  } catch {
    return []; // A folder, or a state folder, that is not there; whoever opens it tells.
  }
}

/** From now on this is the root that is kept in the folder, with `peer` too. Throws UserError. */
export function recordRoot(disk: Disk, folder: string, stateDir: string, identity: string, peer: Person) {
  try {
    withKnownRoots(disk, stateDir, (roots) => {
      roots.record(placeOf(folder), identity);
      roots.recordPerson(identity, peer);
    });
  } catch (error) {
    throw new UserError(
      `tcpsync's own folder ${stateDir} cannot be used: ${describeFailure(error, stateDir).reason}`,
    );
  }
}

/** A strange root, until it is taken into use. */
export class StrangeRoot {
  #taking: Promise<Root> | null = null;

  /** `look` says what is wrong now; `take` takes the folder into use as it is. */
  constructor(
    readonly folder: string,
    private readonly look: () => Strangeness | null,
    private readonly take: () => Promise<Root>,
  ) {}

  /** Null when nothing is wrong any more: the root that was kept here is back, or people have said yes. */
  strangeness(): Strangeness | null {
    return this.#taking ? null : this.look();
  }

  /** What it became when it was taken into use; null before. */
  get taken(): Promise<Root> | null {
    return this.#taking;
  }

  /** Takes it into use, once. Throws UserError. */
  accept(): Promise<Root> {
    return this.#taking ??= this.take().catch((error) => {
      this.#taking = null;
      throw error;
    });
  }

  /** See Root. */
  stopLooking() {
    this.#taking?.then((root) => root.stopLooking(), () => {});
  }

  async close() {
    await (await this.#taking)?.close();
  }
}
