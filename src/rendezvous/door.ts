// What somebody has to show to come in: the password, then a name that is one's own, then there has to be a place.
// The order matters: who does not know the password learns nothing of names, and gets none.

import { createHash, timingSafeEqual } from "node:crypto";
import type { Reply, Request } from "../wire/control.ts";
import { fingerprint, sameKey } from "../wire/channel/keys.ts";
import type { Network } from "./address.ts";
import type { Guesses } from "./guesses.ts";
import type { Limits } from "./limits.ts";
import { Purses } from "./purses.ts";
import type { Roster } from "./roster.ts";

/** Whose names are whose: a name belongs to the first key that claimed it. */
export interface Names {
  /** Claims `name` for `key`: it is now (or was) the key's own, belongs to another, looks like another's, or no more
   * names are given out. */
  claim(name: string, key: Uint8Array): "yours" | "owned" | "alike" | "full";
  /** Whether `name` was given to `key` before, and looks now as it did then: nobody present changes that. */
  holds(name: string, key: Uint8Array): boolean;
}

/** Who stands at the door: a key that was proven, and the networks it comes from. */
export interface Caller {
  key: Uint8Array;
  networks: readonly Network[];
}

type KnownHello = Request & { kind: "hello" };
type Refused = Reply & { kind: "refused" };

/** Decides who comes in. */
export class Door {
  readonly #password: Uint8Array | undefined;
  readonly #newNames: Purses;

  /** Without a `password` none is asked for. */
  constructor(
    private readonly roster: Roster,
    private readonly names: Names,
    private readonly guesses: Guesses,
    private readonly limits: Limits,
    password: string | undefined,
  ) {
    this.#password = password === undefined ? undefined : hash(password);
    this.#newNames = new Purses(limits.newNames, limits.newNameMs);
  }

  /** What to answer to one who cannot come in; undefined: come in. */
  refuse(hello: KnownHello, caller: Caller): Refused | undefined {
    return this.#refusePassword(hello, caller) ?? this.#refuseCrowd(hello.name) ??
      this.#refuseName(hello.name, caller) ?? this.#refusePlace(hello, caller.key);
  }

  #refusePassword({ name, password }: KnownHello, { key, networks }: Caller): Refused | undefined {
    if (this.#password === undefined) return undefined;
    if (password === undefined) return refused("password");
    const known = this.names.holds(name, key) ? fingerprint(key) : undefined;
    const retry = this.guesses.wait(networks, known);
    if (retry > 0) return { ...refused("wait"), retry };
    if (timingSafeEqual(hash(password), this.#password)) return undefined;
    this.guesses.wrong(networks, known);
    return refused("wrong");
  }

  #refuseCrowd(name: string): Refused | undefined {
    const crowded = this.roster.size >= this.limits.users && this.roster.get(name) === undefined;
    return crowded ? refused("full") : undefined;
  }

  #refuseName(name: string, { key, networks }: Caller): Refused | undefined {
    // Of those present that holds, too, when their name was freed meanwhile.
    if (this.roster.hasAlike(name, key) && !this.names.holds(name, key)) return refused("alike");
    const [isNew, now] = [!this.names.holds(name, key), performance.now()];
    if (isNew && !this.#newNames.has(networks, now)) return refused("full");
    const answer = this.names.claim(name, key);
    if (answer !== "yours") return refused(answer);
    if (isNew) this.#newNames.pay(networks, now);
    return undefined;
  }

  /** A broken connection of the same program makes room for its new one. */
  #refusePlace({ name, process }: KnownHello, key: Uint8Array): Refused | undefined {
    const present = this.roster.get(name);
    if (present === undefined) return undefined;
    return present.process === process && sameKey(present.key, key) ? undefined : refused("taken");
  }
}

function refused(reason: Refused["reason"]): Refused {
  return { kind: "refused", reason };
}

/** Of one length whatever the password, and the same however a system spells its letters. */
function hash(password: string): Uint8Array {
  return createHash("sha256").update(password.normalize("NFC")).digest();
}
