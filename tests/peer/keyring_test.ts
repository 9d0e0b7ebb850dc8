// What is decided from known keys and pins (RULES T12): a table of cases.

import { assertEquals, assertThrows } from "@std/assert";
import { UserError } from "../../src/core/failure.ts";
import { admitServer, type Pin, type Pins, standingOf } from "../../src/peer/keyring.ts";
import { fingerprint, generateKeyPair } from "../../src/wire/channel/keys.ts";
import { identityOf, memoryKeyring } from "../support/keyring.ts";
import { startedClient, testServer } from "../support/network.ts";

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
  const standing = (server: Uint8Array, name: string, key: Uint8Array, ...peers: Pin[]) => {
    const { known, remember, elsewhere } = standingOf(keyring, { peers }, { server, name, key });
    const others = elsewhere ? `, another elsewhere` : "";
    return (remember ? `${known}, to be remembered` : known) + others;
  };
  const pinOf = (key: Uint8Array, name?: string): Pin => ({
    fingerprint: fingerprint(key),
    ...(name && { name }),
  });
  assertEquals(standing(one, "bob", third), "no, to be remembered");
  keyring.rememberPeer(one, "bob", third);
  assertEquals(standing(one, "bob", third), "yes");
  assertEquals(standing(one, "BOB", third), "yes");
  assertEquals(standing(one, "carol", third), "no, to be remembered");
  assertEquals(standing(one, "bob", other), "other");
  // The same person at another server is known; another bob there is somebody new, unless a pin says who that is.
  assertEquals(standing(other, "bob", third), "yes, to be remembered");
  assertEquals(standing(other, "bob", one), "no, to be remembered, another elsewhere");
  assertEquals(standing(other, "bob", one, pinOf(one)), "yes, to be remembered");
  // A pin is believed of somebody new; only one of their own is believed against what is known.
  assertEquals(standing(one, "dora", other, pinOf(other)), "yes, to be remembered");
  assertEquals(standing(one, "dora", other, pinOf(other, "Dora")), "yes, to be remembered");
  assertEquals(standing(one, "dora", other, pinOf(other, "emil")), "no, to be remembered");
  assertEquals(standing(one, "dora", other, pinOf(third)), "no, to be remembered");
  assertEquals(standing(one, "bob", other, pinOf(other)), "other");
  assertEquals(standing(one, "bob", other, pinOf(other, "bob")), "yes");
});

Deno.test("keys: a pin without a name is one person's: whoever shows the key under another name is somebody new", async () => {
  const server = await testServer();
  const pins = { peers: [{ fingerprint: fingerprint(identityOf("bob").publicKey) }] };
  const alice = await startedClient(server, "alice", { pins, askDigits: () => Promise.resolve(false) });
  const bob = await startedClient(server, "bob");
  const bobAgain = await startedClient(server, "bobs other name", {
    keyring: memoryKeyring(identityOf("bob")),
  });
  await alice.acceptFrom("*");
  await bob.invite("alice");
  await alice.log.next({ event: "insync", peer: "bob" });
  assertEquals(alice.log.count({ event: "verify" }), 1); // For bob's sake, who does not know alice.
  await bobAgain.invite("alice");
  await alice.log.next({ event: "refused", peer: "bobs other name" });
  for (const each of [alice, bob, bobAgain, server]) await each.close();
});
