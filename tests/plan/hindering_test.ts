// S9: what a side finds out about its disk and its folders, and what becomes of a plan by that: two real folders, and beta's disk is made
// to refuse.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { EMPTY_ROOT } from "../../src/core/tree/entry.ts";
import type { Path } from "../../src/core/tree/path.ts";
import { emptyPlan, type Result } from "../../src/core/plan/plan.ts";
import type { Disk, OpenFile, Stat } from "../../src/fs/port.ts";
import { realDisk } from "../../src/fs/real.ts";
import { Hindering } from "../../src/plan/hindering.ts";
import { later } from "../support/clock_ahead.ts";
import { type Computer, type Duo, duoWith, type Hook, remove } from "../support/duo.ts";
import { filesIn, nextTime, write } from "../support/folder.ts";
import { fileOf } from "../support/hostile_wire.ts";

const MIB = 1 << 20;
const DENIED = new Deno.errors.PermissionDenied("Permission denied (os error 13)");
const PROTECTED = new Deno.errors.PermissionDenied("Operation not permitted (os error 1)");
const numbered = (text: string, code: number) => new Error(`${text} (os error ${code})`);
/** The numbers below are those of Linux. */
const ELSEWHERE = Deno.build.os !== "linux";

function test(name: string, fn: () => void) {
  Deno.test({ name, ignore: ELSEWHERE, fn });
}

/** One cycle: what both are told, by path, and how many batches alpha sent. */
function cycle(duo: Duo, hints = true) {
  let batches = 0;
  duo.onStep = (step) => batches += step === "batch alpha" ? 1 : 0;
  const { decision, failures, tasks } = duo.cycle(hints);
  const told = [...decision.problems, ...failures];
  return { problems: told.map(({ path, reason }) => `${path}: ${reason}`), told, batches, tasks };
}

/** Comes to rest, with these problems. */
function rests(duo: Duo): string[] {
  for (let count = 0; count < 5; count++) {
    const { problems, tasks } = cycle(duo);
    if (tasks === 0) return problems;
  }
  throw new Error("does not come to rest");
}

/** The files in a computer's folder. */
function filesOf({ folder }: Computer): string[] {
  return [...filesIn(folder)].filter(([, content]) => content !== "/").map(([path]) => path);
}

const inBeta = (duo: Duo) => filesOf(duo.beta);

/** Throws where one of these methods is called for something that matches. */
const refusing = (methods: string[], what: RegExp, error: Error): Hook => (method, args) => {
  if (methods.includes(method) && args.some((arg) => what.test(String(arg)))) throw error;
};

test("S9: what the disk tells to have no room for is not planned, and comes when there is", () => {
  let room = 10 * MIB;
  using duo = duoWith({ a: "a" }, "alpha", { beta: { ...realDisk, room: () => room } });
  write(duo.alpha.native("large"), new Uint8Array(20 * MIB));
  write(duo.alpha.native("small"), "small");
  assertMatch(
    rests(duo).join(),
    /^: there is no room for 21 MB on beta's disk, 10 MB are missing: make room there$/,
  );
  assertEquals([inBeta(duo), duo.beta.endpoint.isEased()], [["a", "small"], false]);
  room = 15 * MIB;
  assertEquals(duo.beta.endpoint.isEased(), false, "it does not fit yet");
  room = 21 * MIB;
  assertEquals(duo.beta.endpoint.isEased(), true);
  assertEquals(rests(duo), []);
  assertEquals(inBeta(duo), ["a", "large", "small"]);
});

