// Who owns which name, in memory: what the trust room keeps on disk.

import { foldName, looksLike } from "../../src/core/name.ts";
import type { Names } from "../../src/rendezvous/door.ts";
import { sameKey } from "../../src/wire/keys.ts";

/** Gives out names, `most` of them. */
export function memoryNames(most = Infinity): Names {
  const owners = new Map<string, { key: Uint8Array; look: string }>();
  return {
    claim(name, key) {
      const owner = owners.get(foldName(name));
      if (owner !== undefined) return sameKey(owner.key, key) ? "yours" : "owned";
      const look = looksLike(name);
      if ([...owners.values()].some((other) => other.look === look)) return "alike";
      if (owners.size >= most) return "full";
      owners.set(foldName(name), { key, look });
      return "yours";
    },
  };
}
