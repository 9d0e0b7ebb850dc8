// A name with several addresses: whichever answers.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { dialTcp } from "../../../src/peer/link/connect.ts";
import { connectToAny } from "../../../src/peer/link/side_by_side.ts";

const never = new AbortController().signal;

/** Connects to "good" hosts, hears nothing from "deaf" ones, is refused by others; `tried` are all in order. */
function network(tried: string[], closed: string[] = []) {
  const dial = (host: string, signal: AbortSignal) => {
    tried.push(host);
    if (host.startsWith("good")) return Promise.resolve(host);
    if (!host.includes("deaf")) return Promise.reject(new Error(`${host} refuses`));
    return new Promise<string>((_, reject) =>
      signal.addEventListener("abort", () => reject(new Error(`${host} is given up`)))
    );
  };
  return (hosts: string[], signal = never) => connectToAny(hosts, dial, (late) => closed.push(late), signal);
}

Deno.test("a host that refuses is passed over at once, one that says nothing after a moment", async () => {
  const tried: string[] = [];
  assertEquals(await network(tried)(["refuses", "deaf", "good", "good2"]), "good");
  assertEquals(tried, ["refuses", "deaf", "good"]);
});

Deno.test("addresses of both families are tried in turns", async () => {
  const tried: string[] = [];
  assertEquals(await network(tried)(["::1", "::2", "::3", "good"]), "good");
  assertEquals(tried, ["::1", "good"]);
});

Deno.test("where nobody answers, the first one's reason is told", async () => {
  await assertRejects(() => network([])(["one", "other"]), Error, "one refuses");
});

Deno.test("who gives up ends all tries, and begins no other", async () => {
  const tried: string[] = [];
  const patience = new AbortController();
  const wait = network(tried)(["deaf", "good"], patience.signal);
  patience.abort();
  await assertRejects(() => wait, Error, "deaf is given up");
  assertEquals(tried, ["deaf"]);
});

Deno.test("a connection that comes too late is closed", async () => {
  const closed: string[] = [];
  const late = Promise.withResolvers<string>();
  const dial = (host: string) => host === "late" ? late.promise : Promise.resolve(host);
  assertEquals(await connectToAny(["late", "soon"], dial, (one) => closed.push(one), never), "soon");
  late.resolve("late");
  await late.promise;
  assertEquals(closed, ["late"]);
});

Deno.test("a server that listens on the second address of its name alone is found", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const dial = dialTcp(() => Promise.resolve(["::1", "127.0.0.1"]));
  const [connection, accepted] = await Promise.all([
    dial({ host: "server", port }, never),
    listener.accept(),
  ]);
  accepted.close();
  (connection as Deno.TcpConn).close();
});

Deno.test("a name that is none is told as the system tells it", async () => {
  const { message } = await assertRejects(
    () => dialTcp()({ host: "nowhere.invalid", port: 1 }, never),
    Error,
  );
  assert(/lookup|resolve|known|host/i.test(message), message);
});
