// Sameness by content: everything is read again, what differs is named as what it is, and put right, synced or kept back.

import { assert, assertEquals } from "@std/assert";
import type { Differing } from "../../src/core/event.ts";
import { SIDES } from "../../src/core/side.ts";
import { type Computer, Duo, duoWith } from "../support/duo.ts";
import { filesIn, kept, temporary, write } from "../support/folder.ts";
import { editUnseen, HIDES_EDITS, TELLS_TOUCHES } from "../support/unseen.ts";
import { RottenDisk } from "../support/rotten_disk.ts";

/** Reads everything, as a person asks for it. */
function verify({ engine }: Computer): Differing[] {
  const findings: Differing[] = [];
  engine.scrub.begin(Date.now());
  for (;;) {
    const slice = engine.scrub.slice(20);
    findings.push(...slice.findings);
    if (slice.over) return findings;
  }
}

const findingLines = (findings: Differing[]) => findings.map(({ path, what }) => `${what} ${path}`);

/** Edits a file so that no look shows it, while no client runs. */
function editStopped(computer: Computer, path: string, content: string) {
  computer.close();
  computer.restart(() => editUnseen(computer.native(path), content));
}

/** Two folders in sync, alpha's on a disk that can rot. */
function onRottenDisk(agreed: Record<string, string>) {
  const place = temporary();
  const rotten = new RottenDisk();
  const duo = new Duo(place.path, { alpha: rotten.disk });
  for (const [path, content] of Object.entries(agreed)) write(duo.beta.native(path), content);
  duo.settle();
  return Object.assign(duo, {
    rotten,
    [Symbol.dispose]() {
      Duo.prototype[Symbol.dispose].call(duo);
      place[Symbol.dispose]();
    },
  });
}

Deno.test("all as agreed: everything is read once, and nothing is found", () => {
  using duo = onRottenDisk({ a: "one", "d/b": "three", "d.e": "eleven char", empty: "" });
  duo.rotten.read = 0;
  assertEquals(verify(duo.alpha), []);
  assertEquals(duo.rotten.read, 3 + 5 + 11);
  assertEquals(duo.cycle().tasks, 0);
});

for (const side of SIDES) {
  Deno.test({
    name:
      `an edit at ${side}, made while no client ran, that kept size and time is named, and synced like any edit`,
    ignore: !HIDES_EDITS,
    fn: () => {
      using duo = duoWith({ a: "content 1", "d/b": "other" });
      editStopped(duo[side], "a", "content 2");
      duo.connect();
      assertEquals(duo.cycle().tasks, 0, "no look shows it");
      assertEquals(findingLines(verify(duo[side])), ["edit a"]);
      duo.settle();
      duo.checkInSync();
      assertEquals(filesIn(duo.alpha.folder).get("a"), "content 2");
      assertEquals(findingLines(verify(duo[side])), []);
    },
  });
}

Deno.test({
  name: "C2: an edit nobody saw meets the peer's edit: both contents stay",
  ignore: !HIDES_EDITS,
  fn: () => {
    using duo = duoWith({ a: "content 1" });
    editStopped(duo.alpha, "a", "content 2");
    write(duo.beta.native("a"), "content 3");
    duo.connect();
    duo.alpha.engine.scan();
    assertEquals(findingLines(verify(duo.alpha)), ["edit a"]);
    duo.settle();
    duo.checkInSync();
    assertEquals([...filesIn(duo.alpha.folder).values()].sort(), ["content 2", "content 3"]);
  },
});

Deno.test({
  name: "an edit that was named before a stop is synced after it",
  ignore: !HIDES_EDITS,
  fn: () => {
    using duo = duoWith({ a: "content 1" });
    editStopped(duo.alpha, "a", "content 2");
    duo.alpha.engine.scan();
    assertEquals(findingLines(verify(duo.alpha)), ["edit a"]);
    duo.restart();
    duo.settle();
    duo.checkInSync();
    assertEquals(filesIn(duo.beta.folder).get("a"), "content 2");
  },
});

const FAULTS = [["flipped", "content 1"], ["unreadable", "content 1"]] as const;

