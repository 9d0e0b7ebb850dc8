// What a watch told of is read again, whatever its size and times say, whichever look comes next; and once is enough.

import { assertEquals } from "@std/assert";
import type { Path } from "../../src/core/tree/path.ts";
import { entryAt } from "../../src/core/tree/tree.ts";
import { Duo, duoWith } from "../support/duo.ts";
import { filesIn, temporary, write } from "../support/folder.ts";
import { WINDOWS } from "../support/system.ts";
import { later } from "../support/clock_ahead.ts";
import { seen } from "../support/seen_disk.ts";

/** Long enough ago for no tick to be doubted. */
const LONG_AGO = new Date(Date.UTC(2024, 0, 1));

for (const { look, all } of [{ look: "what was told", all: false }, { look: "everything", all: true }]) {
  Deno.test(`an edit that keeps size and times, told by the watch, is found by a look at ${look}`, () => {
    using place = temporary();
    using duo = new Duo(place.path, { alpha: seen((stat) => ({ ...stat, changed: 0 })) });
    write(duo.alpha.native("a"), "one", LONG_AGO);
    duo.settle();
    write(duo.alpha.native("a"), "two", LONG_AGO);
    const { engine } = duo.alpha;
    engine.hear([{ path: "a" as Path, kinds: ["modify"] }], all, false);
    engine.scan();
    duo.settle();
    assertEquals(filesIn(duo.beta.folder).get("a"), "two");
  });
}

Deno.test("a saved file is looked at once on its own side, and opened once, however often that side is asked to look", () => {
  using place = temporary();
  using duo = new Duo(place.path);
  const { beta } = duo;
  write(beta.native("notes.txt"), "one");
  duo.settle();
  const calls: string[] = [];
  const native = beta.native("notes.txt").replaceAll("\\", "/");
  beta.hook = (method, [path]) => void (path === native && calls.push(method));
  Deno.writeTextFileSync(beta.native("notes.txt"), "a longer one");
  beta.engine.hear([{ path: "notes.txt" as Path, kinds: ["modify", "access"] }], false, true);
  beta.engine.scan(); // The watch's own look; the session asks for two more.
  beta.engine.scan();
  duo.settle(false);
  assertEquals(filesIn(duo.alpha.folder).get("notes.txt"), "a longer one");
  assertEquals(calls, ["stat", "openToRead"]);
});

Deno.test("M2: what came into a folder while an order renamed it is found by the next look and one after that, though no watch tells", () => {
  using duo = duoWith({ "d/x": "x" });
  const { alpha, beta } = duo;
  Deno.renameSync(alpha.native("d"), alpha.native("e"));
  duo.onStep = (step) => step === "transition beta" && Deno.mkdirSync(beta.native("d/new"));
  duo.cycle();
  const isSeen = (path: string) => entryAt(beta.engine.snapshot, path as Path) !== null;
  beta.engine.scan();
  assertEquals([isSeen("e/new"), isSeen("e/later")], [true, false]);
  Deno.mkdirSync(beta.native("e/later")); // Its event tells of "d/later", which is no more.
  beta.engine.scan();
  using _ = later(1000);
  beta.engine.scan();
  assertEquals(isSeen("e/later"), true);
});

Deno.test("case 23: what is written by a name given to a file just now is seen at the name it had", {
  ignore: WINDOWS, // The runtime tells there of no number of names.
}, () => {
  using place = temporary();
  using duo = new Duo(place.path);
  const { alpha, beta } = duo;
  write(beta.native("d/in"), "one", LONG_AGO);
  duo.settle();
  const tell = (path: string, kind: "create" | "modify") => {
    beta.engine.hear([{ path: path as Path, kinds: [kind, "access"] }], false, true);
    duo.settle(false);
  };
  Deno.linkSync(beta.native("d/in"), beta.native("in2"));
  tell("in2", "create");
  write(beta.native("in2"), "a longer one", new Date(LONG_AGO.getTime() + 5000));
  tell("in2", "modify");
  const { "d/in": first, in2: second } = Object.fromEntries(filesIn(alpha.folder));
  assertEquals([first, second], ["a longer one", "a longer one"]);
});
