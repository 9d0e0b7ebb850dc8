// Whose a private folder is (RULES S8, T3), on a real disk: what this computer did not make is moved aside, its own is found again, and what
// is no real file or folder of this user is refused.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { UserError } from "../../src/core/failure.ts";
import type { Disk, Stat } from "../../src/fs/port.ts";
import { realDisk } from "../../src/fs/real.ts";
import { takeOver } from "../../src/claim/foreign.ts";
import { RootEngine } from "../../src/engine/engine.ts";
import { askOffline } from "../../src/root/offline.ts";
import { recordRoot, strangenessOf } from "../../src/root/strange_root.ts";
import { isSystemsOwn, setRights } from "../support/others.ts";
import { copyFolder, filesIn, temporary, write } from "../support/folder.ts";

const OTHER = "22222222-2222-4222-8222-222222222222";
const BATCH = "2026-11-22 18.07.33.123";
/** The system this runs on makes links (Wine says yes, and makes none). */
const NO_LINKS = Deno.build.os === "windows";

/** Folders, and computers that take them into use; each computer is a state folder. */
class Ground {
  readonly #place = temporary();

  [Symbol.dispose]() {
    this.#place[Symbol.dispose]();
  }

  at(name: string): string {
    return `${this.#place.path}${realDisk.separator}${name.replaceAll("/", realDisk.separator)}`;
  }

  /** Takes a folder into use, as for a session. Returns its identity, and where what was there is now, if that was moved. */
  use(folder: string, computer: string, disk: Disk = realDisk): { identity: string; moved: string | null } {
    Deno.mkdirSync(this.at(folder), { recursive: true });
    const moved = takeOver(disk, this.at(folder), this.at(computer));
    const engine = new RootEngine(disk, this.at(folder), this.at(computer));
    const { identity } = engine;
    engine.close();
    recordRoot(realDisk, this.at(folder), this.at(computer), identity, { name: "bob", key: "b0" });
    const top = this.at(`${folder}/.tcpsync`);
    return { identity, moved: moved && moved.slice(top.length + 1) };
  }

  /** What is in a private folder, but for what each start makes anew. */
  inside(folder: string): Map<string, string> {
    const all = filesIn(this.at(`${folder}/.tcpsync`), "");
    return new Map(
      [...all].filter(([path]) => !["lock", "staging", "versions", ".gitignore"].includes(path)),
    );
  }

  prepare(folder: string, identity: string | null = OTHER) {
    if (identity) write(this.at(`${folder}/.tcpsync/identity`), `${identity}\n`);
    write(this.at(`${folder}/.tcpsync/versions/${BATCH}/thesis`), "of others");
    write(this.at(`${folder}/.tcpsync/epoch`), "9".repeat(16));
  }
}

for (const identity of [OTHER, null, "no identity at all"]) {
  Deno.test(`S8: a private folder of others (identity: ${identity}) is moved whole, and another one is made`, () => {
    using ground = new Ground();
    ground.prepare("f", identity);
    const first = ground.use("f", "state");
    assertEquals(first.moved, "foreign-1");
    assert(first.identity !== identity);
    assertEquals(
      ground.inside("f"),
      new Map([
        ["foreign-1", "/"],
        ["foreign-1/epoch", "9".repeat(16)],
        ...identity ? [["foreign-1/identity", `${identity}\n`] as const] : [],
        ["foreign-1/versions", "/"],
        [`foreign-1/versions/${BATCH}`, "/"],
        [`foreign-1/versions/${BATCH}/thesis`, "of others"],
        ["identity", `${first.identity}\n`],
      ]),
    );
    assertEquals(
      ground.use("f", "state"),
      { identity: first.identity, moved: null },
      "from now on it is ours",
    );
  });
}

Deno.test(
  "S8: links in a private folder of others are moved as links, and nothing they lead to is touched",
  { ignore: NO_LINKS },
  () => {
    using ground = new Ground();
    ground.prepare("f");
    write(ground.at("outside/file"), "mine");
    Deno.mkdirSync(ground.at("outside/folder"));
    Deno.mkdirSync(ground.at("f/.tcpsync/staging"));
    const links = {
      canary: "file",
      lock: "made",
      staging_1: "folder",
      "foreign-1": "folder",
      "in use by": "file",
    };
    for (const [name, target] of Object.entries(links)) {
      Deno.symlinkSync(ground.at(`outside/${target}`), ground.at(`f/.tcpsync/${name.replace("_", "/")}`));
    }
    const before = filesIn(ground.at("outside"));
    assertEquals(ground.use("f", "state").moved, "foreign-2");
    assertEquals(filesIn(ground.at("outside")), before);
    assertEquals(ground.inside("f").get("foreign-2/foreign-1"), `-> ${ground.at("outside/folder")}`);
  },
);