for (const [how, content] of FAULTS) {
  Deno.test(`a file whose bits are ${how} is a problem on both screens, never sent, and comes again once it is deleted`, () => {
    using duo = onRottenDisk({ a: content, b: "other" });
    const path = duo.alpha.native("a");
    duo.rotten.rot(path, how);
    assertEquals(findingLines(verify(duo.alpha)), ["disk a"]);
    const { decision, tasks } = duo.cycle();
    assertEquals(tasks, 0);
    assertEquals(decision.problems.map(({ path, lasting }) => [path, lasting]), [["a", true]]);
    assertEquals(findingLines(verify(duo.alpha)), ["disk a"], "it is named each time");
    duo.restart();
    assertEquals(duo.cycle().decision.problems.map(({ path }) => path), ["a"], "also after a start");
    assertEquals(filesIn(duo.beta.folder).get("a"), content);
    duo.rotten.mend(path); // Its number may be the next file's.
    Deno.removeSync(path);
    settleMissing(duo);
    duo.checkInSync();
    assertEquals(filesIn(duo.alpha.folder).get("a"), content);
    assertEquals(kept(duo.beta.folder).size, 0, "nothing was replaced there");
    assertEquals(findingLines(verify(duo.alpha)), []);
  });
}

/** What is missed counts as there for a moment. */
function settleMissing(duo: Duo) {
  duo.settle();
  while (duo.alpha.engine.scan().waiting > 0) { /* The moment passes. */ }
  duo.settle();
}

Deno.test({
  name: "zeros are nobody's work, even where the file was touched",
  ignore: !HIDES_EDITS,
  fn: () => {
    using duo = duoWith({ a: "content 1" });
    editUnseen(duo.alpha.native("a"), "\0".repeat(9));
    assertEquals(findingLines(verify(duo.alpha)), ["disk a"]);
  },
});

Deno.test("however little a slice reads, what is unsound is read once in a reading, and it comes to its end", () => {
  using duo = onRottenDisk({ a: "content 1", b: "content 2", c: "content 3" });
  for (const name of ["a", "b"]) duo.rotten.rot(duo.alpha.native(name));
  verify(duo.alpha);
  const { scrub } = duo.alpha.engine;
  scrub.begin(Date.now());
  const slices = Array.from({ length: 4 }, () => scrub.slice(0));
  assertEquals(slices.map(({ findings }) => findingLines(findings)), [["disk a"], ["disk b"], [], []]);
  assertEquals(slices.at(-1)!.over, true);
});

Deno.test("a rotten file that is saved anew is taken as it is", () => {
  using duo = onRottenDisk({ a: "content 1" });
  const path = duo.alpha.native("a");
  duo.rotten.rot(path);
  verify(duo.alpha);
  duo.cycle();
  duo.rotten.mend(path);
  write(path, "saved anew");
  duo.settle();
  duo.checkInSync();
  assertEquals(filesIn(duo.beta.folder).get("a"), "saved anew");
});

Deno.test({
  name: "a rotten file that is put right in place, time and all, is none any more",
  ignore: !TELLS_TOUCHES,
  fn: () => {
    using duo = onRottenDisk({ a: "content 1" });
    const path = duo.alpha.native("a");
    duo.rotten.rot(path);
    verify(duo.alpha);
    duo.cycle();
    duo.rotten.mend(path);
    editUnseen(path, "content 1");
    const { decision, tasks } = duo.cycle();
    assertEquals([decision.problems, tasks], [[], 0]);
  },
});

Deno.test("a rotten file that only gets other permissions stays a problem", () => {
  using duo = onRottenDisk({ a: "content 1" });
  const path = duo.alpha.native("a");
  duo.rotten.rot(path);
  verify(duo.alpha);
  editTouch(path);
  duo.settle();
  assertEquals(duo.cycle().decision.problems.map(({ path }) => path), ["a"]);
  assertEquals(filesIn(duo.beta.folder).get("a"), "content 1");
});

function editTouch(path: string) {
  const { ctime } = Deno.lstatSync(path);
  do Deno.chmodSync(path, 0o600); while (
    TELLS_TOUCHES && Deno.lstatSync(path).ctime!.getTime() === ctime!.getTime()
  );
}

for (const to of ["e", "d/e"]) {
  Deno.test(`a rotten file renamed to ${to} is not sent under its new name, and the good content stays`, () => {
    using duo = onRottenDisk({ a: "content 1", "d/b": "other" });
    duo.rotten.rot(duo.alpha.native("a"));
    verify(duo.alpha);
    duo.cycle();
    Deno.renameSync(duo.alpha.native("a"), duo.alpha.native(to));
    settleMissing(duo);
    assertEquals(duo.cycle().decision.problems.map(({ path }) => path), [to]);
    assertEquals([...filesIn(duo.beta.folder)].filter(([, text]) => text !== "/"), [
      ["a", "content 1"],
      ["d/b", "other"],
    ]);
    assertEquals(filesIn(duo.alpha.folder).get("a"), "content 1");
  });
}

