// What is decided from known keys and pins: a table of cases.

import { assertEquals, assertThrows } from "@std/assert";
import { UserError } from "../../src/core/failure.ts";
import { admitServer, type Pins, standingOf } from "../../src/peer/keyring.ts";
import { fingerprint, generateKeyPair } from "../../src/wire/keys.ts";
import { memoryKeyring } from "../support/keyring.ts";

const HERE = "example.org:7420";
const [one, other, third] = [1, 2, 3].map(() => generateKeyPair().publicKey) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
];

const SERVERS: [
  string,
  { known?: Uint8Array; pin?: Uint8Array; shown: Uint8Array },
  { first: boolean } | string,
][] = [
  ["a server met for the first time is let in", { shown: one }, { first: true }],
  ["a known server is let in", { known: one, shown: one }, { first: false }],
  ["another key at a known address is refused", { known: one, shown: other }, "another key than last time"],
  ["the pinned server is let in at once", { pin: one, shown: one }, { first: true }],
  ["one that is not the pinned one is refused", { pin: one, shown: other }, "not the one you named"],
  ["a known one that is not pinned is refused", { known: other, pin: one, shown: other }, "--server-key"],
  ["the pinned one is let in, whatever is known", { known: other, pin: one, shown: one }, { first: false }],
];

for (const [what, { known, pin, shown }, outcome] of SERVERS) {
  Deno.test(`keys: ${what}`, () => {
    const keyring = memoryKeyring();
    if (known) keyring.rememberServer(HERE, known);
    const pins: Pins = { peers: [], ...(pin && { server: fingerprint(pin) }) };
    if (typeof outcome === "string") {
      assertThrows(() => admitServer(keyring, pins, HERE, shown), UserError, outcome);
      assertEquals(keyring.server(HERE), known);
    } else {
      assertEquals(admitServer(keyring, pins, HERE, shown), outcome);
      assertEquals(keyring.server(HERE), known ?? shown);
    }
  });
}

Deno.test("keys: a changed server key says how to forget the old one", () => {
  const keyring = memoryKeyring();
  keyring.rememberServer(HERE, one);
  assertThrows(() => admitServer(keyring, { peers: [] }, HERE, other), UserError, `tcpsync --forget ${HERE}`);
});

Deno.test("keys: who is known, and where", () => {
  const keyring = memoryKeyring();
  const standing = (server: Uint8Array, name: string, key: Uint8Array, peers: string[] = []) =>
    standingOf(keyring, { peers }, { server, name, key });
  assertEquals(standing(one, "bob", third), { known: "no" });
  keyring.rememberPeer(one, "bob", third);
  assertEquals(standing(one, "bob", third), { known: "yes" });
  assertEquals(standing(one, "BOB", third), { known: "yes" });
  assertEquals(standing(one, "carol", third), { known: "no" });
  assertEquals(standing(one, "bob", other), { known: "other", before: third });
  // The same person at another server is known; another bob there is somebody new.
  assertEquals(standing(other, "bob", third), { known: "yes" });
  assertEquals(standing(other, "bob", one), { known: "no" });
  // A pin is believed, whatever is known.
  assertEquals(standing(one, "bob", other, [fingerprint(other)]), { known: "yes" });
  assertEquals(standing(one, "dora", other, [fingerprint(third)]), { known: "no" });
});
