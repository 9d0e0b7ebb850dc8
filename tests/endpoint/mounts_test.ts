// Disks mounted inside a root, real ones: what a kill leaves of what was on its way to one, and whose number is whose.

import { assert, assertEquals, assertMatch } from "@std/assert";
import type { FileEntry } from "../../src/core/tree/entry.ts";
import { onItsWayName } from "../../src/core/on_its_way.ts";
import type { Path } from "../../src/core/tree/path.ts";
import { entryAt, walk } from "../../src/core/tree/tree.ts";
import { realDisk } from "../../src/fs/real.ts";
import { RootEngine } from "../../src/engine/engine.ts";
import { Cut, Duo } from "../support/duo.ts";
import { filesIn, temporary, write } from "../support/folder.ts";
import { Mount } from "../support/mounts.ts";
import { SLOW_TOO } from "../support/slow.ts";

const ignore = !Mount.possible();
/** Of the calls at which a kill is tried, every so many-th, unless there is time for all. */
const STEP = SLOW_TOO ? 1 : 19;

const AGREED = {
  ...{ "docs/plain": "plain", "docs/sub/one": "1", "docs/sub/two": "2" },
  ...{ "usb/edited": "before", "usb/deleted": "gone", "usb/out": "out", "usb/deep/out": "deep" },
};

/** What alpha's person does, all of which has to cross disks at beta. */
function actAt(duo: Duo) {
  const { alpha } = duo;
  write(alpha.native("usb/new"), "new");
  write(alpha.native("usb/edited"), "after");
  Deno.removeSync(alpha.native("usb/deleted"));
  Deno.renameSync(alpha.native("docs/plain"), alpha.native("usb/plain"));
  Deno.renameSync(alpha.native("docs/sub"), alpha.native("usb/sub"));
  Deno.renameSync(alpha.native("usb/out"), alpha.native("docs/out"));
  Deno.renameSync(alpha.native("usb/deep"), alpha.native("deep"));
}

Deno.test({
  name:
    "D1: a kill at any call to the disk loses nothing on its way to a disk inside, and leaves nothing that is synced",
  ignore,
  fn() {
    for (let calls = 0, dead = true; dead; calls += STEP) {
      using place = temporary();
      using _ = Mount.memory(`${place.path}/beta/folder/usb`);
      using duo = new Duo(place.path);
      for (const [path, content] of Object.entries(AGREED)) write(duo.alpha.native(path), content);
      duo.settle();
      actAt(duo);
      const wanted = filesIn(duo.alpha.folder);
      let left = calls;
      let died = () => false;
      duo.onStep = (step) => {
        if (step === "transition beta") died = duo.beta.killWhen(() => left-- === 0);
      };
      try {
        duo.cycle();
      } catch (error) {
        if (!(error instanceof Cut) && !died()) throw error;
      }
      duo.onStep = () => {};
      duo.disconnect();
      duo.beta.restart();
      duo.connect();
      duo.settle();
      duo.checkInSync();
      assertEquals(filesIn(duo.alpha.folder), wanted, `killed at call ${calls}`);
      const contents = duo.contents();
      for (const content of Object.values(AGREED)) {
        assert(contents.has(content), `"${content}" is kept (${calls})`);
      }
      assertEquals(leftIn(duo.beta.folder), [], `killed at call ${calls}`);
      dead = died();
    }
  },
});

/** Names that were on their way. */
function leftIn(folder: string): string[] {
  const found: string[] = [];
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (name.endsWith(".part")) found.push(name);
    if (isDirectory) found.push(...leftIn(`${folder}/${name}`));
  }
  return found;
}

/** A root whose engine has looked at it. */
function engineOn(place: string): RootEngine {
  const engine = new RootEngine(realDisk, `${place}/root`, `${place}/state`);
  engine.scan();
  return engine;
}

/** The numbers of files, by their paths. */
function numbersIn({ snapshot }: RootEngine): Map<string, number> {
  const files = [...walk("" as Path, snapshot)].flatMap(([path, entry]) =>
    entry.kind === "file" ? [[path, entry.id] as const] : []
  );
  return new Map(files);
}

