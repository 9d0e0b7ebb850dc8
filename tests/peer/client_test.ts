// Clients at a real server whose sessions only say hello: what becomes of intents and invitations.

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { UserError } from "../../src/core/failure.ts";
import { type ClientParts } from "../../src/peer/client.ts";
import { createClient } from "../../src/peer/create_client.ts";
import {
  closeAll,
  EventLog,
  fakeRoot,
  startedClient,
  type TestClient,
  testClient,
  testServer,
} from "../support/network.ts";
import { identityOf, memoryKeyring } from "../support/keyring.ts";

Deno.test("alice invites bob, who accepts when asked; both leave in good order", async () => {
  const server = await testServer();
  const alice = await startedClient(server, "alice");
  const bob = await startedClient(server, "bob");
  await alice.log.next({ event: "roster", users: ["bob"] });
  assertEquals(bob.users(), ["alice"]);
  await alice.invite("BOB");
  await bob.log.next({ event: "invitation", from: "alice", state: "offered" });
  assertEquals(bob.pending(), ["alice"]);
  assertEquals(alice.status().map(({ peer, state }) => [peer, state]), [["bob", "invited"]]);
  await bob.accept("Alice");
  await alice.log.next({ event: "invitation", to: "bob", state: "accepted" });
  await bob.log.next({ event: "invitation", from: "alice", state: "accepted" });
  await alice.log.next({ event: "insync", peer: "bob", digest: "alpha" });
  await bob.log.next({ event: "insync", peer: "alice", digest: "beta" });
  assertEquals(bob.status().map(({ peer, state, files }) => [peer, state, files]), [["alice", "insync", 1]]);
  await alice.close();
  assertEquals(await alice.code(), 0);
  await bob.log.next({ event: "lost", what: "peer", peer: "alice", reason: "alice left" });
  assertEquals(bob.status()[0]?.state, "lost");
  await closeAll(bob, server);
  assertEquals([alice.open, bob.open], [[], []]);
});

Deno.test("with once both end when in sync, with the worst code", async () => {
  const server = await testServer();
  const alice = await startedClient(server, "alice", { once: true });
  await alice.invite("bob"); // Who is not there yet.
  assertEquals(alice.status()[0]?.state, "waiting");
  const bob = await startedClient(server, "bob", { once: true });
  await bob.acceptFrom("*");
  assertEquals(await Promise.all([alice.code(), bob.code()]), [0, 0]);
  await server.close();
});

Deno.test("the worst code of several sessions is the client's", async () => {
  const server = await testServer();
  const alice = await startedClient(server, "alice", { once: true }, {
    runSession: (channel, { peer }) => {
      channel.close();
      return Promise.resolve({ how: "done", reason: "in sync", code: peer === "bob" ? 1 : 0 });
    },
  });
  const others = await Promise.all(["bob", "carol"].map((name) => startedClient(server, name)));
  await Promise.all(others.map((other) => other.acceptFrom("alice")));
  await Promise.all([alice.invite("bob"), alice.invite("carol")]);
  assertEquals(await alice.code(), 1);
  await closeAll(...others, server);
});

Deno.test("a peer that runs on sees one with once leave, and waits on", async () => {
  const server = await testServer();
  const bob = await startedClient(server, "bob");
  await bob.acceptFrom("alice");
  for (let round = 0; round < 2; round++) {
    const alice = await startedClient(server, "alice", { once: true });
    await alice.invite("bob");
    assertEquals(await alice.code(), 0);
    await bob.log.next({ event: "lost", what: "peer", peer: "alice", reason: "alice left" });
  }
  await closeAll(bob, server);
});

Deno.test("one folder is opened once for two sessions, and another folder beside it", async () => {
  const server = await testServer();
  const alice = await startedClient(server, "alice");
  const others = await Promise.all(["bob", "carol", "dave"].map((name) => startedClient(server, name)));
  await Promise.all(others.map((other) => other.acceptFrom("*")));
  await alice.invite("bob");
  await alice.invite("carol");
  await alice.invite("dave", "elsewhere");
  for (const other of others) await other.log.next({ event: "insync", peer: "alice" });
  assertEquals(alice.open.map((folder) => folder.split(/[/\\]/).at(-1)), ["folder", "elsewhere"]);
  await alice.disconnect("bob");
  assertEquals(alice.open.length, 2);
  await alice.disconnect();
  assertEquals(alice.open, []);
  await closeAll(alice, ...others, server);
});

