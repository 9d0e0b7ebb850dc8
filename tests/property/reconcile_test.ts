// One random tree, perturbed on two sides, run through cycles: the promises of the core hold whatever people do.
// A failing run prints its seed and the shortest acts that show it; TCPSYNC_SEED replays one, TCPSYNC_RUNS sets how many.

import { assert } from "@std/assert";
import fc from "../support/property.ts";
import { mac, posix, windows } from "../support/trees.ts";
import { SIDES } from "../../src/core/side.ts";
import { Pair, type Shuffle } from "../support/pair.ts";
import { perturb, type Perturbation, perturbations } from "../support/perturb.ts";

const RUNS = Number(Deno.env.get("TCPSYNC_RUNS") ?? 700);
const MOST_CYCLES = 6;

const abilities = fc.constantFrom(
  posix,
  posix,
  windows,
  mac,
  { ...posix, executable: false },
  { ...posix, links: false },
);
const offsets = fc.constantFrom(0, 500, -7_000);
const never = () => false;

interface Case {
  alpha: typeof posix;
  beta: typeof posix;
  offset: number;
  before: Perturbation[];
  here: Perturbation[];
  there: Perturbation[];
}

const cases: fc.Arbitrary<Case> = fc.record({
  alpha: abilities,
  beta: abilities,
  offset: offsets,
  before: perturbations(14),
  here: perturbations(8),
  there: perturbations(8),
});

function testProperty(name: string, property: fc.IProperty<[Case, ...unknown[]]>) {
  Deno.test(name, () => fc.assert(property as fc.IProperty<unknown>, { numRuns: RUNS }));
}

/** What people do on both sides, and which contents nobody gave up: those must stay. */
class Story {
  readonly pair: Pair;
  #given = new Set<string>();
  #promised = new Set<string>();

  constructor({ alpha, beta, offset }: Case) {
    this.pair = new Pair(alpha, beta, offset);
  }

  act(alpha: readonly Perturbation[], beta: readonly Perturbation[], tag: string) {
    for (const content of this.#promised) this.#given.add(content);
    const gaveUp = (content: string) => this.#given.add(content);
    perturb(this.pair.disks.alpha, alpha, this.pair.fold, `${tag} alpha `, gaveUp);
    perturb(this.pair.disks.beta, beta, this.pair.fold, `${tag} beta `, gaveUp);
  }

  /** Cycles until nothing is left to do, then checks that both sides are the same and nothing is lost. */
  settle() {
    const wanted = this.contents();
    let cycles = 0;
    while (this.pair.cycle(never)) assert(++cycles <= MOST_CYCLES, "does not come to rest");
    this.pair.checkInSync();
    this.checkKept(wanted);
  }

  /** One cycle of which some steps fail. What it set out to bring somewhere must not be lost, until people act again. */
  stumble(fails: () => boolean, shuffled?: Shuffle) {
    this.pair.cycle(fails, shuffled);
    for (const content of this.pair.promised) if (this.#given.delete(content)) this.#promised.add(content);
  }

  checkKept(wanted: Iterable<string>) {
    const present = this.contents();
    for (const content of wanted) {
      assert(present.has(content) || this.#given.has(content), `lost: "${content}"`);
    }
  }

  contents(): Set<string> {
    return new Set(SIDES.flatMap((side) => [...this.pair.contents(side)]));
  }
}

testProperty(
  "two sides perturbed from one tree come to be the same and lose nothing",
  fc.property(cases, (c) => {
    const story = new Story(c);
    story.act(c.before, [], "before");
    story.settle();
    story.act(c.here, c.there, "then");
    story.settle();
  }),
);

testProperty(
  "two roots that never met are merged and nothing is deleted",
  fc.property(cases, (c) => {
    const story = new Story(c);
    story.act(c.here, c.there, "before");
    const wanted = story.contents();
    story.settle();
    const present = story.contents();
    for (const content of wanted) assert(present.has(content), `lost: "${content}"`);
  }),
);

testProperty(
  "steps that fail are planned again and lose nothing, also when people go on meanwhile",
  fc.property(
    cases,
    perturbations(5),
    perturbations(5),
    fc.infiniteStream(fc.nat(2)),
    fc.infiniteStream(fc.nat(9)),
    (c, here, there, chances, places) => {
      const story = new Story(c);
      const fails = () => chances.next().value === 0;
      const shuffled: Shuffle = (list) => {
        const drawn = list.map((one) => ({ one, at: places.next().value }));
        return drawn.sort((a, b) => a.at - b.at).map(({ one }) => one);
      };
      story.act(c.before, [], "before");
      story.settle();
      story.act(c.here, c.there, "then");
      const wanted = story.contents();
      story.stumble(fails, shuffled);
      story.checkKept(wanted);
      story.stumble(fails, shuffled);
      story.checkKept(wanted);
      if (here.length + there.length > 0) story.act(here, there, "later");
      story.stumble(fails, shuffled);
      story.settle();
      story.checkKept(wanted);
    },
  ),
);
