// The server over real sockets: who comes and goes, invitations that end in a relayed stream, and strangers.

import { assertEquals, assertRejects } from "@std/assert";
import { UserError } from "../../src/core/failure.ts";
import { fingerprint, generateKeyPair } from "../../src/wire/channel/keys.ts";
import { PRELUDE } from "../../src/wire/channel/prelude.ts";
import { sealChannel } from "../../src/wire/channel/sealed.ts";
import { EventLog, SERVER_KEY, testServer } from "../support/network.ts";
import { connect, enter, present, tickets } from "../support/bare_client.ts";
import { soon } from "../support/streams.ts";

Deno.test("a server says by which fingerprint it is known, and has that key", async () => {
  const log = new EventLog();
  const server = await testServer({}, log);
  await log.next({ event: "listening", port: server.port, fingerprint: fingerprint(SERVER_KEY.publicKey) });
  const alice = await present(server.port, "alice");
  assertEquals(alice.channel.key, SERVER_KEY.publicKey);
  await server.close();
  await alice.end();
});

Deno.test("users see each other come and go, and the server sees them", async () => {
  const log = new EventLog();
  const server = await testServer({}, log);
  const alice = await enter(server.port, "alice");
  assertEquals((await alice.hear("welcome")).users, ["alice"]);
  await log.next({ event: "roster", users: ["alice"] });
  const bob = await enter(server.port, "Bob");
  assertEquals((await bob.hear("welcome")).users, ["Bob", "alice"]);
  assertEquals((await alice.hear("roster")).users, ["Bob", "alice"]);
  await log.next({ event: "roster", users: ["Bob", "alice"] });
  bob.channel.close();
  assertEquals((await alice.hear("roster")).users, ["alice"]);
  await log.next({ event: "roster", users: ["alice"] });
  await server.close();
  await alice.end();
});

Deno.test("a program that comes back replaces its own broken connection", async () => {
  const server = await testServer();
  const process = "f".repeat(32);
  const old = await present(server.port, "alice", { process });
  const back = await enter(server.port, "alice", { process, own: old.own });
  assertEquals((await back.hear("welcome")).users, ["alice"]);
  await old.end();
  await server.close();
  await back.end();
});

Deno.test("two tickets join two streams, at any speed; a ticket is good once", async () => {
  const server = await testServer({ byteMs: 1000 });
  const [alice, bob] = [await present(server.port, "alice"), await present(server.port, "bob")];
  const [one, other] = await tickets(alice, bob);
  const [a, b] = [await connect(server.port, alice.own), await connect(server.port, bob.own)];
  await a.say({ kind: "join", ticket: one });
  const twice = await connect(server.port, alice.own);
  await twice.say({ kind: "join", ticket: one });
  assertEquals((await twice.hear("refused")).reason, "ticket");
  await b.say({ kind: "join", ticket: other });
  await Promise.all([a.hear("joined"), b.hear("joined")]);
  const [own, purpose] = [alice.own, "test"];
  const [toBob, toAlice] = await Promise.all([
    sealChannel(a.channel.release(), { role: "initiator", own, purpose }),
    sealChannel(b.channel.release(), { role: "responder", own: bob.own, purpose }),
  ]);
  assertEquals([toBob.key, toAlice.key], [bob.own.publicKey, alice.own.publicKey]);
  const long = crypto.getRandomValues(new Uint8Array(60_000));
  await toBob.send(long);
  assertEquals(await soon(toAlice.receive(), () => "what alice sent"), long);
  toBob.close();
  assertEquals(await toAlice.receive(), null);
  toAlice.close();
  await twice.end();
  await server.close();
  await Promise.all([alice.end(), bob.end()]);
});