Deno.test("declined: the intent ends, and with it a client that had no other", async () => {
  const server = await testServer();
  const bob = await startedClient(server, "bob");
  const alice = await startedClient(server, "alice");
  const carol = await startedClient(server, "carol", { stay: true });
  await alice.invite("bob");
  await bob.log.next({ event: "invitation", from: "alice", state: "offered" });
  await bob.decline("alice");
  await alice.log.next({ event: "invitation", to: "bob", state: "declined" });
  assertEquals(await alice.code(), 3);
  await carol.invite("bob");
  await bob.log.next({ event: "invitation", from: "carol", state: "offered" });
  await bob.decline("carol");
  await carol.log.next({ event: "invitation", to: "bob", state: "declined" });
  assertEquals(carol.status(), []);
  await carol.invite("bob"); // A client that stays can ask again.
  await bob.log.next({ event: "invitation", from: "carol", state: "offered" });
  await closeAll(carol, bob, server);
});

Deno.test("withdrawn: the invitation is gone on the other side", async () => {
  const server = await testServer();
  const bob = await startedClient(server, "bob");
  const alice = await startedClient(server, "alice");
  await alice.invite("bob");
  await bob.log.next({ event: "invitation", from: "alice", state: "offered" });
  await alice.disconnect("bob");
  await bob.log.next({ event: "invitation", from: "alice", state: "withdrawn" });
  await assertRejects(() => bob.accept("alice"), UserError, "has not invited you");
  await alice.invite("bob");
  await bob.log.next({ event: "invitation", from: "alice", state: "offered" });
  await alice.close(); // Leaving withdraws too.
  await bob.log.next({ event: "invitation", from: "alice", state: "withdrawn" });
  assertEquals(bob.pending(), []);
  await closeAll(bob, server);
});

Deno.test("expired: nobody answered", async () => {
  const server = await testServer({ invitationMs: 30 });
  const bob = await startedClient(server, "bob");
  const alice = await startedClient(server, "alice");
  await alice.invite("bob");
  await bob.log.next({ event: "invitation", from: "alice", state: "expired" });
  await alice.log.next({ event: "invitation", to: "bob", state: "expired" });
  assertEquals(await alice.code(), 2);
  await closeAll(bob, server);
});

Deno.test("an invitee who goes away before the answer is waited for", async () => {
  const server = await testServer();
  const alice = await startedClient(server, "alice");
  await alice.invite("bob");
  const bob = await startedClient(server, "bob");
  await bob.log.next({ event: "invitation", from: "alice", state: "offered" });
  await bob.close();
  const again = await startedClient(server, "bob");
  await again.log.next({ event: "invitation", from: "alice", state: "offered" });
  await again.accept("alice");
  await alice.log.next({ event: "insync", peer: "bob" });
  await closeAll(alice, again, server);
});

Deno.test("two who invite each other at once have one session", async () => {
  const server = await testServer();
  for (let round = 0; round < 10; round++) {
    const [alice, bob] = await Promise.all([startedClient(server, "alice"), startedClient(server, "bob")]);
    await Promise.all([alice.invite("bob"), bob.invite("alice")]);
    await Promise.all([alice.log.next({ event: "insync" }), bob.log.next({ event: "insync" })]);
    const roles = [alice, bob].map(({ log }) => log.events.find((event) => event.event === "insync")?.digest);
    assertEquals(roles.sort(), ["alpha", "beta"]);
    await Promise.all([alice.close(), bob.close()]);
    assertEquals([alice, bob].map(({ log }) => log.count({ event: "insync" })), [1, 1]);
  }
  await server.close();
});