Deno.test({
  name:
    "D3: numbers of different disks are different ones, and stay what they are over a restart and another mount",
  ignore,
  fn() {
    using place = temporary();
    const at = (path: string) => `${place.path}/${path}`;
    using _one = Mount.memory(at("one"));
    using _two = Mount.memory(at("two"));
    for (const disk of ["one", "two"]) {
      for (const name of ["a", "b", "d/c"]) write(at(`${disk}/${name}`), name);
    }
    const mounts = ["one", "two"].map((disk) => Mount.bind(at(disk), at(`root/${disk}`)));
    try {
      write(at("root/a"), "a");
      const engine = engineOn(place.path);
      const numbers = numbersIn(engine);
      engine.close();
      assertEquals(new Set(numbers.values()).size, numbers.size, "each file has its own");
      mounts.forEach((mount) => mount.unmount());
      for (const disk of ["two", "one"]) mounts.push(Mount.bind(at(disk), at(`root/${disk}`)));
      const again = engineOn(place.path);
      assertEquals(numbersIn(again), numbers);
      again.close();
    } finally {
      mounts.forEach((mount) => mount[Symbol.dispose]());
    }
  },
});

Deno.test({
  name:
    "D1: what a stop left on its way goes with the next look; another root's stays, and neither takes part",
  ignore,
  fn() {
    using place = temporary();
    using _ = Mount.memory(`${place.path}/root/usb`);
    const first = engineOn(place.path);
    const { identity } = first;
    first.close();
    const [own, other] = [onItsWayName(identity, 7), onItsWayName("ffffffff-ffff", 7)];
    for (const name of [own, other]) write(`${place.path}/root/usb/${name}`, "half");
    write(`${place.path}/root/usb/${onItsWayName(identity, 8)}/in/a/folder`, "half");
    const engine = engineOn(place.path);
    assertEquals([...Deno.readDirSync(`${place.path}/root/usb`)].map(({ name }) => name), [other]);
    assertEquals(entryAt(engine.snapshot, `usb/${other}` as Path), null);
    engine.hint([`usb/${other}` as Path], false);
    engine.scan();
    assertEquals(entryAt(engine.snapshot, `usb/${other}` as Path), null);
    engine.close();
  },
});

/** beta's folder `usb` after it was in sync and something else was done to it: what is told of it. */
function problemAfter(duo: Duo, act: () => void): string {
  act();
  const { problems } = duo.cycle().decision;
  duo.settle();
  assertEquals(filesIn(duo.alpha.folder).get("usb/deleted"), "gone", "nothing is deleted at the other side");
  assertEquals(problems.map(({ path, lasting }) => [path, lasting]), [["usb", true]]);
  return problems[0]!.reason;
}

Deno.test({
  name: "D2 N6: neither another disk in its place nor one that covers files is taken for a deletion",
  ignore,
  fn() {
    using place = temporary();
    const usb = `${place.path}/beta/folder/usb`;
    const first = Mount.memory(usb);
    using duo = new Duo(place.path);
    for (const [path, content] of Object.entries(AGREED)) write(duo.alpha.native(path), content);
    duo.settle();
    first.unmount();
    using second = Mount.memory(usb);
    assertMatch(problemAfter(duo, () => {}), /another disk is mounted here/);
    second.unmount();
    assertMatch(problemAfter(duo, () => {}), /the disk that was mounted here is not there/);
    // Put into the folder itself, what was on the disk is what is there.
    for (const [path, content] of Object.entries(AGREED)) {
      if (path.startsWith("usb/") && path !== "usb/out") write(duo.beta.native(path), content);
    }
    duo.settle();
    assertEquals(filesIn(duo.alpha.folder).has("usb/out"), false);
    duo.checkInSync();
    {
      using _ = Mount.memory(usb);
      assertMatch(problemAfter(duo, () => {}), /mounted here over what this folder holds/);
    }
    duo.settle();
    duo.checkInSync();
    assertEquals(duo.cycle().decision.problems, []);
  },
});

Deno.test({
  name: "D2 N6: what the other side renames there meanwhile is followed once the disk is back",
  ignore,
  fn() {
    using place = temporary();
    using _ = Mount.memory(`${place.path}/disk`);
    const usb = `${place.path}/beta/folder/usb`;
    const mount = Mount.bind(`${place.path}/disk`, usb);
    using duo = new Duo(place.path);
    for (const [path, content] of Object.entries(AGREED)) write(duo.alpha.native(path), content);
    duo.settle();
    problemAfter(duo, () => {
      mount.unmount();
      Deno.renameSync(duo.alpha.native("usb/out"), duo.alpha.native("docs/moved out"));
      Deno.renameSync(duo.alpha.native("docs/plain"), duo.alpha.native("usb/plain"));
    });
    assertEquals([...Deno.readDirSync(usb)], []);
    using _again = Mount.bind(`${place.path}/disk`, usb);
    duo.settle();
    duo.checkInSync();
    const files = filesIn(duo.beta.folder);
    assertEquals([files.get("docs/moved out"), files.get("usb/plain")], ["out", "plain"]);
  },
});

