// After an unclean stop: what the disk had not kept is fetched again, never sent, and what is left of it is among the versions
// (docs/decisions/durability.md; field 2).

import { assert, assertEquals, assertThrows } from "@std/assert";
import { later } from "../support/clock_ahead.ts";
import { OTHER, type SideName, SIDES } from "../../src/core/side.ts";
import { Cut, Duo, duoWith, rename } from "../support/duo.ts";
import { seen } from "../support/seen_disk.ts";
import { copyFolder, filesIn, kept, mutilate, temporary, write } from "../support/folder.ts";
import { POSIX } from "../support/system.ts";

const AGREED = { a: "content of a", "d/b": "content of b", c: "content of c" };

/** Two folders in sync, whose files `whole` had, so that the other side put them in place just now. */
function justSynced(whole: SideName, files: Record<string, string> = AGREED) {
  return duoWith(files, whole);
}

/** As a person does, a second ago: what was saved this very moment is still being written. */
function saveNow(path: string, content: string) {
  write(path, content);
  const time = new Date(Date.now() - 1000);
  Deno.utimeSync(path, time, time);
}

/** What a power cut leaves of a file. */
const LOSSES: Record<string, (path: string) => void> = {
  "zeros of the same size": (path) => mutilate(path, new Uint8Array(Deno.lstatSync(path).size)),
  "an empty file": (path) => mutilate(path, ""),
  "its beginning": (path) => mutilate(path, Deno.readTextFileSync(path).slice(0, 5)),
  "something else of its size": (path) => mutilate(path, "x".repeat(Deno.lstatSync(path).size)),
  nothing: (path) => Deno.removeSync(path),
};

for (const [left, lose] of Object.entries(LOSSES)) {
  for (const side of SIDES) {
    Deno.test(`a power cut at ${side} leaves ${left} of a new file: it is fetched again, never sent`, () => {
      using duo = justSynced(OTHER[side]);
      const damaged = duo[side];
      let remains: string | null = null;
      damaged.powerCut(() => {
        lose(damaged.native("d/b"));
        remains = left === "nothing" ? null : Deno.readTextFileSync(damaged.native("d/b"));
      });
      duo.connect();
      const { decision } = duo.cycle();
      assertEquals(decision.problems.map(({ path, whose, lasting }) => [path, whose, lasting]), [[
        "d/b",
        side,
        false,
      ]]);
      duo.settle();
      duo.checkInSync();
      assertEquals(Object.fromEntries(filesIn(damaged.folder)), { ...AGREED, d: "/" });
      assertEquals(
        [...kept(damaged.folder).values()].filter((text) => text !== "/"),
        remains === null ? [] : [remains],
      );
      assertEquals(kept(duo[OTHER[side]].folder).size, 0, "nothing of the peer's was touched");
    });
  }
}

Deno.test("a large file that a stop left whole stays as it is; one edited since is sent as it is", () => {
  const large = "line of a large file\n".repeat(150_000); // More than is read at once.
  using duo = justSynced("alpha", { whole: large, edited: large });
  const { beta } = duo;
  beta.restart(() => saveNow(beta.native("edited"), `${large}and more`));
  duo.connect();
  duo.settle();
  duo.checkInSync();
  assertEquals(kept(beta.folder).size, 0);
  assertEquals(Object.fromEntries(filesIn(duo.alpha.folder)), { whole: large, edited: `${large}and more` });
});

