import { assertEquals, assertRejects } from "@std/assert";
import { UserError } from "../../src/core/failure.ts";
import { type Channel, openChannel } from "../../src/wire/channel.ts";
import { decodeReply, encodeControl, type Reply, type Request } from "../../src/wire/control.ts";
import { socket } from "../../src/wire/socket.ts";
import { EventLog, soon, testServer } from "../support/network.ts";

/** A connection to the server that says what it is told to. */
interface Person {
  channel: Channel;
  say(request: Request): Promise<void>;
  /** The next reply of this kind; others are passed over. */
  hear<K extends Reply["kind"]>(kind: K): Promise<Reply & { kind: K }>;
  /** Waits for the server to close the connection. */
  end(): Promise<void>;
}

async function connect(port: number): Promise<Person> {
  const channel = openChannel(socket(await Deno.connect({ hostname: "127.0.0.1", port })));
  const next = async () => {
    const bytes = await soon(channel.receive(), () => "a reply");
    return bytes === null ? null : decodeReply(bytes);
  };
  return {
    channel,
    say: (request) => channel.send(encodeControl(request)),
    async hear<K extends Reply["kind"]>(kind: K) {
      for (let reply = await next(); reply !== null; reply = await next()) {
        if (reply.kind === kind) return reply as Reply & { kind: K };
      }
      throw new Error(`the server closed the connection instead of saying ${kind}`);
    },
    async end() {
      while (await channel.receive().catch(() => null) !== null);
      channel.close();
    },
  };
}

let runs = 0;

async function enter(
  port: number,
  name: string,
  process = (++runs).toString(16).padStart(32, "0"),
): Promise<Person> {
  const person = await connect(port);
  await person.say({ kind: "hello", name, process, features: [] });
  return person;
}

/** Tickets for alice and bob, who have just come. */
async function tickets(alice: Person, bob: Person): Promise<[string, string]> {
  await Promise.all([alice.hear("welcome"), bob.hear("welcome")]);
  await alice.say({ kind: "invite", to: "bob" });
  await bob.hear("invitation");
  await bob.say({ kind: "answer", from: "alice", accept: true });
  const [one, other] = await Promise.all([alice.hear("ticket"), bob.hear("ticket")]);
  assertEquals([one.role, other.role, one.peer, other.peer], ["alpha", "beta", "bob", "alice"]);
  return [one.ticket, other.ticket];
}

Deno.test("users see each other come and go", async () => {
  const log = new EventLog();
  const server = await testServer({}, log);
  const alice = await enter(server.port, "alice");
  assertEquals((await alice.hear("welcome")).users, ["alice"]);
  const bob = await enter(server.port, "Bob");
  assertEquals((await bob.hear("welcome")).users, ["Bob", "alice"]);
  assertEquals((await alice.hear("roster")).users, ["Bob", "alice"]);
  bob.channel.close();
  assertEquals((await alice.hear("roster")).users, ["alice"]);
  assertEquals(log.events.map((event) => event.event), ["listening", "roster", "roster", "roster"]);
  await server.close();
  await alice.end();
});

Deno.test("a name in use is refused, in any case, and free again after its user left", async () => {
  const log = new EventLog();
  const server = await testServer({}, log);
  const alice = await enter(server.port, "alice");
  await alice.hear("welcome");
  const other = await enter(server.port, "ALICE");
  assertEquals((await other.hear("refused")).reason, "taken");
  await other.end();
  alice.channel.close();
  await log.next({ event: "roster", users: [] });
  const again = await enter(server.port, "Alice");
  await again.hear("welcome");
  await server.close();
  await again.end();
});

Deno.test("a program that comes back replaces its own broken connection", async () => {
  const server = await testServer();
  const process = "f".repeat(32);
  const old = await enter(server.port, "alice", process);
  await old.hear("welcome");
  const back = await enter(server.port, "alice", process);
  assertEquals((await back.hear("welcome")).users, ["alice"]);
  await old.end();
  await server.close();
  await back.end();
});

Deno.test("a user who falls silent is gone", async () => {
  const log = new EventLog();
  const server = await testServer({ silenceMs: 50 }, log);
  const alice = await enter(server.port, "alice");
  await alice.hear("welcome");
  await log.next({ event: "roster", users: [] });
  await alice.end();
  await server.close();
});

Deno.test("two tickets join two streams; a ticket is good once", async () => {
  const server = await testServer();
  const [alice, bob] = [await enter(server.port, "alice"), await enter(server.port, "bob")];
  const [one, other] = await tickets(alice, bob);
  const [a, b] = [await connect(server.port), await connect(server.port)];
  await a.say({ kind: "join", ticket: one });
  const twice = await connect(server.port);
  await twice.say({ kind: "join", ticket: one });
  assertEquals((await twice.hear("refused")).reason, "ticket");
  await b.say({ kind: "join", ticket: other });
  await Promise.all([a.hear("joined"), b.hear("joined")]);
  await a.channel.send(new Uint8Array([1, 2, 3]));
  assertEquals(await b.channel.receive().then((bytes) => bytes && [...bytes].slice(-3)), [1, 2, 3]);
  a.channel.close();
  await Promise.all([b.end(), twice.end()]);
  await server.close();
  await Promise.all([alice.end(), bob.end()]);
});

