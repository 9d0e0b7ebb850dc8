// The folders in use by this client: each is opened once, however many sessions share it, and closed after the last.

import type { Root } from "../root/root.ts";
import type { StrangeRoot } from "../root/strange_root.ts";

/** A share in an open root. */
export interface Lease {
  readonly root: Root | StrangeRoot;
  /** Gives it back; the root closes with its last lease. */
  release(): Promise<void>;
}

interface Shared {
  root: Promise<Root | StrangeRoot>;
  leases: number;
}

/** The open roots of one client, by absolute folder. */
export class Roots {
  readonly #shared = new Map<string, Shared>();
  readonly #closing = new Map<string, Promise<void>>();

  constructor(private readonly open: (folder: string) => Promise<Root | StrangeRoot>) {}

  /** Begins to open a folder before anybody has a lease of it. What is wrong with it is told to whoever wants one. */
  prepare(folder: string) {
    const shared = this.#shared.get(folder) ?? { root: this.#openAfterClosing(folder), leases: 0 };
    this.#shared.set(folder, shared);
    shared.root.catch(() => {});
  }

  /** Closes what was prepared and never leased. */
  async close(): Promise<void> {
    for (const [folder, shared] of this.#shared) {
      if (shared.leases > 0) continue;
      this.#shared.delete(folder);
      await shared.root.then((root) => root.close(), () => {});
    }
  }

  /** All of them are about to be closed: a look that goes on in one ends. */
  stopLooking() {
    for (const { root } of this.#shared.values()) root.then((root) => root.stopLooking(), () => {});
  }

  /** Rejects as opening the root does. */
  async lease(folder: string): Promise<Lease> {
    const shared = this.#shared.get(folder) ?? { root: this.#openAfterClosing(folder), leases: 0 };
    this.#shared.set(folder, shared);
    shared.leases++;
    let held = true;
    const release = async () => {
      if (!held) return;
      held = false;
      await this.#release(folder, shared);
    };
    try {
      return { root: await shared.root, release };
    } catch (error) {
      this.#shared.delete(folder);
      throw error;
    }
  }

  /** A root that is still closing holds its lock. */
  async #openAfterClosing(folder: string): Promise<Root | StrangeRoot> {
    await this.#closing.get(folder);
    return await this.open(folder);
  }

  async #release(folder: string, shared: Shared): Promise<void> {
    if (--shared.leases > 0) return;
    this.#shared.delete(folder);
    const closing = shared.root.then((root) => root.close()).finally(() => this.#closing.delete(folder));
    this.#closing.set(folder, closing);
    await closing;
  }
}
