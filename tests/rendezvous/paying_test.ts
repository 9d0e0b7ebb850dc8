// Who invites pays (RULES T9): what a stranger has somebody do costs the stranger, and never another person who invites the same one.

import { assertEquals } from "@std/assert";
import { LIMITS, type Limits } from "../../src/rendezvous/limits.ts";
import type { Server } from "../../src/rendezvous/server.ts";
import { listenAs } from "../support/hosts.ts";
import { EventLog, testServer } from "../support/network.ts";
import { type BareClient, connect, present, tickets } from "../support/bare_client.ts";

/** A server, bob, and others, each from an address of their own unless said otherwise. */
class ServerContext {
  readonly #people: BareClient[] = [];
  #host = "198.51.100.1";
  bob!: BareClient;

  private constructor(private readonly server: Server) {}

  static async open(limits: Partial<Limits>): Promise<ServerContext> {
    const server = await testServer(limits, new EventLog(), 0, { listen: listenAs(() => context.#host) });
    const context: ServerContext = new ServerContext(server);
    context.bob = await context.come("bob", "198.51.100.1");
    return context;
  }

  async come(name: string, host: string): Promise<BareClient> {
    this.#host = host;
    return this.#with(await present(this.server.port, name));
  }

  /** Brings a ticket; what the server says to that is still to be heard. */
  async bring(ticket: string, { own }: BareClient, host: string): Promise<BareClient> {
    this.#host = host;
    const seat = this.#with(await connect(this.server.port, own));
    await seat.say({ kind: "join", ticket });
    return seat;
  }

  #with(person: BareClient): BareClient {
    this.#people.push(person);
    return person;
  }

  /** `inviter` asks bob, who says yes to everybody; what is answered. */
  async ask(inviter: BareClient, name: string): Promise<string> {
    await inviter.say({ kind: "invite", to: "bob" });
    for (let offered = false; !offered;) {
      const { from, state } = await this.bob.hear("invitation");
      offered = from === name && state === "offered";
    }
    await this.bob.say({ kind: "answer", from: name, accept: true });
    return (await inviter.hear("answered")).state;
  }

  async close(): Promise<void> {
    await this.server.close();
    await Promise.all(this.#people.map((person) => person.end()));
  }
}

const BOBS = "198.51.100.1";
const ALICES = "192.0.2.1";
const MALLORYS = "203.0.113.1";

Deno.test("who is invited over and over by one who never comes is not out of reach for others", async () => {
  const context = await ServerContext.open({});
  const [mallory, alice] = [await context.come("mallory", MALLORYS), await context.come("alice", ALICES)];
  for (let i = 0; i < LIMITS.meetings; i++) assertEquals(await context.ask(mallory, "mallory"), "accepted");
  assertEquals(await context.ask(alice, "alice"), "accepted");
  await context.close();
});

Deno.test("who comes under many names has no more meetings under way than one network may have", async () => {
  const context = await ServerContext.open({ meetings: 1 });
  const states = [];
  for (let i = 0; i < 6; i++) {
    const name = `n${i}`;
    states.push(await context.ask(await context.come(name, MALLORYS), name));
  }
  assertEquals(states, ["accepted", "accepted", "accepted", "accepted", "busy", "busy"]);
  assertEquals(await context.ask(await context.come("alice", ALICES), "alice"), "accepted");
  await context.close();
});

Deno.test("who comes under many names asks no more often than one network may", async () => {
  const context = await ServerContext.open({ invites: 1, inviteMs: 100_000 });
  for (let i = 0; i < 5; i++) {
    const person = await context.come(`n${i}`, MALLORYS);
    await person.say({ kind: "invite", to: "bob" });
    await person.say({ kind: "invite", to: "nobody" });
    assertEquals((await person.hear("answered")).state, i < 4 ? "absent" : "busy");
  }
  assertEquals(await context.ask(await context.come("alice", ALICES), "alice"), "accepted");
  await context.close();
});

Deno.test("a pair that says yes anew begins anew: one meeting of it is under way, and the older tickets are void", async () => {
  const context = await ServerContext.open({ meetings: 1 });
  const alice = await context.come("alice", ALICES);
  const [, old] = await tickets(alice, context.bob);
  const waits = await context.bring(old, context.bob, BOBS);
  const both = await tickets(alice, context.bob);
  assertEquals((await waits.hear("refused")).reason, "ticket");
  const seats = [
    await context.bring(both[0], alice, ALICES),
    await context.bring(both[1], context.bob, BOBS),
  ];
  await Promise.all(seats.map((seat) => seat.hear("joined")));
  for (const seat of seats) seat.channel.close();
  await context.close();
});

Deno.test("one who was invited and waits has room for others: the connections count for who invited", async () => {
  const context = await ServerContext.open({ connectionsPerNetwork: 2, arrivals: 3, arrivalMs: 100_000 });
  for (let i = 0; i < 2; i++) {
    const mallory = await context.come(`n${i}`, MALLORYS);
    const [, ticket] = await tickets(mallory, context.bob, [`n${i}`, "bob"]);
    await context.bring(ticket, context.bob, BOBS);
  }
  // The inviter's network has as many users as it may have; bob's is as free as before.
  const alice = await context.come("alice", ALICES);
  const both = await tickets(alice, context.bob);
  const seats = [
    await context.bring(both[0], alice, ALICES),
    await context.bring(both[1], context.bob, BOBS),
  ];
  await Promise.all(seats.map((seat) => seat.hear("joined")));
  for (const seat of seats) seat.channel.close();
  await context.close();
});
