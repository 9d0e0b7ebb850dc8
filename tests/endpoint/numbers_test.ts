// Disks whose file numbers, births and times tell less than one would like: no content goes to another path, nothing that did not change
// is sent, and little is read.

import { assert, assertEquals } from "@std/assert";
import type { Path } from "../../src/core/tree/path.ts";
import type { Disk, Stat } from "../../src/fs/port.ts";
import { Duo, duoWith } from "../support/duo.ts";
import { filesIn, kept, mutilate, temporary, write } from "../support/folder.ts";
import { later } from "../support/clock_ahead.ts";
import { seen } from "../support/seen_disk.ts";

const FILES = 20;
const LONG_AGO = new Date(Date.UTC(2024, 0, 1));
const names = Array.from({ length: FILES }, (_, number) => `f${String(number).padStart(2, "0")}`);

/** Two people with files of one size and time, and what beta reads of them in a cycle. */
function pairOn(beta: Disk) {
  const place = temporary();
  const duo = new Duo(place.path, { beta });
  for (const name of names) write(duo.alpha.native(name), `content of ${name}`, LONG_AGO);
  duo.settle();
  let read = 0;
  duo.beta.hook = (method, [path]) => {
    if (method === "openToRead" && names.some((name) => String(path).endsWith(`/${name}`))) read++;
  };
  return {
    duo,
    readIn(act: () => void): number {
      read = 0;
      act();
      return read;
    },
    [Symbol.dispose]() {
      duo[Symbol.dispose]();
      place[Symbol.dispose]();
    },
  };
}

Deno.test("numbers that change while nothing happened cost the reading of a few files once, and then count as none", () => {
  let added = 0;
  using pair = pairOn(seen((stat) => ({ ...stat, id: stat.id + added })));
  const { duo } = pair;
  using _clock = later(2000);
  for (const [change, most] of [[1000, 3], [2000, 0], [3000, 0]] as const) {
    added = change;
    const reads = pair.readIn(() => assertEquals(duo.cycle().tasks, 0));
    assert(reads <= most, `${reads} files were read`);
  }
  duo.checkInSync();
});

Deno.test("what was edited after its number changed for nothing is not taken for what it was", () => {
  let added = 0;
  using pair = pairOn(seen((stat) => ({ ...stat, id: stat.id + added })));
  const { duo } = pair;
  const { engine } = duo.beta;
  added = 1000;
  engine.hint([], true);
  engine.scan();
  write(duo.beta.native("f19"), "CONTENT OF f19");
  duo.settle();
  duo.checkInSync();
  assertEquals(filesIn(duo.alpha.folder).get("f19"), "CONTENT OF f19");
});

Deno.test("a number that changed with the content is another file", () => {
  let added = 0;
  using pair = pairOn(
    seen((stat) => ({ ...stat, id: stat.id + added, born: stat.born && LONG_AGO.getTime() })),
  );
  const { duo } = pair;
  added = 1000;
  for (const name of names) write(duo.beta.native(name), `CONTENT OF ${name}`, LONG_AGO);
  duo.settle();
  duo.checkInSync();
  assertEquals(filesIn(duo.alpha.folder).get("f07"), "CONTENT OF f07");
});

/** FAT: numbers are given at first sight, anew with each mount; there are no second names. `born`: what it tells of files' births. */
function fat(born = LONG_AGO.getTime()): { disk: Disk; mount(): void } {
  let given = new Map<number, number>();
  const numbered = (stat: Stat): Stat => {
    const id = given.get(stat.id) ?? given.size + 100;
    given.set(stat.id, id);
    return { ...stat, id, born: stat.kind === "file" ? born : 0, links: 1 };
  };
  const hardLink = () => {
    throw new Error("Operation not permitted (os error 1)");
  };
  return { disk: seen(numbered, { hardLink }), mount: () => given = new Map() };
}

for (const [births, born] of [["with births", LONG_AGO.getTime()], ["without births", 0]] as const) {
  Deno.test(`on a disk ${births}, mounted anew, whose numbers belong to other files now, each path keeps its content`, () => {
    const { disk, mount } = fat(born);
    using pair = pairOn(disk);
    const { duo } = pair;
    duo.beta.restart(() => {
      mount();
      write(duo.beta.native("a new one, first in its folder"), `content of new`, LONG_AGO);
      Deno.removeSync(duo.beta.native("f05")); // Its number is another one's now.
    });
    duo.connect();
    duo.settle();
    duo.checkInSync();
    const files = filesIn(duo.alpha.folder);
    const left = names.filter((name) => name !== "f05");
    for (const name of left) assertEquals(files.get(name), `content of ${name}`);
    assertEquals(files.size, left.length + 1);
    assertEquals(duo.alpha.endpoint.standing().conflicts, []);
  });
}

