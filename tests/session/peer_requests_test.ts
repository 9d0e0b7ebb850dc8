// W3: wishes, one way: those of who only receives stay here, and who only sends follows none.

import { assertEquals, assertRejects } from "@std/assert";
import { Breach } from "../../src/core/failure.ts";
import type { Party } from "../../src/session/context.ts";
import { hearWishes, sayWishes } from "../../src/session/peer_requests.ts";

const said = { wishes: [["id", 1, null, null]], heard: [["id", 2, 0, []]] };

/** A party whose dealing says and hears the above; what it heard. */
function partyWith(flow: Party["flow"]) {
  const heard: unknown[] = [];
  const dealing = {
    sayWishes: () => Promise.resolve(said),
    hearWishes: (what: unknown) => {
      heard.push(what);
      return Promise.resolve({ acted: false, here: [], there: [], halts: [] });
    },
  };
  const party = { dealing, flow, halt: { wishes: [] } };
  return { party: party as unknown as Party & typeof party, heard };
}

Deno.test("W3: who only receives wishes nothing of the other's folder", async () => {
  for (const flow of ["both", "out"] as const) assertEquals(await sayWishes(partyWith(flow).party), said);
  assertEquals(await sayWishes(partyWith("in").party), { ...said, wishes: [] });
});

Deno.test("W3: who only sends follows no wish, and hears what came of the own ones", async () => {
  const { party, heard } = partyWith("out");
  await assertRejects(() => hearWishes(party, said), Breach, "only gives");
  assertEquals(heard, []);
  await hearWishes(party, { ...said, wishes: [] });
  assertEquals(heard, [{ ...said, wishes: [] }]);
});
