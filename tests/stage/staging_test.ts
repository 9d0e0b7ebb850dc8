// Content on its way: one side supplies from a folder, the other stages; nothing counts as staged that is not what was wanted.

import { Buffer } from "node:buffer";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { Breach } from "../../src/core/failure.ts";
import type { Task } from "../../src/core/plan/plan.ts";
import type { Disk } from "../../src/fs/port.ts";
import { realDisk } from "../../src/fs/real.ts";
import { textDigest } from "../../src/fs/digest.ts";
import { fileEntryOf } from "../../src/scan/identity.ts";
import type { FileTask } from "../../src/stage/staging.ts";
import { BatchWriter } from "../../src/wire/batch.ts";
import { blockSizes } from "../../src/wire/cut.ts";
import { NO_BLOCKS } from "../../src/wire/fixed_blocks.ts";
import { diskFull } from "../support/full_disk.ts";
import { filesIn, nextTime, write } from "../support/folder.ts";
import { Ground, large } from "../support/ground.ts";
import { diskThatCounts, Pieces, slowClock } from "../support/slices.ts";
import { randomBytes } from "../support/bytes.ts";

const MIB = 1 << 20;

Deno.test("small, empty and large files arrive with their digest and time, and the digests are learned", () => {
  using ground = new Ground();
  const contents = ["", "small", large(300_000), large(3 * MIB)];
  const tasks = contents.map((
    content,
    number,
  ) => (ground.write(`${number}`, content), ground.task(`${number}`)));
  ground.fetch(...tasks);
  for (const [index, content] of contents.entries()) {
    const staged = ground.staging.staged.get(index)!;
    assertEquals(staged.digest, textDigest(content));
    assertEquals(staged.mtime, ground.seen.get(`${index}`)!.mtime);
    assert(ground.staged(index) === content);
  }
  assertEquals(ground.learned, contents.map((content, number) => `${number} ${textDigest(content)}`));
});

for (const [count, batches] of [[200, 1], [512, 1], [513, 2], [1200, 3]] as const) {
  Deno.test(`${count} small files go in ${batches} batches: some are written while others are read`, () => {
    using ground = new Ground();
    const numbers = Array.from({ length: count }, (_, number) => number);
    for (const number of numbers) ground.write(`${number}`, `c${number}`);
    ground.begin(numbers.map((number) => ground.task(`${number}`)));
    assertEquals([ground.supply(), ground.staging.staged.size], [batches, count]);
  });
}

Deno.test("of what is pushed that is taken which is whole and wanted, and the rest is wanted still", () => {
  using ground = new Ground();
  for (const name of ["first", "edited", "last"]) ground.write(name, name);
  const wants = ground.begin(["first", "edited", "last"].map((name) => ground.task(name)));
  write(`${ground.folder}/edited`, "meanwhile");
  const { batch, bytes } = ground.supplier.push(wants)!;
  const taken = ground.staging.acceptPushed(batch, wants);
  assertEquals([bytes, taken.bytes], ["firstlast".length, "firstlast".length]);
  assertEquals([taken.wants.map(({ path }) => path), ground.changed], [["edited"], []]);
  assertEquals([...ground.staging.staged.keys()], [0, 2]);
});

const PUSHED: [string, (batch: BatchWriter) => void, wanted: number[], failed: number[]][] = [
  ["nobody ordered", (batch) => batch.add(7, fill(batch, "small"), textDigest("small")), [0, 1], []],
  ["is longer than what is wanted", (batch) => batch.add(0, fill(batch, "smaller"), textDigest("small")), [
    0,
    1,
  ], []],
  ["is cut short", (batch) => batch.add(0, fill(batch, "small")), [0, 1], []],
  ["is said to be here", (batch) => batch.hold(0, 5), [0, 1], []],
  ["cannot be sent", (batch) => batch.fail(0, "no"), [0, 1], []],
  ["has changed", (batch) => batch.change(0), [0, 1], []],
  ["is a large file's", (batch) => batch.add(1, fill(batch, large(300_000)), textDigest(large(300_000))), [
    0,
    1,
  ], []],
  ["is not what its digest says", (batch) => batch.add(0, fill(batch, "smell"), textDigest("small")), [1], [
    0,
  ]],
];