Deno.test("what cannot be read for a moment is no bad disk", () => {
  using duo = onRottenDisk({ a: "content 1", b: "content 2" });
  const path = duo.alpha.native("a");
  duo.rotten.rot(path, "unreadable");
  const { scrub } = duo.alpha.engine;
  scrub.begin(Date.now());
  let isMended = false;
  duo.alpha.hook = (method, [at]) => {
    if (method !== "openToRead" || !String(at).endsWith("/b") || isMended) return;
    isMended = true;
    duo.rotten.mend(path);
  };
  const { findings, over } = scrub.slice(10_000);
  assertEquals([findings, over, isMended], [[], true, true]);
});

Deno.test("an interrupted reading goes on where it stopped, also after a kill; the next one begins anew", () => {
  using duo = onRottenDisk({ a: "1", "d/b": "22", "d.e": "333", f: "4444" });
  const { rotten, alpha } = duo;
  alpha.engine.scrub.begin(Date.now());
  rotten.read = 0;
  alpha.engine.scrub.slice(0);
  alpha.engine.scrub.slice(0);
  assertEquals(rotten.read, 1 + 2, "each slice reads something, in the lasting order");
  duo.restart();
  duo.cycle();
  rotten.read = 0;
  const { files, bytes, ofFiles, ofBytes } = alpha.engine.scrub.begin(Date.now());
  assertEquals([files, bytes, ofFiles, ofBytes], [2, 3, 4, 10]);
  assertEquals(verify(alpha), []);
  assertEquals(rotten.read, 3 + 4, "what was read already is not read again");
  rotten.read = 0;
  verify(alpha);
  assertEquals(rotten.read, 10);
});

Deno.test("a large file is read in slices, and begun anew where it changed meanwhile", () => {
  const large = "x".repeat(3 << 20);
  using duo = onRottenDisk({ a: large, b: "b" });
  const { alpha: { engine: { scrub } }, rotten } = duo;
  scrub.begin(Date.now());
  rotten.read = 0;
  assertEquals([scrub.slice(0), scrub.slice(0)].map(({ bytes, over }) => [bytes, over]), [
    [1 << 20, false],
    [1 << 20, false],
  ]);
  write(duo.alpha.native("a"), large.replace("x", "y"));
  assertEquals(findingLines(scrub.slice(10_000).findings), ["unread a"]);
  duo.settle();
  duo.checkInSync();
  assertEquals(findingLines(verify(duo.alpha)), []);
});

const DAY = 86_400_000;

Deno.test("the slow reading keeps the pace that its days ask for, file by file, and rests when all is read", () => {
  using duo = onRottenDisk({ a: "1", b: "2", c: "3", d: "4" });
  const { alpha: { engine: { scrub } }, rotten } = duo;
  const begun = Date.now();
  rotten.read = 0;
  const readAt = (day: number) => {
    const before = rotten.read;
    while (scrub.slow(20, 40, begun + day * DAY).slice) { /* It catches up. */ }
    return rotten.read - before;
  };
  assertEquals([0, 5, 11, 19, 31, 39, 41].map(readAt), [1, 0, 1, 0, 2, 0, 1]);
  assertEquals(scrub.slow(20, 40, begun + 41 * DAY).due, 3600_000, "it is asked again within the hour");
});

Deno.test("when content was read last is known part by part, and no more is claimed", () => {
  using duo = onRottenDisk({ a: "1", b: "2" });
  const { engine: { scrub } } = duo.alpha;
  const fresh = scrub.since(Date.now())!;
  assert(fresh >= 0 && fresh < 60_000, "a fresh folder was digested when it came");
  const from = Date.now();
  verify(duo.alpha);
  assert(scrub.since(Date.now())! <= Date.now() - from, "all was read just now");
  scrub.begin(Date.now());
  const later = Date.now();
  scrub.slice(0);
  assert(scrub.since(later)! >= later - Date.now(), "what is not read again yet counts");
});

