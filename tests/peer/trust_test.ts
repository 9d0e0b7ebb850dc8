// Clients who come to trust each other over a real server, and those who do not: strangers, changed keys, a server in the middle.

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { UserError } from "../../src/core/failure.ts";
import type { Event } from "../../src/core/event.ts";
import { fingerprint, generateKeyPair } from "../../src/wire/channel/keys.ts";
import { identityOf, memoryKeyring } from "../support/keyring.ts";
import { middle } from "../support/middle.ts";
import { memoryNames } from "../support/names.ts";
import { closeAll, EventLog, startedClient, testServer } from "../support/network.ts";
import { soon } from "../support/streams.ts";

const codeIn = (events: Event[]) =>
  events.flatMap((event) => event.event === "verify" ? [event.code] : [])[0];
const print = (name: string) => fingerprint(identityOf(name).publicKey);

Deno.test("two strangers see the same six digits and each other's fingerprint; later they meet without", async () => {
  const server = await testServer();
  const keyrings = { alice: memoryKeyring(identityOf("alice")), bob: memoryKeyring(identityOf("bob")) };
  for (const meeting of ["first", "second"]) {
    const alice = await startedClient(server, "alice", { keyring: keyrings.alice });
    const bob = await startedClient(server, "bob", { keyring: keyrings.bob });
    await bob.acceptFrom("alice");
    await alice.invite("bob");
    await alice.log.next({ event: "insync" });
    await bob.log.next({ event: "insync" });
    const shown = [alice, bob].map(({ log }) => codeIn(log.events));
    if (meeting === "first") {
      assertMatch(shown[0]!, /^\d{6}$/);
      assertEquals(shown[0], shown[1]);
      assertEquals(alice.log.count({ event: "verify", peer: "bob", fingerprint: print("bob") }), 1);
      assertEquals(bob.log.count({ event: "verify", peer: "alice", fingerprint: print("alice") }), 1);
    } else {
      assertEquals(shown, [undefined, undefined]);
    }
    await closeAll(alice, bob);
  }
  await server.close();
});

Deno.test("pinned fingerprints are believed without a question", async () => {
  const server = await testServer();
  const alone = (peer: string) => ({
    askDigits: undefined!,
    pins: { peers: [{ fingerprint: print(peer) }] },
    once: true,
  });
  const alice = await startedClient(server, "alice", alone("bob"));
  const bob = await startedClient(server, "bob", alone("alice"));
  await bob.acceptFrom("alice");
  await alice.invite("bob");
  assertEquals(await Promise.all([alice.code(), bob.code()]), [0, 0]);
  assertEquals([...alice.log.events, ...bob.log.events].filter(({ event }) => event === "verify"), []);
  await server.close();
});

Deno.test("the time two people take to compare does not count as time without progress", async () => {
  const server = await testServer();
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<boolean>();
  const slow = () => {
    asked.resolve();
    return answer.promise;
  };
  const alice = await startedClient(server, "alice", { once: true, timeout: 2 });
  const bob = await startedClient(server, "bob", { once: true, timeout: 2, askDigits: slow });
  await bob.acceptFrom("alice");
  await alice.invite("bob");
  await asked.promise;
  // Longer than the time-out, by the same clock: were it counted, both would have ended with code 2.
  await new Promise((resolve) => setTimeout(resolve, 2500));
  answer.resolve(true);
  assertEquals(await Promise.all([alice.code(), bob.code()]), [0, 0]);
  await server.close();
});

Deno.test("one no: both are told, nothing is exchanged, and both end with code 3", async () => {
  const server = await testServer();
  const said: string[] = [];
  const parts = {
    runSession: () => {
      said.push("a session began");
      return Promise.resolve({ how: "done" as const, reason: "", code: 0 });
    },
  };
  const keyring = memoryKeyring(identityOf("alice"));
  const alice = await startedClient(server, "alice", { once: true, keyring }, parts);
  const no = { once: true, askDigits: () => Promise.resolve(false) };
  const bob = await startedClient(server, "bob", no, parts);
  await bob.acceptFrom("alice");
  await alice.invite("bob");
  assertEquals(await Promise.all([alice.code(), bob.code()]), [3, 3]);
  assertEquals(alice.log.count({ event: "refused", peer: "bob" }), 1);
  assertEquals(bob.log.count({ event: "refused", peer: "alice" }), 1);
  assertEquals(said, []);
  assertEquals(keyring.knows("bob", identityOf("bob").publicKey), false);
  await server.close();
});

