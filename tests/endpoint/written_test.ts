// Files that are written whenever they are sent, in whole cycles on two real folders: nothing is planned for them until they rest, they
// never count as deleted, and all else goes on.

import { assert, assertEquals } from "@std/assert";
import { Duo, duoWith } from "../support/duo.ts";
import { filesIn, temporary, write } from "../support/folder.ts";
import { later } from "../support/clock_ahead.ts";

const SIZE = 3 << 20;
let writes = 0;

/** Another content of the same length each time. */
function content(): string {
  return `${++writes} `.repeat(SIZE).slice(0, SIZE);
}

/** Alpha writes the file whenever some of it was sent. */
function writeWhenSent(duo: Duo, path: string) {
  duo.onStep = (step) => {
    if (step === "batch alpha") write(duo.alpha.native(path), content());
  };
}

/** Cycles until nothing is planned any more, since the file has to wait. Returns how many that took. */
function untilHeld(duo: Duo, check: () => void = () => {}): number {
  for (let cycles = 1;; cycles++) {
    const { tasks, failures } = duo.cycle();
    assertEquals(failures, []);
    check();
    if (tasks === 0) return cycles;
    assert(cycles < 10, "it is sent again and again");
  }
}

/** It rests: then it comes. */
function untilAlike(duo: Duo) {
  duo.onStep = () => {};
  const until = performance.now() + 30_000;
  while (performance.now() < until) {
    if (duo.cycle().tasks > 0) continue;
    if (duo.alpha.engine.unsettled().waiting + duo.beta.engine.unsettled().waiting === 0) break;
  }
  duo.checkInSync();
}

Deno.test("a file that is written whenever it is sent waits, is said to be written, and all else goes on", () => {
  using duo = duoWith({ vm: content(), note: "one" });
  using _clock = later(1000); // It has rested from being sent.
  write(duo.alpha.native("vm"), content());
  writeWhenSent(duo, "vm");
  assert(untilHeld(duo) <= 4);
  assertEquals(duo.alpha.engine.unsettled().writing.map((path) => path as string), ["vm"]);
  write(duo.alpha.native("note"), "two");
  write(duo.beta.native("other"), "three");
  assertEquals(duo.cycle().tasks, 2);
  assertEquals(filesIn(duo.beta.folder).get("note"), "two");
  assertEquals(filesIn(duo.alpha.folder).get("other"), "three");
  untilAlike(duo);
});

Deno.test("a new one is nowhere on the other side until it rests", () => {
  using duo = duoWith();
  write(duo.alpha.native("d/vm"), content());
  writeWhenSent(duo, "d/vm");
  untilHeld(duo);
  assertEquals([...filesIn(duo.beta.folder).keys()], ["d"]);
  untilAlike(duo);
  assertEquals([...filesIn(duo.beta.folder).keys()], ["d", "d/vm"]);
});

Deno.test("M6: renamed and written it is a deletion and a creation, and its content is kept on the other side", () => {
  const agreed = content();
  using duo = duoWith({ vm: agreed });
  Deno.renameSync(duo.alpha.native("vm"), duo.alpha.native("disk"));
  write(duo.alpha.native("disk"), content());
  writeWhenSent(duo, "disk");
  untilHeld(duo, () => assert(duo.contents().has(agreed)));
  untilAlike(duo);
  assertEquals([...filesIn(duo.beta.folder).keys()], ["disk"]);
});

Deno.test("C4: deleted on the other side meanwhile it comes back when it rests", () => {
  using duo = duoWith({ vm: content() });
  write(duo.alpha.native("vm"), content());
  writeWhenSent(duo, "vm");
  untilHeld(duo);
  Deno.removeSync(duo.beta.native("vm"));
  duo.cycle();
  const last = content();
  write(duo.alpha.native("vm"), last);
  untilAlike(duo);
  assert(filesIn(duo.beta.folder).get("vm") === last);
});

Deno.test("C2: edited on the other side meanwhile both contents are there when it rests", () => {
  using duo = duoWith({ vm: content() });
  using _clock = later(60_000); // It has rested from being sent, however long that took.
  write(duo.alpha.native("vm"), content());
  writeWhenSent(duo, "vm");
  assert(untilHeld(duo) > 1, "it was sent");
  write(duo.beta.native("vm"), "beta's");
  duo.cycle();
  const last = content();
  write(duo.alpha.native("vm"), last);
  untilAlike(duo);
  const contents = new Set(filesIn(duo.alpha.folder).values());
  assert(contents.has("beta's") && contents.has(last));
});

Deno.test("in a folder that is in two pairs it stays at both peers", () => {
  using place = temporary();
  using first = new Duo(`${place.path}/first`);
  using second = new Duo(`${place.path}/second`, {}, first.alpha);
  write(first.alpha.native("vm"), content());
  const inTurn = (act: (duo: Duo) => void) => {
    for (const duo of [first, second]) {
      duo.connect();
      act(duo);
    }
  };
  inTurn((duo) => duo.settle());
  write(first.alpha.native("vm"), content());
  inTurn((duo) => writeWhenSent(duo, "vm"));
  for (let round = 0; round < 4; round++) {
    inTurn((duo) => {
      duo.cycle();
      for (const { beta } of [first, second]) assertEquals([...filesIn(beta.folder).keys()], ["vm"]);
    });
  }
  inTurn(untilAlike);
});

Deno.test("changed before a digest that is to be made anew, it is not read again and again as it was", () => {
  using duo = duoWith({ vm: "one" });
  duo.alpha.engine.forgetDigests();
  let opened = 0;
  duo.alpha.hook = (method, [path]) => {
    if (method !== "openToRead" || !`${path}`.endsWith("/vm")) return;
    if (opened++ === 0) write(duo.alpha.native("vm"), "longer");
  };
  duo.cycle();
  assertEquals(opened, 1);
  untilAlike(duo);
});
