// S7 on two real folders: what arrives has the rights of its place, what replaces keeps those of the old one, and what comes back has
// those it had.

import { assertEquals } from "@std/assert";
import type { SideName } from "../../src/core/side.ts";
import { type Duo, duoWith, remove } from "../support/duo.ts";
import { nextTime, write } from "../support/folder.ts";
import { isSystemsOwn, OTHER_GROUP, rightsAt, setRights } from "../support/others.ts";
import { POSIX } from "../support/system.ts";

const mayGive = { ignore: !isSystemsOwn() };
const SOMEBODY = 1234;

const modeAt = (duo: Duo, side: SideName, path: string) =>
  (Deno.lstatSync(duo[side].native(path)).mode! & 0o7777).toString(8);

Deno.test("S7: what arrives has the group that its folder gives, as what is made there has", mayGive, () => {
  using duo = duoWith({ "team/here": "", "plain/here": "" });
  setRights(duo.beta.native("team"), 0o2775, OTHER_GROUP);
  setRights(duo.beta.native("plain"), 0o775, OTHER_GROUP);
  const made = ["x", "deep/er/y", "tool"];
  for (const folder of ["team", "plain"]) {
    for (const path of made) write(duo.alpha.native(`${folder}/${path}`), "new");
    Deno.chmodSync(duo.alpha.native(`${folder}/tool`), 0o755);
  }
  duo.settle();
  for (const folder of ["team", "plain"]) {
    for (const path of made) {
      const [arrived, here] = [`${folder}/${path}`, `${folder}/${path} made here`].map((path) =>
        duo.beta.native(path)
      );
      Deno.writeTextFileSync(here!, "");
      if (path === "tool") Deno.chmodSync(here!, 0o755);
      assertEquals(rightsAt(arrived!), rightsAt(here!), arrived);
    }
  }
});

Deno.test("S7: what replaces keeps mode, group and user, but for the bits that lend them", mayGive, () => {
  const rows = [
    ["shared", 0o660, "660 1234:60"],
    ["closed", 0o600, "600 1234:60"],
    ["read-only", 0o444, "444 1234:60"],
    ["lending", 0o6755, "755 1234:60"],
  ] as const;
  using duo = duoWith(Object.fromEntries(rows.map(([name]) => [name, "old"])));
  for (const side of ["alpha", "beta"] as const) Deno.chmodSync(duo[side].native("lending"), 0o755);
  for (const [name, mode] of rows) setRights(duo.beta.native(name), mode, OTHER_GROUP, SOMEBODY);
  duo.settle();
  for (const [name] of rows) write(duo.alpha.native(name), "new");
  duo.settle();
  duo.checkInSync();
  for (const [name, , expected] of rows) assertEquals(rightsAt(duo.beta.native(name)), expected, name);
});

interface Row {
  name: string;
  /** Takes `f` and `d` away from beta's folder, and brings them back. */
  act(duo: Duo): void;
}

const AGREED = { f: "f", "d/g": "g", rest: "rest" };

const againMade = (duo: Duo) => {
  for (const path of ["f", "d/g"]) write(duo.alpha.native(path), "made anew");
};

const ROWS: Row[] = [
  {
    name: "deleted and made anew",
    act(duo) {
      for (const path of ["f", "d"]) remove(duo, "alpha", path);
      duo.settle();
      againMade(duo);
    },
  },
  {
    name: "deleted, and made anew when the program was killed",
    act(duo) {
      for (const path of ["f", "d"]) remove(duo, "alpha", path);
      duo.settle();
      duo.restart();
      duo.settle();
      againMade(duo);
    },
  },
  {
    name: "deleted and undone",
    act(duo) {
      for (const path of ["f", "d"]) remove(duo, "alpha", path);
      duo.settle();
      duo.beta.historyService.undo();
    },
  },
  {
    name: "deleted by its own person and undone by the other",
    act(duo) {
      for (const path of ["f", "d"]) remove(duo, "beta", path);
      duo.settle();
      duo.alpha.historyService.undo();
    },
  },
  {
    name: "deleted by its own person while the other works on it",
    act(duo) {
      for (const path of ["f", "d"]) remove(duo, "beta", path);
      againMade(duo);
    },
  },
  {
    name: "renamed to a backup and made anew",
    act(duo) {
      for (const path of ["f", "d"]) {
        Deno.renameSync(duo.alpha.native(path), duo.alpha.native(`${path}.bak`));
      }
      duo.settle();
      Deno.mkdirSync(duo.alpha.native("d"));
      write(duo.alpha.native("f"), "made anew");
      duo.settle();
      Deno.renameSync(duo.alpha.native("d.bak/g"), duo.alpha.native("d/g"));
    },
  },
  {
    name: "deleted, and another renamed to it",
    act(duo) {
      for (const path of ["f.new", "d.new/g"]) write(duo.alpha.native(path), "made anew");
      for (const path of ["f", "d"]) remove(duo, "alpha", path);
      duo.settle();
      for (const path of ["f", "d"]) Deno.renameSync(duo.alpha.native(`${path}.new`), duo.alpha.native(path));
      duo.settle();
      remove(duo, "alpha", "d/g");
      write(duo.alpha.native("d/g"), "once more");
    },
  },
  {
    name: "changed to one another's kind and back",
    act(duo) {
      for (const path of ["f", "d"]) remove(duo, "alpha", path);
      write(duo.alpha.native("d"), "a file now");
      write(duo.alpha.native("f/inside"), "a folder now");
      duo.settle();
      assertEquals([modeAt(duo, "beta", "d"), modeAt(duo, "beta", "f")], ["600", "700"]);
      for (const path of ["f", "d"]) remove(duo, "alpha", path);
      duo.settle();
      againMade(duo);
    },
  },
];

