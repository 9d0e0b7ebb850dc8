// Undoing (RULES S4, T15) on two real folders: what a batch did is taken back on both, whoever asks; what was changed since stays and is told.

import { assertEquals, assertThrows } from "@std/assert";
import { UserError } from "../../src/core/failure.ts";
import { type SideName, SIDES } from "../../src/core/side.ts";
import { Cut, type Duo, duoAfter, remove, rename } from "../support/duo.ts";
import { filesIn, nextTime, write } from "../support/folder.ts";

const both = (duo: Duo) => {
  duo.checkInSync();
  return Object.fromEntries(filesIn(duo.alpha.folder));
};
interface Row {
  name: string;
  agreed: Record<string, string>;
  act: (duo: Duo) => void;
}

const FOLDER = { "d/a": "1", "d/deep/b": "2", c: "3" };

const ROWS: Row[] = [
  { name: "an edit", agreed: { a: "1" }, act: (duo) => write(duo.alpha.native("a"), "edited") },
  { name: "a deleted folder", agreed: FOLDER, act: (duo) => remove(duo, "alpha", "d") },
  { name: "a creation", agreed: { a: "1" }, act: (duo) => write(duo.alpha.native("new/deep/b"), "made") },
  { name: "a moved folder", agreed: FOLDER, act: (duo) => rename(duo, "alpha", "d", "moved") },
  {
    name: "a move into a new folder",
    agreed: FOLDER,
    act(duo) {
      Deno.mkdirSync(duo.alpha.native("new/deep"), { recursive: true });
      rename(duo, "alpha", "d", "new/deep/d");
    },
  },
  {
    name: "a file replaced by a folder",
    agreed: { a: "1" },
    act(duo) {
      remove(duo, "alpha", "a");
      write(duo.alpha.native("a/b/c"), "inside");
    },
  },
  {
    name: "a folder replaced by a file",
    agreed: FOLDER,
    act(duo) {
      remove(duo, "alpha", "d");
      write(duo.alpha.native("d"), "a file now");
    },
  },
  {
    name: "all of it, on both sides",
    agreed: { ...FOLDER, e: "4", f: "5", "g/h": "6" },
    act(duo) {
      write(duo.alpha.native("c"), "edited by alpha");
      remove(duo, "alpha", "d/deep");
      write(duo.beta.native("e"), "edited by beta");
      remove(duo, "beta", "f");
      rename(duo, "beta", "g", "i");
      write(duo.beta.native("j/k"), "made by beta");
      write(duo.alpha.native("l"), "made by alpha");
    },
  },
];

/** The batches of a side, newest first: `3 undoes 2`, `2 undone`, and `3 undoes 2, and more` where something else came in it too. */
function batches(duo: Duo, side: SideName): string[] {
  return duo[side].engine.archive.historyEntries.numbers(99).map(({ batch, isUndo, undone, undoes }) =>
    batch + (undoes.length > 0 ? ` undoes ${undoes.join()}${isUndo ? "" : ", and more"}` : "") +
    (undone === "no" ? "" : undone === "whole" ? " undone" : " begun")
  );
}

for (const { name, agreed, act } of ROWS) {
  for (const side of SIDES) {
    Deno.test(`undo: ${name}, asked for by ${side}; repeated it goes further back, and by its number it is undone`, () => {
      using duo = duoAfter(agreed, () => {});
      const before = both(duo);
      act(duo);
      duo.settle();
      const after = both(duo);
      const contents = duo.contents();
      const { changes, stays } = duo[side].historyService.planUndo();
      const { left } = duo[side].historyService.undo();
      duo.settle();
      assertEquals([left, stays], [[], []]);
      assertEquals(both(duo), before);
      const moved = changes.flatMap(({ path, from }) => from === undefined ? [] : [path, from]);
      const differs = [...new Set([...Object.keys(before), ...Object.keys(after)])]
        .filter((path) => before[path] !== after[path])
        .filter((path) => !moved.some((place) => path === place || path.startsWith(`${place}/`)));
      const told = changes.filter(({ what }) => what !== "moves").map(({ path }) => path);
      assertEquals(told, differs.sort(), "it was said beforehand");
      for (const one of SIDES) {
        assertEquals(batches(duo, one), ["3 undoes 2", "2 undone", "1"], one);
        assertEquals(duo[one].historyService.planUndo().batch, 1, `a second undo, by ${one}`);
      }
      duo[side].historyService.undo(undefined, 3);
      duo.settle();
      assertEquals(both(duo), after, "the undo is a batch itself");
      for (const one of SIDES) {
        assertEquals(batches(duo, one), ["4 undoes 3", "3 undoes 2 undone", "2", "1"], one);
        assertEquals(duo[one].historyService.planUndo().batch, 2, "it is in effect again");
      }
      for (const content of contents) assertEquals(duo.contents().has(content), true, content);
    });
  }
}

Deno.test("undo: the executable bit", { ignore: Deno.build.os === "windows" }, () => {
  using duo = duoAfter({ a: "1" }, (duo) => Deno.chmodSync(duo.alpha.native("a"), 0o755));
  duo.alpha.historyService.undo();
  duo.settle();
  assertEquals(SIDES.map((side) => Deno.statSync(duo[side].native("a")).mode! & 0o100), [0, 0]);
});

