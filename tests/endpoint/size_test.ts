// The budget, counted and not timed: what a level, and what a file, costs each side (docs/decisions/size.md).

import { assert, assertEquals } from "@std/assert";
import { chainOf, makeChain } from "../support/deep.ts";
import { SIDES } from "../../src/core/side.ts";
import { Duo } from "../support/duo.ts";
import { filesIn, temporary, write } from "../support/folder.ts";

/** A level, or a file, is looked at by the two sides together so many times at most: before, while and after it comes, and again for
 * what came meanwhile. */
const MOST_CALLS = 30;
/** 370 to 410 are measured; a collector does as it likes. */
const MOST_BYTES = 500;

/** The calls to both disks in `act`. */
function callsIn(duo: Duo, act: () => void): number {
  let calls = 0;
  for (const side of SIDES) duo[side].hook = () => void calls++;
  act();
  return calls;
}

Deno.test("case 38: a deep chain costs a fixed number of looks for each level, whatever is done to it", () => {
  const levels = 300;
  using place = temporary();
  using duo = new Duo(place.path);
  duo.settle();
  const acts: [what: string, act: () => void][] = [
    ["made", () => {
      makeChain(duo.alpha.folder, levels);
      write(duo.alpha.native(`${chainOf(levels)}/f`), "bottom");
    }],
    ["edited", () => write(duo.beta.native(`${chainOf(levels)}/f`), "edited")],
    ["renamed", () => Deno.renameSync(duo.alpha.native("d"), duo.alpha.native("e"))],
    ["deleted", () => Deno.removeSync(duo.beta.native("e"), { recursive: true })],
  ];
  for (const [what, act] of acts) {
    act();
    const calls = callsIn(duo, () => duo.settle());
    assert(calls < MOST_CALLS * levels, `${what}: ${calls} calls for ${levels} levels`);
    duo.checkInSync();
  }
  assertEquals(filesIn(duo.alpha.folder).size, 0);
});

Deno.test("files in one folder cost a fixed number of looks each", () => {
  using place = temporary();
  using duo = new Duo(place.path);
  const cost = (files: number) => {
    for (let number = 0; number < files; number++) write(duo.alpha.native(`${files}/f${number}`), "x");
    return callsIn(duo, () => duo.settle()) / files;
  };
  const [few, many] = [cost(100), cost(500)];
  assert(many < few * 1.5 && many < MOST_CALLS, `${few} and ${many} calls a file`);
});

Deno.test("one more file in sync takes each side less memory than the budget", async () => {
  const script = new URL("size_heap.ts", import.meta.url).pathname.replace(/^\/(?=[A-Za-z]:)/, "");
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--cached-only", "--no-check", "--v8-flags=--expose-gc", script],
  }).output();
  const bytes = Number(new TextDecoder().decode(stdout));
  assert(bytes > 0 && bytes < MOST_BYTES, `${bytes} bytes\n${new TextDecoder().decode(stderr)}`);
});

Deno.test("of many files in one folder of which only the case of the names changed, the folder is not listed for each", () => {
  const files = 50;
  using place = temporary();
  using duo = new Duo(place.path);
  const { engine } = duo.alpha;
  Object.assign(engine, { ability: { ...engine.ability, foldsCase: true } }); // So names in another case are one for this pair.
  duo.connect();
  for (let number = 0; number < files; number++) write(duo.alpha.native(`d/f${number}`), `${number}`);
  duo.settle();
  for (let number = 0; number < files; number++) {
    Deno.renameSync(duo.alpha.native(`d/f${number}`), duo.alpha.native(`d/F${number}`));
  }
  let listings = 0;
  duo.beta.hook = (method) => void (listings += Number(method === "list"));
  duo.settle();
  duo.checkInSync();
  const isFolding = duo.beta.engine.ability.foldsCase;
  assert(isFolding || listings < files, `${listings} listings`);
});
