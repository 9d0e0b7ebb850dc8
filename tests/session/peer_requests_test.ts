// W3: requests, one way: those of who only receives stay here, and who only sends follows none.

import { assertEquals, assertRejects } from "@std/assert";
import { Breach } from "../../src/core/failure.ts";
import type { SessionContext } from "../../src/session/context.ts";
import { hearRequests, tellRequests } from "../../src/session/peer_requests.ts";

const said = { wishes: [["id", 1, null, null]], heard: [["id", 2, 0, []]] };

/** A context whose endpoint says and hears the above; what it heard. */
function contextWith(flow: SessionContext["flow"]) {
  const heard: unknown[] = [];
  const endpoint = {
    tellRequests: () => Promise.resolve(said),
    hearRequests: (what: unknown) => {
      heard.push(what);
      return Promise.resolve({ acted: false, here: [], there: [], halts: [] });
    },
  };
  const context = { endpoint, flow, halt: { requests: [] } };
  return { context: context as unknown as SessionContext & typeof context, heard };
}

Deno.test("W3: who only receives asks nothing of the other's folder", async () => {
  for (const flow of ["both", "out"] as const) {
    assertEquals(await tellRequests(contextWith(flow).context), said);
  }
  assertEquals(await tellRequests(contextWith("in").context), { ...said, wishes: [] });
});

Deno.test("W3: who only sends follows no request, and hears what came of the own ones", async () => {
  const { context, heard } = contextWith("out");
  await assertRejects(() => hearRequests(context, said), Breach, "only gives");
  assertEquals(heard, []);
  await hearRequests(context, { ...said, wishes: [] });
  assertEquals(heard, [{ ...said, wishes: [] }]);
});
