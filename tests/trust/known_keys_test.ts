// What a client remembers of servers and people, and how it forgets.

import { assertEquals, assertThrows } from "@std/assert";
import { UserError } from "../../src/core/failure.ts";
import type { KnownKeys } from "../../src/trust/known_keys.ts";
import { openTrust } from "../../src/trust/store.ts";
import { fingerprint, generateKeyPair } from "../../src/wire/channel/keys.ts";
import { temporary } from "../support/folder.ts";

const [home, work, bob, mallory] = Array.from({ length: 4 }, () => generateKeyPair().publicKey) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
];

/** Runs `test` on a new file, and what it gives back on the same file opened again. */
function onNewFile(test: (trust: KnownKeys) => void, ...later: ((trust: KnownKeys) => void)[]) {
  using place = temporary();
  for (const step of [test, ...later]) {
    const trust = openTrust(place.path, "client");
    try {
      step(trust);
    } finally {
      trust.close();
    }
  }
}

Deno.test("a server is known by its address in any case, after reopening too", () =>
  onNewFile((trust) => {
    assertEquals(trust.server("Example.org:7420"), undefined);
    trust.rememberServer("Example.org:7420", home);
  }, (trust) => {
    assertEquals(trust.server("example.ORG:7420"), home);
    assertEquals(trust.server("example.org:7421"), undefined);
  }));

Deno.test("a person is known on the server where they were met, and the same key under the same name anywhere", () =>
  onNewFile((trust) => {
    trust.rememberPeer(home, "Bob", bob);
  }, (trust) => {
    assertEquals(trust.peer(home, "bob"), bob);
    assertEquals(trust.peer(work, "bob"), undefined);
    assertEquals(trust.knows("BOB", bob), true);
    assertEquals(trust.knows("bob", mallory), false);
    assertEquals(trust.knows("alice", bob), false);
  }));

Deno.test("a known key is remembered again without ado, and never replaced by another", () =>
  onNewFile((trust) => {
    trust.rememberServer("a:1", home);
    trust.rememberPeer(home, "bob", bob);
    trust.rememberServer("A:1", home);
    trust.rememberPeer(home, "BOB", bob);
    assertThrows(() => trust.rememberServer("a:1", work), UserError, "--forget a:1");
    assertThrows(() => trust.rememberPeer(home, "bob", mallory), UserError, "--forget bob");
  }, (trust) => {
    assertEquals(trust.server("a:1"), home);
    assertEquals(trust.peer(home, "bob"), bob);
  }));

Deno.test("an address forgets that server and nothing else; what was forgotten is told with its fingerprint", () =>
  onNewFile((trust) => {
    trust.rememberServer("a:1", home);
    trust.rememberServer("a:2", work);
    trust.rememberPeer(home, "bob", bob);
    assertEquals(trust.forget("A:1"), [`a:1 ${fingerprint(home)}`]);
    assertEquals(trust.forget("a:1"), []);
  }, (trust) => {
    assertEquals(trust.server("a:1"), undefined);
    assertEquals(trust.server("a:2"), work);
    assertEquals(trust.peer(home, "bob"), bob);
  }));

Deno.test("a name forgets that person on all servers and nobody else", () =>
  onNewFile((trust) => {
    trust.rememberServer("a:1", home);
    trust.rememberPeer(home, "bob", bob);
    trust.rememberPeer(work, "bob", mallory);
    trust.rememberPeer(home, "carol", mallory);
    assertEquals(
      trust.forget("BOB").sort(),
      [
        `bob ${fingerprint(bob)}, met on a:1`,
        `bob ${fingerprint(mallory)}, met on a server forgotten since, ${fingerprint(work)}`,
      ].sort(),
    );
    assertEquals(trust.forget("bob"), []);
  }, (trust) => {
    assertEquals(trust.knows("bob", bob), false);
    assertEquals(trust.peer(home, "carol"), mallory);
    assertEquals(trust.server("a:1"), home);
  }));

Deno.test("what one process remembers another that is running knows at once", () => {
  using place = temporary();
  const [one, other] = [openTrust(place.path, "client"), openTrust(place.path, "client")];
  one.rememberServer("a:1", home);
  assertEquals(other.server("a:1"), home);
  one.close();
  other.close();
});