for (const { name, act } of ROWS) {
  Deno.test(`S7: what comes back has the rights it had: ${name}`, { ignore: !POSIX }, () => {
    using duo = duoWith(AGREED);
    setRights(duo.beta.native("f"), 0o600);
    setRights(duo.beta.native("d/g"), 0o440);
    setRights(duo.beta.native("d"), 0o700);
    duo.settle();
    act(duo);
    duo.settle();
    duo.checkInSync();
    const modes = ["f", "d", "d/g", "rest"].map((path) => modeAt(duo, "beta", path));
    assertEquals(modes, ["600", "700", "440", modeAt(duo, "alpha", "rest")]);
  });
}

Deno.test(
  "S7: what comes back has the group and the user it had, and a folder gives its group again",
  mayGive,
  () => {
    using duo = duoWith(AGREED);
    setRights(duo.beta.native("f"), 0o640, OTHER_GROUP, SOMEBODY);
    setRights(duo.beta.native("d"), 0o2770, OTHER_GROUP, SOMEBODY);
    duo.settle();
    for (const path of ["f", "d"]) remove(duo, "alpha", path);
    duo.settle();
    for (const path of ["f", "d/g"]) write(duo.alpha.native(path), "made anew");
    duo.settle();
    const { mode } = Deno.lstatSync(duo.alpha.native("rest"));
    const plain = (mode! & 0o777).toString(8);
    assertEquals(["f", "d", "d/g"].map((path) => rightsAt(duo.beta.native(path))), [
      ...["640 1234:60", "2770 1234:60", `${plain} 0:60`],
    ]);
  },
);

for (const closed of [0, 0o550]) {
  const name = `S7: what belongs in a folder comes back, though nobody could write there (${
    closed.toString(8)
  })`;
  Deno.test(name, { ignore: !POSIX }, () => {
    using duo = duoWith(AGREED);
    const folder = duo.beta.native("d");
    setRights(folder, closed);
    duo.beta.engine.hint([], true);
    duo.beta.engine.scan();
    setRights(folder, 0o755);
    remove(duo, "beta", "d");
    write(duo.alpha.native("d/g"), "made anew");
    duo.settle();
    duo.checkInSync();
    assertEquals(Deno.readTextFileSync(duo.beta.native("d/g")), "made anew");
    assertEquals(modeAt(duo, "beta", "d"), (closed | 0o700).toString(8));
  });
}

Deno.test("S7 N5: no rights are given through a link", { ignore: !POSIX }, () => {
  using duo = duoWith({ "d/in/f": "f", "new/in/f": "made anew" });
  setRights(duo.beta.native("d/in/f"), 0o600);
  duo.settle();
  remove(duo, "alpha", "d");
  duo.settle();
  const outside = `${duo.beta.state}/outside`;
  Deno.renameSync(duo.alpha.native("new"), duo.alpha.native("d"));
  duo.onStep = (step) => {
    if (step !== "transition beta") return;
    Deno.renameSync(duo.beta.native("new/in"), outside);
    Deno.symlinkSync(outside, duo.beta.native("new/in"));
  };
  duo.cycle();
  assertEquals(rightsAt(`${outside}/f`).split(" ")[0], modeAt(duo, "alpha", "d/in/f"));
});

Deno.test("S7: what was closed for itself stays so, whatever it is renamed to", { ignore: !POSIX }, () => {
  using duo = duoWith({ public: "for all", draft: "mine" });
  setRights(duo.beta.native("public"), 0o664);
  setRights(duo.beta.native("draft"), 0o600);
  duo.settle();
  remove(duo, "alpha", "public");
  duo.settle();
  Deno.renameSync(duo.alpha.native("draft"), duo.alpha.native("public"));
  duo.settle();
  assertEquals(modeAt(duo, "beta", "public"), "600");
});

Deno.test("S7: rights that were given up by the person here do not come back", { ignore: !POSIX }, () => {
  using duo = duoWith(AGREED);
  const usual = modeAt(duo, "beta", "f");
  setRights(duo.beta.native("f"), 0o600);
  duo.settle();
  Deno.chmodSync(duo.beta.native("f"), parseInt(usual, 8));
  duo.settle();
  remove(duo, "alpha", "f");
  duo.settle();
  write(duo.alpha.native("f"), "made anew");
  duo.settle();
  assertEquals(modeAt(duo, "beta", "f"), usual);
});

Deno.test("S7: neither half of a conflict is more open than the file was", { ignore: !POSIX }, () => {
  for (const winner of ["alpha", "beta"] as const) {
    using duo = duoWith({ "keys.txt": "agreed" });
    setRights(duo.beta.native("keys.txt"), 0o600);
    duo.settle();
    const [early, late] = [nextTime(), nextTime()];
    for (const side of ["alpha", "beta"] as const) {
      write(duo[side].native("keys.txt"), `${side}'s`, side === winner ? late : early);
    }
    duo.settle();
    duo.checkInSync();
    const modes = [...Deno.readDirSync(duo.beta.folder)].filter(({ isFile }) => isFile)
      .map(({ name }) => modeAt(duo, "beta", name));
    assertEquals(modes, ["600", "600"], `${winner} wins`);
  }
});
