// D1, S4: large files that have to be copied, to a disk inside the root or into the kept versions, are copied in slices: no call of the
// root's worker goes on for long, what is small passes between, and each path holds what it held until all is there.

import { assert, assertEquals, equal } from "@std/assert";
import { readBatch } from "../../src/wire/batch.ts";
import { decodeMessage } from "../../src/wire/message.ts";
import { partFromWire } from "../../src/wire/rows.ts";
import { seenThrough } from "../../src/fs/disks/seen.ts";
import type { Disk } from "../../src/fs/port.ts";
import { Cut, Duo } from "../support/duo.ts";
import { isThere, nextTime, temporary, write } from "../support/folder.ts";
import { Mount } from "../support/mounts.ts";
import { diskThatCounts, Pieces, slowClock } from "../support/slices.ts";
import { SLOW_TOO } from "../support/slow.ts";

const MIB = 1 << 20;
/** So much is read in one call at most. */
const PIECE = 3 * MIB;
const SIZE = 6 * MIB;
/** Of the calls at which a kill is tried, every so many-th, unless there is time for more. */
const STEP = SLOW_TOO ? 13 : 311;
const SMALL = { ignore: false, inside: false };
const INSIDE = { ignore: !Mount.possible(), inside: true };

const content = (byte: number, size = SIZE) => new Uint8Array(size).fill(byte);

/** Every file in a folder but the program's own, by its size and the byte that it is full of. */
function sumOf(folder: string, path = ""): Map<string, string> {
  return new Map([...Deno.readDirSync(`${folder}/${path}`)].flatMap(({ name, isDirectory }) => {
    if (name === ".tcpsync") return [];
    if (isDirectory) return [...sumOf(folder, `${path}${name}/`)];
    using file = Deno.openSync(`${folder}/${path}${name}`);
    const first = new Uint8Array(1);
    file.readSync(first);
    return [[path + name, `${file.statSync().size} of ${first[0]}`]];
  }));
}

/** What alpha's person does, and what of that has to be copied at beta. */
interface Row {
  name: string;
  ignore: boolean;
  /** beta has a disk mounted at `usb`. */
  inside: boolean;
  before: Record<string, Uint8Array>;
  act(duo: Duo): void;
  /** What beta then keeps, by paths. */
  keeps: string[];
  /** There is something at that path at each moment. */
  stays?: string;
  /** How far the copy is, is told. */
  tells?: boolean;
  disk?: (disk: Disk) => Disk;
}

const withoutLinks = (disk: Disk): Disk => ({
  ...disk,
  hardLink() {
    throw new Error("Operation not supported (os error 95)");
  },
});

/** A name that a file is given outside shows in nothing: a change in another second than the file was put there would have it read again. */
const tellingNoChanges = (disk: Disk): Disk =>
  seenThrough(disk, (stat) => ({ ...stat, changed: stat.mtime }));

/** Its user gives files to groups alone, which shows as a change of theirs each time. */
function givingNoFiles(disk: Disk): Disk {
  const given = new Map<number, number>();
  return {
    ...seenThrough(disk, (stat) => ({ ...stat, changed: stat.changed + 1000 * (given.get(stat.id) ?? 0) })),
    setOwner(path, owner, group) {
      if (owner !== null) throw new Deno.errors.PermissionDenied("Operation not permitted (os error 1)");
      disk.setOwner(path, null, group);
      const { id } = disk.stat(path)!;
      given.set(id, (given.get(id) ?? 0) + 1);
    },
  };
}

function takenIn(folder: string): number {
  return [...Deno.readDirSync(folder)].reduce(
    (sum, { name }) => sum + Deno.statSync(`${folder}/${name}`).size,
    0,
  );
}