function fill(batch: BatchWriter, content: string): number {
  return new TextEncoder().encodeInto(content, batch.room()).written;
}

for (const [what, write, wanted, failed] of PUSHED) {
  Deno.test(`pushed content that ${what} is not taken`, () => {
    using ground = new Ground();
    ground.write("small", "small");
    ground.write("large", large(300_000));
    const wants = ground.begin([ground.task("small"), ground.task("large")]);
    const batch = new BatchWriter();
    write(batch);
    const left = ground.staging.acceptPushed(batch.done(), wants);
    assertEquals([left.wants.map(({ index }) => index), [...ground.staging.failed.keys()]], [wanted, failed]);
    assertEquals(ground.staging.staged.size, 0);
  });
}

for (const size of [257 * 1024, MIB - 20, MIB + 1, 3 * MIB]) {
  Deno.test(`a file of ${size} bytes goes on where it stopped, behind others, however little comes at a time`, () => {
    using ground = new Ground();
    const content = large(size);
    ground.write("small", large(200_000));
    ground.write("file", content);
    ground.begin([ground.task("small"), ground.task("file")]);
    ground.supply(1);
    let rounds = 0;
    do {
      ground.begin([ground.task("file")]);
      ground.supply(1);
      rounds++;
    } while (!ground.staging.staged.has(0) && rounds < 10);
    assert(rounds <= size / 700_000 + 1, `it took ${rounds} rounds`);
    assert(ground.staged(0) === content);
  });
}

Deno.test("a large file goes on where it stopped though others came between, and nothing of it is read twice", () => {
  let read = 0;
  using ground = new Ground(diskThatCounts("large", (bytes) => read += bytes));
  const size = 6 << 20;
  ground.write("large", new Uint8Array(size).fill(7));
  ground.begin([ground.task("large")]);
  ground.supply(2);
  for (const name of ["other", "another"]) {
    ground.write(name, new Uint8Array(2 << 20).fill(8));
    ground.begin([ground.task(name), ground.task("large")]);
    ground.supply(name === "other" ? 1 : 3);
  }
  ground.begin([ground.task("large")]);
  ground.supply();
  assertEquals(ground.bytes(0).length, size);
  assertEquals(read, size);
});

Deno.test("what came of a large file before is read again a piece at a time, and what is interrupted goes on", () => {
  const pieces = new Pieces();
  using ground = new Ground(diskThatCounts("large", pieces.count));
  const [size, offset] = [100 << 20, 99 << 20];
  ground.write("large", randomBytes(1 << 10));
  Deno.truncateSync(`${ground.folder}/large`, size);
  const { mtime } = ground.look("large");
  const want = { index: 0, path: "large" as Task["path"], size, mtime, digest: "", offset, part: 0 };
  const again = () => ground.supplier.begin([{ ...want, blocks: NO_BLOCKS }], true);
  again();
  while (pieces.of(() => ground.supplier.next())) {
    if (pieces.bytes.length === 3) again(); // Something else came between.
  }
  assert(pieces.most <= 17 << 20, `${pieces.most} bytes were read in one call`);
  assertEquals(pieces.all, size);
  assertEquals(ground.learned.length, 1);
});

Deno.test("a large file goes on where it stopped after a restart", () => {
  using ground = new Ground();
  const content = large(3 * MIB);
  ground.write("file", content);
  ground.begin([ground.task("file")]);
  ground.supply(2);
  ground.restart();
  const [want] = ground.begin([ground.task("file")]);
  assert(want!.blocks!.count * blockSizes(content.length).most > MIB);
  assert(ground.sent(() => ground.supply()) < 2 * MIB);
  assert(ground.staged(0) === content);
});