Deno.test("S8: a folder on a stick that two computers use in turn is each one's own, and strange to none", () => {
  using ground = new Ground();
  const one = ground.use("stick", "one");
  write(ground.at(`stick/.tcpsync/versions/${BATCH}/a`), "kept by one");
  const two = ground.use("stick", "two");
  assertEquals([one.moved, two.moved], [null, "foreign-1"]);
  assert(one.identity !== two.identity);
  for (let turn = 0; turn < 3; turn++) {
    for (const [computer, { identity }] of [["one", one], ["two", two]] as const) {
      assertEquals(strangenessOf(realDisk, ground.at("stick"), ground.at(computer)), null);
      assertEquals(ground.use("stick", computer).identity, identity);
      const kept = Deno.readTextFileSync;
      if (computer === "one") {
        assertEquals(kept(ground.at(`stick/.tcpsync/versions/${BATCH}/a`)), "kept by one");
      }
    }
  }
  const depth = Math.max(...[...ground.inside("stick").keys()].map((path) => path.split("/").length));
  assertEquals(depth, 4, "they do not nest");
  const aside = [...Deno.readDirSync(ground.at("stick/.tcpsync"))].filter(({ name }) =>
    name.startsWith("foreign")
  );
  assertEquals(aside.length, 1);
});

Deno.test("S5 S8: a folder whose state folder was lost, or is another one, begins anew; its versions are still there", () => {
  using ground = new Ground();
  const { identity } = ground.use("f", "state");
  write(ground.at(`f/.tcpsync/versions/${BATCH}/a`), "kept");
  Deno.removeSync(ground.at("state"), { recursive: true });
  const again = ground.use("f", "state");
  assertEquals([again.moved, again.identity === identity], ["foreign-1", false]);
  assertEquals(ground.inside("f").get(`foreign-1/versions/${BATCH}/a`), "kept");
});

Deno.test("S8: a copy of a folder is none of its own while that is where it was; one that moved is", () => {
  using ground = new Ground();
  const { identity } = ground.use("docs", "state");
  copyFolder(ground.at("docs"), ground.at("copy"));
  const copy = ground.use("copy", "state");
  assertEquals([copy.moved, copy.identity === identity], ["foreign-1", false]);
  assertEquals(ground.use("docs", "state"), { identity, moved: null });
  Deno.renameSync(ground.at("docs"), ground.at("moved"));
  assertEquals(ground.use("moved", "state"), { identity, moved: null });
  assertEquals(ground.use("copy", "state"), { identity: copy.identity, moved: null });
});

Deno.test("S8: a folder in use with another state folder is refused, and nothing in it is moved", () => {
  using ground = new Ground();
  const { identity } = ground.use("f", "one");
  const engine = new RootEngine(realDisk, ground.at("f"), ground.at("one"));
  assertThrows(() => ground.use("f", "two"), UserError, "in use by another tcpsync");
  engine.close();
  assertEquals(ground.use("f", "one"), { identity, moved: null });
});

Deno.test("S8: a question where no client runs moves nothing of others, and says that nothing is known", () => {
  using ground = new Ground();
  ground.prepare("f");
  const before = ground.inside("f");
  const ask = () => askOffline(ground.at("f"), ground.at("state"), () => {});
  const { message } = assertThrows(ask, UserError, "never kept the same with anyone by this computer");
  assert(!message.includes("\n"));
  assertEquals(ground.inside("f"), before);
});

/** A disk that is no more after so many calls. */
function stopping(after: number): { disk: Disk; stopped(): boolean } {
  let calls = 0;
  const disk = new Proxy(realDisk, {
    get: (real, name) => {
      const call = Reflect.get(real, name);
      if (typeof call !== "function") return call;
      return (...args: unknown[]) => {
        if (calls++ >= after) throw new Error("stopped");
        return call(...args);
      };
    },
  });
  return { disk, stopped: () => calls > after };
}

/** Takes a folder into use with a stop at each call to the disk, and again after that. */
function stopAnywhere(
  begin: (ground: Ground) => void,
  check: (ground: Ground, moved: string | null) => void,
) {
  for (let survived = 0;; survived++) {
    using ground = new Ground();
    begin(ground);
    const { disk, stopped } = stopping(survived);
    try {
      ground.use("f", "state", disk);
    } catch {
      assert(stopped());
    }
    check(ground, ground.use("f", "state").moved);
    if (!stopped()) return assert(survived > 20);
  }
}

