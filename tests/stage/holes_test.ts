// Zeros in content: they cost nothing on the way, and take no room where the disk keeps holes.

import { Buffer } from "node:buffer";
import { assert, assertEquals } from "@std/assert";
import { HoleWriter } from "../../src/fs/holes.ts";
import { realDisk } from "../../src/fs/real.ts";
import { textDigest } from "../../src/fs/digest.ts";
import type { OpenFile } from "../../src/fs/port.ts";
import { FullCopy } from "../../src/transition/full_copy.ts";
import type { Task } from "../../src/core/plan/plan.ts";
import { temporary } from "../support/folder.ts";
import { Ground } from "../support/ground.ts";
import { keepsHoles, takenBy } from "../support/holes.ts";
import { randomBytes } from "../support/bytes.ts";

const KIB = 1024, MIB = 1 << 20;
const ignore = !keepsHoles();

/** Writes a file that has nothing but these bytes, and holes. */
function sparse(ground: Ground, path: string, size: number, bytes: [at: number, bytes: Uint8Array][] = []) {
  ground.write(path, "");
  {
    using file = Deno.openSync(`${ground.folder}/${path}`, { write: true });
    file.truncateSync(size);
    for (const [at, content] of bytes) {
      file.seekSync(at, Deno.SeekMode.Start);
      file.writeSync(content);
    }
  }
  return ground.look(path);
}

const CONTENTS: [string, size: number, filled: [at: number, length: number][]][] = [
  ["all zeros", 3 * MIB, []],
  ["small and all zeros", 128 * KIB, []],
  ["of no whole pages", 3 * MIB + 12_345, [[MIB + 1, 1]]],
  ["zeros first", 2 * MIB, [[2 * MIB - 1, 1]]],
  ["zeros last", 2 * MIB + 1, [[0, 70_000]]],
  ["zeros within", 2 * MIB, [[0, 5000], [2 * MIB - 5000, 5000]]],
  ["small, zeros within", 100_001, [[0, 10], [99_000, 1001]]],
];

for (const [name, size, filled] of CONTENTS) {
  Deno.test(`case 11: a file with holes arrives with them: ${name}`, { ignore }, () => {
    using ground = new Ground();
    sparse(ground, "file", size, filled.map(([at, length]) => [at, randomBytes(length)]));
    const sent = ground.sent(() => ground.fetch(ground.task("file")));
    const content = filled.reduce((sum, [, length]) => sum + length, 0);
    assert(sent < content + 16 * KIB, `${sent} bytes sent`);
    assert(Buffer.compare(ground.bytes(0), Deno.readFileSync(`${ground.folder}/file`)) === 0);
    const taken = takenBy(ground.staging.staged.get(0)!.native);
    assert(taken <= takenBy(`${ground.folder}/file`) + 16 * KIB, `${taken} bytes taken`);
  });
}

Deno.test("case 11: what was received up to within zeros goes on after a restart", { ignore }, () => {
  using ground = new Ground();
  const size = 80 * MIB;
  sparse(ground, "file", size, [[0, randomBytes(3 * MIB)], [size - 1, Uint8Array.of(1)]]);
  ground.begin([ground.task("file")]);
  assertEquals(ground.supply(6), 6, "three batches of content, and some of zeros");
  ground.restart();
  const sent = ground.sent(() => ground.fetch(ground.task("file")));
  assert(sent < MIB, `${sent} bytes sent`);
  assert(Buffer.compare(ground.bytes(0), Deno.readFileSync(`${ground.folder}/file`)) === 0);
  // 3 MiB of content, and where a system fills the page in which a file is extended one page for each piece of zeros.
  assert(takenBy(ground.staging.staged.get(0)!.native) < 6 * MIB);
});

Deno.test("zeros are written over what an earlier try left there", () => {
  using ground = new Ground();
  const content = randomBytes(3 * MIB);
  ground.write("file", content);
  ground.begin([ground.task("file")]);
  ground.supply(2);
  ground.write("file", content.fill(0, 100_000, 2 * MIB));
  ground.fetch(ground.task("file"));
  assert(Buffer.compare(ground.bytes(0), content) === 0);
});

Deno.test(
  "case 11: what is copied from here, and a version that is a copy, have their holes",
  { ignore },
  () => {
    using ground = new Ground();
    const entry = sparse(ground, "here", 2 * MIB, [[MIB, Uint8Array.of(1)]]);
    const located = { native: `${ground.folder}/here`, entry };
    const task = { ...ground.task("here"), path: "there" as Task["path"] };
    assertEquals(ground.begin([task], () => located), []);
    assert(takenBy(ground.staging.staged.get(0)!.native) < 16 * KIB);

    Deno.chmodSync(located.native, 0o640);
    const copy = `${ground.folder}/version`;
    assert(new FullCopy(realDisk, located.native, copy, "original").advance(Infinity));
    assert(takenBy(copy) < 16 * KIB);
    assert(Buffer.compare(Deno.readFileSync(copy), Deno.readFileSync(located.native)) === 0);
    if (Deno.build.os !== "windows") assertEquals(Deno.statSync(copy).mode! & 0o777, 0o640);
  },
);

Deno.test("where a disk keeps no holes zeros are written, a piece at a time", () => {
  using place = temporary();
  const file = realDisk.create(`${place.path}/file`);
  const calls: string[] = [];
  const watched: OpenFile = {
    ...file,
    stat: () => file.stat(),
    read: (into) => file.read(into),
    seek: (offset) => file.seek(offset),
    write: (bytes) => (calls.push(`write ${bytes.length}`), file.write(bytes)),
    extend: (size) => (calls.push(`extend ${size}`), file.extend(size), false),
  };
  const writer = new HoleWriter(watched);
  for (let piece = 0; piece < 3; piece++) writer.write(new Uint8Array(8192));
  writer.write(new TextEncoder().encode("end"));
  file.close();
  assertEquals(calls, ["extend 8192", "write 8192", "write 8192", "write 3"]);
  assertEquals(
    textDigest(Deno.readTextFileSync(`${place.path}/file`)),
    textDigest("\0".repeat(3 * 8192) + "end"),
  );
});
