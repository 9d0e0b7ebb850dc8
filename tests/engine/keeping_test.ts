// T10: whose versions make way, on two real folders: what is known of each comes from what was really done.

import { assertEquals } from "@std/assert";
import { Keeping } from "../../src/engine/keeping.ts";
import { type LetGo } from "../../src/core/event.ts";
import { Duo, duoWith } from "../support/duo.ts";
import { kept, write } from "../support/folder.ts";

const HOUR = 3600 * 1000;
/** Of the two people, alice (alpha) keeps versions of what bob (beta) takes away. */
const THESIS = "years of work";
const JUNK = "j".repeat(400);

/** Returns with whom alice deals from then on, if that is somebody else. */
type Act = (duo: Duo) => Duo | void;
const writes = (path: string, content: string): Act => (duo) => write(duo.beta.native(path), content);
const removes = (path: string): Act => (duo) => Deno.removeSync(duo.beta.native(path));
const renames = (from: string, to: string): Act => (duo) =>
  Deno.renameSync(duo.beta.native(from), duo.beta.native(to));
const isCalled = (name: string): Act => (duo) => {
  duo.disconnect();
  duo.names.beta = name;
  duo.connect();
};
/** Somebody of the same name, with a computer and a key of their own. */
const another: Act = ({ alpha }) => new Duo(`${alpha.state}/../another`, {}, alpha);

/** Each act is a batch of its own. Then alice's versions of 1,000 bytes stay after a day in which nothing else happens: the names of those
 * that do, and what was told. */
function after(acts: Act[], agreed: Record<string, string> = {}) {
  using duo = duoWith({ "thesis.txt": THESIS, ...agreed });
  using others = new DisposableStack();
  let at: Duo = duo;
  for (const act of [...acts, writes("end", "1"), writes("end", "2")]) {
    const other = act(at);
    if (other) at = others.adopt(other, ({ beta }) => beta.kill());
    at.settle();
  }
  const { engine } = duo.alpha;
  const { archive, disk, places: { versions } } = engine;
  const keeping = new Keeping(disk, versions, archive, { days: 30, bytes: 1000 });
  const begun = Date.now();
  const told: LetGo[] = [];
  for (let hours = 0; hours <= 40; hours += 8) {
    told.push(...keeping.prune(begun + hours * HOUR));
    if (hours === 24) assertEquals(told, [], "what was kept today stays, however much that is");
  }
  const files = [...kept(duo.alpha.folder)].filter(([, content]) => content !== "/");
  assertEquals(files.filter(([, content]) => content === THESIS).length, 1, "what alice had is kept");
  const left = files.map(([place]) => place.slice(place.indexOf("/") + 1));
  const empty = [...kept(duo.alpha.folder).keys()].filter((place) =>
    !files.some(([file]) => file.startsWith(place))
  );
  assertEquals(empty, [], "no empty folders are left");
  const remembered = archive.causes.all().keys().toArray().sort();
  assertEquals(remembered, files.map(([place]) => place), "the history knows what is kept");
  return { left, told };
}

