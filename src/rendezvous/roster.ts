// Who is present: one guest a name, and the news of it to all of them.

import { foldName } from "../core/name.ts";
import type { Channel } from "../wire/channel.ts";
import { encodeControl, type Reply } from "../wire/control.ts";
import type { Limits } from "./limits.ts";

/** One user's control connection, seen from the server. Nothing here waits for its reader. */
export class Guest {
  #queued = 0;
  #rosterSending = false;
  #rosterStale = false;

  constructor(
    readonly name: string,
    /** Random, one a run of the client's program. */
    readonly process: string,
    private readonly channel: Channel,
    private readonly limits: Limits,
  ) {}

  /** Sends when the reader is ready; cuts off one for whom too much is waiting. */
  tell(reply: Reply): void {
    const bytes = encodeControl(reply);
    this.#queued += bytes.length;
    if (this.#queued > this.limits.queuedBytes) return this.cut();
    this.channel.send(bytes).then(() => this.#queued -= bytes.length, () => this.cut());
  }

  /** Sends the roster as it is when the reader is ready for it: a slow one misses what has passed. */
  async tellRoster(roster: () => Uint8Array): Promise<void> {
    this.#rosterStale = true;
    if (this.#rosterSending) return;
    this.#rosterSending = true;
    try {
      while (this.#rosterStale) {
        this.#rosterStale = false;
        await this.channel.send(roster());
      }
    } catch {
      this.cut(); // The connection is broken; whoever reads from it tells of it.
    } finally {
      this.#rosterSending = false;
    }
  }

  cut(): void {
    this.channel.close();
  }
}

/** The users present, by compared name. */
export class Roster {
  readonly #guests = new Map<string, Guest>();
  #message: Uint8Array | undefined;

  constructor(private readonly changed: (users: string[]) => void) {}

  get size(): number {
    return this.#guests.size;
  }

  get(name: string): Guest | undefined {
    return this.#guests.get(foldName(name));
  }

  users(): string[] {
    return [...this.#guests.values()].map((guest) => guest.name).sort();
  }

  /** The others are told; the guest reads of them in its welcome. */
  add(guest: Guest): void {
    this.#guests.set(foldName(guest.name), guest);
    this.#announce(guest);
  }

  /** Removes this very guest; one of the same name who came since stays. False when it was gone already. */
  remove(guest: Guest): boolean {
    if (this.get(guest.name) !== guest) return false;
    this.#guests.delete(foldName(guest.name));
    this.#announce();
    return true;
  }

  #announce(newcomer?: Guest): void {
    this.#message = undefined;
    this.changed(this.users());
    for (const guest of this.#guests.values()) {
      if (guest !== newcomer) guest.tellRoster(() => this.#current());
    }
  }

  /** Encoded once a change, however many read it. */
  #current(): Uint8Array {
    return this.#message ??= encodeControl({ kind: "roster", users: this.users() });
  }
}