Deno.test("a part that is not of this content is noticed, and written over", () => {
  using ground = new Ground();
  const content = large(3 * MIB);
  ground.write("file", content);
  ground.begin([ground.task("file")]);
  ground.supply(2);
  ground.restart();
  for (const { name } of Deno.readDirSync(ground.directory)) {
    Deno.writeTextFileSync(`${ground.directory}/${name}`, large(2 * MIB, 2));
  }
  ground.fetch(ground.task("file"));
  assert(ground.staged(0) === content);
});

const SIZE = 5 * MIB + 1234;
const edits: [what: string, edit: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array][] = [
  ["at its beginning", (bytes) => bytes.fill(7, 0, 10)],
  ["in its middle", (bytes) => bytes.fill(7, 3 * MIB, 3 * MIB + 10)],
  ["at its end", (bytes) => bytes.fill(7, SIZE - 10)],
  ["where a block ends", (bytes) => bytes.fill(7, MIB - 1, MIB + 1)],
  ["by what is appended", (bytes) => Buffer.concat([bytes, new Uint8Array(9000).fill(7)])],
  ["by what is cut off", (bytes) => bytes.slice(0, SIZE - 300_000)],
];
for (const [what, edit] of edits) {
  const before = randomBytes(SIZE);
  const after = edit(before.slice());
  // Of a part that is too long nothing is used.
  const most = after.length < SIZE ? SIZE : MIB / 2;

  Deno.test(`what was sent of a file that was changed meanwhile ${what} is not sent again`, () => {
    using ground = new Ground();
    ground.write("file", before);
    ground.begin([ground.task("file")]);
    for (let count = 0; count < 4; count++) ground.staging.accept(ground.supplier.next()!);
    ground.write("file", after);
    const rest = ground.sent(() => ground.supply()); // It is asked now whether it is what it was.
    assertEquals([rest < 100, ground.changed, [...ground.staging.failed]], [true, ["file"], []]);
    ground.staging.end();
    assert(ground.sent(() => ground.fetch(ground.task("file"))) < Math.max(2 * MIB, most));
    assert(ground.bytes(0).every((byte, at) => byte === after[at]));
    assertEquals(ground.bytes(0).length, after.length);
  });

  for (const cuts of [true, false]) {
    const by = cuts ? "" : ", also with a program of before";
    Deno.test(`of a file that was changed ${what} only that is sent, a piece at a time as at once${by}`, () => {
      using ground = new Ground(realDisk, cuts);
      const present = `${ground.directory}-present`;
      write(present, before);
      const replaced = { native: present, entry: fileEntryOf(realDisk.stat(present)!, "file") };
      ground.write("file", after);
      for (const pieces of [Infinity, 1]) {
        let sent = 0;
        let rounds = 0;
        do {
          ground.begin([ground.task("file")], () => null, () => replaced);
          sent += ground.sent(() => ground.supply(pieces));
          rounds++;
        } while (!ground.staging.staged.has(0) && rounds < 20);
        assert(sent < MIB / 2, `${sent} bytes`);
        assert(ground.bytes(0).every((byte, at) => byte === after[at]));
        assertEquals(ground.bytes(0).length, after.length);
        ground.staging.placed(0);
      }
      assertEquals(Deno.readFileSync(present).every((byte, at) => byte === before[at]), true);
    });
  }
}

Deno.test("a file that is replaced by another while its content is used is none to rely on", () => {
  using ground = new Ground();
  const present = `${ground.directory}-present`;
  write(present, randomBytes(2 * MIB));
  const replaced = { native: present, entry: fileEntryOf(realDisk.stat(present)!, "file") };
  ground.write("file", Deno.readFileSync(present));
  ground.begin([ground.task("file")], () => null, () => replaced);
  ground.staging.end(); // Nothing of it is open any more.
  write(`${present}-other`, randomBytes(2 * MIB));
  Deno.renameSync(`${present}-other`, present);
  ground.begin([ground.task("file")], () => null, () => replaced);
  ground.supply();
  assertEquals([...ground.staging.failed.keys()], [0]);
  const now = { native: present, entry: fileEntryOf(realDisk.stat(present)!, "file") };
  ground.begin([ground.task("file")], () => null, () => now);
  ground.supply();
  assert(ground.staging.staged.has(0));
});