test("S9: the same for alpha's own disk", () => {
  let room = 10 * MIB;
  using duo = duoWith({ a: "a" }, "alpha", { alpha: { ...realDisk, room: () => room } });
  write(duo.beta.native("large"), new Uint8Array(20 * MIB));
  assertMatch(rests(duo).join(), /^: there is no room for 21 MB on alpha's disk/);
  room = 21 * MIB;
  assertEquals(duo.alpha.endpoint.isEased(), true);
  assertEquals(rests(duo), []);
});

for (const side of ["alpha", "beta"] as const) {
  for (const place of ["", "usb/"]) {
    test(`S9: what waits for more room at ${side}${place && ", on a disk inside,"} comes when there is, after what needed less`, () => {
      const rooms = { own: 100 * MIB, usb: 100 * MIB };
      const which = place ? "usb" : "own";
      rooms[which] = MIB;
      using duo = duoWith({ "usb/a": "a" }, "alpha", { [side]: withDiskInside(rooms) });
      const [from, to] = side === "beta" ? [duo.alpha, duo.beta] : [duo.beta, duo.alpha];
      write(from.native(`${place}less`), new Uint8Array(3 * MIB));
      write(from.native(`${place}more`), new Uint8Array(20 * MIB));
      rests(duo);
      for (const [room, comes] of [[10 * MIB, "less"], [50 * MIB, "more"]] as const) {
        rooms[which] = room;
        assertEquals(to.endpoint.isEased(), true, `${room} bytes`);
        rests(duo);
        assert(filesOf(to).includes(`${place}${comes}`), comes);
      }
    });
  }
}

test("S9: a part that is here takes its room already", () => {
  let room = 100 * MIB;
  using duo = duoWith({ a: "a" }, "alpha", { beta: { ...realDisk, room: () => room } });
  write(duo.alpha.native("large"), new Uint8Array(20 * MIB).map((_, at) => at >> 12));
  duo.budget = 3;
  duo.cycle();
  room = 19 * MIB;
  duo.budget = Infinity;
  assertEquals(rests(duo), []);
  assertEquals(inBeta(duo), ["a", "large"]);
});

test("S9: a quota, of which no system tells, is met once, and believed in until there is more room", () => {
  let room = 100 * MIB;
  using duo = duoWith({ a: "a" }, "alpha", { beta: { ...realDisk, room: () => room } });
  duo.beta.hook = refusing(["create"], /part-/, numbered("Disk quota exceeded", 122));
  write(duo.alpha.native("large"), new Uint8Array(2 * MIB));
  for (let count = 0; count < 2; count++) {
    assertEquals(cycle(duo).problems, [": the disk is full: make room"]);
  }
  write(duo.alpha.native("small"), "small");
  assertEquals(rests(duo), [": the disk is full: make room"], "its cause is told in other words");
  assertEquals([inBeta(duo), duo.beta.endpoint.isEased()], [["a", "small"], false]);
  duo.beta.hook = () => {};
  room += 2 * MIB;
  assertEquals(duo.beta.endpoint.isEased(), true);
  assertEquals(rests(duo), []);
});

/** How much room two disks have: the folder's own, and one inside it, at `usb`. */
interface Rooms {
  own: number;
  usb: number;
}

const USB = /\/folder\/usb(\/|$)/;

/** What looks as if a disk of its own were mounted at `usb`; `asked` lists whose room is asked for. */
function withDiskInside(rooms: Rooms, asked: string[] = []): Disk {
  const seen = <S extends Stat | null>(path: string, stat: S): S =>
    stat && USB.test(path) ? { ...stat, device: stat.device + 1 } : stat;
  const open = (method: "create" | "openToRead" | "openToWrite") => (path: string) => {
    const file = realDisk[method](path);
    const stat = file.stat.bind(file);
    return Object.assign(file, { stat: () => seen(path, stat()) });
  };
  return {
    ...realDisk,
    ...{ create: open("create"), openToRead: open("openToRead"), openToWrite: open("openToWrite") },
    stat: (path) => seen(path, realDisk.stat(path)),
    room(path) {
      const whose = USB.test(path) ? "usb" : "own";
      asked.push(whose);
      return rooms[whose];
    },
  };
}

for (const side of ["alpha", "beta"] as const) {
  test(`S9: of what a disk inside ${side}'s folder has no room for nothing is sent; all else comes`, () => {
    const rooms = { own: 100 * MIB, usb: 10 * MIB };
    using duo = duoWith({ "usb/a": "a" }, "alpha", { [side]: withDiskInside(rooms) });
    const [from, to] = side === "beta" ? [duo.alpha, duo.beta] : [duo.beta, duo.alpha];
    write(from.native("usb/film"), new Uint8Array(20 * MIB));
    write(from.native("usb/new/small"), "small");
    write(from.native("docs/other"), new Uint8Array(30 * MIB));
    assertEquals(rests(duo), [
      `usb: there is no room for 21 MB on the disk that ${side} has mounted here, 10 MB are missing: make room there`,
    ]);
    const before = ["docs/other", "usb/a", "usb/new/small"];
    assertEquals([filesOf(to), to.endpoint.isEased()], [before, false]);
    rooms.usb = 15 * MIB;
    assertEquals(to.endpoint.isEased(), false, "it does not fit yet");
    rooms.own = 1000 * MIB;
    assertEquals(to.endpoint.isEased(), false, "that is another disk");
    rooms.usb = 21 * MIB;
    assertEquals(to.endpoint.isEased(), true);
    assertEquals(rests(duo), []);
    assertEquals(filesOf(to), [...before, "usb/film"].sort());
  });
}

test("S9: a disk inside that proves full hinders nothing that is for the folder's own disk", () => {
  const rooms = { own: 100 * MIB, usb: 50 * MIB };
  using duo = duoWith({ "usb/a": "a" }, "alpha", { beta: withDiskInside(rooms) });
  duo.beta.hook = refusing(["create"], /folder\/usb\/[^/]*\.part$/, numbered("Disk quota exceeded", 122));
  write(duo.alpha.native("usb/film"), new Uint8Array(2 * MIB));
  for (let count = 0; count < 2; count++) {
    assertEquals(cycle(duo).problems, ["usb: the disk is full: make room"]);
  }
  write(duo.alpha.native("docs/other"), new Uint8Array(3 * MIB));
  assertEquals(rests(duo), ["usb: the disk is full: make room"], "its cause is told in other words");
  assertEquals(filesOf(duo.beta), ["docs/other", "usb/a"]);
  assertEquals(duo.beta.endpoint.isEased(), false);
  duo.beta.hook = () => {};
  rooms.usb += 2 * MIB;
  assertEquals(duo.beta.endpoint.isEased(), true);
  assertEquals(rests(duo), []);
});

test("S9: a rename onto a disk inside that has no room for it hinders nothing else, there or elsewhere", () => {
  using duo = duoWith({ "usb/a": "a", film: "film" }, "alpha", {
    beta: withDiskInside({ own: 100 * MIB, usb: 50 * MIB }),
  });
  duo.beta.hook = refusing(["rename"], /folder\/usb\/film$/, numbered("No space left on device", 28));
  Deno.renameSync(duo.alpha.native("film"), duo.alpha.native("usb/film"));
  for (let count = 0; count < 2; count++) {
    assertEquals(cycle(duo).problems, ["usb: the disk is full: make room"]);
  }
  for (const path of ["docs/other", "usb/small"]) write(duo.alpha.native(path), path);
  assertEquals(cycle(duo).problems, ["usb: the disk is full: make room"]);
  assertEquals(inBeta(duo), ["docs/other", "film", "usb/a", "usb/small"]);
  duo.beta.hook = () => {};
  assertEquals(rests(duo), []);
});

test("S9: what the own disk has no room for, of what is for one inside, is the own disk's matter", () => {
  const rooms = { own: 100 * MIB, usb: 50 * MIB };
  using duo = duoWith({ "usb/a": "a" }, "alpha", { beta: withDiskInside(rooms) });
  duo.beta.hook = refusing(
    ["hardLink", "flush"],
    /\/(versions|staging)\//,
    numbered("No space left on device", 28),
  );
  write(duo.alpha.native("usb/a"), "another");
  assertEquals(cycle(duo).problems, [": the disk is full: make room"], "a version that is kept");
  duo.beta.hook = refusing(["create"], /\/new-/, numbered("No space left on device", 28));
  assertEquals(cycle(duo).problems, [": the disk is full: make room"], "content on its way");
  duo.beta.hook = () => {};
  rooms.own = MIB;
  write(duo.alpha.native("usb/film"), new Uint8Array(2 * MIB));
  assertEquals(rests(duo), [": the disk is full: make room"]);
});

test("S9: what is a part of the own disk, as a subvolume is, has its room", () => {
  const rooms = { own: 10 * MIB, usb: 10 * MIB };
  using duo = duoWith({ "usb/a": "a" }, "alpha", { beta: withDiskInside(rooms) });
  write(duo.alpha.native("usb/film"), new Uint8Array(20 * MIB));
  assertMatch(rests(duo).join(), /^: there is no room for 21 MB on beta's disk/);
});

test("S9: a disk inside is asked for its room once a look, and once for a chunk with something for it", () => {
  const asked: string[] = [];
  using duo = duoWith({ "usb/a": "a" }, "alpha", {
    beta: withDiskInside({ own: 2 ** 40, usb: 2 ** 39 }, asked),
  });
  const asks = () => asked.splice(0).filter((whose) => whose === "usb").length;
  asks();
  cycle(duo);
  assertEquals(asks(), 1, "nothing is to be done");
  for (let number = 0; number < 50; number++) write(duo.alpha.native(`docs/${number}`), `${number}`);
  cycle(duo);
  assertEquals(asks(), 1, "nothing is for it");
  for (let number = 0; number < 50; number++) write(duo.alpha.native(`usb/${number}`), `${number}`);
  cycle(duo);
  assertEquals(asks(), 2);
  duo.beta.endpoint.isEased();
  assertEquals(asks(), 0, "nothing waits for it");
});

test("S9 (case 40): a file that the system protects is told with what helps; it comes when that was done", () => {
  using duo = duoWith({ f: "old", g: "old" });
  duo.beta.hook = refusing(["rename", "hardLink"], /folder\/f$/, PROTECTED);
  for (const path of ["f", "g"]) write(duo.alpha.native(path), "new");
  const why =
    "f: no permission for f: the system protects it from everybody (chattr +i), or it belongs to somebody else: lift that";
  for (let count = 0; count < 2; count++) {
    assertEquals(cycle(duo).problems, [why], "once may be a moment's matter");
  }
  for (let count = 0; count < 3; count++) {
    const { problems, batches, tasks } = cycle(duo);
    assertEquals([problems, batches, tasks], [[why], 0, 0]);
  }
  assertEquals(duo.beta.endpoint.isEased(), false);
  duo.beta.hook = () => {};
  Deno.chmodSync(duo.beta.native("f"), 0o640);
  assertEquals(duo.beta.endpoint.isEased(), true);
  assertEquals(rests(duo), []);
  duo.checkInSync();
});

/** Two edit one file, and alpha's content, which is later, is to come to beta, beside a copy of beta's. */
function edited(duo: Duo, alphas: string | Uint8Array, betas: string | Uint8Array) {
  write(duo.beta.native("f"), betas);
  write(duo.alpha.native("f"), alphas);
}

test("S9 C2: a conflict with a closed file is tried again after its pause, whatever is saved meanwhile", () => {
  using duo = duoWith({ f: "old" });
  edited(duo, "alpha's", "beta's");
  duo.beta.hook = refusing(["rename", "hardLink"], /folder\/f$/, DENIED);
  const why = "f: no permission for f: allow this user to read and write it";
  for (let count = 0; count < 2; count++) assertEquals(cycle(duo).problems, [why]);
  for (const name of ["one", "two", "three"]) {
    write(duo.alpha.native(name), name);
    assertEquals([cycle(duo).problems, inBeta(duo).includes(name)], [[why], true]);
  }
  duo.beta.hook = () => {};
  using _ = later(1000);
  assertEquals(duo.beta.endpoint.isEased(), true);
  assertEquals(rests(duo), []);
  duo.checkInSync();
});

test("S9 C2: a conflict for which the disk proved full is tried again after its pause, however often it is planned", () => {
  using duo = duoWith({ f: "old" }, "alpha", { beta: { ...realDisk, room: () => 100 * MIB } });
  edited(duo, new Uint8Array(2 * MIB), "beta's");
  duo.beta.hook = refusing(["create"], /part-/, numbered("Disk quota exceeded", 122));
  for (let count = 0; count < 5; count++) {
    assertEquals(cycle(duo).problems, [": the disk is full: make room"]);
  }
  duo.beta.hook = () => {};
  using _ = later(5000);
  assertEquals(rests(duo), []);
  duo.checkInSync();
});

test("S9: deletions and new folders in a closed folder are told once for it, too", () => {
  const names = Array.from({ length: 20 }, (_, number) => `d/${number}`);
  using duo = duoWith(Object.fromEntries([...names, "e/x"].map((name) => [name, name])));
  duo.beta.hook = refusing(
    ["create", "remove", "rename", "makeDirectory", "hardLink"],
    /folder\/d\/[^/]*$/,
    DENIED,
  );
  for (const name of names.slice(0, 10)) remove(duo, "alpha", name);
  write(duo.alpha.native("d/new/inner"), "inner");
  remove(duo, "alpha", "e");
  const why = "d: nothing can be put into this folder: allow this user to write in it";
  assertEquals(new Set(cycle(duo).problems), new Set([why]));
  assertEquals(rests(duo), [why]);
  assertEquals(inBeta(duo).sort(), names.sort());
  duo.beta.hook = () => {};
  Deno.chmodSync(duo.beta.native("d"), 0o750);
  assertEquals(duo.beta.endpoint.isEased(), true);
  assertEquals(rests(duo), []);
  duo.checkInSync();
});

test("S9: a folder is tried once, and not for each file", () => {
  using duo = duoWith({ "d/a": "a" });
  let tries = 0;
  duo.beta.hook = (method, [path]) => {
    if (method === "create" && String(path).endsWith("/~$tcpsync")) tries++;
  };
  for (let number = 0; number < 20; number++) write(duo.alpha.native(`d/${number}`), `${number}`);
  rests(duo);
  for (let number = 0; number < 20; number++) write(duo.alpha.native(`d/${number}`), `${number} again`);
  rests(duo);
  assertEquals(tries, 1);
  duo.checkInSync();
});

test("S9 N2: a name that the disk proves not to take is told with what helps, and not tried again and again", () => {
  using duo = duoWith({ a: "a" });
  duo.beta.hook = refusing(["rename", "makeDirectory", "hardLink"], /:/, numbered("Invalid argument", 22));
  for (const path of ["b:c", "fine"]) write(duo.alpha.native(path), path);
  for (let count = 0; count < 3; count++) {
    const { told, problems, batches } = cycle(duo);
    const reason = "b:c: the disk it is to come to takes no : in a name (character 2): rename it";
    assertEquals([problems, batches], [[reason], count === 0 ? 1 : 0]);
    assert(told.every(({ lasting, whose }) => lasting && whose === "alpha"));
  }
  assertEquals(inBeta(duo), ["a", "fine"]);
});

test("S9: a file that is too large for the disk is told, and no byte of it is sent", () => {
  const disk: Disk = {
    ...realDisk,
    create(path) {
      const file = realDisk.create(path);
      const extend = file.extend.bind(file);
      file.extend = (size) => {
        if (size >= 2 ** 32) throw numbered("File too large", 27);
        return extend(size);
      };
      return file;
    },
    room: () => 2 ** 40,
  };
  using duo = duoWith({ a: "a" }, "alpha", { beta: disk });
  Deno.writeTextFileSync(duo.alpha.native("image"), "");
  Deno.truncateSync(duo.alpha.native("image"), 2 ** 32);
  Deno.utimeSync(duo.alpha.native("image"), nextTime(), nextTime());
  for (let count = 0; count < 3; count++) {
    const { told, batches } = cycle(duo);
    assertEquals([told.map(({ path, lasting, whose }) => [path, lasting, whose]), batches], [[[
      "image",
      true,
      "alpha",
    ]], 0]);
    assertMatch(told[0]!.reason, /holds no file that large \(FAT32/);
  }
  Deno.truncateSync(duo.alpha.native("image"), 10);
  Deno.utimeSync(duo.alpha.native("image"), nextTime(), nextTime());
  assertEquals(rests(duo), []);
  assertEquals(inBeta(duo), ["a", "image"], "one that is smaller by now comes at once");
});

test("S9: what is too large is tried again without a word, and comes where the disk is another", () => {
  let refuses = true;
  const extend = () => {
    if (refuses) throw numbered("File too large", 27);
  };
  const hindering = new Hindering({
    disk: { ...realDisk, create: () => ({ extend, close() {} }) as unknown as OpenFile, removeIfThere() {} },
    ...{ root: "/", trials: "/", view: () => EMPTY_ROOT, native: () => null, inside: () => [] },
    staging: { bytesHere: () => 0, partBytes: () => 0 },
    beside: { of: () => 0, in: () => 0 },
  });
  const entry = { ...fileOf("image", ""), size: 2 ** 32 };
  const orders = { ...emptyPlan().beta, contents: [{ path: "image" as Path, old: null, new: entry }] };
  const refused: Result = { index: 0, done: false, reason: "too large", lasting: true, cause: "large" };
  hindering.note(orders, [refused], 0);
  const minutes = Array.from({ length: 60 }, (_, minute) => (minute + 1) * 60_000);
  assertEquals(minutes.filter((at) => hindering.review(at)), []);
  refuses = false;
  assertEquals(hindering.review(61 * 60_000), true);
});

test("S9: what is tried again costs its content less and less often", () => {
  const hindering = new Hindering({
    disk: realDisk,
    ...{ root: "/", trials: "/", view: () => EMPTY_ROOT, native: () => null, inside: () => [] },
    staging: { bytesHere: () => 0, partBytes: () => 0 },
    beside: { of: () => 0, in: () => 0 },
  });
  const orders = { ...emptyPlan().beta, removals: [{ path: "f" as Path, old: null, new: null }] };
  const pauses: number[] = [];
  let at = 0;
  const fails = () =>
    hindering.note(orders, [{ index: 0, done: false, reason: "no", lasting: false, cause: "denied" }], at);
  fails();
  for (let count = 0; count < 12; count++) {
    fails();
    const from = at;
    while (!hindering.review(at)) at += 500;
    pauses.push((at - from) / 1000);
  }
  assertEquals(pauses, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
});