Deno.test("a power cut brings replaced content back, and what was removed: neither is sent as an edit", () => {
  using duo = justSynced("alpha");
  for (const side of SIDES) duo[side].powerCut(() => {}); // Proved by what was read after it.
  duo.connect();
  write(duo.alpha.native("a"), "new content of a");
  Deno.removeSync(duo.alpha.native("c"));
  duo.settle();
  const { beta } = duo;
  beta.powerCut(() => {
    for (const [path, text] of kept(beta.folder)) {
      const at = beta.native(path.replace(/^[^/]*\//, ""));
      if (text !== "/") write(at, text);
    }
    assertEquals(filesIn(beta.folder).get("a"), "content of a");
    assertEquals(filesIn(beta.folder).get("c"), "content of c");
  });
  duo.connect();
  duo.settle();
  duo.checkInSync();
  assertEquals(Object.fromEntries(filesIn(duo.alpha.folder)), {
    a: "new content of a",
    d: "/",
    "d/b": AGREED["d/b"],
  });
});

for (const left of ["content of a", "content"]) {
  Deno.test(`a power cut takes several replacements of one file back, and leaves "${left}": it is never sent`, () => {
    using duo = justSynced("alpha");
    const { alpha, beta } = duo;
    const { mtime } = Deno.lstatSync(beta.native("a"));
    for (const text of ["the second content", "the third content"]) {
      write(alpha.native("a"), text);
      duo.settle();
    }
    beta.powerCut(() => {
      write(beta.native("a"), left);
      Deno.utimeSync(beta.native("a"), mtime!, mtime!);
    });
    duo.connect();
    duo.settle();
    duo.checkInSync();
    assertEquals(Object.fromEntries(filesIn(alpha.folder)), { ...AGREED, a: "the third content", d: "/" });
    assert([...kept(beta.folder).values()].includes(left));
  });
}

Deno.test("a power cut while damage is taken aside brings the damage back: it is taken aside again", () => {
  for (const call of ["flush", "flushNames"]) {
    using duo = justSynced("alpha");
    const { beta } = duo;
    beta.powerCut(() => mutilate(beta.native("d/b"), "content"));
    beta.hook = (method) => {
      if (method === call) throw new Cut();
    };
    beta.look();
    const [version] = [...kept(beta.folder)].filter(([, text]) => text === "content");
    assert(!filesIn(beta.folder).has("d/b"));
    beta.powerCut(() =>
      Deno.renameSync(`${beta.folder}/.tcpsync/versions/${version![0]}`, beta.native("d/b"))
    );
    duo.connect();
    duo.settle();
    duo.checkInSync();
    assertEquals(Object.fromEntries(filesIn(duo.alpha.folder)), { ...AGREED, d: "/" }, call);
  }
});

Deno.test("damage that cannot be taken aside is never sent, after an end in good order neither", () => {
  using duo = justSynced("alpha");
  const { alpha, beta } = duo;
  beta.powerCut(() => mutilate(beta.native("d/b"), "content"));
  const stuck = (method: string, [path]: unknown[]) => {
    if (method === "rename" && String(path).endsWith("/d/b")) {
      throw new Error("held by another (os error 32)");
    }
  };
  for (const start of [() => {}, () => (beta.close(), beta.restart()), () => beta.powerCut(() => {})]) {
    start();
    beta.hook = stuck;
    duo.connect();
    duo.settle();
    assertEquals(Object.fromEntries(filesIn(alpha.folder)), { ...AGREED, d: "/" });
    assert(duo.cycle().decision.problems.some(({ path, whose }) => path === "d/b" && whose === "beta"));
  }
  beta.hook = () => {};
  duo.settle();
  duo.checkInSync();
  assertEquals(Object.fromEntries(filesIn(beta.folder)), { ...AGREED, d: "/" });
  assert([...kept(beta.folder).values()].includes("content"));
});

Deno.test("damage is on the disk where it was taken aside before anything else is done", () => {
  using duo = justSynced("alpha");
  const { beta } = duo;
  const calls: string[] = [];
  beta.powerCut(() => mutilate(beta.native("d/b"), "content"));
  beta.hook = (method, [path]) => {
    if (method === "rename" || method.startsWith("flush")) {
      calls.push(`${method} ${/versions|\/d/.exec(String(path).slice(beta.folder.length))?.[0]}`);
    }
  };
  beta.look();
  assertEquals(calls, ["rename /d", "flush versions", "flushNames versions", "flushNames /d"]);
});

Deno.test("what one side forgets for the damage at the other stays unproved: its power may be cut next", () => {
  using duo = justSynced("alpha");
  for (const side of SIDES) saveNow(duo[side].native("a"), `edited at ${side}`);
  duo.settle();
  const copy = [...filesIn(duo.alpha.folder).keys()].find((path) => path.includes("conflict"))!;
  const agreed = Object.fromEntries(filesIn(duo.alpha.folder));
  for (const side of SIDES) {
    duo[side].powerCut(() => mutilate(duo[side].native(copy), agreed[copy]!.slice(0, 6)));
    duo.connect();
    duo.settle();
    duo.checkInSync();
    assertEquals(Object.fromEntries(filesIn(duo[OTHER[side]].folder)), agreed, `damaged at ${side}`);
  }
});

Deno.test("exactly what was not proved is read again after a stop, and nothing after a good end", () => {
  using duo = justSynced("alpha");
  using _clock = later(2000);
  const read: string[] = [];
  const { beta } = duo;
  const reads = () => {
    beta.hook = (method, [path]) => {
      if (method === "openToRead" && !String(path).includes(".tcpsync")) {
        read.push(String(path).slice(beta.folder.length));
      }
    };
    duo.cycle();
    return read.splice(0).sort();
  };
  beta.restart();
  duo.connect();
  assertEquals(reads(), ["/a", "/c", "/d/b"]);
  beta.close();
  beta.restart();
  duo.connect();
  assertEquals(reads(), [], "flushed at its end, all is proved");
  write(duo.alpha.native("a"), "new content of a");
  duo.settle();
  beta.restart();
  duo.connect();
  assertEquals(reads(), ["/a"]);
});

Deno.test("what its owner did while the program was down is an edit, also after a power cut", () => {
  using duo = justSynced("alpha");
  duo.beta.powerCut(() => {
    Deno.writeTextFileSync(duo.beta.native("a"), "saved since");
    const later = new Date(Date.now() + 60_000);
    Deno.utimeSync(duo.beta.native("a"), later, later);
  });
  duo.connect();
  duo.settle();
  duo.checkInSync();
  assertEquals(filesIn(duo.alpha.folder).get("a"), "saved since");
});

Deno.test("killed alone, a program loses no names: what its owner deletes meanwhile is deleted", () => {
  using duo = justSynced("alpha");
  duo.beta.restart(() => Deno.removeSync(duo.beta.native("a")));
  duo.connect();
  duo.settle();
  assert(!filesIn(duo.alpha.folder).has("a"));
});

Deno.test("saved in the moment before it would have been replaced, and then killed: it is an edit, and no damage", () => {
  for (const side of SIDES) {
    using duo = justSynced(side);
    const own = "saved here in the last moment";
    write(duo[OTHER[side]].native("a"), "edited there");
    duo.onStep = (step) => {
      if (step === `transition ${side}`) saveNow(duo[side].native("a"), own);
      if (step === "settle") throw new Cut();
    };
    assertThrows(() => duo.cycle(), Cut);
    duo.onStep = () => {};
    duo.restart();
    duo.settle();
    duo.checkInSync();
    const contents = [...filesIn(duo.alpha.folder).values()];
    assert(contents.includes(own) && contents.includes("edited there"), contents.join("\n"));
  }
});

Deno.test({
  name:
    "put by its owner where a file had just come, with its time and its number, and then killed: it is an edit, and no damage",
  ignore: !POSIX, // On Windows the birth stays with the name.
  fn() {
    const [came, copied] = ["from a release", "of another one"];
    using place = temporary();
    using duo = new Duo(place.path, {
      beta: seen((stat) => stat.size === came.length ? { ...stat, id: 777_777 } : stat),
    });
    write(duo.alpha.native("a"), came);
    duo.settle();
    const { beta } = duo;
    const { mtime } = Deno.statSync(beta.native("a"));
    beta.restart(() => {
      Deno.removeSync(beta.native("a"));
      write(beta.native("a"), copied, mtime!);
    });
    duo.connect();
    duo.settle();
    duo.checkInSync();
    assertEquals([...filesIn(duo.alpha.folder)], [["a", copied]]);
  },
});

Deno.test("emptied by its owner while the program was killed, a file stays empty", () => {
  using duo = justSynced("alpha");
  const { beta } = duo;
  beta.restart(() => {
    Deno.writeTextFileSync(beta.native("a"), "");
    const later = new Date(Date.now() + 60_000);
    Deno.utimeSync(beta.native("a"), later, later);
  });
  duo.connect();
  duo.settle();
  duo.checkInSync();
  assertEquals(filesIn(duo.alpha.folder).get("a"), "");
});

Deno.test("what was put in place before stays unproven when its next content could not be put there", () => {
  using duo = justSynced("alpha");
  write(duo.alpha.native("a"), "edited there");
  let failed = false;
  duo.beta.hook = (method, [, to]) => {
    if (method !== "rename" || !String(to).endsWith("/folder/a") || failed) return;
    failed = true;
    throw new Error("it cannot be renamed just now");
  };
  duo.cycle();
  duo.beta.powerCut(() => LOSSES["its beginning"]!(duo.beta.native("a")));
  assert(failed);
  duo.connect();
  duo.settle();
  duo.checkInSync();
  assertEquals(filesIn(duo.beta.folder).get("a"), "edited there");
});

Deno.test("damaged on both sides, nothing is invented: what is left is among the versions", () => {
  using duo = justSynced("alpha");
  write(duo.beta.native("e"), "content of e");
  duo.settle();
  duo.alpha.powerCut(() => LOSSES["an empty file"]!(duo.alpha.native("e")));
  duo.beta.powerCut(() => {
    LOSSES["its beginning"]!(duo.beta.native("a"));
    Deno.removeSync(duo.beta.native("e")); // It was hers, and her own power cut.
  });
  duo.connect();
  duo.settle();
  duo.checkInSync();
  assert(!filesIn(duo.alpha.folder).has("e"));
  assertEquals(filesIn(duo.beta.folder).get("a"), AGREED.a);
});

Deno.test("known to be damaged, it is fetched again also when the peer comes much later", () => {
  using duo = justSynced("alpha");
  const { beta } = duo;
  beta.powerCut(() => LOSSES["an empty file"]!(beta.native("a")));
  beta.engine.scan();
  assert(!filesIn(beta.folder).has("a"), "set aside before anything is planned");
  beta.close();
  beta.restart();
  duo.connect();
  duo.settle();
  assertEquals(Object.fromEntries(filesIn(duo.alpha.folder)), { ...AGREED, d: "/" });
  assertEquals(Object.fromEntries(filesIn(beta.folder)), { ...AGREED, d: "/" });
});

Deno.test("damaged here, edited there: the edit comes; deleted there: it stays deleted", () => {
  using duo = justSynced("alpha");
  const { alpha, beta } = duo;
  beta.powerCut(() => {
    for (const path of ["a", "c"]) LOSSES["zeros of the same size"]!(beta.native(path));
    write(alpha.native("a"), "edited meanwhile");
    Deno.removeSync(alpha.native("c"));
  });
  duo.connect();
  duo.settle();
  duo.checkInSync();
  assertEquals(Object.fromEntries(filesIn(beta.folder)), {
    a: "edited meanwhile",
    d: "/",
    "d/b": AGREED["d/b"],
  });
});

Deno.test("damaged, in a folder the peer renamed meanwhile: it comes under the new name", () => {
  using duo = justSynced("alpha");
  const { alpha, beta } = duo;
  beta.powerCut(() => {
    LOSSES["an empty file"]!(beta.native("d/b"));
    Deno.renameSync(alpha.native("d"), alpha.native("e"));
  });
  duo.connect();
  duo.settle();
  duo.checkInSync();
  assertEquals(filesIn(alpha.folder).get("e/b"), AGREED["d/b"]);
});

for (const [left, lose] of Object.entries(LOSSES).slice(0, 3)) {
  Deno.test(`renamed here, its name given to something new, then a power cut leaves ${left} of it: it is not sent`, () => {
    using duo = justSynced("alpha");
    const { alpha, beta } = duo;
    beta.powerCut(() => {
      Deno.renameSync(beta.native("a"), beta.native("moved"));
      lose(beta.native("moved"));
      saveNow(beta.native("a"), "another a");
    });
    duo.connect();
    duo.settle();
    duo.checkInSync();
    assert(!filesIn(alpha.folder).has("moved"));
    const contents = [...filesIn(alpha.folder).values()];
    assert(contents.includes("another a") && contents.includes(AGREED.a));
  });
}

Deno.test("damaged ignore rules ignore nothing by themselves: they come again before anything is planned by them", () => {
  using duo = justSynced("alpha", { ".tcpsyncignore": "secret\n", a: AGREED.a });
  const { alpha, beta } = duo;
  write(beta.native("secret"), "hers alone");
  duo.settle();
  beta.powerCut(() => LOSSES["zeros of the same size"]!(beta.native(".tcpsyncignore")));
  duo.connect();
  duo.settle();
  assertEquals([...filesIn(alpha.folder).keys()], [".tcpsyncignore", "a"]);
  assertEquals(filesIn(beta.folder).get(".tcpsyncignore"), "secret\n");
});

Deno.test({
  name: "a damaged file that cannot be read yet is a problem, and not sent, until it can",
  ignore: !POSIX,
  fn: () => {
    using duo = justSynced("alpha");
    const { alpha, beta } = duo;
    beta.powerCut(() => LOSSES["an empty file"]!(beta.native("a")));
    beta.hook = (method, [path]) => {
      if (method === "openToRead" && String(path).endsWith("/a")) {
        throw new Error("held by another program (os error 32)");
      }
    };
    duo.connect();
    const { decision } = duo.cycle();
    assert(decision.problems.some(({ path, reason }) => path === "a" && reason.includes("closed")));
    assertEquals(filesIn(alpha.folder).get("a"), AGREED.a);
    beta.hook = () => {};
    duo.settle();
    assertEquals(filesIn(beta.folder).get("a"), AGREED.a);
  },
});

Deno.test("what was put in place is flushed a little at a time, files and then their folders, but not while more comes", () => {
  const files = Object.fromEntries(
    Array.from({ length: 70 }, (_, number) => [`d/${number}`, `content ${number}`]),
  );
  using duo = justSynced("alpha", { ...files, a: AGREED.a });
  const { beta } = duo;
  const flushed: string[] = [];
  beta.hook = (method, [path]) => {
    if (method.startsWith("flush")) flushed.push(`${method} ${String(path).slice(beta.folder.length)}`);
  };
  const placed = Math.max(...beta.engine.archive.unproven.listed().map((placing) => placing.placed));
  const prove = (after: number) => beta.engine.prove(placed + after);
  assertEquals(
    [prove(0), prove(1_000), prove(4_000)],
    ["later", "later", "later"],
    "most of it the system writes by itself",
  );
  assertEquals(flushed, []);
  let slices = 0;
  for (; prove(60_000) === "now"; slices++) assert(flushed.length < 40 * (slices + 1), "one slice");
  assert(slices >= 3);
  assertEquals(prove(60_000), "never");
  const wanted = [
    ...Object.keys({ ...files, a: "" }).map((path) => `flush /${path}`),
    "flushNames ",
    "flushNames /d",
  ];
  assertEquals(new Set(flushed), new Set(wanted));
  assertEquals(beta.engine.archive.unproven.listed(), []);
  using _clock = later(2000);
  beta.restart(() => flushed.length = 0);
  const read: string[] = [];
  beta.hook = (method, [path]) => method === "openToRead" && read.push(String(path));
  beta.engine.scan();
  assertEquals(read.filter((path) => !path.includes(".tcpsync")), []);
});

Deno.test("nothing is taken for proved before it was looked at: after a start that came to nothing it is still listed", () => {
  for (const end of [(duo: Duo) => duo.beta.close(), () => {}]) {
    using duo = justSynced("alpha");
    const { beta } = duo;
    beta.restart();
    assertEquals(beta.engine.prove(Date.now() + 60_000), "later");
    end(duo);
    beta.powerCut(() => mutilate(beta.native("d/b"), "content"));
    duo.connect();
    duo.settle();
    duo.checkInSync();
    assertEquals(Object.fromEntries(filesIn(duo.alpha.folder)), { ...AGREED, d: "/" });
  }
});

Deno.test("a start that comes to nothing does not hide that the power was cut", () => {
  for (const end of [(duo: Duo) => duo.beta.close(), () => {}]) {
    for (const lost of ["content of a", null]) {
      using duo = justSynced("alpha");
      const { alpha, beta } = duo;
      write(alpha.native("a"), "new content of a");
      duo.settle();
      beta.powerCut(() => lost === null ? Deno.removeSync(beta.native("a")) : write(beta.native("a"), lost));
      end(duo);
      beta.restart();
      duo.connect();
      duo.settle();
      duo.checkInSync();
      assertEquals(filesIn(alpha.folder).get("a"), "new content of a");
    }
  }
});

Deno.test("a removed folder that a power cut brings back is no new one", () => {
  using duo = justSynced("alpha");
  const { alpha, beta } = duo;
  Deno.removeSync(alpha.native("d"), { recursive: true });
  duo.settle();
  beta.powerCut(() => write(beta.native("d/b"), AGREED["d/b"]));
  duo.connect();
  duo.settle();
  for (const { folder } of [alpha, beta]) assertEquals([...filesIn(folder).keys()].sort(), ["a", "c"]);
});

Deno.test("damage in what is ignored by now is taken aside, or remembered until it can be", () => {
  for (const isStuck of [false, true]) {
    using duo = justSynced("alpha");
    const { alpha, beta } = duo;
    write(alpha.native(".tcpsyncignore"), "d\n");
    duo.cycle();
    beta.powerCut(() => mutilate(beta.native("d/b"), "content"));
    beta.hook = (method, [path]) => {
      if (isStuck && method === "rename" && String(path).endsWith("/d/b")) {
        throw new Error("held (os error 32)");
      }
    };
    duo.connect();
    duo.settle();
    beta.hook = () => {};
    Deno.removeSync(alpha.native(".tcpsyncignore"));
    duo.settle();
    duo.settle();
    duo.checkInSync();
    assertEquals(Object.fromEntries(filesIn(alpha.folder)), { ...AGREED, d: "/" });
  }
});

Deno.test("what cannot be read for a moment is not taken for gone, and stays listed", () => {
  using duo = justSynced("alpha");
  const { alpha, beta } = duo;
  beta.hook = (method, [path]) => {
    if (method === "list" && String(path).endsWith("/folder/d")) throw new Deno.errors.PermissionDenied("no");
  };
  duo.settle();
  while (beta.engine.prove(Date.now() + 60_000) === "now") { /* A slice is the work. */ }
  assertEquals(beta.engine.archive.unproven.listed().map(({ path }) => path as string), ["d/b", "d"]);
  beta.hook = () => {};
  duo.settle();
  beta.powerCut(() => mutilate(beta.native("d/b"), "content"));
  duo.connect();
  duo.settle();
  assertEquals(filesIn(alpha.folder).get("d/b"), AGREED["d/b"]);
});

Deno.test("a listed file that nobody can read keeps nothing else from being proved", () => {
  using duo = justSynced("alpha");
  const { alpha, beta } = duo;
  const unreadable = (method: string, [path]: unknown[]) => {
    if (method === "openToRead" && String(path).endsWith("/folder/a")) {
      throw new Deno.errors.PermissionDenied("no");
    }
  };
  const listed = () => beta.engine.archive.unproven.listed().map(({ path }) => path as string);
  beta.restart();
  beta.hook = unreadable;
  duo.connect();
  for (let round = 0; round < 3; round++) {
    write(alpha.native(`${round}/new`), `new ${round}`);
    duo.settle();
    while (beta.engine.prove(Date.now() + 60_000) === "now") { /* A slice is the work. */ }
    assertEquals(listed(), ["a"]);
    beta.close();
    beta.restart();
    beta.hook = unreadable;
    duo.connect();
  }
});

Deno.test("damage that both have forgotten is no deletion where a power cut takes the forgetting back", () => {
  using place = temporary();
  using duo = justSynced("alpha");
  const { alpha, beta } = duo;
  beta.powerCut(() => Deno.removeSync(beta.native("a")));
  alpha.restart(() => copyFolder(alpha.state, `${place.path}/state`));
  duo.connect();
  assert(duo.cycle().decision.again, "forgotten");
  duo.onStep = (step) => {
    if (step === "transition beta") throw new Cut();
  };
  assertThrows(() => duo.cycle(), Cut);
  duo.onStep = () => {};
  alpha.powerCut(() => {
    Deno.removeSync(alpha.state, { recursive: true });
    copyFolder(`${place.path}/state`, alpha.state);
  });
  duo.connect();
  duo.settle();
  duo.checkInSync();
  assertEquals(filesIn(alpha.folder).get("a"), AGREED.a);
});

Deno.test("what becomes ignored is proved all the same", () => {
  using duo = justSynced("alpha");
  const { alpha, beta } = duo;
  const flushed: string[] = [];
  beta.hook = (method, [path]) => {
    if (method.startsWith("flush")) flushed.push(`${method} ${String(path).slice(beta.folder.length)}`);
  };
  write(alpha.native(".tcpsyncignore"), "d/\na\n");
  duo.settle();
  while (beta.engine.prove(Date.now() + 60_000) === "now") { /* A slice is the work. */ }
  assert(["flush /d/b", "flush /a", "flushNames /d", "flushNames "].every((call) => flushed.includes(call)));
  assertEquals(beta.engine.archive.unproven.listed(), []);
});

Deno.test("what cannot be flushed stays listed, and keeps nothing else from being proved; what its owner saved since is his", () => {
  using duo = justSynced("alpha");
  const { beta } = duo;
  write(beta.native("c"), "saved since");
  beta.look();
  const flushed: unknown[] = [];
  beta.hook = (method, [path]) => {
    if (method !== "flush") return;
    flushed.push(path);
    if (String(path).endsWith("/a")) throw new Error("held by another program (os error 32)");
  };
  for (let slices = 0; beta.engine.prove(Date.now() + 60_000) === "now"; slices++) {
    assert(slices < 9);
  }
  assertEquals(beta.engine.archive.unproven.listed().map(({ path }) => path as string), ["a"]);
  assertEquals(flushed.length, 2, "what failed is not tried again and again");
});

Deno.test("several people share a folder: what is damaged is deleted for none of them", () => {
  using place = temporary();
  using first = new Duo(`${place.path}/first`);
  write(first.alpha.native("a"), AGREED.a);
  first.settle();
  // Beta's folder has a second pair, of which beta is the inviter.
  using second = new Duo(`${place.path}/second`, {}, first.beta);
  second.settle();
  assertEquals(filesIn(second.beta.folder).get("a"), AGREED.a);
  first.beta.powerCut(() => LOSSES["zeros of the same size"]!(first.beta.native("a")));
  for (const pair of [second, first, second]) {
    pair.connect();
    pair.settle();
  }
  for (const { folder } of [first.alpha, first.beta, second.beta]) {
    assertEquals(Object.fromEntries(filesIn(folder)), { a: AGREED.a });
  }
});

Deno.test("a part of a large file that a power cut tore is not relied on, and fetched anew", () => {
  using duo = justSynced("alpha");
  write(duo.alpha.native("large"), "large ".repeat(500_000));
  duo.budget = 1;
  duo.cycle();
  const staging = `${duo.beta.folder}/.tcpsync/staging`;
  duo.beta.powerCut(() => {
    const parts = [...filesIn(staging)].filter(([, content]) => content !== "/");
    assertEquals(parts.length, 1);
    for (const [path, content] of parts) mutilate(`${staging}/${path}`, "\0".repeat(content.length));
  });
  duo.budget = Infinity;
  duo.connect();
  assertEquals(duo.cycle().failures, []);
  duo.checkInSync();
});

Deno.test("a save by way of a backup name that was agreed before: both files are looked at after a power cut", () => {
  using duo = duoWith({ doc: "first" });
  const { alpha, beta } = duo;
  Deno.renameSync(alpha.native("doc"), alpha.native("doc~"));
  duo.settle();
  write(alpha.native("doc"), "second, and longer");
  duo.settle();
  assertEquals(beta.engine.archive.unproven.listed().map(({ path }) => path as string), ["doc~", "doc"]);
  beta.powerCut(() => mutilate(beta.native("doc"), new Uint8Array(18)));
  duo.connect();
  duo.settle();
  duo.checkInSync();
  assertEquals(filesIn(beta.folder).get("doc"), "second, and longer");
});

for (const [what, from, to] of [["a file", "doc", "doc~"], ["a folder", "d", "e"]] as const) {
  Deno.test(`${what} is renamed and its name given to something new at once: what moved stays unproven`, () => {
    const inner = what === "a file" ? "" : "/b";
    using duo = duoWith({ [from + inner]: "first", beside: "beside" });
    const { alpha, beta } = duo;
    Deno.renameSync(alpha.native(from), alpha.native(to));
    write(alpha.native(from + inner), "second, and longer");
    assertEquals(duo.cycle().failures, []);
    duo.settle();
    const listed = beta.engine.archive.unproven.listed().map(({ path }) => path as string);
    assert(listed.includes(to + inner) && listed.includes(from + inner), `${listed}`);
    beta.powerCut(() => mutilate(beta.native(to + inner), new Uint8Array(5)));
    duo.connect();
    duo.settle();
    duo.checkInSync();
    assertEquals(filesIn(beta.folder).get(to + inner), "first");
  });
}

/** How often a disk was mounted that gives numbers anew each time, and tells no births. */
let mounts = 0;

const DISKS = [
  ["", undefined],
  [", without numbers", seen((stat) => ({ ...stat, id: 0 }))],
  [", where numbers were given anew", seen((stat) => ({ ...stat, id: stat.id + mounts * 1e6, born: 0 }))],
] as const;

for (const [numbers, disk] of DISKS) {
  const agreed = { a: "content of a", b: "the content of b" };

  Deno.test(`a power cut takes a rename back and leaves the beginning of the file: it is not sent${numbers}`, () => {
    using duo = duoWith(agreed, "alpha", disk && { beta: disk });
    const { alpha, beta } = duo;
    rename(duo, "alpha", "a", "moved");
    duo.settle();
    beta.powerCut(() => {
      mounts++;
      rename(duo, "beta", "moved", "a");
      mutilate(beta.native("a"), "content");
    });
    duo.connect();
    duo.settle();
    duo.checkInSync();
    assertEquals(Object.fromEntries(filesIn(alpha.folder)), { b: agreed.b, moved: agreed.a });
  });

  Deno.test(`a power cut before a rename is agreed leaves the beginning of the file, as old as its writing: it is not sent${numbers}`, () => {
    using duo = duoWith(agreed, "alpha", disk && { beta: disk });
    const { alpha, beta } = duo;
    const { placed } = beta.engine.archive.unproven.listed().find(({ path }) => path === "a")!;
    rename(duo, "alpha", "a", "moved");
    duo.onStep = (step) => {
      if (step === "settle") throw new Cut();
    };
    assertThrows(() => duo.cycle(), Cut);
    duo.onStep = () => {};
    beta.powerCut(() => {
      mounts++;
      mutilate(beta.native("moved"), "content");
      const written = new Date(placed - 5000);
      Deno.utimeSync(beta.native("moved"), written, written);
    });
    duo.connect();
    duo.settle();
    duo.checkInSync();
    assertEquals(Object.fromEntries(filesIn(alpha.folder)), { b: agreed.b, moved: agreed.a });
  });

  Deno.test(`the same of files that had changed places: none is sent, and none is deleted${numbers}`, () => {
    using duo = duoWith(agreed, "alpha", disk && { beta: disk });
    const { alpha, beta } = duo;
    const swap = (side: SideName) => {
      rename(duo, side, "a", "between");
      rename(duo, side, "b", "a");
      rename(duo, side, "between", "b");
    };
    swap("alpha");
    duo.settle();
    beta.powerCut(() => {
      mounts++;
      swap("beta");
      mutilate(beta.native("a"), "content");
      mutilate(beta.native("b"), "the content");
    });
    duo.connect();
    duo.settle();
    duo.checkInSync();
    assertEquals(Object.fromEntries(filesIn(alpha.folder)), { a: agreed.b, b: agreed.a });
  });

  Deno.test(`a power cut takes back what replaced a file, and leaves its beginning: it is not sent, nor is a file of that time gone${numbers}`, () => {
    using duo = duoWith({ a: "first content" }, "alpha", disk && { beta: disk });
    const { alpha, beta } = duo;
    const timeOf = () => Deno.lstatSync(beta.native("a")).mtime!;
    const first = timeOf();
    write(alpha.native("a"), "second, and longer");
    duo.settle();
    const second = timeOf();
    beta.powerCut(() => {
      mounts++;
      write(beta.native("a"), "first", first);
      write(beta.native("own"), "saved just then", second);
    });
    duo.connect();
    duo.settle();
    duo.checkInSync();
    assertEquals(Object.fromEntries(filesIn(alpha.folder)), {
      a: "second, and longer",
      own: "saved just then",
    });
  });

  Deno.test(`a power cut takes a file that just came: none that has its time is taken for what is left of it${numbers}`, () => {
    using duo = duoWith({ a: "content of a" }, "alpha", disk && { beta: disk });
    const { alpha, beta } = duo;
    const { mtime } = Deno.lstatSync(beta.native("a"));
    beta.powerCut(() => {
      mounts++;
      Deno.removeSync(beta.native("a"));
      for (const name of ["one", "other"]) write(beta.native(name), name, mtime!);
    });
    duo.connect();
    duo.settle();
    duo.checkInSync();
    assertEquals(Object.fromEntries(filesIn(alpha.folder)), {
      a: "content of a",
      one: "one",
      other: "other",
    });
  });
}

for (const whole of [false, true]) {
  Deno.test(`a power cut takes back a rename, and the save before it, ${whole ? "whole" : "torn"}: nothing of it is sent`, () => {
    using duo = duoWith({ doc: "first content" });
    const { alpha, beta } = duo;
    const { mtime: first } = Deno.lstatSync(beta.native("doc"));
    write(alpha.native("doc"), "second, and longer");
    duo.settle();
    rename(duo, "alpha", "doc", "moved");
    duo.settle();
    beta.powerCut(() => {
      Deno.removeSync(beta.native("moved"));
      write(beta.native("doc"), whole ? "first content" : "first", first!);
    });
    duo.connect();
    duo.settle();
    duo.checkInSync();
    assertEquals(Object.fromEntries(filesIn(alpha.folder)), { moved: "second, and longer" });
  });
}

Deno.test("a power cut takes a whole save by way of a backup name back, and the save before: what is left of that is not sent", () => {
  using duo = duoWith({ doc: "first content" });
  const { alpha, beta } = duo;
  const { mtime: first } = Deno.lstatSync(beta.native("doc"));
  write(alpha.native("doc"), "second, and longer");
  duo.settle();
  rename(duo, "alpha", "doc", "doc~");
  duo.settle();
  write(alpha.native("doc"), "third, saved by way of a backup name");
  duo.settle();
  beta.powerCut(() => {
    Deno.removeSync(beta.native("doc~"));
    write(beta.native("doc"), "first", first!);
  });
  duo.connect();
  duo.settle();
  duo.checkInSync();
  assertEquals(Object.fromEntries(filesIn(alpha.folder)), {
    doc: "third, saved by way of a backup name",
    "doc~": "second, and longer",
  });
});

/** A disk that shows a folder as it came back from a backup: files have one another's numbers, and were all made just then. */
function restorable() {
  const numbers = new Map<number, number>();
  let born = 0;
  const numberOf = (path: string) => Deno.lstatSync(path).ino!;
  const restore = (paths: string[]) => {
    const ids = paths.map(numberOf);
    for (const [index, id] of ids.entries()) numbers.set(id, ids[(index + 1) % ids.length]!);
    born = Date.now();
  };
  const disk = seen((stat) => {
    const id = numbers.get(stat.id);
    return id === undefined ? stat : { ...stat, id, born };
  });
  return { disk, restore };
}

Deno.test("a power cut tears files that just came, then the folder comes from a backup: none of them is sent", () => {
  const { disk, restore } = restorable();
  using duo = duoWith(AGREED, "alpha", { beta: disk });
  const { alpha, beta } = duo;
  beta.powerCut(() => {
    for (const path of ["a", "c"]) mutilate(beta.native(path), "content");
    restore(["a", "c", "d/b"].map((path) => beta.native(path)));
  });
  duo.connect();
  duo.settle();
  duo.checkInSync();
  assertEquals(Object.fromEntries(filesIn(alpha.folder)), { ...AGREED, d: "/" });
});

Deno.test("files of one time that change places while the program is stopped are no damage", () => {
  using duo = duoWith({}, "alpha", { beta: seen((stat) => ({ ...stat, id: 0 })) });
  const { alpha, beta } = duo;
  const time = new Date(1_700_000_000_000);
  write(alpha.native("came"), "put in place", time);
  write(beta.native("own"), "made by beta, and longer", time);
  duo.settle();
  beta.restart(() => {
    rename(duo, "beta", "came", "between");
    rename(duo, "beta", "own", "came");
    rename(duo, "beta", "between", "own");
  });
  duo.connect();
  duo.settle();
  duo.checkInSync();
  assertEquals(Object.fromEntries(filesIn(alpha.folder)), {
    came: "made by beta, and longer",
    own: "put in place",
  });
});

Deno.test("a power cut in the midst of a swap leaves the beginning of a file at the name in between: it is not sent", () => {
  using duo = duoWith({ a: "content of a", b: "the content of b" }, "alpha", {
    beta: seen((stat) => ({ ...stat, id: stat.id + mounts * 1e6, born: 0 })),
  });
  const { alpha, beta } = duo;
  rename(duo, "alpha", "a", "between");
  rename(duo, "alpha", "b", "a");
  rename(duo, "alpha", "between", "b");
  let renames = 0;
  const isDead = beta.killWhen((method) => method === "rename" && ++renames === 2);
  try {
    duo.cycle();
  } catch { /* It is dead. */ }
  assert(isDead());
  const left = [...filesIn(beta.folder).keys()].find((name) => name.endsWith(".renaming"))!;
  beta.powerCut(() => {
    mounts++;
    mutilate(beta.native(left), "content");
  });
  duo.connect();
  duo.settle();
  duo.checkInSync();
  assertEquals(Object.fromEntries(filesIn(alpha.folder)), { a: "the content of b", b: "content of a" });
});

Deno.test("without numbers, files that changed places are flushed, each where it is now", () => {
  using duo = duoWith({ a: "content of a", b: "the content of b", c: "and what is in c" }, "alpha", {
    beta: seen((stat) => ({ ...stat, id: 0 })),
  });
  const { beta } = duo;
  rename(duo, "alpha", "a", "between");
  rename(duo, "alpha", "c", "a");
  rename(duo, "alpha", "b", "c");
  rename(duo, "alpha", "between", "b");
  duo.settle();
  const flushed: unknown[] = [];
  beta.hook = (method, [path]) => void (method === "flush" && flushed.push(path));
  beta.engine.flusher.finish(beta.engine.snapshot);
  for (const name of ["a", "b", "c"]) {
    assert(flushed.includes(beta.native(name).replaceAll("\\", "/")), `${name} is not flushed`);
  }
});

Deno.test("a folder renamed, its name taken by another, a file saved in that: without numbers all is whole after a power cut", () => {
  using duo = duoWith({ "a/x": "content of a", "b/x": "the content of b" }, "alpha", {
    beta: seen((stat) => ({ ...stat, id: 0 })),
  });
  const { alpha, beta } = duo;
  rename(duo, "alpha", "a", "c");
  rename(duo, "alpha", "b", "a");
  write(alpha.native("a/x"), "the content of b, and more");
  duo.onStep = (step) => {
    if (step === "settle") throw new Cut();
  };
  assertThrows(() => duo.cycle(), Cut);
  duo.onStep = () => {};
  beta.powerCut(() => mounts++);
  duo.connect();
  duo.settle();
  duo.checkInSync();
  assertEquals([...kept(beta.folder).values()].filter((text) => text !== "/"), ["the content of b"]);
});

Deno.test("what a killed program did not put in place does not make it forget what was there: a power cut may bring that back torn", () => {
  using duo = justSynced("alpha");
  const { alpha, beta } = duo;
  const { mtime } = Deno.lstatSync(beta.native("a"));
  Deno.removeSync(alpha.native("a"));
  duo.settle();
  write(alpha.native("a"), "second content of a");
  const isDead = beta.killWhen((method) => method === "hardLink");
  try {
    duo.cycle();
  } catch { /* It is dead. */ }
  assert(isDead());
  beta.restart();
  duo.connect();
  duo.settle();
  assertEquals(filesIn(beta.folder).get("a"), "second content of a");
  beta.powerCut(() => {
    Deno.removeSync(beta.native("a"));
    write(beta.native("a"), "content", mtime!);
  });
  duo.connect();
  duo.settle();
  duo.checkInSync();
  assertEquals(filesIn(alpha.folder).get("a"), "second content of a");
});

/** A disk that gives no numbers, and whose files that came at once have one time and one birth, as on FAT. */
const ONE_TICK = seen((stat) => ({ ...stat, id: 0, born: 1 }));

/** `doc` is put in place at beta, and put there again together with a file of another name; none of it is proved. */
function cameTogether(other: string) {
  const duo = duoWith({ doc: "first" }, "alpha", { beta: ONE_TICK });
  const { mtime: first } = Deno.lstatSync(duo.beta.native("doc"));
  const tick = new Date(1_700_000_000_000);
  for (const name of ["doc", other]) write(duo.alpha.native(name), `all of ${name}`, tick);
  duo.settle();
  const { beta } = duo;
  /** What a power cut leaves of what was there before, and of what came with it. */
  const takeBack = () => write(beta.native("doc"), "fir", first!);
  const tear = (path: string) => mutilate(beta.native(path), "all");
  return Object.assign(duo, { takeBack, tear });
}

/** Whichever is looked at first: that is what has the longer name. */
for (const other of ["longer", "b"]) {
  const agreed = { doc: "all of doc", [other]: `all of ${other}` };
  type Came = ReturnType<typeof cameTogether>;
  const CUTS: [what: string, lost: (came: Came) => void, agreed: Record<string, string>][] = [
    ["takes back what came, and tears what came with it: nothing of it is sent", (came) => {
      came.takeBack();
      came.tear(other);
    }, agreed],
    ["takes back what came, and tears what came with it and was renamed: nothing of it is sent", (came) => {
      came.takeBack();
      rename(came, "beta", other, "moved");
      came.tear("moved");
    }, agreed],
    ["tears what came together and was renamed: nothing of it is sent", (came) => {
      for (const name of ["doc", other]) {
        rename(came, "beta", name, `moved ${name}`);
        came.tear(`moved ${name}`);
      }
    }, agreed],
    ["leaves whole what came together and was renamed: it is renamed", (came) => {
      for (const name of ["doc", other]) rename(came, "beta", name, `moved ${name}`);
    }, { "moved doc": agreed.doc!, [`moved ${other}`]: agreed[other]! }],
    ["tears what came with what is edited since: that is sent", (came) => {
      write(came.beta.native("doc"), "edited", new Date(Date.now() + 60_000));
      came.tear(other);
    }, { ...agreed, doc: "edited" }],
  ];
  for (const [what, lost, expected] of CUTS) {
    Deno.test(`on FAT a power cut ${what} (${other})`, () => {
      using came = cameTogether(other);
      came.beta.powerCut(() => lost(came));
      came.connect();
      came.settle();
      came.checkInSync();
      assertEquals(Object.fromEntries(filesIn(came.alpha.folder)), expected);
    });
  }

  Deno.test(`on FAT a power cut takes back what came, and what replaced what had come with it: nothing of it is sent (${other})`, () => {
    using came = cameTogether(other);
    const { alpha, beta } = came;
    const { mtime } = Deno.lstatSync(beta.native(other));
    write(alpha.native(other), "the third content");
    came.settle();
    beta.powerCut(() => {
      came.takeBack();
      write(beta.native(other), "all", mtime!);
    });
    came.connect();
    came.settle();
    came.checkInSync();
    assertEquals(Object.fromEntries(filesIn(alpha.folder)), { ...agreed, [other]: "the third content" });
  });

  for (const unread of ["doc", "moved"]) {
    Deno.test(`on FAT a power cut takes back what came, tears what was renamed, and ${unread} cannot be read for a moment: nothing is sent (${other})`, () => {
      using came = cameTogether(other);
      came.beta.powerCut(() => {
        came.takeBack();
        rename(came, "beta", other, "moved");
        came.tear("moved");
      });
      settleAfterWait(came, unread);
      assertEquals(Object.fromEntries(filesIn(came.alpha.folder)), agreed);
    });
  }

  for (const unread of ["doc", other]) {
    Deno.test(`on FAT a power cut tears what was renamed, and ${unread} cannot be read for a moment: nothing of it is sent (${other})`, () => {
      using came = cameTogether(other);
      came.beta.powerCut(() => {
        for (const name of ["doc", other]) {
          rename(came, "beta", name, `moved ${name}`);
          came.tear(`moved ${name}`);
        }
      });
      settleAfterWait(came, `moved ${unread}`);
      assertEquals(Object.fromEntries(filesIn(came.alpha.folder)), agreed);
    });
  }
}

/** The two settle, after a while in which beta cannot read a file. */
function settleAfterWait(duo: Duo, unread: string) {
  const { beta } = duo;
  beta.hook = (method, [path]) => {
    if (method !== "openToRead" || !String(path).endsWith(`/folder/${unread}`)) return;
    throw new Error("held by another (os error 32)");
  };
  duo.connect();
  for (let cycles = 0; cycles < 2; cycles++) duo.cycle();
  beta.hook = () => {};
  duo.settle();
  duo.checkInSync();
}

Deno.test("a power cut tears what was renamed just before, and that cannot be read for a moment: it is not deleted", () => {
  using duo = justSynced("alpha");
  const { alpha, beta } = duo;
  beta.powerCut(() => {
    rename(duo, "beta", "a", "moved");
    mutilate(beta.native("moved"), "content");
  });
  settleAfterWait(duo, "moved");
  assertEquals(Object.fromEntries(filesIn(alpha.folder)), { ...AGREED, d: "/" });
});
