// Two real folders through whole cycles that are cut, fail or are killed anywhere, while people go on: both sides come to be
// the same and no content disappears that its owner did not replace or delete. TCPSYNC_SEED replays, TCPSYNC_RUNS sets how many.

import { assert, assertEquals } from "@std/assert";
import fc from "../support/property.ts";
import { SIDES } from "../../src/core/side.ts";
import { Cut, Duo } from "../support/duo.ts";
import { RootGone } from "../../src/core/failure.ts";
import { filesIn, temporary, write } from "../support/folder.ts";
import { WINDOWS } from "../support/system.ts";

// File calls are ten times slower on the Windows we test with: few runs there, the same ones each time.
const RUNS = Number(Deno.env.get("TCPSYNC_RUNS") ?? (WINDOWS ? 15 : 60));

const PLACES = ["a", "b", "d/a", "d/b", "d/e/a", "f", "d", "f/a"];
const place = fc.constantFrom(...PLACES);

/** What a person does in a folder. */
type Act =
  | { do: "write" | "grow" | "remove" | "link" | "folder"; at: string }
  | { do: "rename"; at: string; to: string };
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constantFrom("write" as const, "grow" as const), at: place }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom("remove" as const, "folder" as const, "link" as const),
      at: place,
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("rename" as const), at: place, to: place }) },
);
const acts = fc.array(act, { maxLength: 6 });

/** What goes wrong in one cycle, `at` so many steps or calls to the disk. */
const trouble = fc.record({
  what: fc.constantFrom("cut", "kill", "fail", "act"),
  side: fc.constantFrom(...SIDES),
  at: fc.nat(60),
  acts: fc.array(act, { minLength: 1, maxLength: 3 }),
});
type Trouble = typeof trouble extends fc.Arbitrary<infer T> ? T : never;

/** Calls that change the disk or read content: those may fail at any time. */
const FRAGILE = new Set([
  "openToRead",
  "create",
  "openToWrite",
  "makeDirectory",
  "makeLink",
  "hardLink",
  "copy",
  "rename",
  "remove",
  "removeIfThere",
]);

class Story {
  readonly #given = new Set<string>();
  #count = 0;

  constructor(readonly duo: Duo) {}

  act(side: typeof SIDES[number], list: readonly Act[]) {
    for (const one of list) this.#act(this.duo[side].folder, one);
  }

  /** One cycle in which something goes wrong. */
  stumble({ what, side, at, acts }: Trouble) {
    const { duo } = this;
    let count = 0;
    const computer = duo[side];
    duo.onStep = () => {
      if (count++ !== at % 15) return;
      if (what === "cut") throw new Cut();
      if (what === "act") this.act(side, acts);
    };
    let dead = false;
    let calls = 0;
    computer.hook = (method) => {
      if (!FRAGILE.has(method)) return;
      calls++;
      if (what === "fail" && calls % 7 === at % 7) throw new Error("the disk failed (os error 5)");
      if (what === "kill" && calls > at) dead = true;
      if (dead) throw new Cut();
    };
    try {
      duo.cycle();
    } catch (error) {
      const isOurs = error instanceof Cut || error instanceof RootGone ||
        error instanceof Error && /os error 5/.test(error.message);
      if (!isOurs) throw error;
    }
    duo.onStep = () => {};
    computer.hook = () => {};
    duo.disconnect();
    if (dead) { for (const side of SIDES) duo[side].restart(); }
    duo.connect();
  }

  check(wanted: Set<string>, when: string) {
    const present = this.duo.contents();
    for (const content of wanted) {
      assert(present.has(content) || this.#given.has(content), `${when}: lost "${content}"`);
    }
  }

  #act(folder: string, act: Act) {
    const path = `${folder}/${act.at}`;
    if (inOtherKind(folder, act.at)) return;
    if (act.do === "rename") {
      const to = `${folder}/${act.to}`;
      if (!exists(path) || exists(to) || inOtherKind(folder, act.to) || act.to.startsWith(`${act.at}/`)) {
        return;
      }
      Deno.mkdirSync(to.replace(/\/[^/]*$/, ""), { recursive: true });
      Deno.renameSync(path, to);
      return;
    }
    if (act.do === "grow" || act.do === "write") {
      if (exists(path) && Deno.lstatSync(path).isDirectory) return;
      this.#giveUp(path);
      if (act.do === "write" && exists(path)) Deno.removeSync(path);
      else if (exists(path) && Deno.lstatSync(path).isSymlink) return;
      write(path, `${act.do === "grow" ? "x".repeat(300_000) : ""}${++this.#count} at ${act.at}`);
      return;
    }
    this.#giveUp(path);
    if (exists(path)) Deno.removeSync(path, { recursive: true });
    Deno.mkdirSync(path.replace(/\/[^/]*$/, ""), { recursive: true });
    if (act.do === "folder") Deno.mkdirSync(path);
    // Windows wants rights for a link, and a target that is there: it goes without.
    if (act.do === "link" && Deno.build.os !== "windows") Deno.symlinkSync(`to-${++this.#count}`, path);
  }

  #giveUp(path: string) {
    if (!exists(path)) return;
    const info = Deno.lstatSync(path);
    if (info.isFile) this.#given.add(Deno.readTextFileSync(path));
    if (info.isSymlink) this.#given.add(`-> ${Deno.readLinkSync(path)}`);
    if (info.isDirectory) { for (const content of filesIn(path).values()) this.#given.add(content); }
  }
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Whether something on the way to `at` is no folder. */
function inOtherKind(folder: string, at: string): boolean {
  const names = at.split("/");
  return names.slice(0, -1).some((_, depth) => {
    const path = `${folder}/${names.slice(0, depth + 1).join("/")}`;
    return exists(path) && !Deno.lstatSync(path).isDirectory;
  });
}

Deno.test("cut, failed and killed cycles lose nothing, and both sides come to be the same", () => {
  fc.assert(
    fc.property(
      acts,
      acts,
      fc.array(fc.tuple(trouble, acts, acts), { maxLength: 4 }),
      (here, there, troubles) => {
        using place = temporary();
        using duo = new Duo(place.path);
        const story = new Story(duo);
        story.act("alpha", here);
        story.act("beta", there);
        for (const [trouble, here, there] of troubles) {
          const wanted = duo.contents();
          story.stumble(trouble);
          story.check(wanted, `after ${trouble.what}`);
          story.act("alpha", here);
          story.act("beta", there);
        }
        const wanted = duo.contents();
        duo.settle();
        story.check(wanted, "at the end");
        duo.checkInSync();
        const before = duo.alpha.endpoint.standing();
        duo.restart();
        for (const side of SIDES) assertEquals(duo[side].endpoint.standing(), before, `${side}'s archive`);
        assert(duo.cycle().tasks === 0, "in sync, and yet not after a restart");
      },
    ),
    { numRuns: RUNS },
  );
});
