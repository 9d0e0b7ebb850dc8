// Whom this client knows by key, and what is decided from that. The keys themselves are kept by the room `trust`.

import { UserError } from "../core/failure.ts";
import { foldName } from "../core/names/name.ts";
import { fingerprint, type KeyPair, sameKey } from "../wire/channel/keys.ts";

/** The keys a client has: its own, and those of the servers and people it has met. */
export interface Keyring {
  readonly identity: KeyPair;
  /** The key last seen at an address (`host:port`). */
  server(address: string): Uint8Array | undefined;
  rememberServer(address: string, key: Uint8Array): void;
  /** The key that `name` had at the server with that key. */
  peer(server: Uint8Array, name: string): Uint8Array | undefined;
  /** Whether this very key was met under this very name at any server. */
  knows(name: string, key: Uint8Array): boolean;
  /** A key that was met under this name, at any server. */
  metAs(name: string): Uint8Array | undefined;
  rememberPeer(server: Uint8Array, name: string, key: Uint8Array): void;
}

/** A fingerprint that is believed without asking, in the form of `fingerprint`, of the person called `name`; without a
 * name, of the first who shows it. */
export interface Pin {
  fingerprint: string;
  name?: string;
}

/** What the person named beforehand. */
export interface Pins {
  server?: string;
  peers: readonly Pin[];
}

/** What is known of a key that somebody shows: nothing yet, that it is theirs (because of `pin`, perhaps), or that theirs was
 * another. `remember`: it is to be remembered when the two have met. `elsewhere`: the key of somebody of that name, met at another
 * server, where nothing says that this is not another person. */
export type KeyStanding = { known: "no" | "yes"; remember: boolean; pin?: Pin; elsewhere?: Uint8Array } | {
  known: "other";
  remember: false;
  before: Uint8Array;
  pin?: undefined;
  elsewhere?: undefined;
};

/** Lets a server in: the pinned one, the one met at this address before, or any at the first time, which is remembered; then
 * `first` is true. Throws UserError for another one. */
export function admitServer(
  keyring: Keyring,
  pins: Pins,
  address: string,
  key: Uint8Array,
): { first: boolean } {
  const before = keyring.server(address);
  const known = before !== undefined && sameKey(before, key);
  if (pins.server !== undefined && pins.server !== fingerprint(key)) {
    throw new UserError(
      `The server at ${address} is not the one you named: its fingerprint is ${
        fingerprint(key)
      }, and --server-key says ` +
        `${pins.server}. Check the address and the fingerprint: somebody else may be answering there`,
    );
  }
  if (pins.server === undefined && before !== undefined && !known) {
    throw new UserError(
      `The server at ${address} has another key than last time: ${fingerprint(key)} now, ${
        fingerprint(before)
      } before. ` +
        "Either it was set up anew, or somebody else is answering in its place. Ask its owner; if the new one is right, " +
        `forget the old one with: tcpsync --forget ${address}`,
    );
  }
  if (before === undefined) keyring.rememberServer(address, key);
  return { first: before === undefined };
}

/** What is known of the key that `name` shows at the server with the key `server`. */
export function standingOf(
  keyring: Keyring,
  pins: Pins,
  { server, name, key }: { server: Uint8Array; name: string; key: Uint8Array },
): KeyStanding {
  const before = keyring.peer(server, name);
  if (before !== undefined && sameKey(before, key)) return { known: "yes", remember: false };
  const pin = pins.peers.find((pin) => pin.fingerprint === fingerprint(key) && isFor(pin, name));
  // A pin of their own says who they are now; one for anybody does not speak against what is known.
  if (before !== undefined) {
    return pin?.name === undefined
      ? { known: "other", remember: false, before }
      : { known: "yes", remember: false };
  }
  if (pin !== undefined) return { known: "yes", remember: true, pin };
  if (keyring.knows(name, key)) return { known: "yes", remember: true };
  const elsewhere = keyring.metAs(name);
  return { known: "no", remember: true, ...(elsewhere && { elsewhere }) };
}

function isFor(pin: Pin, name: string): boolean {
  return pin.name === undefined || foldName(pin.name) === foldName(name);
}
