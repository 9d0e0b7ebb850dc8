// Who is let in: the password, whose name it is, and what those learn who are not let in.

import { assertEquals } from "@std/assert";
import type { Server, ServerOptions } from "../../src/rendezvous/server.ts";
import { generateKeyPair } from "../../src/wire/channel/keys.ts";
import { listenAs } from "../support/hosts.ts";
import { memoryNames } from "../support/names.ts";
import { EventLog, testServer } from "../support/network.ts";
import { present, refusal } from "../support/bare_client.ts";

const refused = (reason: string) => ({ kind: "refused", reason });

function guarded(options: Partial<ServerOptions>): Promise<Server> {
  return testServer({}, new EventLog(), 0, options);
}

Deno.test("without the password nobody comes in; with it, yes, however its letters are spelled", async () => {
  const server = await testServer({ freeGuesses: 10 }, new EventLog(), 0, { password: "caf\u00e9" });
  assertEquals(await refusal(server.port, "alice"), refused("password"));
  for (const password of ["", "cafe", "CAF\u00c9", "caf\u00e9 "]) {
    assertEquals(await refusal(server.port, "alice", { password }), refused("wrong"));
  }
  for (const password of ["caf\u00e9", "cafe\u0301"]) {
    const person = await present(server.port, `n${password.length}`, { password });
    person.channel.close();
  }
  await server.close();
});

Deno.test("who guesses from all over an IPv6 /48 has few guesses, and honest people come in from everywhere", async () => {
  let host = "2001:db8:1:1::1";
  const log = new EventLog();
  const limits = { guessMs: 1e6, longestGuessMs: 1e6 };
  const server = await testServer(limits, log, 0, {
    password: "secret",
    listen: listenAs(() => host),
  });
  const bob = await present(server.port, "bob", { password: "secret" });
  let looked = 0;
  for (let i = 0; i < 100; i++) {
    host = `2001:db8:1:${(i * 100).toString(16)}::1`;
    const { reason } = await refusal(server.port, "mallory", { password: "guess" });
    if (reason === "wrong") looked++;
  }
  assertEquals(looked, 6);
  // From the same /48 one who came in before, and anybody from another one.
  bob.channel.close();
  await log.next({ event: "roster", users: [] });
  const back = await present(server.port, "bob", { own: bob.own, password: "secret" });
  host = "2001:db8:2:1::1";
  const alice = await present(server.port, "alice", { password: "secret" });
  await server.close();
  await Promise.all([back.end(), alice.end()]);
});

Deno.test("who does not know the password takes no name, and learns nothing of names", async () => {
  const names = memoryNames();
  const server = await guarded({ password: "secret", names });
  const bob = await present(server.port, "bob", { password: "secret" });
  const mallory = generateKeyPair();
  assertEquals(await refusal(server.port, "alice", { own: mallory }), refused("password"));
  assertEquals(await refusal(server.port, "alice", { own: mallory, password: "guess" }), refused("wrong"));
  assertEquals(await refusal(server.port, "bob", { own: mallory, password: "guess" }), refused("wrong"));
  assertEquals(names.claim("alice", bob.own.publicKey), "yours");
  await server.close();
  await bob.end();
});

Deno.test("a password where none is asked for does no harm", async () => {
  const server = await testServer();
  const alice = await present(server.port, "alice", { password: "needless" });
  await server.close();
  await alice.end();
});

Deno.test("a name in use is refused, in any case, and free again for its owner after he left", async () => {
  const log = new EventLog();
  const server = await testServer({}, log);
  const alice = await present(server.port, "alice");
  const { own } = alice;
  assertEquals(await refusal(server.port, "ALICE", { own }), refused("taken"));
  alice.channel.close();
  await log.next({ event: "roster", users: [] });
  const again = await present(server.port, "Alice", { own });
  await server.close();
  await again.end();
});

Deno.test("a name belongs to the key that used it first, whether its owner is there or not", async () => {
  const log = new EventLog();
  const server = await testServer({}, log);
  const bob = await present(server.port, "bob", { process: "b".repeat(32) });
  assertEquals(await refusal(server.port, "bob"), refused("owned"));
  // Nor does who has learned the number of his run take his place.
  assertEquals(await refusal(server.port, "bob", { process: "b".repeat(32) }), refused("owned"));
  bob.channel.close();
  await log.next({ event: "roster", users: [] });
  assertEquals(await refusal(server.port, "BOB"), refused("owned"));
  const back = await present(server.port, "bob", { own: bob.own });
  await server.close();
  await back.end();
});

Deno.test("a name that looks like another's is refused, also like that of one whose name was freed meanwhile", async () => {
  const [first, second] = [memoryNames(), memoryNames()];
  let names = first;
  const server = await guarded({
    names: { claim: (name, key) => names.claim(name, key), holds: (name, key) => names.holds(name, key) },
  });
  const process = "b".repeat(32);
  const bob = await present(server.port, "bob", { process });
  assertEquals(await refusal(server.port, "вов"), refused("alike"));
  names = second;
  assertEquals(await refusal(server.port, "вов"), refused("alike"));
  assertEquals(await refusal(server.port, "bob", { process }), refused("taken"));
  await server.close();
  await bob.end();
});

Deno.test("when no more names are given out, those who have one still come in", async () => {
  const server = await guarded({ names: memoryNames(1) });
  const alice = await present(server.port, "alice");
  assertEquals(await refusal(server.port, "bob"), refused("full"));
  alice.channel.close();
  const back = await present(server.port, "alice", { own: alice.own, process: "a".repeat(32) });
  await server.close();
  await back.end();
});