const ROWS: Row[] = [
  {
    ...INSIDE,
    name: "a new file for a disk inside, on which it has room only once",
    before: {},
    act: ({ alpha }) => write(alpha.native("usb/large"), content(2)),
    keeps: [],
    tells: true,
    disk: (disk) => ({ ...disk, room: (path) => path.endsWith("/usb") ? 9 * MIB - takenIn(path) : Infinity }),
  },
  {
    ...INSIDE,
    name: "an edited file on a disk inside",
    before: { "usb/large": content(1) },
    act: ({ alpha }) => write(alpha.native("usb/large"), content(2), nextTime()),
    keeps: ["usb/large"],
    tells: true,
  },
  {
    ...INSIDE,
    name: "an edited file on a disk inside that is another user's, whom nothing can be given to",
    before: { "usb/large": content(1) },
    act({ alpha, beta }) {
      Deno.chownSync(beta.native("usb/large"), 1234, 1234);
      write(alpha.native("usb/large"), content(2), nextTime());
    },
    keeps: ["usb/large"],
    tells: true,
    disk: givingNoFiles,
  },
  {
    ...INSIDE,
    name: "a file deleted with its folder on a disk inside",
    before: { "usb/folder/large": content(1), "usb/folder/other": content(3) },
    act: ({ alpha }) => Deno.removeSync(alpha.native("usb/folder"), { recursive: true }),
    keeps: ["usb/folder/large", "usb/folder/other"],
  },
  {
    ...INSIDE,
    name: "a file on a disk inside that becomes a folder",
    before: { "usb/large": content(1) },
    act({ alpha }) {
      Deno.removeSync(alpha.native("usb/large"));
      write(alpha.native("usb/large/in/it"), "in it");
    },
    keeps: ["usb/large"],
  },
  {
    ...INSIDE,
    name: "a folder on a disk inside that becomes a file",
    before: { "usb/large/in": new Uint8Array(1) },
    act({ alpha }) {
      Deno.removeSync(alpha.native("usb/large"), { recursive: true });
      write(alpha.native("usb/large"), content(2));
    },
    keeps: ["usb/large/in"],
    stays: "usb/large",
    tells: true,
  },
  {
    ...INSIDE,
    name: "a file renamed onto a disk inside",
    before: { "docs/large": content(1) },
    act: ({ alpha }) => Deno.renameSync(alpha.native("docs/large"), alpha.native("usb/large")),
    keeps: [],
  },
  {
    ...INSIDE,
    name: "a folder renamed from a disk inside, with more put into it",
    before: { "usb/folder/large": content(1), "usb/folder/deep/other": content(3) },
    act({ alpha }) {
      Deno.renameSync(alpha.native("usb/folder"), alpha.native("docs/folder"));
      write(alpha.native("docs/folder/more"), "more");
    },
    keeps: [],
  },
  {
    ...SMALL,
    name: "a deleted file that has another name",
    before: { large: content(1) },
    act(duo) {
      Deno.linkSync(duo.beta.native("large"), `${duo.beta.folder}-outside`);
      Deno.removeSync(duo.alpha.native("large"));
    },
    keeps: ["large"],
    disk: tellingNoChanges,
  },
  {
    ...SMALL,
    name: "an edited file on a disk without hard links",
    before: { large: content(1) },
    act: ({ alpha }) => write(alpha.native("large"), content(2), nextTime()),
    keeps: ["large"],
    disk: withoutLinks,
  },
];

/** alpha and beta in sync with what a row has before; from then on time is short, and in a cycle beta copies on once. */
function ground({ inside, before, disk = (real) => real }: Row) {
  const place = temporary();
  const mount = inside ? Mount.memory(`${place.path}/beta/folder/usb`) : null;
  const pieces = new Pieces();
  const duo = new Duo(place.path, { beta: disk(diskThatCounts(null, pieces.count)) });
  write(duo.alpha.native("usb/small"), "small");
  write(duo.alpha.native("docs/small"), "small");
  for (const [path, bytes] of Object.entries(before)) write(duo.alpha.native(path), bytes);
  duo.settle();
  duo.copiesAll = false;
  const clock = slowClock();
  return {
    duo,
    pieces,
    [Symbol.dispose]() {
      clock[Symbol.dispose]();
      duo[Symbol.dispose]();
      mount?.[Symbol.dispose]();
      place[Symbol.dispose]();
    },
  };
}

/** Cycles until all is done, in each of which something small is saved. Returns how many it took. */
function cycles({ duo, pieces }: ReturnType<typeof ground>, check = () => {}, copies = true): number {
  const { endpoint } = duo.beta;
  const transition = endpoint.transition.bind(endpoint);
  endpoint.transition = () => pieces.of(transition);
  duo.onStep = (step) => {
    check();
    if (copies && step === "supply alpha") pieces.of(() => endpoint.copyOn());
    if (step === "settle") assertListed(duo);
  };
  for (let count = 1; count < 100; count++) {
    write(duo.alpha.native("docs/small"), `${count}`, nextTime());
    const { failures, decision: { problems, unread } } = duo.cycle();
    assertEquals([failures, problems, unread], [[], [], []]);
    assertEquals(Deno.readTextFileSync(duo.beta.native("docs/small")), `${count}`, "what is small passes");
    if (equal(sumOf(duo.alpha.folder), sumOf(duo.beta.folder))) return count;
  }
  throw new Error("it comes to no end");
}

/** How many bytes of large files beta says to have, each time. */
function bytesTold({ beta: { endpoint } }: Duo): number[] {
  const bytes: number[] = [];
  const describe = endpoint.describe.bind(endpoint);
  endpoint.describe = (rules) => {
    const described = describe(rules);
    bytes.push(...described.parts.map((row) => partFromWire(row)[1]));
    return described;
  };
  return bytes;
}

/** After a stop nothing would be taken for brought back by it that never went. */
function assertListed({ beta }: Duo) {
  for (const { path, expected } of beta.engine.archive.unproven.listed()) {
    assert(expected !== null || !isThere(beta.native(path)), `${path} is listed as gone`);
  }
}

/** Nothing is on its way any more, under whatever name. */
function assertClean({ beta }: Duo) {
  const left = [...sumOf(beta.folder).keys()].filter((path) => path.includes(".part"));
  const staged = [...Deno.readDirSync(beta.native(".tcpsync/staging/1"))].map(({ name }) => name);
  assertEquals([left, staged], [[], []]);
}