const ROWS: { name: string; acts: Act[]; agreed?: Record<string, string>; left: string[] }[] = [
  {
    name: "what he deleted outlives what he rewrote",
    agreed: { junk: JUNK },
    acts: [removes("thesis.txt"), ...["a", "b", "c"].map((digit) => writes("junk", digit.repeat(400)))],
    left: ["end", "junk", "junk", "thesis.txt"],
  },
  {
    name: "what he brought, and deleted, pushes out nothing that others had",
    acts: [
      removes("thesis.txt"),
      ...[1, 2, 3].flatMap((number) => [writes(`junk ${number}`, JUNK), removes(`junk ${number}`)]),
    ],
    left: ["end", "junk 2", "junk 3", "thesis.txt"],
  },
  {
    name: "nor when he renamed it before, or the folder it was in",
    acts: [
      removes("thesis.txt"),
      writes("d/junk 1", JUNK),
      renames("d", "e"),
      removes("e/junk 1"),
      writes("junk 2", JUNK),
      renames("junk 2", "junk 3"),
      removes("junk 3"),
      writes("junk 4", JUNK),
      removes("junk 4"),
    ],
    left: ["end", "junk 3", "junk 4", "thesis.txt"],
  },
  {
    name: "what he only renamed is not his for that",
    acts: [
      renames("thesis.txt", "junk 0"),
      removes("junk 0"),
      ...[1, 2, 3].flatMap((number) => [writes(`junk ${number}`, JUNK), removes(`junk ${number}`)]),
    ],
    left: ["end", "junk 0", "junk 2", "junk 3"],
  },
  {
    name: "nor does it save to rewrite it first",
    acts: [
      writes("thesis.txt", "x"),
      removes("thesis.txt"),
      ...[1, 2, 3].flatMap((number) => [writes(`junk ${number}`, JUNK), removes(`junk ${number}`)]),
    ],
    left: ["end", "junk 2", "junk 3", "thesis.txt"],
  },
  {
    name: "under another name he is the same, and has no other share",
    agreed: { junk: JUNK, a: JUNK, b: JUNK },
    acts: [
      ...[removes("thesis.txt"), writes("junk", "x")],
      ...[isCalled("another"), removes("a"), removes("b")],
    ],
    left: ["a", "b", "end", "thesis.txt"],
  },
  {
    name: "another of his name has a share apart",
    agreed: { junk: JUNK, a: JUNK, b: JUNK },
    acts: [
      ...[removes("thesis.txt"), writes("junk", "x"), writes("end", "0")],
      ...[another, removes("a"), removes("b")],
    ],
    left: ["b", "end", "junk", "thesis.txt"],
  },
];

for (const { name, acts, agreed, left } of ROWS) {
  Deno.test(`T10: of what somebody took away and the room is too small for: ${name}`, () => {
    const { left: found, told } = after(acts, agreed);
    assertEquals(found.sort(), left);
    assertEquals(told.map(({ why }) => why), ["size"]);
  });
}

/** Two days later by the archive's own time, which a jump alone does not make pass. */
function twoDaysLater(keeping: Keeping) {
  for (let hours = 8; hours <= 56; hours += 8) keeping.count(Date.now() + hours * HOUR);
}

Deno.test("T10 S9: where the disk has no room, versions of whoever's content needs it make way, the oldest first", () => {
  using duo = duoWith({ "thesis.txt": THESIS, junk: JUNK, note: "0" });
  const acts = [writes("junk", "a".repeat(400)), writes("junk", "b".repeat(400)), removes("thesis.txt")];
  for (const act of [...acts, writes("note", "1"), writes("note", "2")]) {
    act(duo);
    duo.settle();
  }
  const { archive, disk, places: { versions } } = duo.alpha.engine;
  const keeping = new Keeping(disk, versions, archive, { days: 30, bytes: null });
  const { key } = duo.beta;
  const all = keeping.makeRoom(key, 300, 1);
  assertEquals(all, { letGo: [], kept: 815 }, "what was kept today stays");
  twoDaysLater(keeping);
  assertEquals(
    keeping.makeRoom(duo.alpha.key, 300, 1),
    { letGo: [], kept: 815 },
    "nobody gives for another's content",
  );
  assertEquals(keeping.makeRoom(key, 9000, 816).letGo, [], "nothing goes where nothing would come of it");
  const first = keeping.makeRoom(key, 300, 1);
  assertEquals(first, { letGo: [{ why: "room", versions: 1, bytes: 400, paths: ["junk"] }], kept: 415 });
  const { letGo, kept: left } = keeping.makeRoom(key, 9000, 1);
  assertEquals([letGo.map(({ bytes }) => bytes), left], [[414], 1], "the last batch stays");
  const files = [...kept(duo.alpha.folder)].filter(([, content]) => content !== "/");
  assertEquals(files.map(([, content]) => content), ["1"]);
});
