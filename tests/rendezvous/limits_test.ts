// Each limit of the server (RULES T9) is crossed once, over real sockets; whoever crosses it, two others go on.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { encode } from "@msgpack/msgpack";
import { LIMITS, type Limits } from "../../src/rendezvous/limits.ts";
import { encodeControl, type Request } from "../../src/wire/control.ts";
import { PRELUDE } from "../../src/wire/channel/prelude.ts";
import { EventLog, testServer } from "../support/network.ts";
import { type BareClient, connect, enter, present, refusal, tickets } from "../support/bare_client.ts";
import { soon } from "../support/streams.ts";

const password = "secret";
/** Those who go on also say so, oftener than any row's silence lasts. */
const channel = { beatMs: 250 };

/** Where a limit is crossed. Alice and bob are present and are left in peace. */
interface ServerAtLimit {
  port: number;
  log: EventLog;
  /** Lets somebody in. He is gone at the end. */
  come(name: string): Promise<BareClient>;
}

interface Row {
  holds: string;
  limits: Partial<Limits>;
  cross(scene: ServerAtLimit): Promise<void>;
}

/** A message that is `length` bytes long. */
function sized(request: Request, length: number): Uint8Array {
  for (let pad = 0;; pad++) {
    const message = encode({ ...request, pad: "x".repeat(pad) });
    assert(message.length <= length, "no pad gives this length");
    if (message.length === length) return message;
  }
}

/** Asks for somebody who is not there, and gets the answer: by then the server has seen to everybody some more. */
async function roundTrips(person: BareClient, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await person.say({ kind: "invite", to: "nobody" });
    await person.hear("answered");
  }
}

/** Asks `name` and takes it back, over and over, without waiting for anything. */
function flood(person: BareClient, name: string, times: number): Promise<unknown> {
  const sent: Promise<void>[] = [];
  for (let i = 0; i < times; i++) {
    sent.push(person.say({ kind: "invite", to: name }), person.say({ kind: "withdraw", to: name }));
  }
  return Promise.all(sent).catch(() => {}); // Who is cut off has nothing more to wait for.
}

async function bringTickets(port: number, people: BareClient[], both: string[]): Promise<BareClient[]> {
  const seats = await Promise.all(people.map(({ own }) => connect(port, own)));
  await Promise.all(seats.map((seat, i) => seat.say({ kind: "join", ticket: both[i]! })));
  return seats;
}

/** A raw connection of somebody who sends these bytes and nothing more; waits until the server has had enough. */
async function stranger(port: number, bytes: Uint8Array): Promise<void> {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  await conn.write(bytes);
  const over = (async () => {
    while (await conn.read(new Uint8Array(1000)).catch(() => null) !== null);
  })();
  await soon(over, () => "the end of a stranger's connection");
  conn.close();
}

const wrong = { kind: "refused", reason: "wrong" };
const wait = (retry: number) => ({ kind: "refused", reason: "wait", retry });
const guess = ({ port }: ServerAtLimit) => refusal(port, "mallory", { password: "guess" });

/** Guesses until a guess is looked at. */
async function lookedAt(scene: ServerAtLimit): Promise<void> {
  for (let answer = await guess(scene); answer.reason !== "wrong";) answer = await guess(scene);
}