Deno.test("a part that is a user's file by another name is left alone", () => {
  using ground = new Ground();
  const content = randomBytes(2 * MIB);
  ground.write("file", content);
  ground.fetch(ground.task("file"));
  // A disk that makes a second name and says it did not: what was put in place is taken for content that found none.
  Deno.linkSync(ground.staging.staged.get(0)!.native, `${ground.folder}/placed`);
  ground.staging.end();
  ground.write("file", content.slice().fill(7, 0, 10));
  ground.fetch(ground.task("file"));
  assert(ground.staging.staged.has(0));
  assert(Deno.readFileSync(`${ground.folder}/placed`).every((byte, at) => byte === content[at]));
});

Deno.test("bytes that are said to be here and are not are a breach", () => {
  using ground = new Ground();
  ground.write("file", randomBytes(2 * MIB));
  for (const what of ["nothing", "less"]) {
    ground.begin([ground.task("file")]);
    if (what === "less") ground.supply(1);
    ground.begin([ground.task("file")]);
    const writer = new BatchWriter();
    writer.hold(0, 2 * MIB);
    assertThrows(() => ground.staging.accept(writer.done()), Breach, "not here");
  }
});

Deno.test("what is left of a file that was replaced by another of the same size and time is never mixed with it", () => {
  using ground = new Ground();
  const time = nextTime();
  ground.write("file", large(3 * MIB, 1), time);
  ground.begin([ground.task("file")]);
  ground.supply(1);
  const other = large(3 * MIB, 2);
  ground.write("other", other, time);
  Deno.renameSync(`${ground.folder}/other`, `${ground.folder}/file`);
  ground.look("file");
  ground.fetch(ground.task("file"));
  assertEquals([...ground.staging.failed.keys()], [0]);
  ground.fetch(ground.task("file"));
  assert(ground.staged(0) === other);
});

Deno.test("a file that changes while it is sent is not staged, and is said to have changed", () => {
  using ground = new Ground();
  ground.write("small", "one");
  ground.write("large", large(3 * MIB));
  ground.begin([ground.task("small"), ground.task("large")]);
  write(`${ground.folder}/small`, "two");
  ground.staging.accept(ground.supplier.next()!);
  write(`${ground.folder}/large`, large(3 * MIB, 2));
  ground.supply();
  assertEquals([ground.staging.staged.size, ground.staging.failed.size], [0, 0]);
  assertEquals(ground.changed, ["small", "large"]);
  assertEquals(ground.learned, []);
});

Deno.test("a file that shrinks while it is sent is not staged", () => {
  using ground = new Ground();
  ground.write("file", large(3 * MIB));
  ground.begin([ground.task("file")]);
  ground.staging.accept(ground.supplier.next()!);
  Deno.truncateSync(`${ground.folder}/file`, 10);
  ground.supply();
  assertEquals([ground.staging.staged.size, ground.changed], [0, ["file"]]);
});

Deno.test("what is no longer as it was wanted, or gone, is not supplied", () => {
  using ground = new Ground();
  ground.write("edited", "one");
  ground.write("gone", "two");
  const tasks = [ground.task("edited"), ground.task("gone")];
  ground.write("edited", "three");
  ground.seen.delete("gone");
  ground.fetch(...tasks);
  assertEquals([ground.staging.staged.size, [...ground.staging.failed.keys()]], [0, [1]]);
});

Deno.test("content whose digest is not the planned one is not staged", () => {
  using ground = new Ground();
  ground.write("small", "small");
  ground.write("large", large(MIB * 2));
  ground.fetch(
    ground.task("small", { digest: textDigest("other") }),
    ground.task("large", { digest: textDigest("o") }),
  );
  assertEquals([ground.staging.staged.size, [...ground.staging.failed.keys()]], [0, [0, 1]]);
  assertEquals(ground.names(), []);
});

