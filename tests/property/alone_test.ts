// Two real folders in which one person works, through cycles that are cut, or killed on either side, anywhere: what was done on the
// other's order is nobody's own doing (M9), so both folders end as that person has hers. TCPSYNC_SEED and TCPSYNC_RUNS as ever.

import { dirname } from "node:path";
import { assertEquals } from "@std/assert";
import fc from "../support/property.ts";
import { Cut, Duo, SIDES } from "../support/duo.ts";
import { filesIn, temporary, write } from "../support/folder.ts";

// File calls are ten times slower on the Windows we test with: few runs there, the same ones each time.
const FEW = Deno.build.os === "windows";
const RUNS = Number(Deno.env.get("TCPSYNC_RUNS") ?? (FEW ? 15 : 60));

const AGREED = { a: "1", b: "22", "d/a": "1", "d/b": "333", "d/e/a": "4444", "g/x": "5", "g/y": "66" };
const PLACES = ["a", "b", "c", "d", "d/a", "d/b", "d/e", "d/e/a", "f", "g", "g/x", "h/d"];
const place = fc.constantFrom(...PLACES);

/** What the person does: "back" is to make everything again what it was at the start. */
type Act =
  | { do: "write"; at: string; content: string }
  | { do: "remove"; at: string }
  | { do: "rename"; at: string; to: string }
  | { do: "back" };
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({
    do: fc.constant("write" as const),
    at: place,
    content: fc.constantFrom("1", "22", "new", "x"),
  }),
  fc.record({ do: fc.constant("remove" as const), at: place }),
  fc.record({ do: fc.constant("rename" as const), at: place, to: place }),
  fc.record({ do: fc.constant("back" as const) }),
);

/** Acts, and a cycle that ends early: at a step, or at a call to the disk of one side, which is killed. */
const stretch = fc.record({
  acts: fc.array(act, { minLength: 1, maxLength: 4 }),
  how: fc.constantFrom("cut", "kill"),
  killed: fc.constantFrom(...SIDES),
  at: fc.nat(40),
});
type Stretch = typeof stretch extends fc.Arbitrary<infer T> ? T : never;

/** Calls that change the disk. */
const CHANGING = new Set([
  "create",
  "makeDirectory",
  "hardLink",
  "copy",
  "rename",
  "remove",
  "removeIfThere",
]);

/** What is not there, or cannot be there, leaves the act undone. */
function perform(folder: string, act: Act) {
  if (act.do === "back") return startAnew(folder);
  const path = `${folder}/${act.at}`;
  try {
    if (act.do === "write") write(path, act.content);
    else if (act.do === "remove") Deno.removeSync(path, { recursive: true });
    else if (!filesIn(folder).has(act.to)) {
      Deno.mkdirSync(dirname(`${folder}/${act.to}`), { recursive: true });
      Deno.renameSync(path, `${folder}/${act.to}`);
    }
  } catch (error) {
    if (!(error instanceof Error && /os error/.test(error.message))) throw error;
  }
}

function startAnew(folder: string) {
  for (const { name } of [...Deno.readDirSync(folder)]) {
    if (name !== ".tcpsync") Deno.removeSync(`${folder}/${name}`, { recursive: true });
  }
  for (const [at, content] of Object.entries(AGREED)) write(`${folder}/${at}`, content);
}

/** One cycle that ends early, and a new session. */
function stumble(duo: Duo, { how, killed, at }: Stretch) {
  let count = 0;
  let isDead = () => false;
  if (how === "kill") isDead = duo[killed].killWhen((method) => CHANGING.has(method) && count++ === at);
  duo.onStep = () => {
    if (isDead() || how === "cut" && count++ === at % 17) throw new Cut();
  };
  try {
    duo.cycle();
  } catch (error) {
    if (!isDead() && !(error instanceof Cut)) throw error;
  }
  duo.onStep = () => {};
  duo.disconnect();
  if (how === "kill") duo[killed].restart();
  duo.connect();
}

Deno.test("M9: where one person works, both folders end as that person has hers, whatever was cut or killed", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...SIDES),
      fc.array(stretch, { minLength: 1, maxLength: 4 }),
      act,
      (who, stretches, last) => {
        using place = temporary();
        using duo = new Duo(place.path);
        startAnew(duo[who].folder);
        duo.settle();
        for (const stretch of stretches) {
          for (const one of stretch.acts) perform(duo[who].folder, one);
          stumble(duo, stretch);
        }
        perform(duo[who].folder, last);
        const wanted = filesIn(duo[who].folder);
        duo.settle();
        duo.checkInSync();
        assertEquals(filesIn(duo[who].folder), wanted);
      },
    ),
    { numRuns: RUNS },
  );
});
