// The machine of one invitation: each row of its table, mirrored too.

import { assertEquals } from "@std/assert";
import { type Input, type Output, QUIET, type State, step } from "../../src/rendezvous/invitation.ts";

const alice = 0;
const bob = 1;
const offered: State = { at: "offered", by: alice };
const expire: Input = { kind: "expire" };
const crowd: Input = { kind: "crowd" };
const does = (by: 0 | 1, kind: "invite" | "withdraw" | "accept" | "decline" | "leave"): Input => ({
  kind,
  by,
});
const invitation = (tell: 0 | 1, state: "offered" | "accepted" | "withdrawn" | "expired"): Output => (
  { tell, what: "invitation", state }
);
const answered = (tell: 0 | 1, state: "accepted" | "declined" | "expired" | "absent" | "busy"): Output => (
  { tell, what: "answered", state }
);
const tickets: Output = { tickets: true, alpha: alice };

/** The table in invitation.ts, row by row, with alice as X. */
const ROWS: [State, Input, State, Output[]][] = [
  [QUIET, does(alice, "invite"), offered, [invitation(bob, "offered")]],
  [QUIET, does(bob, "accept"), QUIET, [invitation(bob, "withdrawn")]],
  [QUIET, does(bob, "decline"), QUIET, []],
  [QUIET, does(alice, "withdraw"), QUIET, []],
  [QUIET, does(alice, "leave"), QUIET, []],
  [QUIET, expire, QUIET, []],
  [QUIET, crowd, QUIET, []],
  [offered, does(alice, "invite"), offered, []],
  [offered, does(bob, "invite"), QUIET, [answered(alice, "accepted"), answered(bob, "accepted"), tickets]],
  [offered, does(bob, "accept"), QUIET, [answered(alice, "accepted"), invitation(bob, "accepted"), tickets]],
  [offered, does(bob, "decline"), QUIET, [answered(alice, "declined")]],
  [offered, does(alice, "withdraw"), QUIET, [invitation(bob, "withdrawn")]],
  [offered, does(alice, "leave"), QUIET, [invitation(bob, "withdrawn")]],
  [offered, does(bob, "leave"), QUIET, [answered(alice, "absent")]],
  [offered, expire, QUIET, [answered(alice, "expired"), invitation(bob, "expired")]],
  [offered, crowd, QUIET, [answered(alice, "busy"), invitation(bob, "withdrawn"), answered(bob, "busy")]],
  [offered, does(alice, "accept"), offered, []],
  [offered, does(alice, "decline"), offered, []],
  [offered, does(bob, "withdraw"), offered, []],
];

const swapped = <T>(value: T): T =>
  JSON.parse(
    JSON.stringify(value),
    (key, inner) => ["by", "tell", "alpha"].includes(key) ? 1 - inner : inner,
  );

for (const [state, input, next, outputs] of ROWS) {
  Deno.test(`${JSON.stringify(state)} + ${JSON.stringify(input)}, and mirrored`, () => {
    assertEquals(step(state, input), { state: next, outputs });
    assertEquals(step(swapped(state), swapped(input)), {
      state: swapped(next),
      outputs: swapped(outputs),
    });
  });
}