Deno.test("a piece that answers no want, or answers it twice, is a breach", () => {
  using ground = new Ground();
  const batch = (index: number, digest?: string) => {
    const writer = new BatchWriter();
    writer.add(index, 5, digest);
    return writer.done();
  };
  ground.write("file", "\0\0\0\0\0");
  ground.begin([ground.task("file")]);
  assertThrows(() => ground.staging.accept(batch(1)), Breach);
  const digest = textDigest("\0\0\0\0\0");
  ground.staging.accept(batch(0, digest));
  assertThrows(() => ground.staging.accept(batch(0, digest)), Breach);
});

Deno.test("more content than wanted is a breach", () => {
  using ground = new Ground();
  ground.write("file", "abc");
  ground.begin([ground.task("file")]);
  const writer = new BatchWriter();
  writer.add(0, 5);
  assertThrows(() => ground.staging.accept(writer.done()), Breach);
});

Deno.test("content that is here is copied from here, and verified", () => {
  using ground = new Ground();
  const entry = ground.write("here", "content");
  const located = { native: `${ground.folder}/here`, entry };
  if (Deno.build.os !== "windows") Deno.chmodSync(located.native, 0o444);
  const task = { ...ground.task("here", { digest: textDigest("content") }), path: "there" as Task["path"] };
  assertEquals([ground.begin([task], () => located), ground.staged(0)], [[], "content"]);
  if (Deno.build.os !== "windows") {
    const { mode } = Deno.statSync(ground.staging.staged.get(0)!.native);
    assertEquals((mode ?? 0) & 0o200, 0o200, "a mode that forbids writing is not content");
  }
  const wrong = { ...ground.task("here", { digest: textDigest("other") }), path: "there" as Task["path"] };
  assertEquals(ground.begin([wrong], () => located).length, 1, "it is asked of the peer");
  assertEquals(ground.names(), []);
});

Deno.test("large content that is here is copied a piece at a time, and goes on in the next chunk", () => {
  const pieces = new Pieces();
  using ground = new Ground(diskThatCounts("here", pieces.count));
  using _ = slowClock();
  const content = large(20 * MIB);
  const entry = ground.write("here", content);
  const located = { native: `${ground.folder}/here`, entry };
  const known = { digest: textDigest(content) };
  const tasks: [number, Task][] = [[0, { ...ground.task("here", known), path: "there" as Task["path"] }]];
  const begin = () => ground.staging.begin(tasks, () => located);
  assertEquals(pieces.of(begin), []);
  for (let calls = 1; ground.staging.staged.size === 0; calls++) {
    assertEquals([calls < 30, ground.staging.failed.size], [true, 0]);
    if (calls % 4 > 0) pieces.of(() => ground.staging.copyOn());
    else assertEquals(pieces.of(begin), []);
  }
  assert(pieces.most < 5 * MIB, `${pieces.most} bytes were read in one call`);
  assertEquals(pieces.all, content.length);
  assert(ground.staged(0) === content);
  assertEquals(pieces.of(begin), []);
  assert(ground.staged(0) === content);
  assertEquals(pieces.bytes.at(-1), 0, "a copy that found no place is not made again");
  Deno.linkSync(ground.staging.staged.get(0)!.native, `${ground.folder}/second name`);
  ground.begin(tasks.map(([, task]) => task), () => located);
  assertEquals(ground.staging.staged.get(0)!.digest, known.digest);
  assertEquals(
    Deno.statSync(ground.staging.staged.get(0)!.native).nlink,
    1,
    "it may be somebody's file by now",
  );
});