Deno.test("somebody else with bob's name is not bob: the server says so, and where it forgot, alice does", async () => {
  const keyring = memoryKeyring(identityOf("alice"));
  const names = memoryNames();
  const first = await testServer({}, new EventLog(), 0, { names });
  const alice = await startedClient(first, "alice", { keyring });
  const bob = await startedClient(first, "bob");
  await bob.acceptFrom("alice");
  await alice.invite("bob");
  await alice.log.next({ event: "insync" });
  await closeAll(alice, bob, first);

  const again = await testServer({}, new EventLog(), first.port, { names });
  const mallory = () => startedClient(again, "Bob", { keyring: memoryKeyring(), once: true });
  await assertRejects(mallory, UserError, "belongs to another computer");
  await again.close();

  const forgetful = await testServer({}, new EventLog(), first.port);
  const impostor = await startedClient(forgetful, "bob", { keyring: memoryKeyring(), once: true });
  const same = await startedClient(forgetful, "alice", { keyring, once: true });
  await impostor.acceptFrom("alice");
  await same.invite("bob");
  assertEquals(await Promise.all([same.code(), impostor.code()]), [3, 3]);
  const refused = same.log.events.find((event) => event.event === "refused");
  assertMatch(JSON.stringify(refused), /another key than last time.*--forget \\*"bob/);
  assertEquals([...same.log.events, ...impostor.log.events].filter(({ event }) => event === "verify"), []);
  await forgetful.close();
});

Deno.test("T17: a server with another key is refused before a word is said; a new one is remembered", async () => {
  const keyring = memoryKeyring(identityOf("alice"));
  const first = await testServer();
  const alice = await startedClient(first, "alice", { keyring });
  assertEquals(alice.log.count({ event: "connected", first: true }), 1);
  await closeAll(alice);
  const again = await startedClient(first, "alice", { keyring });
  assertEquals(again.log.count({ event: "connected", first: false }), 1);
  await closeAll(again, first);

  const log = new EventLog();
  const other = await testServer({}, log, first.port, { own: generateKeyPair(), password: "swordfish" });
  const knocking = startedClient(other, "alice", { keyring, password: "swordfish" });
  await assertRejects(() => knocking, UserError, "another key than last time");
  assertEquals(log.events.filter(({ event }) => event === "roster"), []);
  await other.close();
});

Deno.test("a password is asked for until it is right, or given up", async () => {
  const server = await testServer({}, new EventLog(), 0, { password: "swordfish" });
  const answers = ["tuna", "swordfish"];
  const asked: boolean[] = [];
  const askPassword = (wrong: boolean) => {
    asked.push(wrong);
    return Promise.resolve(answers.shift());
  };
  const alice = await startedClient(server, "alice", { askPassword });
  assertEquals(asked, [false, true]);
  await assertRejects(() => startedClient(server, "bob", { askPassword }), UserError, "wants a password");
  await assertRejects(() => startedClient(server, "bob"), UserError, "--password-file");
  await assertRejects(() => startedClient(server, "bob", { password: "cod" }), UserError, "is not that of");
  const bob = await startedClient(server, "bob", { password: "swordfish" });
  await closeAll(alice, bob, server);
});

Deno.test("T17: a server in the middle that ends both handshakes shows different digits, over many runs", async () => {
  const runs = 25;
  let same = 0;
  for (let run = 0; run < runs; run++) {
    await using rogue = await middle();
    const no = { once: true, askDigits: () => Promise.resolve(false) };
    const alice = await startedClient(rogue, "alice", no);
    const bob = await startedClient(rogue, "bob", no);
    await bob.acceptFrom("alice");
    await alice.invite("bob");
    await Promise.all([alice.code(), bob.code()]);
    const [a, b] = [alice, bob].map(({ log }) => codeIn(log.events));
    assertMatch(`${a} ${b}`, /^\d{6} \d{6}$/);
    if (a === b) same++;
  }
  assert(same <= 1, `${same} of ${runs} were the same`);
});

Deno.test("T17: a server in the middle of two who know each other is refused by both", async () => {
  await using rogue = await middle();
  const client = async (name: string, peer: string) => {
    const keyring = memoryKeyring(identityOf(name));
    keyring.rememberPeer(rogue.own.publicKey, peer, identityOf(peer).publicKey);
    return await startedClient(rogue, name, { keyring, once: true });
  };
  const [alice, bob] = [await client("alice", "bob"), await client("bob", "alice")];
  await bob.acceptFrom("alice");
  await alice.invite("bob");
  assertEquals(await Promise.all([alice.code(), bob.code()]), [3, 3]);
  for (const { log } of [alice, bob]) {
    assertMatch(JSON.stringify(log.events), /another key than last time/);
    assertEquals(codeIn(log.events), undefined);
  }
});

Deno.test("T17: a server that tells each a wrong name of the other brings nobody together", async () => {
  await using rogue = await middle({ passOn: true, called: { alice: "carol", bob: "bob" } });
  const alice = await startedClient(rogue, "alice", { once: true });
  const bob = await startedClient(rogue, "bob", { once: true });
  await bob.acceptFrom("carol");
  await alice.invite("bob");
  await alice.log.next({ event: "lost" });
  assertEquals([...alice.log.events, ...bob.log.events].filter(({ event }) => event === "insync"), []);
  await closeAll(alice, bob);
});

Deno.test("T17: a server in the middle that breaks off to guess anew is seen at its first guess, and gets no second", async () => {
  // It shows nobody any digits: as soon as it knows what bob's screen is going to say, it leaves.
  await using rogue = await middle({ breaksOff: true });
  const asked: string[] = [];
  const askDigits = ({ peer }: { peer: string }) => {
    asked.push(peer);
    return Promise.resolve(true);
  };
  const alice = await startedClient(rogue, "alice", { stay: true });
  const bob = await startedClient(rogue, "bob", { askDigits, stay: true });
  await bob.acceptFrom("*");
  await alice.invite("bob");
  await Promise.all([bob.log.next({ event: "refused" }), alice.log.next({ event: "refused" })]);
  // The rogue goes on to offer and to give tickets: nobody takes them.
  const before = rogue.meetings;
  await rogue.offerAgain();
  await bob.log.next({ event: "invitation", from: "alice", state: "offered" });
  assertEquals([rogue.meetings, asked, bob.pending()], [before, [], ["alice"]]);
  await closeAll(alice, bob);
});

Deno.test("who leaves after his yes is noticed by the other at once, and nobody is remembered", async () => {
  const server = await testServer();
  const keyring = memoryKeyring(identityOf("bob"));
  const takenBack = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  const thinking = (_: unknown, signal: AbortSignal) => {
    asked.resolve();
    signal.addEventListener("abort", () => takenBack.resolve());
    return new Promise<boolean>(() => {});
  };
  const alice = await startedClient(server, "alice");
  const bob = await startedClient(server, "bob", { keyring, askDigits: thinking });
  await bob.acceptFrom("alice");
  await alice.invite("bob");
  await asked.promise;
  await alice.close();
  await soon(takenBack.promise, () => "the end of bob's question");
  await bob.log.next({ event: "refused" });
  assertEquals(keyring.knows("alice", identityOf("alice").publicKey), false);
  await closeAll(bob, server);
});

Deno.test("one can leave while the other still thinks", async () => {
  const server = await testServer();
  const asked = Promise.withResolvers<void>();
  const thinking = () => {
    asked.resolve();
    return new Promise<boolean>(() => {});
  };
  const alice = await startedClient(server, "alice");
  const bob = await startedClient(server, "bob", { askDigits: thinking });
  await bob.acceptFrom("alice");
  await alice.invite("bob");
  await asked.promise;
  await soon(bob.close(), () => "bob's end");
  await alice.log.next({ event: "refused" });
  await closeAll(alice, server);
});