Deno.test("M1: where numbers do not last, a folder renamed while it is watched costs no reading, and a single file its own", () => {
  const { disk } = fat();
  using place = temporary();
  using duo = new Duo(place.path, { beta: disk });
  for (const name of names) write(duo.alpha.native(`d/${name}`), `content of ${name}`, LONG_AGO);
  duo.settle();
  const read: string[] = [];
  duo.beta.hook = (method, [path]) => {
    if (method === "openToRead" && !String(path).includes(".tcpsync")) read.push(String(path));
  };
  Deno.renameSync(duo.beta.native("d"), duo.beta.native("e"));
  const { decision } = duo.cycle();
  assertEquals([decision.counts.move, decision.counts.create, read], [1, 0, []]);
  duo.settle();
  duo.checkInSync();
});

Deno.test("without numbers, files of one size and time that change places are seen to, by what the watch tells of them", () => {
  const born = LONG_AGO.getTime();
  using pair = pairOn(
    seen((stat) => ({ ...stat, id: 0, born: stat.kind === "file" ? born : 0, changed: 0 })),
  );
  const { duo } = pair;
  using _clock = later(2000); // What was put in place just now is known to be that.
  duo.settle();
  const [one, other, between] = ["f01", "f02", "between"].map((name) => duo.beta.native(name)) as [
    string,
    string,
    string,
  ];
  Deno.renameSync(one, between);
  Deno.renameSync(other, one);
  Deno.renameSync(between, other);
  duo.beta.engine.hear(
    ["f01", "f02"].map((path) => ({ path: path as Path, kinds: ["rename"] as const })),
    false,
    true,
  );
  duo.settle();
  duo.checkInSync();
  assertEquals(filesIn(duo.alpha.folder).get("f01"), "content of f02");
});

for (const finds of ["look at everything", "sweep", "reading"]) {
  Deno.test(`what was written past the watch and found by a ${finds} is read again when the system has written it back`, () => {
    // As by way of the memory: no time tells of the last write.
    using pair = pairOn(seen((stat) => ({ ...stat, changed: 0 })));
    const { duo } = pair;
    const { beta } = duo;
    const path = beta.native("f03");
    const lookByItself = () => {
      if (finds === "sweep") beta.engine.sweep();
      else if (finds === "look at everything") beta.engine.doubtAll();
      return beta.engine.scan(true).changed;
    };
    lookByItself();
    const time = new Date(Date.now() - 1000);
    write(path, "first store, no f3", time);
    write(beta.native("new"), "made at the same time, and the folder shows that");
    if (finds === "reading") beta.engine.doubt(["f03" as Path]);
    assertEquals(lookByItself(), true, "found");
    duo.settle(false);
    write(path, "later store, no f3", time);
    assertEquals(lookByItself(), false, "not yet");
    using _clock = later(45_000);
    assertEquals(lookByItself(), true, "read again");
    duo.settle(false);
    assertEquals(filesIn(duo.alpha.folder).get("f03"), "later store, no f3");
  });
}

Deno.test("what was written past the watch to a file that was waited for is read again when the system has written it back", () => {
  using pair = pairOn(seen((stat) => ({ ...stat, changed: 0 })));
  const { duo } = pair;
  const { engine } = duo.beta;
  const path = duo.beta.native("f03");
  const look = (ms: number) => {
    using _clock = later(ms);
    return engine.scan(true).changed;
  };
  look(0);
  const saved = Date.now();
  write(path, "saved, and told", new Date(saved));
  engine.hear([{ path: "f03" as Path, kinds: ["modify"] }], false, false);
  assertEquals(look(0), false, "it is waited for");
  const stored = new Date(saved + 1000);
  write(path, "first store, no f3", stored);
  assertEquals([look(1500), look(1600)], [false, true], "it is taken when two looks agree");
  duo.settle(false);
  write(path, "later store, no f3", stored);
  assertEquals(look(1700), false, "not yet");
  using _clock = later(45_000);
  assertEquals(look(45_000), true, "read again");
  duo.settle(false);
  assertEquals(filesIn(duo.alpha.folder).get("f03"), "later store, no f3");
});

for (const [what, from, to] of [["a file", "f03", "moved"], ["a folder", "d", "e"]] as const) {
  Deno.test(`${what} that is renamed right after a write which kept its time is not taken for what it was, where the watch tells of it`, () => {
    using pair = pairOn(seen((stat) => ({ ...stat, changed: 0 })));
    const { duo: { alpha, beta }, duo } = pair;
    const inner = what === "a file" ? "" : "/in";
    write(beta.native(from + inner), "content of it");
    duo.settle();
    const path = beta.native(from + inner);
    write(path, "CONTENT of it", Deno.lstatSync(path).mtime!);
    Deno.renameSync(beta.native(from), beta.native(to));
    const told = [[from + inner, "modify"], [from, "rename"], [to, "rename"]] as const;
    beta.engine.hear(told.map(([path, kind]) => ({ path: path as Path, kinds: [kind] })), false, true);
    duo.settle(false);
    duo.settle();
    duo.checkInSync();
    assertEquals(filesIn(alpha.folder).get(to + inner), "CONTENT of it");
  });
}