Deno.test("a ticket is good for nobody but whom it was given to, and stays good for him", async () => {
  const server = await testServer();
  const [alice, bob, mallory] = await Promise.all(
    ["alice", "bob", "mallory"].map((name) => present(server.port, name)),
  );
  const [one, other] = await tickets(alice!, bob!);
  for (const ticket of [one, other]) {
    const thief = await connect(server.port, mallory!.own);
    await thief.say({ kind: "join", ticket });
    assertEquals((await thief.hear("refused")).reason, "ticket");
    await thief.end();
  }
  const [a, b] = [await connect(server.port, alice!.own), await connect(server.port, bob!.own)];
  await Promise.all([a.say({ kind: "join", ticket: one }), b.say({ kind: "join", ticket: other })]);
  await Promise.all([a.hear("joined"), b.hear("joined")]);
  a.channel.close();
  b.channel.close();
  await server.close();
  await Promise.all([alice!, bob!, mallory!].map((person) => person.end()));
});

Deno.test("who was refused is not listened to any more", async () => {
  const server = await testServer();
  const alice = await present(server.port, "alice");
  const other = await enter(server.port, "alice", { own: alice.own });
  // Said before the answer can have arrived.
  await other.say({ kind: "invite", to: "alice" });
  await other.end();
  const bob = await present(server.port, "bob");
  await bob.say({ kind: "invite", to: "alice" });
  assertEquals((await alice.hear("invitation")).from, "bob");
  await server.close();
  await Promise.all([alice.end(), bob.end()]);
});

Deno.test("hostile bytes end their own connection only", async () => {
  const server = await testServer();
  const [alice, bob] = [await present(server.port, "alice"), await present(server.port, "bob")];
  const [one, other] = await tickets(alice, bob);
  const [a, b] = [await connect(server.port, alice.own), await connect(server.port, bob.own)];
  await Promise.all([a.say({ kind: "join", ticket: one }), b.say({ kind: "join", ticket: other })]);
  await Promise.all([a.hear("joined"), b.hear("joined")]);

  const attack = async (bytes: Uint8Array, greeting: Uint8Array) => {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
    await conn.write(new Uint8Array([...greeting, ...bytes])).catch(() => 0);
    await conn.closeWrite().catch(() => {});
    while (await conn.read(new Uint8Array(1000)).catch(() => null) !== null);
    conn.close();
  };
  const garbage = Array.from({ length: 60 }, (_, i) => crypto.getRandomValues(new Uint8Array(i * 7)));
  const half = new Uint8Array([...PRELUDE, 0, 0, 0, 32]);
  await Promise.all(
    garbage.flatMap((bytes) => [new Uint8Array(0), PRELUDE, half].map((greeting) => attack(bytes, greeting))),
  );
  // A stranger who has sealed his connection, and users who are inside already, and then break the protocol.
  const broken = [[0xc1], [0x80], [0xdf, 255, 255, 255, 255], Array(60).fill(0x91)].map((body) =>
    new Uint8Array(body)
  );
  const own = generateKeyPair();
  for (const body of [...broken, crypto.getRandomValues(new Uint8Array(100))]) {
    for (const inside of [false, true]) {
      const mallory = inside ? await present(server.port, "mallory", { own }) : await connect(server.port);
      await mallory.channel.send(body);
      await mallory.end();
    }
  }

  const stream = a.channel.release();
  await stream.write(new Uint8Array([7]));
  const heard = new Uint8Array(1);
  assertEquals([await b.channel.release().read(heard), heard[0]], [1, 7]);
  stream.close();
  b.channel.close();
  await server.close();
  await Promise.all([alice.end(), bob.end()]);
});

Deno.test("a server closes whatever its users are doing", async () => {
  const server = await testServer();
  const silent = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  const sealed = await connect(server.port);
  const [alice, bob] = [await present(server.port, "alice"), await present(server.port, "bob")];
  const [one] = await tickets(alice, bob);
  const waiting = await connect(server.port, alice.own);
  await waiting.say({ kind: "join", ticket: one });
  await alice.say({ kind: "invite", to: "bob" });
  await server.close();
  await Promise.all([sealed, alice, bob, waiting].map((person) => person.end()));
  silent.close();
  await assertRejects(() => connect(server.port));
});

Deno.test("a busy port is one clear line", async () => {
  const server = await testServer();
  await assertRejects(() => testServer({}, new EventLog(), server.port), UserError, "the port is in use");
  await server.close();
});
