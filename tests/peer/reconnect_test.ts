// Links and sessions that break, and go on.

import { assertEquals } from "@std/assert";
import { type Server } from "../../src/rendezvous/server.ts";
import { EventLog, sayHello, startedClient, testServer } from "../support/network.ts";

/** A server that can be cut off from its clients without their noticing: what they send goes nowhere. */
interface Wire {
  readonly port: number;
  /** From now on nothing passes on the connections there are; new ones are not harmed. */
  freeze(): void;
  close(): Promise<void>;
}

function wireTo(server: Server): Wire {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open: Deno.TcpConn[] = [];
  let frozen = new Set<Deno.TcpConn>();
  const copy = async (from: Deno.TcpConn, to: Deno.TcpConn) => {
    const buffer = new Uint8Array(64 * 1024);
    try {
      for (let count = await from.read(buffer); count !== null; count = await from.read(buffer)) {
        if (frozen.has(from)) continue;
        for (let at = 0; at < count;) at += await to.write(buffer.subarray(at, count));
      }
      if (!frozen.has(from)) await to.closeWrite();
    } catch {
      // The test closed a connection.
    }
  };
  const copies: Promise<void>[] = [];
  const accepting = (async () => {
    for await (const inner of listener) {
      const outer = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
      open.push(inner, outer);
      copies.push(copy(inner, outer), copy(outer, inner));
    }
  })();
  return {
    port: listener.addr.port,
    freeze: () => void (frozen = new Set(open)),
    async close() {
      listener.close();
      await accepting;
      for (const conn of open) conn.close();
      await Promise.all(copies);
    },
  };
}

Deno.test("a server that comes back finds the same session", async () => {
  let server = await testServer();
  const alice = await startedClient(server, "alice");
  const bob = await startedClient(server, "bob");
  await bob.acceptFrom("alice");
  await alice.invite("bob");
  for (let round = 0; round < 3; round++) {
    await Promise.all([alice, bob].map(({ log }) => log.next({ event: "insync" })));
    const { port } = server;
    await server.close();
    await Promise.all([alice, bob].map(({ log }) => log.next({ event: "lost", what: "server" })));
    server = await testServer({}, new EventLog(), port);
  }
  await Promise.all([alice, bob].map(({ log }) => log.next({ event: "insync" })));
  await alice.close();
  await bob.close();
  await server.close();
});

Deno.test("the accepter accepts again without asking, also after both invited each other", async () => {
  let server = await testServer();
  const alice = await startedClient(server, "alice");
  const bob = await startedClient(server, "bob");
  await alice.invite("bob");
  await bob.log.next({ event: "invitation", from: "alice", state: "offered" });
  await bob.invite("alice"); // Instead of accepting: both have the intent now.
  for (let round = 0; round < 5; round++) {
    await Promise.all([alice, bob].map(({ log }) => log.next({ event: "insync" })));
    const { port } = server;
    await server.close();
    server = await testServer({}, new EventLog(), port);
  }
  await Promise.all([alice, bob].map(({ log }) => log.next({ event: "insync" })));
  await alice.close();
  await bob.close();
  await server.close();
});

Deno.test("a session that breaks on one side only is replaced on the other", async () => {
  const server = await testServer();
  let dead = true;
  const bob = await startedClient(server, "bob", {}, {
    // The first session does not notice that its other end is gone, until it is told to end.
    runSession: async (channel, options) => {
      if (!dead) return await sayHello(channel, options);
      dead = false;
      options.emit({ event: "problem", peer: options.peer, path: "x", reason: "deaf", retry: true });
      await new Promise((resolve) => options.signal.addEventListener("abort", resolve));
      channel.close();
      return { how: "left", reason: "told to end", code: 2 };
    },
  });
  await bob.acceptFrom("alice");
  const alice = await startedClient(server, "alice");
  await alice.invite("bob");
  await bob.log.next({ event: "problem", peer: "alice" });
  await alice.close(); // As a kill would: bob's session does not see it.
  const again = await startedClient(server, "alice");
  await again.invite("bob");
  await again.log.next({ event: "insync", peer: "bob" });
  await bob.log.next({ event: "insync", peer: "alice" });
  assertEquals(bob.open.length, 1);
  await again.close();
  await bob.close();
  await server.close();
});

Deno.test("a link that falls silent is found and mended, its name is free at once", async () => {
  const channel = { beatMs: 20, silenceMs: 150 };
  const server = await testServer({ beatMs: 20, silenceMs: 60_000 });
  const wire = wireTo(server);
  const bob = await startedClient(server, "bob", {}, { channel });
  await bob.acceptFrom("alice");
  const alice = await startedClient(wire, "alice", {}, { channel });
  await alice.invite("bob");
  await alice.log.next({ event: "insync", peer: "bob" });
  wire.freeze();
  await alice.log.next({ event: "lost", what: "server" });
  await alice.log.next({ event: "connected" });
  await alice.log.next({ event: "insync", peer: "bob" });
  const reasons = alice.log.events.flatMap((event) => event.event === "lost" ? [event.reason] : []);
  assertEquals(reasons.filter((reason) => reason.includes("is in use")), []);
  await alice.close();
  await bob.close();
  await wire.close();
  await server.close();
});

Deno.test("a session that keeps breaking is tried again, and later each time", async () => {
  const server = await testServer();
  const bob = await startedClient(server, "bob");
  await bob.acceptFrom("alice");
  const alice = await startedClient(server, "alice", {}, {
    peerBackoff: { first: 4, longest: 16 },
    runSession: (channel) => {
      channel.close();
      return Promise.resolve({ how: "lost", reason: "it broke", code: 2 });
    },
  });
  await alice.invite("bob");
  const waits: number[] = [];
  for (let round = 0; round < 4; round++) {
    const event = await alice.log.next({ event: "lost", what: "peer" });
    if (event.event === "lost") waits.push(event.retry!);
  }
  assertEquals(waits[3]! > waits[0]! * 2, true, `waits: ${waits}`);
  await alice.close();
  await bob.close();
  await server.close();
});