Deno.test({
  name: "D2: what was ordered before a disk went does not come onto its bare mount point",
  ignore,
  fn() {
    using place = temporary();
    using _ = Mount.memory(`${place.path}/disk`);
    const usb = `${place.path}/beta/folder/usb`;
    using mount = Mount.bind(`${place.path}/disk`, usb);
    using duo = new Duo(place.path);
    for (const [path, content] of Object.entries(AGREED)) write(duo.alpha.native(path), content);
    duo.settle();
    actAt(duo);
    duo.onStep = (step) => {
      if (step === "transition beta") mount.unmount();
    };
    duo.cycle();
    duo.onStep = () => {};
    duo.settle();
    assertEquals([...Deno.readDirSync(usb)], []);
    using _again = Mount.bind(`${place.path}/disk`, usb);
    duo.settle();
    duo.checkInSync();
    assertEquals(filesIn(duo.beta.folder).get("usb/sub/two"), "2");
  },
});

Deno.test({
  name: "the folder that a disk is mounted on is renamed by nobody: that is told, and all else goes on",
  ignore,
  fn() {
    using place = temporary();
    using _ = Mount.memory(`${place.path}/beta/folder/usb`);
    using duo = new Duo(place.path);
    for (const [path, content] of Object.entries(AGREED)) write(duo.alpha.native(path), content);
    duo.settle();
    Deno.renameSync(duo.alpha.native("usb"), duo.alpha.native("renamed"));
    write(duo.alpha.native("docs/new"), "new");
    const { failures } = duo.cycle();
    assertMatch(failures.map(({ reason }) => reason).join(), /a disk is mounted here/);
    assertEquals(filesIn(duo.beta.folder).get("docs/new"), "new");
    Deno.renameSync(duo.alpha.native("renamed"), duo.alpha.native("usb"));
    duo.settle();
    duo.checkInSync();
  },
});

Deno.test({
  name:
    "D3: btrfs: what is done in subvolumes and copies of them arrives, though each has the numbers of the others",
  ignore: ignore || !Mount.btrfsPossible(),
  fn() {
    using place = temporary();
    using _ = Mount.btrfs(`${place.path}/beta`);
    Deno.mkdirSync(`${place.path}/beta/folder`);
    const volume = (name: string) => `${place.path}/beta/folder/${name}`;
    for (const name of ["v1", "v2"]) Mount.subvolume(volume(name));
    using duo = new Duo(place.path);
    write(duo.beta.native("v1/f"), "of v1");
    write(duo.alpha.native("v2/f"), "of v2");
    duo.settle();
    Mount.subvolume(volume("copy"), volume("v1"));
    duo.settle();
    const { snapshot } = duo.beta.engine;
    const ids = ["v1/f", "copy/f", "v2/f", "v1", "copy"].map((path) =>
      (entryAt(snapshot, path as Path) as FileEntry).id
    );
    assertEquals(new Set(ids).size, ids.length);
    write(duo.beta.native("copy/f"), "of the copy");
    Deno.removeSync(duo.beta.native("v1/f"));
    Deno.renameSync(duo.alpha.native("v2/f"), duo.alpha.native("v1/g"));
    write(duo.alpha.native("v2/new"), "new");
    duo.settle();
    duo.checkInSync();
    assertEquals(filesIn(duo.alpha.folder).get("copy/f"), "of the copy");
    assertEquals(filesIn(duo.beta.folder).get("v1/g"), "of v2");
    assertEquals(duo.cycle().tasks, 0);
    // Unlike what is mounted, a subvolume is renamed and removed like any folder.
    Deno.renameSync(duo.alpha.native("copy"), duo.alpha.native("renamed"));
    Deno.removeSync(duo.alpha.native("v2"), { recursive: true });
    duo.settle();
    duo.checkInSync();
    assertEquals(filesIn(duo.beta.folder).get("renamed/f"), "of the copy");
  },
});
