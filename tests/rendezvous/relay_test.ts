// Two connections as one stream.

import { assert, assertEquals } from "@std/assert";
import { relay } from "../../src/rendezvous/relay.ts";
import { type Socket, socket } from "../../src/wire/socket.ts";
import { soon } from "../support/streams.ts";

/** A person's end and the server's end of one connection. */
async function connection(): Promise<[Deno.TcpConn, Socket]> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const [person, server] = await Promise.all([
    Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port }),
    listener.accept(),
  ]);
  listener.close();
  return [person, socket(server)];
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

Deno.test("a slow reader holds the sender back and not the server's memory", async () => {
  const [[alice, a], [bob, b]] = await Promise.all([connection(), connection()]);
  const over = relay(a, b, 60_000);
  const total = 200 * 1024 * 1024;
  let written = 0;
  const piece = new Uint8Array(256 * 1024);
  const writing = (async () => {
    while (written < total) written += await alice.write(piece);
    await alice.closeWrite();
  })();

  const before = Deno.memoryUsage().rss;
  let most = before;
  const buffer = new Uint8Array(16 * 1024); // Many small reads against few large writes.
  let read = 0;
  for (let count = await bob.read(buffer); count !== null; count = await bob.read(buffer)) {
    read += count;
    // What neither person holds is in the system's socket buffers: a few MB, whatever the total.
    assert(written - read < 32 * 1024 * 1024, `${written - read} bytes are on the way`);
    if (read % (8 * 1024 * 1024) < count) most = Math.max(most, Deno.memoryUsage().rss);
  }
  await writing;
  assert(read >= total);
  assert(most - before < 64 * 1024 * 1024, `memory grew by ${most - before} bytes`);
  await bob.closeWrite();
  await soon(over, () => "the end of the relay");
  alice.close();
  bob.close();
});
