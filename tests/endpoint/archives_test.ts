// S5: whatever becomes of the file an archive is in, the two folders come to be the same, and nothing is lost or deleted for it.

import { assert, assertEquals } from "@std/assert";
import { Disagreement } from "../../src/core/failure.ts";
import { type SideName, SIDES } from "../../src/core/side.ts";
import { type Computer, Duo } from "../support/duo.ts";
import { filesIn, temporary, write } from "../support/folder.ts";

// Each harm is a pair of folders, and Windows is slow there.
const HARMS = Deno.build.os === "windows" ? 12 : 60;

/** In sync, with an edit of each side waiting. */
function withWork(place: string): Duo {
  const duo = new Duo(place);
  for (let number = 0; number < 30; number++) {
    write(duo.alpha.native(`d${number % 3}/${number}`), `content ${number}`);
  }
  duo.settle();
  write(duo.alpha.native("d0/0"), "edited at alpha");
  write(duo.beta.native("d1/1"), "edited at beta");
  write(duo.beta.native("new"), "new at beta");
  return duo;
}

function archiveOf(computer: Computer): string {
  return `${computer.state}/archives/${computer.engine.identity}.sqlite`;
}

/** Goes on as sessions do: archives that disagree are both set aside. */
function goOn(duo: Duo) {
  for (let tries = 0; tries < 5; tries++) {
    try {
      return duo.settle();
    } catch (error) {
      if (!(error instanceof Disagreement)) throw error;
      for (const side of SIDES) duo[side].endpoint.distrust();
      duo.disconnect();
      duo.connect();
    }
  }
  throw new Error("the archives go on disagreeing");
}

function assertNothingLost(duo: Duo, before: Set<string>) {
  duo.checkInSync();
  assertEquals(before.difference(duo.contents()), new Set(), "lost");
  const files = filesIn(duo.alpha.folder);
  for (let number = 0; number < 30; number++) {
    assert(files.has(`d${number % 3}/${number}`), `${number} was deleted`);
  }
  assert(files.has("new"));
}

/** The same numbers each time. */
function* numbers(seed: number): Generator<number, never> {
  for (;;) yield (seed = (seed * 1103515245 + 12345) % 2 ** 31);
}

const HARM: Record<string, (bytes: Uint8Array, number: () => number) => Uint8Array> = {
  "a byte changed": (bytes, number) => {
    bytes[number() % bytes.length]! ^= 1 + number() % 255;
    return bytes;
  },
  "a page zeroed": (bytes, number) => bytes.fill(0, ...page(bytes, number())),
  "a page of another place": (bytes, number) => {
    bytes.copyWithin(page(bytes, number())[0], ...page(bytes, number()));
    return bytes;
  },
  "cut short": (bytes, number) => bytes.slice(0, number() % bytes.length),
};

function page(bytes: Uint8Array, number: number): [number, number] {
  const start = 4096 * (number % Math.ceil(bytes.length / 4096));
  return [start, start + 4096];
}

for (const [what, harm] of Object.entries(HARM)) {
  Deno.test(`S5: ${what}, anywhere in an archive: both sides come to be the same, and nothing is lost`, () => {
    const random = numbers(what.length);
    const number = () => random.next().value >>> 8;
    for (let count = 0; count < HARMS / 4; count++) {
      using place = temporary();
      using duo = withWork(place.path);
      const side = SIDES[count % 2]!;
      const before = duo.contents();
      const file = archiveOf(duo[side]);
      duo[side].restart(() => Deno.writeFileSync(file, harm(Deno.readFileSync(file), number)));
      duo.connect();
      goOn(duo);
      assertNothingLost(duo, before);
    }
  });
}

/** The archive as it is on the disk now, with what SQLite has not put in its place yet, and how to put that back. */
function snapshotOf(computer: Computer, withLog = true): () => void {
  const file = archiveOf(computer);
  const parts = (withLog ? ["", "-wal"] : [""]).map((part) =>
    [part, Deno.readFileSync(file + part)] as const
  );
  return () => {
    for (const part of ["", "-wal", "-shm"]) removeIfThere(file + part);
    for (const [part, bytes] of parts) Deno.writeFileSync(file + part, bytes);
  };
}

function removeIfThere(path: string) {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** What a person goes on with between the copy and its return. */
function commits(duo: Duo, count: number) {
  for (let number = 0; number < count; number++) {
    write(duo.alpha.native(`later ${number}`), `content of later ${number}`);
    duo.settle();
  }
}

for (const [age, count] of [["a few commits ago", 3], ["long ago", 12]] as const) {
  for (const side of SIDES) {
    Deno.test(`S5: ${side}'s archive is restored from ${age}: nothing is lost, and nothing deleted comes again`, () => {
      using place = temporary();
      using duo = withWork(place.path);
      goOn(duo);
      const restore = snapshotOf(duo[side]);
      commits(duo, count);
      Deno.removeSync(duo.alpha.native("d2/2"));
      duo.settle();
      const before = duo.contents();
      duo[side].restart(restore);
      duo.connect();
      goOn(duo);
      duo.checkInSync();
      assertEquals(before.difference(duo.contents()), new Set());
      assert(!filesIn(duo.beta.folder).has("d2/2"));
      assertEquals([...filesIn(duo.beta.folder).keys()].filter((path) => path.includes("conflict")), []);
    });
  }
}

Deno.test("S5: the log of an archive is lost with a power cut: what was agreed last is agreed again", () => {
  using place = temporary();
  using duo = withWork(place.path);
  const restore = snapshotOf(duo.beta, false);
  goOn(duo);
  const before = duo.contents();
  duo.beta.restart(restore);
  duo.connect();
  goOn(duo);
  assertNothingLost(duo, before);
  assertEquals([...filesIn(duo.beta.folder).keys()].filter((path) => path.includes("conflict")), []);
});

Deno.test("S5: another root's archive under this one's name is not taken for its own", () => {
  using place = temporary();
  using duo = withWork(place.path);
  using elsewhere = temporary();
  using other = withWork(elsewhere.path);
  Deno.removeSync(other.alpha.native("d2/2"));
  other.settle();
  const foreign = archiveOf(other.alpha);
  other.alpha.close();
  const before = duo.contents();
  duo.alpha.restart(() => Deno.copyFileSync(foreign, archiveOf(duo.alpha)));
  duo.connect();
  goOn(duo);
  assertNothingLost(duo, before);
});

Deno.test("S5: the disk kept the files of a commit and lost the commit: the same content is agreed, and not sent again", () => {
  using place = temporary();
  using duo = withWork(place.path);
  const restores = (SIDES as readonly SideName[]).map((side) => [side, snapshotOf(duo[side])] as const);
  goOn(duo);
  for (const [side, restore] of restores) duo[side].restart(restore);
  duo.connect();
  assertEquals(duo.cycle().decision.counts.bytes, 0);
  duo.settle();
  duo.checkInSync();
});