Deno.test("how much of a part is still to be read is told on both sides, before more is wanted and before more comes", () => {
  using ground = new Ground();
  ground.write("large", large(40 * MIB));
  ground.begin([ground.task("large")]);
  ground.supply(30);
  ground.restart();
  const [part] = ground.staging.parts().values();
  assert(part! > 20 * MIB && part! < 40 * MIB);
  using _ = slowClock();
  const tasks: [number, Task][] = [[0, ground.task("large")]];
  const toSurvey: number[] = [];
  let wants = ground.staging.begin(tasks, () => null);
  for (; wants.length === 0; wants = ground.staging.begin(tasks, () => null)) {
    toSurvey.push(ground.staging.toSurvey!.bytes);
  }
  assert(toSurvey.length > 1 && toSurvey[0]! < part!, toSurvey.join());
  assertEquals(toSurvey, toSurvey.toSorted((one, other) => other - one));
  assertEquals(ground.staging.toSurvey, null);
  ground.supplier.begin(wants, true);
  assertEquals(ground.supplier.toPass, null);
  const toPass: number[] = [];
  for (let batch = ground.supplier.next(); batch; batch = ground.supplier.next()) {
    toPass.push(ground.supplier.toPass?.bytes ?? 0);
    ground.staging.accept(batch);
  }
  assert(toPass[0]! > 0 && toPass[0]! < part! && toPass.at(-1) === 0, toPass.join());
  assertEquals(toPass, toPass.toSorted((one, other) => other - one));
  assertEquals(ground.staging.staged.get(0)?.size, 40 * MIB);
});

Deno.test("content that changes while it is copied from here is asked of the peer, and nothing of it is taken", () => {
  for (const isKnown of [true, false]) {
    using ground = new Ground();
    using _ = slowClock();
    const entry = ground.write("here", large(20 * MIB, 1));
    const located = { native: `${ground.folder}/here`, entry };
    const known = isKnown ? { digest: textDigest(large(20 * MIB, 1)) } : {};
    const tasks: [number, Task][] = [[0, { ...ground.task("here", known), path: "there" as Task["path"] }]];
    assertEquals(ground.staging.begin(tasks, () => located), []);
    write(located.native, large(20 * MIB, 2), isKnown ? new Date(entry.mtime) : nextTime());
    while (ground.staging.copyOn());
    assertEquals([ground.staging.staged.size, ground.staging.failed.size, ground.names()], [0, 0, []]);
    assertEquals(ground.staging.begin(tasks, () => located).length, 1);
  }
});

Deno.test("what was begun to be copied from here is gone when all is in sync", () => {
  using ground = new Ground();
  using _ = slowClock();
  const entry = ground.write("here", large(20 * MIB));
  const task = { ...ground.task("here"), path: "there" as Task["path"] };
  ground.staging.begin([[0, task]], () => ({ native: `${ground.folder}/here`, entry }));
  ground.staging.end();
  assertEquals(ground.names(), ["new"]);
  ground.staging.rest();
  assertEquals(ground.names(), []);
});

Deno.test("S7: what is copied from here is no more open than where it is copied from", {
  ignore: Deno.build.os === "windows",
}, () => {
  using ground = new Ground();
  for (const mode of [0o600, 0o640, 0o604, 0o666]) {
    const entry = ground.write("here", "content");
    const located = { native: `${ground.folder}/here`, entry };
    Deno.chmodSync(located.native, mode);
    const task = { ...ground.task("here"), path: "there" as Task["path"] };
    assertEquals([ground.begin([task], () => located), ground.staged(0)], [[], "content"]);
    const copy = Deno.statSync(ground.staging.staged.get(0)!.native);
    assertEquals(copy.mode! & 0o777, mode & 0o666 & ~Deno.umask());
  }
});

Deno.test("a task that can only be done from here fails when that content is gone", () => {
  using ground = new Ground();
  ground.write("file", "content");
  const task: Task = { ...ground.task("file"), source: { at: "here", path: "file" as Task["path"] } };
  assertEquals([ground.begin([task]), [...ground.staging.failed.keys()]], [[], [0]]);
});