/** A row for every limit there is. */
const ROWS: Record<keyof Limits, Row> = {
  connections: {
    holds: "more connections than allowed are closed as they come",
    limits: { connections: 3 },
    async cross({ port, come }) {
      await come("carol");
      await assertRejects(() => connect(port));
    },
  },
  connectionsPerNetwork: {
    holds: "more connections than allowed from one network are closed as they come",
    limits: { connectionsPerNetwork: 3 },
    async cross({ port, come }) {
      await come("carol");
      await assertRejects(() => connect(port));
    },
  },
  arrivals: {
    holds: "who comes when too many have just come, and would wait too long for his turn, is sent away",
    limits: { arrivals: 2, arrivalMs: 100_000, handshakeMs: 1000 },
    async cross({ port }) {
      await assertRejects(() => connect(port));
    },
  },
  arrivalMs: {
    holds: "when it is his turn he is let in",
    limits: { arrivals: 2, arrivalMs: 50 },
    async cross({ come }) {
      await Promise.all(["carol", "dave", "erin"].map(come));
    },
  },
  users: {
    holds: "who comes to a full server is told so",
    limits: { users: 2 },
    async cross({ port }) {
      assertEquals(await refusal(port, "carol", { password }), { kind: "refused", reason: "full" });
    },
  },
  newNames: {
    holds: "where many new names were just taken there are no more of them",
    limits: { newNames: 2 }, // Shared with alice and bob.
    async cross({ port }) {
      assertEquals(await refusal(port, "carol", { password }), { kind: "refused", reason: "full" });
    },
  },
  newNameMs: {
    holds: "there are more new names after a while",
    limits: { newNames: 2, newNameMs: 100 },
    async cross({ port }) {
      let full = true;
      while (full) {
        const carol = await enter(port, "carol", { password });
        full = await carol.hear("welcome").then(() => false, () => true);
        carol.channel.close();
      }
    },
  },
  handshakeMs: {
    holds: "who does not get to the point is sent away, wherever he stops",
    limits: { handshakeMs: 1000 },
    async cross({ port }) {
      const sealed = await connect(port);
      await Promise.all([
        stranger(port, new Uint8Array(0)),
        stranger(port, PRELUDE.subarray(0, 4)),
        stranger(port, new Uint8Array([...PRELUDE, 0, 0, 0, 32, 7])),
        stranger(port, new Uint8Array([...PRELUDE, 0, 0, 0, 32, ...new Uint8Array(32).fill(9)])),
        sealed.end(),
      ]);
    },
  },
  firstBytes: {
    holds: "a first message that is too long ends its connection",
    limits: { firstBytes: 300 },
    async cross({ port }) {
      const process = "c".repeat(32);
      const hello: Request = { kind: "hello", name: "carol", process, features: [], password };
      const long = await connect(port);
      await long.channel.send(sized(hello, 301));
      await assertRejects(() => long.hear("welcome"));
      const right = await connect(port);
      await right.channel.send(sized(hello, 300));
      await right.hear("welcome");
      long.channel.close();
      right.channel.close();
    },
  },
  requestBytes: {
    holds: "a request that is too long ends its connection",
    limits: { firstBytes: 200, requestBytes: 300 },
    async cross({ log, come }) {
      const [carol, dave] = [await come("carol"), await come("dave")];
      await carol.channel.send(sized({ kind: "invite", to: "dave" }, 300));
      await dave.hear("invitation");
      await carol.channel.send(sized({ kind: "withdraw", to: "dave" }, 301));
      await log.next({ event: "roster", users: ["alice", "bob", "dave"] });
    },
  },
  burstBytes: {
    holds: "a flood of requests is not read before its time, and not told on",
    limits: { burstBytes: 2000, byteMs: 1, invites: 1000 },
    async cross({ come }) {
      const [mallory, carol] = [await come("mallory"), await come("carol")];
      const dave = await come("dave");
      await flood(mallory, "carol", 200);
      await roundTrips(dave, 10);
      await dave.say({ kind: "invite", to: "carol" });
      let told = 0;
      while ((await carol.hear("invitation")).from === "mallory") told++;
      assert(told < 300, `${told} of 400 were told`);
    },
  },
  byteMs: {
    holds: "what was sent too fast is done in the end",
    limits: { burstBytes: 100, byteMs: 0.1 },
    async cross({ come }) {
      const [mallory, carol] = [await come("mallory"), await come("carol")];
      await flood(mallory, "carol", 50);
      for (let i = 0; i < 100; i++) assertEquals((await carol.hear("invitation")).from, "mallory");
    },
  },
  invitations: {
    holds: "who has asked too many gets no further",
    limits: { invitations: 1 },
    async cross({ come }) {
      const [carol] = [await come("carol"), await come("dave"), await come("erin")];
      await carol.say({ kind: "invite", to: "dave" });
      await carol.say({ kind: "invite", to: "erin" });
      assertEquals(await carol.hear("answered"), { kind: "answered", to: "erin", state: "busy" });
    },
  },
  invites: {
    holds: "who asks and takes it back over and over is told on so many times, and no more",
    limits: { invites: 5, inviteMs: 100_000 },
    async cross({ come }) {
      const [mallory, carol] = [await come("mallory"), await come("carol")];
      await flood(mallory, "carol", 10);
      for (let i = 0; i < 5; i++) assertEquals((await mallory.hear("answered")).state, "busy");
      const dave = await come("dave");
      await dave.say({ kind: "invite", to: "carol" });
      let told = 0;
      while ((await carol.hear("invitation")).from === "mallory") told++;
      assertEquals(told, 2 * 5);
    },
  },
  inviteMs: {
    holds: "who has asked too often may ask again after a while",
    limits: { invites: 1, inviteMs: 100 },
    async cross({ come }) {
      const [carol, dave] = [await come("carol"), await come("dave")];
      await flood(carol, "dave", 1);
      let asked = "busy";
      while (asked === "busy") {
        await carol.say({ kind: "invite", to: "dave" });
        await carol.say({ kind: "invite", to: "nobody" });
        asked = (await carol.hear("answered")).state;
        if (asked === "busy") await carol.hear("answered");
      }
      assertEquals((await dave.hear("invitation")).from, "carol");
    },
  },
  invitationMs: {
    holds: "an invitation nobody answers ends",
    limits: { invitationMs: 30 },
    async cross({ come }) {
      const [carol, dave] = [await come("carol"), await come("dave")];
      await carol.say({ kind: "invite", to: "dave" });
      assertEquals((await carol.hear("answered")).state, "expired");
      assertEquals([(await dave.hear("invitation")).state, (await dave.hear("invitation")).state], [
        "offered",
        "expired",
      ]);
    },
  },
  meetings: {
    holds: "who has too many tickets gets none before he used them",
    limits: { meetings: 1 },
    async cross({ port, come }) {
      const [carol, dave, erin] = [await come("carol"), await come("dave"), await come("erin")];
      const both = await tickets(carol, dave, ["carol", "dave"]);
      await carol.say({ kind: "invite", to: "erin" });
      await erin.hear("invitation");
      await erin.say({ kind: "answer", from: "carol", accept: true });
      assertEquals((await carol.hear("answered")).state, "busy");
      assertEquals((await erin.hear("invitation")).state, "withdrawn");
      const seats = await bringTickets(port, [carol, dave], both);
      await Promise.all(seats.map((seat) => seat.hear("joined")));
      await tickets(carol, erin, ["carol", "erin"]);
      for (const seat of seats) seat.channel.close();
    },
  },
  meetingsInAll: {
    holds: "when too many tickets are out nobody gets any before some are used",
    limits: { meetingsInAll: 1, ticketMs: 200 },
    async cross({ come }) {
      const [carol, dave] = [await come("carol"), await come("dave")];
      const [erin, frank] = [await come("erin"), await come("frank")];
      await tickets(carol, dave, ["carol", "dave"]);
      await erin.say({ kind: "invite", to: "frank" });
      await frank.hear("invitation");
      await frank.say({ kind: "invite", to: "erin" });
      assertEquals((await erin.hear("answered")).state, "busy");
      assertEquals((await frank.hear("answered")).state, "busy");
    },
  },
  ticketMs: {
    holds: "a ticket whose partner does not come expires, and so does his",
    limits: { ticketMs: 30 },
    async cross({ port, come }) {
      const [carol, dave] = [await come("carol"), await come("dave")];
      const both = await tickets(carol, dave, ["carol", "dave"]);
      for (const [i, { own }] of [carol, dave].entries()) {
        const seat = await connect(port, own);
        await seat.say({ kind: "join", ticket: both[i]! });
        assertEquals((await seat.hear("refused")).reason, "ticket");
        await seat.end();
      }
    },
  },
  queuedBytes: {
    holds: "who makes others tell him more than he reads is cut off, and nobody for whom he has it told",
    limits: { queuedBytes: 2000, burstBytes: 1_000_000, invites: 1000 },
    async cross({ log, come }) {
      const [carol] = [await come("carol"), await come("dave")];
      await log.next({ event: "roster", users: ["alice", "bob", "carol", "dave"] });
      await flood(carol, "dave", 200); // Neither of them reads: sent in one go, what there is to tell outruns both.
      await log.next({ event: "roster", users: ["alice", "bob", "dave"] });
    },
  },
  rosterMs: {
    holds: "who comes and goes over and over is not told to everybody each time",
    limits: { rosterMs: 100_000 },
    async cross({ port, log }) {
      for (let i = 0; i < 10; i++) (await enter(port, `n${i}`, { password })).channel.close();
      await present(port, "carol", { password }).then((carol) => carol.channel.close());
      assertEquals(log.count({ event: "roster" }), 1); // Alice's coming, of which the pause is still on.
    },
  },
  freeGuesses: {
    holds: "after a wrong password too many, not even the right one is looked at",
    limits: { freeGuesses: 2, guessMs: 30_000 },
    async cross(scene) {
      assertEquals([await guess(scene), await guess(scene)], [wrong, wrong]);
      assertEquals(await refusal(scene.port, "carol", { password }), wait(30));
    },
  },
  guessMs: {
    holds: "each wrong password after that doubles the wait",
    limits: { freeGuesses: 1, guessMs: 1000 },
    async cross(scene) {
      assertEquals([await guess(scene), await guess(scene)], [wrong, wait(1)]);
      await lookedAt(scene);
      assertEquals(await guess(scene), wait(2));
    },
  },
  longestGuessMs: {
    holds: "the wait has an end",
    limits: { freeGuesses: 1, guessMs: 1e9, longestGuessMs: 20_000 },
    async cross(scene) {
      assertEquals([await guess(scene), await guess(scene)], [wrong, wait(20)]);
    },
  },
  guessesInAll: {
    holds: "when too many guess, one wrong password makes its network wait",
    limits: { freeGuesses: 9, guessesInAll: 1, longestGuessMs: 20_000 },
    async cross(scene) {
      assertEquals([await guess(scene), await guess(scene)], [wrong, wait(20)]);
    },
  },
  guessMemoryMs: {
    holds: "wrong passwords are forgotten after a while",
    limits: { freeGuesses: 1, guessMs: 60_000, guessMemoryMs: 300 },
    async cross(scene) {
      assertEquals([await guess(scene), await guess(scene)], [wrong, wait(60)]);
      await lookedAt(scene);
    },
  },
  guessers: {
    holds: "of more networks than that nothing is known",
    limits: { freeGuesses: 1, guessMs: 60_000, guessers: 0 },
    async cross(scene) {
      assertEquals([await guess(scene), await guess(scene)], [wrong, wrong]);
    },
  },
  relaySilenceMs: {
    holds: "a relayed pair that says nothing is ended",
    limits: { relaySilenceMs: 30 },
    async cross({ port, come }) {
      const [carol, dave] = [await come("carol"), await come("dave")];
      const both = await tickets(carol, dave, ["carol", "dave"]);
      const seats = await bringTickets(port, [carol, dave], both);
      await Promise.all(seats.map((seat) => seat.hear("joined").then(() => seat.end())));
    },
  },
  beatMs: {
    holds: "the server says now and then that it lives",
    limits: { beatMs: 20 },
    async cross({ port }) {
      const carol = await present(port, "carol", { password });
      const stream = carol.channel.release();
      for (let beats = 0; beats < 3; beats++) {
        assert(await soon(stream.read(new Uint8Array(100)), () => "a heartbeat") !== null);
      }
      stream.close();
    },
  },
  silenceMs: {
    holds: "a user who falls silent is gone",
    limits: { silenceMs: 1000 },
    async cross({ port, log }) {
      const carol = await present(port, "carol", { password, channel: { beatMs: Infinity } });
      await log.next({ event: "roster", users: ["alice", "bob", "carol"] });
      await log.next({ event: "roster", users: ["alice", "bob"] });
      await carol.end();
    },
  },
};