Deno.test("at rest no content is read", () => {
  using pair = pairOn(seen((stat) => stat));
  using _clock = later(2000);
  pair.duo.cycle();
  assertEquals(pair.readIn(() => pair.duo.settle()), 0);
  pair.duo.restart();
  assertEquals(pair.readIn(() => pair.duo.settle()), 0, "nor at a start");
});

Deno.test("after a stop, a file with the number, birth and time of one just put in place is not taken for that, where it holds what it should", () => {
  for (const isEdited of [false, true]) {
    let swapped = new Map<number, Stat>();
    const disk = seen((stat) => {
      const { id, born } = swapped.get(stat.id) ?? stat;
      return { ...stat, id, born };
    });
    using place = temporary();
    using duo = new Duo(place.path, { beta: disk });
    const { alpha, beta } = duo;
    write(beta.native("own"), "made by beta", LONG_AGO);
    write(alpha.native("came"), "put in place", LONG_AGO);
    duo.settle();
    beta.restart(() => {
      const [own, came] = ["own", "came"].map((name) => disk.stat(beta.native(name))!) as [Stat, Stat];
      if (isEdited) write(beta.native("came"), "edited by beta");
      swapped = new Map([[own.id, came], [came.id, own]]);
    });
    duo.connect();
    duo.settle();
    duo.checkInSync();
    const came = isEdited ? "edited by beta" : "put in place";
    assertEquals(Object.fromEntries(filesIn(alpha.folder)), { own: "made by beta", came });
    assertEquals(kept(beta.folder).size, 0);
  }
});

Deno.test("what is written while it is sent, and looks as it did, is not taken for what was sent, where the watch tells of it", () => {
  const beta = seen((stat) => ({ ...stat, changed: 0 })); // As on Windows.
  using place = temporary();
  using duo = new Duo(place.path, { beta });
  write(duo.beta.native("new"), "first", LONG_AGO);
  duo.onStep = (step) => {
    if (step !== "prepare") return;
    write(duo.beta.native("new"), "other", LONG_AGO);
    duo.beta.engine.hear([{ path: "new" as Path, kinds: ["modify"] }], false, false);
    duo.beta.engine.scan();
    duo.onStep = () => {};
  };
  duo.cycle();
  assertEquals(filesIn(duo.alpha.folder).get("new"), "first");
  duo.settle(false);
  duo.checkInSync();
  assertEquals(filesIn(duo.alpha.folder).get("new"), "other");
});

const tick = (time: number) => Math.floor(time / 2000) * 2000;

/** The clock of this process set to where a tick of two seconds is to last as long as a test takes, and more. */
function inTick() {
  return later(2000 - Date.now() % 2000 + 1200);
}

for (const [ends, stop] of [["was killed", "kill"], ["ended in good order", "close"]] as const) {
  Deno.test(`what was saved in the tick of the save before, and of its size, is seen after the program ${ends} in it`, () => {
    using _clock = inTick();
    using duo = duoWith({}, "alpha", {
      alpha: seen((stat) => ({ ...stat, mtime: tick(stat.mtime), changed: tick(stat.mtime) })),
    });
    const { alpha, beta } = duo;
    write(alpha.native("a"), "one", new Date(tick(Date.now() - 1000)));
    duo.settle();
    assertEquals(filesIn(beta.folder).get("a"), "one");
    if (stop === "close") alpha.close();
    using _afterwards = later(3000);
    alpha.restart(() => mutilate(alpha.native("a"), "two"));
    duo.connect();
    duo.settle();
    assertEquals(filesIn(beta.folder).get("a"), "two");
  });
}

Deno.test("what was saved in the tick of the save before, and of its size, is not replaced unseen", () => {
  using _clock = inTick();
  using duo = duoWith({}, "beta", {
    beta: seen((stat) => ({ ...stat, mtime: tick(stat.mtime), changed: tick(stat.mtime) })),
  });
  const { alpha, beta } = duo;
  write(beta.native("a"), "one", new Date(tick(Date.now() - 1000)));
  duo.settle();
  mutilate(beta.native("a"), "two"); // And nobody tells of it.
  write(alpha.native("a"), "three", new Date(Date.now() - 500));
  alpha.engine.hint(["a" as Path], false);
  const { failures } = duo.cycle(false);
  assertEquals(failures.map(({ path }) => path), ["a"]);
  duo.settle();
  duo.checkInSync();
  assertEquals(new Set(filesIn(alpha.folder).values()), new Set(["two", "three"]));
});
