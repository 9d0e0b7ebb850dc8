// Whose a name is on a server: the first key's that used it, and nobody's that only looks like it.

import { assertEquals } from "@std/assert";
import { openTrust } from "../../src/trust/store.ts";
import { fingerprint, generateKeyPair } from "../../src/wire/keys.ts";
import { temporary } from "../support/folder.ts";

const [bob, mallory] = [generateKeyPair().publicKey, generateKeyPair().publicKey];

/** Claims one after the other, each in the file opened anew. */
function claims(rows: [name: string, key: Uint8Array, answer: string][], names?: number) {
  using place = temporary();
  for (const [name, key, answer] of rows) {
    const trust = openTrust(place.path, "server", names);
    assertEquals(trust.claim(name, key), answer, name);
    trust.close();
  }
}

Deno.test("a name belongs to the first key that used it, in any spelling, after a restart too", () =>
  claims([
    ["Zoë", bob, "yours"],
    ["zoë".normalize("NFD"), bob, "yours"],
    ["ZOË", mallory, "owned"],
    ["Zoë", bob, "yours"],
  ]));

Deno.test("a name that looks like another's is refused, to whom that one belongs it is not", () =>
  claims([
    ["Barry", bob, "yours"],
    ["Ваrгу", mallory, "alike"],
    ["8arry", mallory, "yours"],
    ["Ваrгу", bob, "yours"],
    ["ian", mallory, "yours"],
    ["lan", bob, "alike"],
  ]));

Deno.test("an owner who spells the name like another's is refused in that spelling alone", () =>
  claims([
    ["BOB", bob, "yours"],
    ["вов", mallory, "yours"],
    ["ВОВ", mallory, "alike"],
    ["вов", mallory, "yours"],
  ]));

Deno.test("names are bounded; the owners of those given out keep theirs", () =>
  claims([
    ["one", bob, "yours"],
    ["two", mallory, "yours"],
    ["three", bob, "full"],
    ["one", bob, "yours"],
    ["TWO", bob, "owned"],
  ], 2));

Deno.test("a freed name is told with its owner's fingerprint and is the next one's", () => {
  using place = temporary();
  const trust = openTrust(place.path, "server", 1);
  trust.claim("Bob", bob);
  assertEquals(trust.forget("carol"), []);
  assertEquals(trust.forget("BOB"), [`bob ${fingerprint(bob)}`]);
  assertEquals(trust.forget("bob"), []);
  assertEquals(trust.claim("bob", mallory), "yours");
  trust.close();
});

Deno.test("one key has a few names at most, and others find theirs", () => {
  using place = temporary();
  const trust = openTrust(place.path, "server");
  const [greedy, honest] = [bob, mallory];
  const answers = Array.from({ length: 20 }, (_, i) => trust.claim(`user ${i}x`, greedy));
  assertEquals(answers.filter((answer) => answer === "yours").length, 16);
  assertEquals(answers.at(-1), "full");
  assertEquals(trust.claim("user 3x", greedy), "yours");
  assertEquals(trust.claim("user 19x", honest), "yours");
  trust.close();
});
