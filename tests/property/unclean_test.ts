// Whatever a power cut leaves of what was put in place, in the middle of whatever was being done: the side that has the content keeps it as
// it is, and the other comes to have it again. TCPSYNC_SEED replays, TCPSYNC_RUNS sets how many.

import { assertEquals } from "@std/assert";
import fc from "../support/property.ts";
import { type SideName, SIDES } from "../../src/core/side.ts";
import { Cut, Duo } from "../support/duo.ts";
import { RootGone } from "../../src/core/failure.ts";
import { filesIn, temporary, write } from "../support/folder.ts";
import { WINDOWS } from "../support/system.ts";

const RUNS = Number(Deno.env.get("TCPSYNC_RUNS") ?? (WINDOWS ? 8 : 40));

const PLACES = ["a", "b", "d/a", "d/b", "d/e/a", "f/a", "f/b"];
const place = fc.constantFrom(...PLACES);

/** What the one person does who works; the other only receives. */
const act = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant("write" as const), at: place }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("remove" as const), at: place }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("move" as const), at: place }) },
);
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

/** What is lost of one file in so many. */
const loss = fc.record({
  file: fc.nat(20),
  how: fc.constantFrom("zeros", "empty", "part", "gone", "former"),
});
type Loss = typeof loss extends fc.Arbitrary<infer T> ? T : never;

const round = fc.record({
  acts: fc.array(act, { minLength: 1, maxLength: 5 }),
  /** After so many calls to the disk the power is cut. */
  calls: fc.nat(150),
  losses: fc.array(loss, { maxLength: 4 }),
});

/** What was found once. */
const FOUND: [{ acts: Act[]; calls: number; losses: Loss[] }[]][] = [
  // Torn, and about to be deleted for the owner, who had deleted it: the mark for the one took the other's place.
  [[
    { acts: [{ do: "write", at: "b" }, { do: "write", at: "d/a" }], calls: 0, losses: [] },
    { acts: [{ do: "remove", at: "b" }], calls: 5, losses: [{ file: 0, how: "zeros" }] },
  ]],
];

class Story {
  readonly duo: Duo;
  readonly #former = new Map<string, string>();
  #count = 0;

  constructor(path: string, readonly owner: SideName, readonly receiver: SideName) {
    this.duo = new Duo(path);
  }

  act({ do: what, at }: Act) {
    const path = this.duo[this.owner].native(at);
    if (what === "write") return write(path, `content ${++this.#count} of ${at}`);
    if (!filesIn(this.duo[this.owner].folder).has(at)) return;
    if (what === "move") Deno.renameSync(path, `${path} moved ${++this.#count}`);
    else Deno.removeSync(path);
  }

  /** A cycle in the middle of which the receiver's power is cut. */
  cut(calls: number, losses: readonly Loss[]) {
    const { duo } = this;
    const victim = duo[this.receiver];
    for (const [path, content] of filesIn(victim.folder)) this.#former.set(path, content);
    let left = calls;
    victim.hook = () => {
      if (left-- <= 0) throw new Cut();
    };
    try {
      duo.cycle();
    } catch (error) {
      if (!(error instanceof Cut || error instanceof RootGone)) throw error;
    }
    duo.disconnect();
    victim.powerCut(() => losses.forEach((loss) => this.#lose(victim.folder, loss)));
    duo.connect();
  }

  #lose(folder: string, { file, how }: Loss) {
    const files = [...filesIn(folder)].filter(([, content]) => content !== "/");
    if (files.length === 0) return;
    const [name, content] = files[file % files.length]!;
    const path = `${folder}/${name}`;
    const mtime = Deno.lstatSync(path).mtime!;
    const former = this.#former.get(name);
    if (how === "gone") return Deno.removeSync(path);
    if (how === "former" && former === undefined) return;
    const text =
      { zeros: "\0".repeat(content.length), empty: "", part: content.slice(0, 4), former: former! }[how];
    Deno.writeTextFileSync(path, text);
    Deno.utimeSync(path, mtime, mtime);
  }
}

for (const owner of SIDES) {
  Deno.test(`power cuts damage nothing but what comes again; ${owner} works`, () => {
    fc.assert(
      fc.property(fc.array(round, { minLength: 1, maxLength: 4 }), (rounds) => {
        using ground = temporary();
        const story = new Story(ground.path, owner, owner === "alpha" ? "beta" : "alpha");
        using duo = story.duo;
        for (const { acts, calls, losses } of rounds) {
          acts.forEach((act) => story.act(act));
          const wanted = filesIn(duo[owner].folder);
          story.cut(calls, losses);
          duo.settle();
          assertEquals(filesIn(duo[owner].folder), wanted, "the owner's folder");
          duo.checkInSync();
        }
      }),
      { numRuns: RUNS, examples: FOUND },
    );
  });
}