Deno.test("S8: a first start that is stopped anywhere leaves nothing that looks like another's", () => {
  stopAnywhere(() => {}, (ground, moved) => {
    assertEquals(moved, null);
    assertEquals([...ground.inside("f").keys()].filter((path) => path.startsWith("foreign")), []);
  });
});

Deno.test("S8: a start that moves what is of others and is stopped anywhere loses nothing, and uses nothing", () => {
  stopAnywhere((ground) => ground.prepare("f"), (ground) => {
    const inside = [...ground.inside("f")];
    const contents = inside.filter(([path, text]) => path.startsWith("foreign-") && text !== "/").map((
      [, text],
    ) => text);
    assertEquals(contents.sort(), [`${OTHER}\n`, "9".repeat(16), "of others"].sort());
    assertEquals(inside.filter(([path]) => !path.startsWith("foreign-")).map(([path]) => path), ["identity"]);
  });
});

/** The same disk, where something is not what it is. */
function withStat(path: string, change: Partial<Stat>): Disk {
  return {
    ...realDisk,
    stat(at) {
      const stat = realDisk.stat(at);
      return stat && at === path ? { ...stat, ...change } : stat;
    },
  };
}

const OWN = [
  "",
  "/staging",
  "/staging/1",
  "/versions",
  "/epoch",
  "/lock",
  "/canary",
  "/holiday.jpg",
  "/foreign-1",
];

for (const name of OWN) {
  for (
    const [what, change] of [
      ["is a link", { kind: "link" }],
      ["is no", { kind: "other" }],
      ["belongs to another user", { owner: 4711 }],
    ] as const
  ) {
    Deno.test(`S8: where .tcpsync${name} ${what} the folder is refused in one line that names it`, () => {
      using ground = new Ground();
      ground.use("f", "state");
      for (const folder of ["staging/1", "foreign-1"]) Deno.mkdirSync(ground.at(`f/.tcpsync/${folder}`));
      for (const file of ["epoch", "canary", "holiday.jpg"]) write(ground.at(`f/.tcpsync/${file}`), "");
      const before = ground.inside("f");
      const native = ground.at(`f/.tcpsync${name}`);
      const use = () => ground.use("f", "state", withStat(native, change));
      const { message } = assertThrows(use, UserError, "cannot be used");
      assertEquals(message.split("\n").length, 1);
      assert(message.includes(`${native.slice(ground.at("f/").length)} in it ${what}`), message);
      assertEquals(ground.inside("f"), before);
    });
  }
}

Deno.test("S8: a private folder that another user of this computer made is left alone, and refused", {
  ignore: !isSystemsOwn(),
}, () => {
  for (const computer of ["state", "another"]) {
    for (const name of ["", "/lock", "/versions"]) {
      using ground = new Ground();
      ground.use("f", "state");
      const native = ground.at(`f/.tcpsync${name}`);
      setRights(native, Deno.lstatSync(native).mode! & 0o777, null, 4711);
      const before = ground.inside("f");
      if (computer === "another" && name !== "") assertEquals(ground.use("f", computer).moved, "foreign-1");
      else {assertThrows(
          () => ground.use("f", computer),
          UserError,
          `.tcpsync${name} in it belongs to another user`,
        );}
      if (name === "") assertEquals(ground.inside("f"), before);
    }
  }
});

const SWAPPED: [name: string, kind: "file" | "folder"][] = [
  ["staging", "file"],
  ["versions", "file"],
  ["staging/1", "file"],
  ["epoch", "folder"],
  ["lock", "folder"],
  ["canary", "folder"],
];

for (const [name, kind] of SWAPPED) {
  Deno.test(`S8: a ${kind} in the place of .tcpsync/${name} is refused in one line that names it`, () => {
    using ground = new Ground();
    ground.use("f", "state");
    const native = ground.at(`f/.tcpsync/${name}`);
    if (realDisk.stat(native)) Deno.removeSync(native, { recursive: true });
    if (kind === "folder") Deno.mkdirSync(native);
    else write(native, "");
    assertThrows(
      () => ground.use("f", "state"),
      UserError,
      `${native.slice(ground.at("f/").length)} in it is no`,
    );
  });
}

Deno.test("S8: a lock that holds something is none of ours, and is never opened", () => {
  using ground = new Ground();
  ground.use("f", "state");
  write(ground.at("f/.tcpsync/lock"), "something");
  write(ground.at("f/.tcpsync/lock-journal"), "something else");
  ground.use("f", "state");
  assertEquals(Deno.statSync(ground.at("f/.tcpsync/lock")).size, 0);
});
