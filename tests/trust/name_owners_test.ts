// Whose a name is on a server: the first key's that used it, and nobody's that only looks like it.

import { DatabaseSync } from "node:sqlite";
import { join } from "@std/path";
import { assertEquals } from "@std/assert";
import { openTrust } from "../../src/trust/store.ts";
import { fingerprint, generateKeyPair, type KeyPair } from "../../src/wire/channel/keys.ts";
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
    ["KATE", bob, "yours"],
    ["КАТЕ", mallory, "alike"],
    ["KAT3", mallory, "yours"],
    ["КАТЕ", bob, "yours"],
    ["ian", mallory, "yours"],
    ["lan", bob, "alike"],
  ]));

Deno.test("T13: a name that is another's in another alphabet, or in small capitals, is refused, whoever came first", () =>
  claims([
    ["ken", bob, "yours"],
    ["кен", mallory, "alike"],
    ["ᴛom", mallory, "yours"],
    ["tom", bob, "alike"],
    ["Анна", mallory, "yours"],
    ["anna", bob, "alike"],
    ["иван-pc", bob, "yours"],
    ["иван-рс", mallory, "alike"],
  ]));

Deno.test("an owner who spells the name like another's is refused in that spelling alone", () =>
  claims([
    ["NAN", bob, "yours"],
    ["ναν", mallory, "yours"],
    ["ΝΑΝ", mallory, "alike"],
    ["ναν", mallory, "yours"],
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

/** A server's file as it was made while names in two alphabets counted as different. */
function oldFile(
  path: string,
  { privateKey, publicKey }: KeyPair,
  names: [name: string, look: string, key: Uint8Array][],
) {
  const database = new DatabaseSync(path);
  database.exec(`
    CREATE TABLE identity (one INTEGER PRIMARY KEY CHECK (one = 1), private BLOB NOT NULL, public BLOB NOT NULL);
    CREATE TABLE owner (name TEXT PRIMARY KEY, look TEXT NOT NULL, key BLOB NOT NULL) WITHOUT ROWID;
    CREATE INDEX owner_look ON owner (look);
    PRAGMA user_version = 1;
  `);
  database.prepare("INSERT INTO identity VALUES (1, ?, ?)").run(privateKey, publicKey);
  for (const row of names) database.prepare("INSERT INTO owner VALUES (?, ?, ?)").run(...row);
  database.close();
}

Deno.test("T13: an older file of owners goes on: each keeps the name, and nobody else gets one that looks like it", () => {
  using place = temporary();
  const [own, carol] = [generateKeyPair(), generateKeyPair().publicKey];
  // The looks as they were told then.
  oldFile(join(place.path, "server.db"), own, [["ken", "ken", bob], ["кен", "ĸeʜ", mallory], [
    "ᴛom",
    "ᴛorn",
    bob,
  ]]);
  for (let opened = 0; opened < 2; opened++) {
    const trust = openTrust(place.path, "server");
    assertEquals(trust.identity.publicKey, own.publicKey);
    assertEquals(["ken", "ᴛom"].map((name) => [trust.claim(name, bob), trust.holds(name, bob)]), [
      ["yours", true],
      ["yours", true],
    ]);
    assertEquals([trust.claim("кен", mallory), trust.holds("кен", mallory)], ["yours", true]);
    assertEquals(["KEN", "ĸen", "tom"].map((name) => trust.claim(name, carol)), ["owned", "alike", "alike"]);
    trust.close();
  }
});