Deno.test("undo: what was changed since stays on both sides and is told; the rest comes back", () => {
  using duo = duoAfter({ "d/a": "1", "d/b": "2", "d/c": "3" }, (duo) => {
    for (const name of ["a", "b", "c"]) write(duo.alpha.native(`d/${name}`), `batch ${name}`);
  });
  write(duo.beta.native("d/b"), "later");
  duo.settle();
  const { back, left, batch } = duo.beta.historyService.undo(undefined, 2);
  assertEquals([back, left, batch], [2, [{ path: "d/b", reason: "it was changed since" }], 2]);
  duo.settle();
  assertEquals(both(duo), { d: "/", "d/a": "1", "d/b": "later", "d/c": "3" });
});

Deno.test("undo: a folder the batch made stays for what came into it later", () => {
  using duo = duoAfter({}, (duo) => write(duo.alpha.native("d/a"), "1"));
  write(duo.alpha.native("d/later"), "2");
  duo.settle();
  const { left } = duo.beta.historyService.undo(undefined, 1);
  assertEquals(left, [{ path: "d", reason: "it holds what came later" }]);
  duo.settle();
  assertEquals(both(duo), { d: "/", "d/later": "2" });
});

Deno.test("undo: a file comes back into a folder that was deleted later", () => {
  using duo = duoAfter({ "d/e/a": "1", "d/e/b": "2" }, (duo) => remove(duo, "alpha", "d/e/a"));
  remove(duo, "alpha", "d");
  duo.settle();
  duo.alpha.historyService.undo(undefined, 2);
  duo.settle();
  assertEquals(both(duo), { d: "/", "d/e": "/", "d/e/a": "1" });
});

Deno.test("undo: a conflict is not taken apart; the batch's other paths come back", () => {
  using duo = duoAfter({ "a.txt": "1", b: "2" }, (duo) => {
    write(duo.beta.native("a.txt"), "beta's", nextTime());
    write(duo.alpha.native("a.txt"), "alpha's", nextTime());
    write(duo.alpha.native("b"), "edited");
  });
  const names = Object.keys(both(duo));
  assertEquals(duo.alpha.historyService.undo().left.map(({ reason }) => reason), [
    "it belongs to a conflict, which /resolve settles",
  ]);
  duo.settle();
  assertEquals(Object.keys(both(duo)), names);
  assertEquals(both(duo).b, "2");
  assertEquals(both(duo)["a.txt"], "alpha's");
});

Deno.test("undo: a version that is gone is told, and nothing is made up", () => {
  using duo = duoAfter({ a: "1" }, (duo) => remove(duo, "alpha", "a"));
  Deno.removeSync(`${duo.beta.folder}/.tcpsync/versions`, { recursive: true });
  Deno.mkdirSync(`${duo.beta.folder}/.tcpsync/versions`);
  assertEquals(duo.beta.historyService.undo().left, [
    { path: "a", reason: "its former content is not kept any more" },
  ]);
  duo.settle();
  assertEquals(both(duo), {});
});

Deno.test("field 5: undo: the other side does its part when it comes back, and the request is kept until then", () => {
  using duo = duoAfter({ "d/a": "1", b: "2" }, (duo) => {
    remove(duo, "alpha", "d");
    write(duo.beta.native("b"), "edited");
  });
  duo.disconnect();
  const { back, there } = duo.alpha.historyService.undo();
  assertEquals([back, there], [1, 2], "b is back here; the folder and its file are bob's to put back");
  duo.restart();
  duo.settle();
  assertEquals(both(duo), { b: "2", d: "/", "d/a": "1" });
  assertEquals(duo.alpha.endpoint.tellRequests().wishes, []);
});

for (const side of SIDES) {
  Deno.test(`undo: killed anywhere in the middle on ${side}, it goes on when it is called again`, () => {
    const agreed = { "d/a": "1", "d/b": "2", c: "3", "m/n": "4" };
    for (let calls = 1;; calls++) {
      using duo = duoAfter(agreed, () => {});
      const before = both(duo);
      remove(duo, "alpha", "d");
      write(duo.beta.native("c"), "edited");
      write(duo.alpha.native("new"), "made");
      rename(duo, "beta", "m", "o");
      duo.settle();
      const contents = duo.contents();
      let left = calls;
      const changing = /^(create|rename|remove|hardLink|copy|make|openToWrite)/;
      duo[side].hook = (method) => {
        if (changing.test(method) && --left <= 0) throw new Cut();
      };
      let finished = true;
      try {
        duo.alpha.historyService.undo(undefined, 2);
        duo.exchangeRequests();
      } catch (error) {
        if (!(error instanceof Cut)) throw error;
      }
      finished = left > 0;
      duo[side].hook = () => {};
      duo.restart();
      duo[side].historyService.undo(undefined, 2);
      duo.settle();
      assertEquals(both(duo), before, `cut at call ${calls}`);
      for (const content of contents) assertEquals(duo.contents().has(content), true, content);
      if (finished) break;
    }
  });
}

Deno.test("undo: what is no batch is said", () => {
  using duo = duoAfter({}, () => {});
  assertThrows(() => duo.alpha.historyService.undo(), UserError, "nothing to undo");
  write(duo.alpha.native("a"), "1");
  duo.settle();
  assertThrows(() => duo.alpha.historyService.undo(undefined, 7), UserError, "no batch 7");
  assertThrows(() => duo.alpha.historyService.undo("carol"), UserError, "with carol");
});
