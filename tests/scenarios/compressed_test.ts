// What crosses the network for content that shrinks, and for content that does not.

import { assert } from "@std/assert";
import { sourceFiles } from "../../scripts/workers.ts";
import { randomBytes } from "../support/bytes.ts";
import { scenario, type Scene } from "./harness.ts";
import { startCounted } from "./small_pair.ts";

const MIB = 1 << 20;
/** What alice says to bob and to the server besides, until both are in sync: a bound. */
const SESSION = 10_000;
/** What a file costs besides its content, its name, time and digest among it: a bound. */
const EACH_FILE = 300;
/** A seal of 16 bytes for 64 KiB and what stands before them are less than this. */
const SEALS = 1 / 1000;

/** How many bytes alice sends until bob has these files; how many they hold, and what may come besides. */
async function sentFor(scene: Scene, files: readonly [path: string, content: Uint8Array][]) {
  await scene.serve();
  const alice = scene.person("alice", "--invite", "bob");
  const bob = scene.person("bob", "--accept-from", "alice");
  for (const [path, content] of files) alice.folder.write(path, content);
  await using tap = startCounted(alice);
  bob.start();
  await scene.alike(alice, bob);
  const held = files.reduce((sum, [, content]) => sum + content.length, 0);
  return { sent: tap.counted.up, held, besides: SESSION + EACH_FILE * files.length };
}

scenario("source text takes a third of its bytes on the wire at most", async (scene) => {
  const source = sourceFiles("src").map((path): [string, Uint8Array] => [
    path.replaceAll("\\", "/"),
    Deno.readFileSync(path),
  ]);
  const { sent, held, besides } = await sentFor(scene, source);
  assert(held > MIB && sent < held / 3 + besides, `${sent} bytes for ${held}`);
});

scenario("what cannot be compressed takes hardly more than its bytes", async (scene) => {
  const films = Array.from({ length: 12 }, (_, number): [string, Uint8Array] => [
    `film${number}`,
    randomBytes(MIB),
  ]);
  const { sent, held, besides } = await sentFor(scene, films);
  assert(sent >= held && sent < held * (1 + SEALS) + besides, `${sent} bytes for ${held}`);
});