for (const row of ROWS) {
  Deno.test({
    name: `D1 S4: in slices: ${row.name}`,
    ignore: row.ignore,
    fn() {
      using place = ground(row);
      const { duo, pieces } = place;
      const told = bytesTold(duo);
      const before = sumOf(duo.beta.folder);
      row.act(duo);
      const after = sumOf(duo.alpha.folder);
      const isWhole = () => {
        assert(!row.stays || isThere(duo.beta.native(row.stays)), "nothing is there");
        for (const [path, sum] of sumOf(duo.beta.folder)) {
          const isOther = path.endsWith("small") || path.includes(".part");
          assert(isOther || sum === before.get(path) || sum === after.get(path), `${path} holds ${sum}`);
        }
      };
      assert(cycles(place, isWhole) > 1, "it goes on over a few cycles");
      assert(pieces.most <= PIECE, `${pieces.most} bytes were read in one call`);
      assertEquals(told.some((bytes) => bytes > 0 && bytes < SIZE), row.tells === true);
      duo.beta.endpoint.rest();
      assertClean(duo);
      duo.checkInSync();
      const versions = [...sumOf(`${duo.beta.native(".tcpsync")}/versions`)].map(([path, sum]) => [
        path.slice(path.indexOf("/") + 1),
        sum,
      ]);
      const wanted = row.keeps.map((path) => [path, before.get(path)]);
      assertEquals(versions.filter(([path]) => path !== "docs/small").sort(), wanted);
    },
  });
}

Deno.test("S4: what is not copied on in between, each transition copies on for a moment", () => {
  const row = ROWS.find(({ name }) => name === "a deleted file that has another name")!;
  using place = ground(row);
  row.act(place.duo);
  assert(cycles(place, () => {}, false) > 1);
  assert(place.pieces.most <= PIECE, `${place.pieces.most} bytes were read in one call`);
});

Deno.test({
  name: "D1: what came for a folder that waits for its copy is not fetched again",
  ignore: INSIDE.ignore,
  fn() {
    const row = ROWS.find(({ name }) => name.startsWith("a folder renamed from a disk inside"))!;
    using place = ground(row);
    const { endpoint } = place.duo.alpha;
    row.act(place.duo);
    let sent = 0;
    const supply = endpoint.supply.bind(endpoint);
    endpoint.supply = () => {
      const files = supply();
      sent += files;
      return files;
    };
    const { endpoint: beta } = place.duo.beta;
    const take = beta.take.bind(beta);
    beta.take = (bytes) => {
      const message = decodeMessage(bytes);
      if (message.type === "push") sent += [...readBatch(message.bytes)].length;
      return take(bytes);
    };
    const count = cycles(place);
    assert(count > 2);
    assertEquals(sent, count + 1, "what is saved in each cycle, and that once");
  },
});

Deno.test({
  name: "D1 S4: a kill at any call while copies are made loses nothing, and leaves nothing of them",
  ignore: INSIDE.ignore,
  fn() {
    for (let calls = 0, dead = true; dead; calls += STEP) {
      using place = ground({
        ...INSIDE,
        name: "",
        before: { "usb/edited": small(1), "usb/deleted": small(2), "docs/moved": small(3), twice: small(4) },
        keeps: [],
        act() {},
      });
      const { duo: { alpha, beta }, duo } = place;
      Deno.linkSync(beta.native("twice"), `${beta.folder}-outside`);
      write(alpha.native("usb/new"), small(5));
      write(alpha.native("usb/edited"), small(6), nextTime());
      for (const path of ["usb/deleted", "twice"]) Deno.removeSync(alpha.native(path));
      Deno.renameSync(alpha.native("docs/moved"), alpha.native("usb/moved"));
      let left = calls;
      const died = beta.killWhen(() => left-- === 0);
      try {
        for (let count = 0; count < 20; count++) duo.cycle();
      } catch (error) {
        if (!(error instanceof Cut) && !died()) throw error;
      }
      dead = died();
      duo.disconnect();
      beta.restart();
      duo.connect();
      duo.copiesAll = true;
      duo.settle();
      duo.checkInSync();
      const wanted = ["docs/small", "usb/edited", "usb/moved", "usb/new", "usb/small"];
      assertEquals([...sumOf(alpha.folder).keys()].sort(), wanted, `killed at call ${calls}`);
      const contents = [...sumOf(beta.folder), ...sumOf(`${beta.folder}/.tcpsync/versions`)];
      const bytes = new Set(contents.map(([, sum]) => sum.split(" of ")[1]));
      for (const byte of [1, 2, 3, 4, 5, 6]) assert(bytes.has(`${byte}`), `${byte} is kept (${calls})`);
      duo.beta.endpoint.rest();
      assertClean(duo);
    }
  },
});

const small = (byte: number) => content(byte, 3 * MIB);
