// Known keys in memory: what the trust room keeps on disk.

import { foldName } from "../../src/core/names/name.ts";
import type { Keyring } from "../../src/peer/keyring.ts";
import { fingerprint, generateKeyPair, type KeyPair, sameKey } from "../../src/wire/channel/keys.ts";

const identities = new Map<string, KeyPair>();

/** The key of whoever has that name in tests, so that one who comes again is the same. */
export function identityOf(name: string): KeyPair {
  const identity = identities.get(foldName(name)) ?? generateKeyPair();
  identities.set(foldName(name), identity);
  return identity;
}

/** A keyring that knows nobody yet. */
export function memoryKeyring(identity: KeyPair = generateKeyPair()): Keyring {
  const servers = new Map<string, Uint8Array>();
  const peers = new Map<string, Uint8Array>();
  const place = (server: Uint8Array, name: string) => `${fingerprint(server)}/${foldName(name)}`;
  return {
    identity,
    server: (address) => servers.get(address),
    rememberServer: (address, key) => void servers.set(address, key),
    peer: (server, name) => peers.get(place(server, name)),
    knows: (name, key) =>
      [...peers].some(([at, known]) => at.endsWith(`/${foldName(name)}`) && sameKey(known, key)),
    metAs: (name) => [...peers].find(([at]) => at.endsWith(`/${foldName(name)}`))?.[1],
    rememberPeer: (server, name, key) => void peers.set(place(server, name), key),
  };
}