Deno.test("a ticket whose partner does not come expires", async () => {
  const server = await testServer({ ticketMs: 20 });
  const [alice, bob] = [await enter(server.port, "alice"), await enter(server.port, "bob")];
  const [one, other] = await tickets(alice, bob);
  const waiting = await connect(server.port);
  await waiting.say({ kind: "join", ticket: one });
  assertEquals((await waiting.hear("refused")).reason, "ticket");
  await waiting.end();
  const late = await connect(server.port);
  await late.say({ kind: "join", ticket: other });
  assertEquals((await late.hear("refused")).reason, "ticket");
  await late.end();
  await server.close();
  await Promise.all([alice.end(), bob.end()]);
});

Deno.test("what a user may have open is bounded", async () => {
  const server = await testServer({ invitations: 1, users: 3 });
  const [alice, bob, carol] = await Promise.all(
    ["alice", "bob", "carol"].map((name) => enter(server.port, name)),
  );
  await Promise.all([alice!, bob!, carol!].map((person) => person.hear("welcome")));
  const fourth = await enter(server.port, "dave");
  assertEquals((await fourth.hear("refused")).reason, "full");
  await alice!.say({ kind: "invite", to: "bob" });
  await alice!.say({ kind: "invite", to: "carol" });
  assertEquals(await alice!.hear("answered"), { kind: "answered", to: "carol", state: "busy" });
  await alice!.say({ kind: "invite", to: "dave" });
  assertEquals(await alice!.hear("answered"), { kind: "answered", to: "dave", state: "absent" });
  await server.close();
  await Promise.all([alice!, bob!, carol!, fourth].map((person) => person.end()));
});

Deno.test("a stranger who says nothing, or too much, is sent away", async () => {
  const server = await testServer({ handshakeMs: 30 });
  const silent = await connect(server.port);
  await silent.end();
  const loud = await connect(server.port);
  await loud.channel.send(new Uint8Array(20_000));
  await loud.end();
  await server.close();
});

Deno.test("more connections than allowed are closed", async () => {
  const server = await testServer({ connections: 1 });
  const alice = await enter(server.port, "alice");
  await alice.hear("welcome");
  const second = await connect(server.port);
  await second.end();
  await server.close();
  await alice.end();
});

Deno.test("a reader for whom too much waits is cut off, the others go on", async () => {
  const log = new EventLog();
  const server = await testServer({ queuedBytes: 2_000 }, log);
  const [alice, bob] = [await enter(server.port, "alice"), await enter(server.port, "bob")];
  await Promise.all([alice.hear("welcome"), bob.hear("welcome")]);
  // Bob reads nothing, and each invitation and its withdrawal is told to him: sent in one go, they outrun him.
  const flood: Promise<void>[] = [];
  for (let i = 0; i < 200; i++) {
    flood.push(alice.say({ kind: "invite", to: "bob" }), alice.say({ kind: "withdraw", to: "bob" }));
  }
  await Promise.all(flood);
  await log.next({ event: "roster", users: ["alice"] });
  await bob.end();
  await server.close();
  await alice.end();
});

Deno.test("hostile bytes end their own connection only", async () => {
  const server = await testServer();
  const [alice, bob] = [await enter(server.port, "alice"), await enter(server.port, "bob")];
  const [one, other] = await tickets(alice, bob);
  const [a, b] = [await connect(server.port), await connect(server.port)];
  await Promise.all([a.say({ kind: "join", ticket: one }), b.say({ kind: "join", ticket: other })]);
  await Promise.all([a.hear("joined"), b.hear("joined")]);

  const attack = async (bytes: Uint8Array, hello: boolean) => {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
    if (hello) await conn.write(new Uint8Array([...new TextEncoder().encode("TCPSYNC"), 1]));
    await conn.write(bytes).catch(() => 0);
    await conn.closeWrite().catch(() => {});
    while (await conn.read(new Uint8Array(1000)).catch(() => null) !== null);
    conn.close();
  };
  const garbage = Array.from({ length: 60 }, (_, i) => crypto.getRandomValues(new Uint8Array(i * 7)));
  await Promise.all(garbage.flatMap((bytes) => [attack(bytes, false), attack(bytes, true)]));
  const frame = (body: number[]) => new Uint8Array([0, 0, 0, body.length + 1, 1, ...body]);
  await Promise.all(
    [[0xc1], [0x80], [0xdf, 255, 255, 255, 255], Array(60).fill(0x91)].map((body) =>
      attack(frame(body), true)
    ),
  );
  // A user who is inside already, and then breaks the protocol.
  const mallory = await enter(server.port, "mallory");
  await mallory.hear("welcome");
  await mallory.channel.send(crypto.getRandomValues(new Uint8Array(100)));
  await mallory.end();

  await a.channel.send(new Uint8Array([7]));
  assertEquals((await b.channel.receive())?.at(-1), 7);
  a.channel.close();
  await b.end();
  await server.close();
  await Promise.all([alice.end(), bob.end()]);
});

Deno.test("a busy port is one clear line", async () => {
  const server = await testServer();
  await assertRejects(() => testServer({}, new EventLog(), server.port), UserError, "the port is in use");
  await server.close();
});
