// What somebody on the network gets of it: nothing to read, nothing to change, nothing to play again.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { randomBytes } from "../support/bytes.ts";
import { Tap } from "../support/tap.ts";
import { scenario, type Scene } from "./harness.ts";
import { WINDOWS } from "../support/system.ts";

const NAME = "salaries of the year 2026.txt";
const CONTENT = "the salary of the director is forty-two thousand\n";
/** Goes beside it, so that nothing of both is compressed: what could be read is there to be read. */
const NOISE = randomBytes(10_000);
const PASSWORD = "correct horse battery staple";

/** A server with a password, behind a tap through which everybody connects. */
async function tapped(scene: Scene, spoil?: ConstructorParameters<typeof Tap>[1]) {
  const file = scene.folder("secrets");
  file.write("password.txt", PASSWORD + "\n");
  if (!WINDOWS) Deno.chmodSync(file.at("password.txt"), 0o600);
  await scene.serve(0, "--password-file", file.at("password.txt"));
  const tap = new Tap(scene.port, spoil);
  scene.port = tap.port;
  const flags = ["--password-file", file.at("password.txt")];
  const alice = scene.person("alexandra", "--invite", "bartholomew", ...flags);
  const bob = scene.person("bartholomew", "--accept-from", "alexandra", ...flags);
  alice.folder.write(NAME, CONTENT);
  alice.folder.write("noise", NOISE);
  return { tap, alice, bob };
}

const latin1 = (bytes: Uint8Array) => new TextDecoder("latin1").decode(bytes);

scenario(
  "T18: nothing that is said crosses the network readably: content, names, users, the password",
  async (scene) => {
    const { tap, alice, bob } = await tapped(scene);
    await using _tap = tap;
    alice.start();
    bob.start();
    await scene.alike(alice, bob);
    assertEquals(bob.folder.read(NAME), CONTENT);
    const passed = [...tap.passed("up"), ...tap.passed("down")].map(latin1);
    // Two control and two data connections, with the content once up and once down: the tap has seen it all.
    assertEquals(passed.length, 8);
    assert(passed.join("").length > 2 * NOISE.length, "too little has passed");
    for (
      const said of [
        NAME,
        "salaries",
        CONTENT.slice(0, 20),
        "director",
        PASSWORD,
        "horse",
        "alexandra",
        "bartholomew",
        "welcome",
      ]
    ) {
      assert(!passed.some((bytes) => bytes.includes(said)), `"${said}" has passed`);
    }
  },
);

scenario(
  "T18: a changed byte anywhere ends that connection with a reason, and nothing is lost",
  async (scene) => {
    // One byte in one connection, up and down, in each of its stages; whoever connects again is left alone.
    const places = (WINDOWS ? [3] : [0, 1, 2, 3]).flatMap((connection) => {
      const ways = connection % 2 ? ["up", "down"] as const : ["down", "up"] as const;
      return [{ connection, way: ways[0], at: [3, 60, 700, 400][connection]! }, {
        connection,
        way: ways[1],
        at: [150, 200, 400, 300][connection]!,
      }];
    });
    let place: typeof places[number] | undefined;
    let first = 0;
    let spoilt = 0;
    const { tap, alice, bob } = await tapped(scene, ({ connection, way, from, bytes }) => {
      if (place === undefined || connection !== first + place.connection || way !== place.way) return;
      if (place.at < from || place.at >= from + bytes.length) return;
      bytes[place.at - from]! ^= 0x40;
      spoilt++;
      place = undefined;
    });
    await using _tap = tap;
    alice.start();
    bob.start();
    await scene.alike(alice, bob);
    let told = 0;
    for (const next of places) {
      const mark = { alice: alice.program.mark(), bob: bob.program.mark() };
      await Promise.all([alice.program.stop(), bob.program.stop()]);
      first = 1 + Math.max(...tap.pieces.map(({ connection }) => connection));
      const before = spoilt;
      place = next;
      alice.folder.write(NAME, `${CONTENT}${next.connection} ${next.at}\n`);
      bob.start();
      const beginning = await Promise.race([bob.event("connected"), bob.ended()]);
      if (!("event" in beginning)) bob.start(); // The very first connection failed: with one line, see below.
      alice.start();
      const second = await Promise.race([alice.event("connected"), alice.ended()]);
      if (!("event" in second)) alice.start();
      await scene.alike(alice, bob);
      assertEquals(bob.folder.read(NAME), alice.folder.read(NAME));
      if (spoilt > before) {
        told++;
        const reasons = [
          ...[beginning, second].flatMap((end) => "err" in end ? [end.err] : []),
          ...alice.program.events.filter(({ event }) => event === "lost").map(({ reason }) => reason),
          ...bob.program.events.filter(({ event }) => event === "lost").map(({ reason }) => reason),
        ];
        assert(
          reasons.length > 0,
          `a change at ${JSON.stringify(next)} went unnoticed\n${JSON.stringify(mark)}`,
        );
        for (const reason of reasons) assertMatch(reason, /\S/);
      }
      place = undefined;
    }
    assert(told >= places.length / 2, `only ${told} of ${places.length} places were passed`);
  },
);

scenario("T18: a recorded client that is played again is nobody to the server", async (scene) => {
  const { tap, alice, bob } = await tapped(scene);
  await using _tap = tap;
  alice.start();
  bob.start();
  await scene.alike(alice, bob);
  await Promise.all([alice.program.stop(), bob.program.stop()]);
  await scene.server.event("roster", ({ users }) => users.length === 0);
  const mark = scene.server.mark();
  for (const recorded of tap.passed("up")) {
    const player = await Deno.connect({ hostname: "127.0.0.1", port: tap.port });
    await player.write(recorded).catch(() => {});
    const buffer = new Uint8Array(65_536);
    let heard = 0;
    for (
      let count = await readOrEnd(player, buffer);
      count !== null;
      count = await readOrEnd(player, buffer)
    ) {
      heard += count;
    }
    player.close();
    // The server's half of a handshake, and then the end: no welcome, no roster, nothing joined.
    assert(heard < 200, `${heard} bytes were answered`);
  }
  assertEquals(scene.server.since(mark, "roster"), []);
});

/** Null at the end, whether it came in good order or by a reset. */
function readOrEnd(conn: Deno.Conn, buffer: Uint8Array<ArrayBuffer>): Promise<number | null> {
  return conn.read(buffer).catch(() => null);
}