Deno.test("after a disconnect the peer's next invitation is asked about", async () => {
  const server = await testServer();
  const bob = await startedClient(server, "bob");
  await bob.acceptFrom("*");
  const alice = await startedClient(server, "alice");
  await alice.invite("bob");
  await bob.log.next({ event: "insync", peer: "alice" });
  await bob.disconnect("alice");
  await bob.log.next({ event: "invitation", from: "alice", state: "offered" });
  assertEquals(bob.pending(), ["alice"]);
  await bob.accept("alice");
  await bob.log.next({ event: "insync", peer: "alice" });
  await closeAll(alice, bob, server);
});

Deno.test("a halt is not retried; with once it is the end", async () => {
  const server = await testServer();
  const bob = await startedClient(server, "bob");
  await bob.acceptFrom("*");
  const halting = {
    runSession: (channel: { close(): void }) => {
      channel.close();
      return Promise.resolve({ how: "halted" as const, reason: "the folder is gone", code: 2 });
    },
  };
  const alice = await startedClient(server, "alice", { once: true }, halting);
  await alice.invite("bob");
  assertEquals(await alice.code(), 2);
  const carol = await startedClient(server, "carol", {}, halting);
  await carol.invite("bob");
  await bob.log.next({ event: "lost", what: "peer", peer: "carol" });
  assertEquals(carol.log.count({ event: "invitation", state: "offered" }), 1);
  await closeAll(carol, bob, server);
});

Deno.test("a client ends when nothing happens for too long", async () => {
  const server = await testServer();
  const alice = await startedClient(server, "alice", { once: true, timeout: 0.05 });
  await alice.invite("nobody");
  assertEquals(await alice.code(), 2);
  await server.close();
});

Deno.test("what is only verified or waited for, again and again, is no progress", async () => {
  const server = await testServer();
  const sum = { digest: "", files: 0, bytes: 0 };
  const clients = await Promise.all(
    ["alice", "bob"].map((name) =>
      startedClient(server, name, name === "alice" ? { timeout: 0.2 } : {}, {
        runSession: (channel, { peer, emit, signal }) => {
          const timer = setInterval(() => {
            emit({ event: "verified", peer, ...sum, apart: 0, looked: 0 });
            emit({ event: "waiting", peer, retry: 1, writing: [] });
          }, 10);
          return new Promise((resolve) =>
            signal.addEventListener("abort", () => {
              clearInterval(timer);
              channel.close();
              resolve({ how: "left", reason: "left", code: 0 });
            })
          );
        },
      })
    ),
  );
  const [alice, bob] = clients;
  await bob!.acceptFrom("alice");
  await alice!.invite("bob");
  assertEquals(await alice!.code(), 2);
  await closeAll(bob!, server);
});

Deno.test("what cannot be is refused with a reason", async () => {
  const server = await testServer();
  assertThrows(() => testClient(server, "a/b"), UserError, "cannot be a user's name");
  const alice = await startedClient(server, "alice", {}, {
    openRoot: (folder) =>
      folder.endsWith("gone")
        ? Promise.reject(new UserError(`There is no folder ${folder}`))
        : Promise.resolve(fakeRoot(folder)),
  });
  await assertRejects(() => alice.invite("Alice"), UserError, "your own name");
  await assertRejects(() => alice.invite(" "), UserError, "begins or ends");
  await assertRejects(() => alice.invite("bob", "gone"), UserError, "There is no folder");
  await assertRejects(() => alice.acceptFrom("bob", "gone"), UserError, "There is no folder");
  await assertRejects(() => alice.acceptFrom("*", "gone"), UserError, "There is no folder");
  await assertRejects(() => alice.decline("bob"), UserError, "has not invited you");
  await assertRejects(() => alice.disconnect("bob"), UserError, "no session and no invitation");
  await alice.invite("bob");
  await assertRejects(() => alice.invite("bob"), UserError, "already invited");
  await assertRejects(() => startedClient(server, "ALICE"), UserError, "is in use");
  const bare = testClient(server, "bare");
  await bare.close();
  assertEquals(await bare.code(), 0);
  await closeAll(alice, server);
});

