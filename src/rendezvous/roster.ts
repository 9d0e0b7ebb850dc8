// Who is present: one user a name, and the news of it to all of them.

import { looksOf } from "../core/names/likeness.ts";
import { foldName } from "../core/names/name.ts";
import type { SealedChannel } from "../wire/channel/sealed.ts";
import { encodeControl, type Reply } from "../wire/control.ts";
import { sameKey } from "../wire/channel/keys.ts";
import type { Network } from "./address.ts";
import type { Limits } from "./limits.ts";
import { type Payer, payersOf } from "./purses.ts";

/** What a message costs while it waits, besides its bytes: a place in the queue and a promise. Most are smaller. */
const WAITING_BYTES = 256;

/** One user's control connection, seen from the server. Nothing here waits for its reader. */
export class ConnectedUser {
  readonly name: string;
  /** Random, one a run of the client's program. */
  readonly process: string;
  /** The public key the name belongs to. */
  readonly key: Uint8Array;
  /** What he has others do is paid for by these. */
  readonly payers: readonly Payer[];
  #queued = 0;
  #rosterSending = false;
  #rosterStale = false;

  constructor(
    { name, process }: { name: string; process: string },
    private readonly channel: SealedChannel,
    readonly networks: readonly Network[],
    private readonly limits: Limits,
  ) {
    this.name = name;
    this.process = process;
    this.key = channel.key;
    this.payers = payersOf(channel.key, networks);
  }

  /** So much waits for him that what others do is not to add to it: else they could have him cut off. */
  get isBehind(): boolean {
    return this.#queued > this.limits.queuedBytes / 2;
  }

  /** Sends when the reader is ready; cuts off one for whom too much is waiting. */
  tell(reply: Reply): void {
    const bytes = encodeControl(reply);
    const cost = bytes.length + WAITING_BYTES;
    this.#queued += cost;
    if (this.#queued > this.limits.queuedBytes) return this.cut();
    this.channel.send(bytes).then(() => this.#queued -= cost, () => this.cut());
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

/** One text for two users, whoever is named first. A slash cannot be in a name. */
export function pairKey(a: ConnectedUser, b: ConnectedUser): string {
  return [foldName(a.name), foldName(b.name)].sort().join("/");
}

/** The users present, by compared name. */
export class Roster {
  readonly #users = new Map<string, ConnectedUser>();
  /** The same by what their names look like. */
  readonly #looks = new Map<string, ConnectedUser>();
  #names: string[] | undefined;
  #message: Uint8Array | undefined;
  /** Not all are told how it is now. */
  #stale = false;
  /** Set during the pause after an announcement. */
  #pause: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  /** `changed` is told what all are told. */
  constructor(private readonly limits: Limits, private readonly changed: (users: string[]) => void) {}

  get size(): number {
    return this.#users.size;
  }

  get(name: string): ConnectedUser | undefined {
    return this.#users.get(foldName(name));
  }

  /** Whether the name of somebody with another key could be taken for `name`. */
  hasAlike(name: string, key: Uint8Array): boolean {
    return looksOf(name).map((look) => this.#looks.get(look))
      .some((like) => like !== undefined && like !== this.get(name) && !sameKey(like.key, key));
  }

  users(): string[] {
    return this.#names ??= [...this.#users.values()].map((user) => user.name).sort();
  }

  /** The others are told; the user reads of them in its welcome. */
  add(user: ConnectedUser): void {
    this.#users.set(foldName(user.name), user);
    for (const look of looksOf(user.name)) this.#looks.set(look, user);
    this.#change(user);
  }

  /** Removes this very user; one of the same name who came since stays. False when it was gone already. */
  remove(user: ConnectedUser): boolean {
    if (this.get(user.name) !== user) return false;
    this.#users.delete(foldName(user.name));
    for (const look of looksOf(user.name)) if (this.#looks.get(look) === user) this.#looks.delete(look);
    this.#change();
    return true;
  }

  /** Nothing more is announced. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#pause);
  }

  /** Whoever comes and goes in a loop would have every change told to everybody, a message as long as all names
   * together: after each there is a pause in proportion, and then one message tells what changed meanwhile. */
  #change(newcomer?: ConnectedUser): void {
    this.#names = this.#message = undefined;
    this.#stale = true;
    if (this.#pause === undefined && !this.#closed) this.#announce(newcomer);
  }

  #announce(newcomer?: ConnectedUser): void {
    this.#stale = false;
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      if (this.#stale) this.#announce();
    }, this.limits.rosterMs * this.size);
    this.changed(this.users());
    for (const user of this.#users.values()) {
      if (user !== newcomer) user.tellRoster(() => this.#current());
    }
  }

  /** Encoded once a change, however many read it. */
  #current(): Uint8Array {
    return this.#message ??= encodeControl({ kind: "roster", users: this.users() });
  }
}
