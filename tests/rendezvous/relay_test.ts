// Two connections as one stream.

import { assert, assertEquals } from "@std/assert";
import { type End, relay } from "../../src/rendezvous/relay.ts";
import { Turns } from "../../src/rendezvous/turns.ts";
import { socket } from "../../src/wire/channel/socket.ts";
import { soon } from "../support/streams.ts";
import { LINUX } from "../support/system.ts";

/** A person's end and the server's end of one connection. */
async function connection(turn: End["turn"] = () => Promise.resolve()): Promise<[Deno.TcpConn, End]> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const [person, server] = await Promise.all([
    Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port }),
    listener.accept(),
  ]);
  listener.close();
  return [person, { ...socket(server), turn }];
}

async function readToEnd(conn: Deno.TcpConn): Promise<number> {
  const buffer = new Uint8Array(256 * 1024);
  let bytes = 0;
  for (let count = await conn.read(buffer); count !== null; count = await conn.read(buffer)) bytes += count;
  return bytes;
}

async function writeAll(conn: Deno.TcpConn, bytes: number): Promise<void> {
  const piece = new Uint8Array(256 * 1024);
  for (let left = bytes; left > 0;) left -= await conn.write(piece.subarray(0, Math.min(left, piece.length)));
}

Deno.test("a relay hands bytes on both ways, and an end of writing ends the reading", async () => {
  const [[alice, a], [bob, b]] = await Promise.all([connection(), connection()]);
  const over = relay(a, b, 60_000);
  const heard = readToEnd(bob);
  await writeAll(alice, 1_000_000);
  await alice.closeWrite();
  assertEquals(await heard, 1_000_000);
  await writeAll(bob, 5); // The other direction is still open.
  await bob.closeWrite();
  assertEquals(await readToEnd(alice), 5);
  await soon(over, () => "the end of the relay");
  alice.close();
  bob.close();
});

Deno.test("a person who goes away ends the other's stream", async () => {
  const [[alice, a], [bob, b]] = await Promise.all([connection(), connection()]);
  const over = relay(a, b, 60_000);
  alice.close();
  assertEquals(await bob.read(new Uint8Array(1)), null);
  bob.close();
  await soon(over, () => "the end of the relay");
});

Deno.test("a pair that says nothing is ended", async () => {
  const [[alice, a], [bob, b]] = await Promise.all([connection(), connection()]);
  await soon(relay(a, b, 20), () => "the end of the relay");
  alice.close();
  bob.close();
});

/** What this thread holds, in bytes; the whole process has the memory of other tests beside it. */
function ownMemory(): number {
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

/** What the system's own buffers of one connection may hold, in bytes: they grow as long as somebody writes. */
function mostInSockets(): number {
  const most = (name: string) => Number(Deno.readTextFileSync(`/proc/sys/net/ipv4/${name}`).split(/\s+/)[2]);
  return LINUX ? most("tcp_rmem") + most("tcp_wmem") : 16 * 1024 * 1024;
}

Deno.test("a slow reader holds the sender back and not the server's memory", async () => {
  const [[alice, a], [bob, b]] = await Promise.all([connection(), connection()]);
  const over = relay(a, b, 60_000);
  const inSockets = 2 * mostInSockets(); // Of the writer's connection, and of the reader's.
  const total = 200 * 1024 * 1024;
  let written = 0;
  const piece = new Uint8Array(256 * 1024);
  const writing = (async () => {
    while (written < total) written += await alice.write(piece);
    await alice.closeWrite();
  })();

  const before = ownMemory();
  let most = before;
  const buffer = new Uint8Array(16 * 1024); // Many small reads against few large writes.
  let read = 0;
  for (let count = await bob.read(buffer); count !== null; count = await bob.read(buffer)) {
    read += count;
    // What neither person holds is in the system's socket buffers, whatever the total.
    assert(written - read < inSockets + 8 * 1024 * 1024, `${written - read} bytes are on the way`);
    if (read % (8 * 1024 * 1024) < count) most = Math.max(most, ownMemory());
  }
  await writing;
  assert(read >= total);
  assert(most - before < 64 * 1024 * 1024, `memory grew by ${most - before} bytes`);
  await bob.closeWrite();
  await soon(over, () => "the end of the relay");
  alice.close();
  bob.close();
});

/** One to write, one to read, and the relay between them; `turn` is the writer's. */
async function pair(turn: End["turn"]) {
  const [[from, a], [to, b]] = await Promise.all([connection(turn), connection()]);
  const over = relay(a, b, 60_000);
  const close = async () => {
    from.close();
    to.close();
    await soon(over, () => "the end of the relay");
  };
  return { from, to, close };
}

Deno.test("T9: a word passes beside a flood, of which no more passes than its turns are", async () => {
  // Time stands still until it is told to go on: what the flood has at once is soon used up, and then all of it waits.
  let now = 0;
  let goOn = () => {};
  const usedUp = Promise.withResolvers<void>();
  let later = (act: () => void) => {
    goOn = act;
    usedUp.resolve();
  };
  const turns = new Turns({ now: () => now, later: (act) => later(act), tickMs: 1 });
  let flooded = 0;
  const flood = () =>
    pair(async (bytes) => {
      await turns.take(["mallory"], bytes);
      flooded += bytes;
    });
  const floods = await Promise.all(Array.from({ length: 8 }, flood));
  const others = await pair((bytes) => turns.take(["alice"], bytes));
  const ends = floods.flatMap(({ from, to }) => [writeAll(from, 64 * 1024 * 1024), readToEnd(to)]);
  const ended = Promise.allSettled(ends);
  await soon(usedUp.promise, () => "the flood to use up what there is");
  await others.from.write(new Uint8Array([7]));
  const heard = new Uint8Array(1);
  assertEquals([await soon(others.to.read(heard), () => "alice's word"), heard[0]], [1, 7]);
  assert(flooded <= 1024 * 1024 + 256 * 1024, `${flooded} bytes of the flood went with it`);
  later = (act) => void setTimeout(() => (now++, act()), 0);
  later(goOn);
  await Promise.all([...floods, others].map((each) => each.close()));
  await ended;
});
