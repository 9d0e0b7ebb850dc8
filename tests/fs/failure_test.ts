// What the system says of a failed file call, in words that may go to the other person.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { causeOf, describeFailure, isDiskFault } from "../../src/fs/failure.ts";
import { temporary } from "../support/folder.ts";
import { WINDOWS } from "../support/system.ts";

Deno.test("no path of this disk is in the words for a failure, whatever fails", () => {
  using place = temporary();
  const missing = `${place.path}/missing`;
  const calls: Record<string, () => unknown> = {
    open: () => Deno.openSync(missing),
    rename: () => Deno.renameSync(missing, `${missing}2`),
    remove: () => Deno.removeSync(missing),
    list: () => [...Deno.readDirSync(missing)],
    make: () => Deno.mkdirSync(place.path),
    copy: () => Deno.copyFileSync(missing, `${missing}2`),
    stat: () => Deno.lstatSync(missing),
    realpath: () => Deno.realPathSync(missing),
    times: () => Deno.utimeSync(missing, 1, 1),
  };
  for (const [what, call] of Object.entries(calls)) {
    const { reason } = describeFailure(assertThrows(call), "missing");
    assert(reason !== "" && !reason.includes(place.path), `${what}: ${reason}`);
  }
});

Deno.test("a disk that cannot give what it holds is told from a missing permission, another program, or a name", () => {
  const [faults, others] = Deno.build.os === "windows"
    ? [[23, 27, 1117, 1392], [2, 3, 5, 32, 33, 206]]
    : [[5, 74, 117], [1, 2, 13, 16, 23, 27, 36]];
  const isFault = (code: number) => isDiskFault(new Error(`The system says something (os error ${code})`));
  assertEquals(faults.map(isFault), faults.map(() => true));
  assertEquals(others.map(isFault), others.map(() => false));
});

const numbered = (code: number) => new Error(`The system says something (os error ${code})`);

Deno.test("case A6: what a full disk is called is the system's own, and a folder that is not empty is none", () => {
  const [full, others] = WINDOWS ? [[39, 112, 1295], [28, 122, 145]] : [[28, 122], [39, 112]];
  const isFull = (code: number) => causeOf(numbered(code)) === "full";
  assertEquals(full.map(isFull), full.map(() => true));
  assertEquals(others.map(isFull), others.map(() => false));
  assertEquals(describeFailure(numbered(WINDOWS ? 145 : 39), "d").reason, "the folder is not empty");
});

Deno.test({
  name:
    "case 40: nobody is told to allow what the system forbids everybody, or what a disk cannot be written for",
  ignore: WINDOWS,
  fn() {
    const denied = (text: string) => describeFailure(new Deno.errors.PermissionDenied(text), "f").reason;
    const allow = "no permission for f: allow this user to read and write it";
    assertEquals(denied("Permission denied (os error 13)"), allow);
    assert(/chattr \+i/.test(denied("Operation not permitted (os error 1)")));
    assert(/read only/.test(describeFailure(numbered(30), "f").reason));
  },
});