Deno.test("of what could not be read nothing is claimed, and a clock that was set back tells nothing", () => {
  using duo = onRottenDisk({ a: "1", b: "2" });
  const { alpha } = duo;
  const [begun] = [alpha.engine.archive.readMarks.at("a"), verify(alpha)];
  const known = alpha.engine.archive.readMarks.at("a");
  assert(known >= begun, "it was read");
  alpha.hook = (method, [path]) => {
    if (method === "openToRead" && String(path).endsWith("/a")) throw new Deno.errors.PermissionDenied("no");
  };
  assertEquals(findingLines(verify(alpha)), ["unread a"]);
  alpha.hook = () => {};
  assertEquals(alpha.engine.archive.readMarks.at("a"), known);
  assert(alpha.engine.scrub.since(Date.now())! >= 0);
  assertEquals(alpha.engine.scrub.since(known - 1), null);
});

Deno.test("a rotten file under another number, as after a mount, stays a problem; a good one in its place is none", () => {
  using duo = onRottenDisk({ a: "content 1" });
  const path = duo.alpha.native("a");
  duo.rotten.rot(path);
  verify(duo.alpha);
  const { mtime } = Deno.lstatSync(path);
  const replace = () => {
    duo.rotten.mend(path); // Its number may be the next file's.
    Deno.copyFileSync(path, `${path}.new`);
    Deno.utimeSync(`${path}.new`, mtime!, mtime!);
    Deno.renameSync(`${path}.new`, path);
  };
  replace();
  duo.rotten.rot(path);
  assertEquals(duo.cycle().decision.problems.map(({ path }) => path), ["a"]);
  replace();
  assertEquals(duo.cycle().decision.problems, []);
  duo.checkInSync();
});

Deno.test("at rest no content is read, whatever is looked at and compared", () => {
  using duo = onRottenDisk({ a: "content 1", "d/b": "content 2" });
  duo.cycle();
  let opened = 0;
  duo.alpha.hook = (method, [path]) => {
    if (method === "openToRead" && !String(path).includes("/.tcpsync")) opened++;
  };
  for (let n = 0; n < 5; n++) {
    duo.cycle();
    duo.alpha.endpoint.holding();
    duo.alpha.engine.prove();
  }
  assertEquals(opened, 0);
});

Deno.test("what one side doubts and the other holds as well was a wrong digest; what it does not hold stays a problem", () => {
  using duo = onRottenDisk({ a: "content 1", b: "content 2" });
  const { alpha, beta } = duo;
  // As if the archives had noted another digest of "a" than both files ever had.
  for (const { engine } of [alpha, beta]) pretend(engine, "a");
  duo.rotten.rot(alpha.native("b"));
  assertEquals(findingLines(verify(alpha)), ["disk a", "disk b"]);
  const doubts = alpha.endpoint.doubts();
  assertEquals(doubts.map(([path]) => path), ["a", "b"]);
  beta.endpoint.doubt(doubts);
  const { alike, more, findings } = beta.engine.scrub.answer(10_000);
  assertEquals([alike.map(({ path }) => path), more, findingLines(findings)], [["a"], false, ["digest a"]]);
  assertEquals(findingLines(alpha.endpoint.exonerate(beta.endpoint.alike(alike))), ["digest a"]);
  const { decision, tasks } = duo.cycle();
  assertEquals([decision.problems.map(({ path }) => path), tasks], [["b"], 0]);
  assertEquals(duo.alpha.endpoint.standing(), duo.beta.endpoint.standing());
  assertEquals(findingLines(verify(beta)), []);
});

Deno.test({
  name: "what is sent and is not what is known of it is read and judged at once, and does not fail for ever",
  ignore: Deno.build.os === "windows", // No executable bit there.
  fn: () => {
    using duo = onRottenDisk({ a: "content 1", b: "other" });
    const path = duo.alpha.native("a");
    duo.rotten.rot(path);
    Deno.chmodSync(path, 0o755);
    Deno.removeSync(duo.beta.native("a")); // C4: the edit comes back, with the content it is known to have.
    settleMissing(duo);
    const { decision, tasks } = duo.cycle();
    assertEquals([decision.problems.map(({ path, lasting }) => [path, lasting]), tasks], [[["a", true]], 0]);
    assertEquals([...filesIn(duo.beta.folder).keys()], ["b"]);
  },
});

/** The archive, and so the snapshot, say that a file holds something else. */
function pretend(engine: Computer["engine"], path: string) {
  const entry = engine.snapshot.children.get(path)!;
  assert(entry.kind === "file");
  const wrong = { ...entry, digest: "0".repeat(64) };
  engine.snapshot = { ...engine.snapshot, children: new Map(engine.snapshot.children).set(path, wrong) };
  for (const id of engine.archive.pairs()) {
    const ancestor = engine.archive.ancestor(id);
    (ancestor.children as Map<string, typeof wrong>).set(path, wrong);
  }
}