Deno.test("whole content that found no place is there again at once when it is large, and gone when it is small", () => {
  using ground = new Ground();
  const content = large(2 * MIB);
  ground.write("small", "small");
  ground.write("large", content);
  ground.fetch(ground.task("small"), ground.task("large"));
  ground.staging.end();
  assertEquals(ground.names(), ["part"]);
  ground.begin([ground.task("large")]);
  assert(ground.sent(() => ground.supply()) < 1000);
  assert(ground.staged(0) === content);
  assertEquals(ground.names(), ["new"], "what has a place in the root may share its file with no part");
  ground.staging.placed(0);
  assertEquals([ground.names(), ground.staging.staged.size], [[], 0]);
});

Deno.test("what an earlier run left is removed, but for parts of the last days", () => {
  using ground = new Ground();
  for (const name of ["new-0", "part-old", "part-young"]) {
    write(`${ground.directory}/${name}`, name, name === "part-young" ? new Date() : new Date(0));
  }
  ground.restart();
  assertEquals([...filesIn(ground.directory).keys()], ["part-young"]);
});

Deno.test("a full disk fails the file and nothing else", () => {
  let full = false;
  const disk: Disk = {
    ...realDisk,
    create(path) {
      if (full) throw diskFull();
      return realDisk.create(path);
    },
  };
  using ground = new Ground(disk);
  ground.write("a", "a");
  full = true;
  ground.fetch(ground.task("a"));
  assertEquals(ground.staging.failed.get(0), "the disk is full: make room");
  full = false;
  ground.fetch(ground.task("a"));
  assertEquals(ground.staged(0), "a");
});

Deno.test("S9: what came of a large file before the disk was full stays, and the rest alone comes when there is room", () => {
  let room = 3 * MIB;
  const disk: Disk = {
    ...realDisk,
    create(path) {
      const file = realDisk.create(path);
      const write = file.write.bind(file);
      file.write = (bytes) => {
        if (bytes.length > room) {
          write(bytes.subarray(0, room)); // As a disk does.
          room = 0;
          throw diskFull();
        }
        room -= bytes.length;
        write(bytes);
      };
      return file;
    },
  };
  using ground = new Ground(disk);
  ground.write("large", randomBytes(8 * MIB));
  ground.fetch(ground.task("large"));
  assertEquals(ground.staging.hindered.get(0)?.cause, "full");
  const task = ground.task("large") as FileTask;
  assertEquals([ground.staging.bytesHere(task), ground.staging.partBytes()], [3 * MIB, 3 * MIB]);
  room = Infinity;
  const sent = ground.sent(() => ground.fetch(ground.task("large")));
  assert(sent < 5.2 * MIB, `${sent} bytes were sent`);
  assertEquals(ground.staging.staged.get(0)?.size, 8 * MIB);
});

Deno.test("S9: nothing is wanted of what cannot be kept, nor copied here", () => {
  using ground = new Ground();
  for (const name of ["a", "b"]) ground.write(name, name);
  const tasks = ["a", "b"].map((name, index): [number, Task] => [index, ground.task(name)]);
  const here = ({ path }: Task) =>
    path === "a" ? { native: `${ground.folder}/a`, entry: ground.seen.get("a")! } : null;
  const why = { reason: "no room", lasting: false, cause: "full" } as const;
  const wants = ground.staging.begin(tasks, here, undefined, ({ path }) => path === "a" ? why : null);
  assertEquals([wants.map(({ path }) => path as string), ground.staging.staged.size], [["b"], 0]);
  assertEquals([ground.staging.failed.get(0), ground.staging.hindered.get(0)], ["no room", why]);
});

for (const mtime of [8.64e15, -8.64e15]) {
  Deno.test(`C8 (case 17): a file of the time ${mtime}, which this disk may not hold, comes all the same`, () => {
    using ground = new Ground();
    ground.write("far", "content");
    ground.begin([ground.task("far", { mtime })], () => ({
      native: `${ground.folder}/far`,
      entry: ground.seen.get("far")!,
    }));
    const { digest, mtime: given } = ground.staging.staged.get(0)!;
    assertEquals([digest, Number.isFinite(given)], [textDigest("content"), true]);
  });
}