Deno.test("a client without a folder says so", async () => {
  const server = await testServer();
  const { emit } = new EventLog();
  const options = {
    host: "127.0.0.1",
    port: server.port,
    name: "alice",
    stateDir: "state",
    once: false,
    keyring: memoryKeyring(),
    emit,
  };
  const alice = createClient(options);
  await alice.start();
  await assertRejects(() => alice.invite("bob"), UserError, "No folder is named");
  await closeAll(alice, server);
});

Deno.test("no server is one clear line", async () => {
  const server = await testServer();
  await server.close();
  const error = await assertRejects(
    () => startedClient(server, "alice"),
    UserError,
    "Cannot reach a server at 127.0.0.1",
  );
  assertEquals(error.code, 3);
});

Deno.test("something else that listens is one clear line", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const served = listener.accept().then(async (conn) => {
    await conn.write(new TextEncoder().encode("220 mail.example ESMTP\r\n"));
    while (await conn.read(new Uint8Array(100)).catch(() => null) !== null);
    conn.close();
  });
  const { port } = listener.addr;
  await assertRejects(
    () => startedClient({ port }, "alice"),
    UserError,
    "does not speak the tcpsync protocol",
  );
  await served;
  listener.close();
});

Deno.test("many users at once", async () => {
  const server = await testServer();
  const names = Array.from({ length: 40 }, (_, i) => `user${i}`);
  const clients: TestClient[] = await Promise.all(names.map((name) => startedClient(server, name)));
  await Promise.all(
    clients.map((client, i) => i % 2 ? client.acceptFrom("*") : client.invite(`user${i + 1}`)),
  );
  await Promise.all(clients.map((client) => client.log.next({ event: "insync" })));
  await Promise.all(clients.map((client) => client.close()));
  await server.close();
});

for (const lets of ["asks about everybody", "lets anybody in"]) {
  Deno.test(`T9: who ${lets} is within reach, however many strangers have invited him and left`, async () => {
    const log = new EventLog();
    const server = await testServer({}, log);
    const bob = await startedClient(server, "bob", {}, { mostPairs: 3 });
    if (lets === "lets anybody in") await bob.acceptFrom("*");
    for (let i = 0; i < 5; i++) {
      const stranger = await startedClient(server, `n${i}`);
      await stranger.invite("bob");
      await bob.log.next({ event: "invitation", from: `n${i}`, state: "offered" });
      if (lets === "lets anybody in") await bob.log.next({ event: "insync", peer: `n${i}` });
      await stranger.close();
      await log.next({ event: "roster", users: ["bob"] });
      await bob.log.next({ event: "roster", users: [] });
    }
    const alice = await startedClient(server, "alice");
    await alice.invite("bob");
    await bob.log.next({ event: "invitation", from: "alice", state: "offered" });
    if (lets === "lets anybody in") await bob.log.next({ event: "insync", peer: "alice" });
    await closeAll(alice, bob, server);
    assertEquals(bob.open, []);
  });
}

Deno.test("T14: another of the same name, of another server, has a share of his own; the same person under it has none", async () => {
  const server = await testServer();
  const keyring = memoryKeyring(identityOf("alice"));
  const key = identityOf("bob").publicKey;
  const had = (...kept: ReturnType<ClientParts["keptWith"]>) =>
    startedClient(server, "alice", { keyring, stay: true }, { keptWith: () => kept });
  const bobs = [{ name: "bob", key: key.toHex() }, { name: "Bob", key: "b1" }, { name: "dora", key: "d0" }];
  const before = await had(...bobs);
  assertEquals(before.sharing("bob").sharedWith, ["Bob", "dora"], "nobody was met on this server");
  const bob = await startedClient(server, "bob", { once: true });
  await before.acceptFrom("bob");
  await bob.invite("alice");
  await bob.code();
  assertEquals(before.sharing("BOB").sharedWith, ["Bob", "dora"]);
  await before.close();
  const alone = await had(bobs[0]!);
  assertEquals(alone.sharing("bob").sharedWith, []);
  assertEquals(alone.sharing("carol").sharedWith, ["bob"]);
  await alone.close();
});
