// Three computers, each pair of which keeps one folder: what has come to a side is not its own doing in its other pairs (M9).

import { assertEquals } from "@std/assert";
import { NAMES, Ring } from "../support/ring.ts";

interface Story {
  what: string;
  agreed: Record<string, string>;
  /** What alice does before she meets each of the others, in turn; then those two meet. */
  acts: ((ring: Ring) => void)[];
  all: Record<string, string>;
}

const STORIES: Story[] = [
  {
    what: "an edit after another is no conflict",
    agreed: { f: "1" },
    acts: [(ring) => ring.write("alice", "f", "22"), (ring) => ring.write("alice", "f", "333")],
    all: { f: "333" },
  },
  {
    what: "a new file that is edited at once is none",
    agreed: { f: "1" },
    acts: [(ring) => ring.write("alice", "g", "22"), (ring) => ring.write("alice", "g", "333")],
    all: { f: "1", g: "333" },
  },
  {
    what: "what was edited and deleted stays deleted",
    agreed: { f: "1", z: "z" },
    acts: [(ring) => ring.write("alice", "f", "22"), (ring) => ring.remove("alice", "f")],
    all: { z: "z" },
  },
  {
    what: "a new folder that is deleted at once stays deleted",
    agreed: { z: "z" },
    acts: [(ring) => ring.write("alice", "d/e/f", "22"), (ring) => ring.remove("alice", "d")],
    all: { z: "z" },
  },
  {
    what: "what was edited and taken back by hand is so",
    agreed: { f: "1" },
    acts: [(ring) => ring.write("alice", "f", "22"), (ring) => ring.write("alice", "f", "1")],
    all: { f: "1" },
  },
  {
    what: "what was deleted and made again is there",
    agreed: { f: "1", "d/x": "2", z: "z" },
    acts: [
      (ring) => ["f", "d"].forEach((path) => ring.remove("alice", path)),
      (ring) => {
        ring.write("alice", "f", "1");
        ring.write("alice", "d/x", "2");
      },
    ],
    all: { d: "/", "d/x": "2", f: "1", z: "z" },
  },
];

const ORDERS = [["bob", "carol"], ["carol", "bob"]] as const;

for (const { what, agreed, acts, all } of STORIES) {
  Deno.test(`M9: where one of three works, ${what}`, () => {
    for (const [first, second] of ORDERS) {
      for (const [one, other] of ORDERS) {
        using ring = new Ring(agreed);
        acts[0]!(ring);
        ring.meet(first === "bob" ? "alice" : "carol", first === "bob" ? "bob" : "alice");
        acts[1]!(ring);
        ring.meet(second === "bob" ? "alice" : "carol", second === "bob" ? "bob" : "alice");
        ring.meet("bob", "carol");
        if (one === "bob") ring.meet("carol", "alice");
        ring.settle();
        ring.check(all, `${first} first, then ${one} ${other}`);
      }
    }
  });
}

Deno.test("M9 C2: where two of three edited, each on his own, it is a conflict", () => {
  using ring = new Ring({ f: "1" });
  ring.write("alice", "f", "by alice");
  ring.meet("alice", "bob");
  ring.write("carol", "f", "by carol, later");
  ring.meet("bob", "carol");
  ring.settle();
  for (const name of NAMES) {
    assertEquals(Object.values(ring.files(name)).sort(), ["by alice", "by carol, later"]);
  }
});

Deno.test("M9: who edits what has come to him has edited that", () => {
  using ring = new Ring({ f: "1" });
  ring.write("alice", "f", "by alice");
  ring.meet("alice", "bob");
  ring.meet("carol", "alice");
  ring.write("carol", "f", "by alice and carol");
  ring.meet("bob", "carol");
  ring.settle();
  ring.check({ f: "by alice and carol" }, "at the end");
});

Deno.test("M9: who goes back by hand to what he had goes back everywhere", () => {
  using ring = new Ring({ f: "1" });
  ring.write("alice", "f", "22");
  ring.settle();
  ring.write("bob", "f", "1");
  ring.meet("bob", "carol");
  ring.meet("carol", "alice");
  ring.settle();
  ring.check({ f: "1" }, "at the end");
});

Deno.test("I2: what one of three ignores and deletes comes back from the others when it is ignored no more", () => {
  using ring = new Ring({ "a.log": "1", "d/b": "2" });
  ring.write("alice", "a.log", "22");
  ring.write("alice", "d/b", "33");
  ring.settle();
  ring.write("alice", ".tcpsyncignore", "*.log\nd/\n");
  ring.settle();
  for (const path of ["a.log", "d"]) ring.remove("alice", path);
  ring.settle();
  ring.remove("alice", ".tcpsyncignore");
  ring.settle();
  ring.check({ "a.log": "22", d: "/", "d/b": "33" }, "at the end");
});

Deno.test("C6: where two of three begin anew nothing is deleted, whatever was deleted before", () => {
  using ring = new Ring({ a: "1", "d/b": "2" });
  ring.write("alice", "a", "22");
  ring.write("alice", "new/f", "3");
  ring.settle();
  const all = ring.files("bob");
  for (const path of ["a", "d", "new"]) ring.remove("alice", path);
  ring.forget("alice", "bob");
  ring.meet("alice", "bob");
  ring.settle();
  ring.check(all, "at the end");
});
