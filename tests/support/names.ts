// Who owns which name, in memory: what the trust room keeps on disk.

import { looksOf } from "../../src/core/names/likeness.ts";
import { foldName } from "../../src/core/names/name.ts";
import type { Names } from "../../src/rendezvous/door.ts";
import { sameKey } from "../../src/wire/channel/keys.ts";

/** Gives out names, `most` of them. */
export function memoryNames(most = Infinity): Names {
  const owners = new Map<string, { key: Uint8Array; looks: string[] }>();
  return {
    claim(name, key) {
      const owner = owners.get(foldName(name));
      if (owner !== undefined) return sameKey(owner.key, key) ? "yours" : "owned";
      const looks = looksOf(name);
      if ([...owners.values()].some((other) => looks.some((look) => other.looks.includes(look)))) {
        return "alike";
      }
      if (owners.size >= most) return "full";
      owners.set(foldName(name), { key, looks });
      return "yours";
    },
    holds: (name, key) => sameKey(owners.get(foldName(name))?.key ?? new Uint8Array(0), key),
  };
}