for (const [field, { holds, limits, cross }] of Object.entries(ROWS)) {
  Deno.test(`${field}: ${holds}, and the others go on`, async () => {
    const log = new EventLog();
    const server = await testServer(limits, log, 0, { password });
    const [alice, bob] = [await come("alice"), await come("bob")];
    const visitors: BareClient[] = [];
    await cross({
      port: server.port,
      log,
      come: async (name) => {
        const person = await come(name);
        visitors.push(person);
        return person;
      },
    });
    await alice.say({ kind: "invite", to: "bob" });
    assertEquals((await bob.hear("invitation")).from, "alice");
    await server.close();
    await Promise.all([alice, bob, ...visitors].map((person) => person.end()));

    function come(name: string): Promise<BareClient> {
      return present(server.port, name, { password, channel });
    }
  });
}

Deno.test("after a storm of comings and goings all are told how it is", async () => {
  const server = await testServer({ rosterMs: 20 });
  const alice = await present(server.port, "alice");
  await Promise.all(
    Array.from(
      { length: 20 },
      (_, i) => present(server.port, `n${i}`).then((user) => user.channel.close()),
    ),
  );
  const bob = await present(server.port, "bob");
  for (let users: string[] = []; users.join() !== "alice,bob";) users = (await alice.hear("roster")).users;
  await server.close();
  await Promise.all([alice.end(), bob.end()]);
});

Deno.test("a person's ways to the server, as many as he can need, are within the limits as they are", () => {
  assert(LIMITS.connections >= 2 * LIMITS.users);
  const invitations = LIMITS.invitations * encodeControl({ kind: "invite", to: "x".repeat(32) }).length;
  assert(LIMITS.firstBytes + 2 * invitations < LIMITS.burstBytes);
});
