// Whose yes and whose no a halt takes (RULES S3), as each side sees it.

import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { Breach } from "../../src/core/failure.ts";
import type { SideName } from "../../src/core/side.ts";
import { EMPTY_COUNTS } from "../../src/core/event.ts";
import type { Halt } from "../../src/guard/guard.ts";
import { FollowingHalt, HaltScreen, LeadingHalt } from "../../src/session/halt.ts";
import { Changes } from "../../src/session/context.ts";
import { Report } from "../../src/session/report.ts";
import type { MessageStream } from "../../src/session/message_stream.ts";
import type { Message, MessageOf } from "../../src/wire/message.ts";

const haltOf = (needs: SideName[], asks: Halt["asks"] = "mass", key = "plan 1"): Halt => ({
  ...{ key, asks, needs, reason: `much of ${needs.join(" and ")}`, paths: [] },
});

/** One side with its screen: what it says, what is shown, and its person's next answer. */
function sideOf(role: SideName, approves = false, asks = false) {
  const said: Message[] = [];
  const shown: string[] = [];
  let answer = (_yes: boolean) => {};
  const stream = {
    send: (message: Message) => Promise.resolve(void said.push(message)),
  } as unknown as MessageStream;
  const report = new Report((event) => {
    if (event.event === "halted") shown.push(event.reason);
    if (event.event === "resumed") shown.push(event.how);
  }, "peer");
  const names = { alpha: "alice", beta: "bob", peer: role === "alpha" ? "bob" : "alice" };
  const ask = () => new Promise<boolean>((resolve) => answer = resolve);
  const screen = new HaltScreen(report, names, approves, asks ? ask : undefined);
  return { said, shown, stream, screen, own: { asks, approves }, answer: (yes: boolean) => answer(yes) };
}

/** `-`: nobody is there; `?`: a person who has not answered; `y`, `n`: who has; `f`: a flag. */
type Who = "-" | "?" | "y" | "n" | "f";

const VERDICTS: [needs: SideName[], alpha: Who, beta: Who, verdict: string, once: string][] = [
  [["beta"], "-", "-", "stay", "ends"],
  [["beta"], "f", "-", "stay", "ends"], // A flag answers for its own side alone.
  [["beta"], "y", "-", "stay", "ends"],
  [["beta"], "-", "f", "approved", "approved"],
  [["beta"], "-", "y", "approved", "approved"],
  [["beta"], "?", "y", "stay", "stay"], // The other is asked too where a person is there.
  [["beta"], "y", "y", "approved", "approved"],
  [["beta"], "y", "f", "approved", "approved"],
  [["beta"], "n", "y", "back", "back"],
  [["beta"], "n", "f", "back", "back"],
  [["beta"], "y", "n", "back", "back"],
  [["beta"], "-", "n", "back", "back"],
  [["alpha"], "f", "-", "approved", "approved"],
  [["alpha"], "-", "f", "stay", "ends"],
  [["alpha"], "y", "?", "stay", "stay"],
  [["alpha", "beta"], "f", "-", "stay", "ends"],
  [["alpha", "beta"], "-", "f", "stay", "ends"],
  [["alpha", "beta"], "f", "y", "approved", "approved"],
];

for (const [needs, alpha, beta, verdict, once] of VERDICTS) {
  Deno.test(`S3: it touches ${needs.join(" and ")}; alpha ${alpha}, beta ${beta}: ${verdict}`, async () => {
    for (const [isOnce, expected] of [[false, verdict], [true, once]] as const) {
      const own = sideOf("alpha", alpha === "f", "?yn".includes(alpha));
      const halt = new LeadingHalt(own.stream, new Changes(), own.screen, own.own);
      halt.meet({ asks: "?yn".includes(beta), approves: beta === "f" });
      const judge = () => halt.judge({ own: [haltOf(needs)], peers: [] }, EMPTY_COUNTS, isOnce);
      await judge();
      if ("yn".includes(alpha)) own.answer(alpha === "y");
      if ("yn".includes(beta)) halt.hear({ type: "answer", number: 1, yes: beta === "y" });
      await Promise.resolve();
      await Promise.resolve();
      assertEquals(await judge(), expected);
    }
  });
}

Deno.test("S2: one's flag merges nobody else's folder, and an answer to an older question is none", async () => {
  const own = sideOf("alpha", true);
  const halt = new LeadingHalt(own.stream, new Changes(), own.screen, own.own);
  halt.meet({ asks: true, approves: false });
  const judge = (key: string) =>
    halt.judge({ own: [haltOf(["beta"], "merge", key)], peers: [] }, EMPTY_COUNTS, false);
  assertEquals(await judge("one"), "stay");
  assertEquals(await judge("two"), "stay");
  halt.hear({ type: "answer", number: 1, yes: true });
  assertEquals(await judge("two"), "stay");
  halt.hear({ type: "answer", number: 2, yes: true });
  assertEquals(await judge("two"), "approved");
});

const halted: MessageOf<"halted"> = {
  ...{ type: "halted", number: 7, asks: "mass", reason: "", needs: [], open: true, paths: [] },
  counts: [0, 0, 0, 0, 0, 0],
};

Deno.test("S3: beta asks by what its own guard says, once, and says so when alpha asks too", async () => {
  const { said, shown, stream, screen, own, answer } = sideOf("beta", false, true);
  const halt = new FollowingHalt(stream, screen, own);
  halt.stop(haltOf(["beta"]), EMPTY_COUNTS);
  answer(true);
  await Promise.resolve();
  assertEquals([said, halt.consent], [[], ["plan 1"]]);
  halt.show({ ...halted, reason: "", needs: ["beta"] });
  assertEquals([said, shown], [[{ type: "answer", number: 7, yes: true }], ["much of beta"]]);
  halt.stop(haltOf(["beta"], "mass", "plan 2"), EMPTY_COUNTS);
  assertEquals([halt.consent, shown.length], [[], 2]);
});

Deno.test("S3: beta takes no yes for given that its person has not said", () => {
  const { stream, screen, own } = sideOf("beta", false, true);
  const halt = new FollowingHalt(stream, screen, own);
  for (const how of ["approved", "merged"] as const) {
    halt.show({ ...halted, reason: "nothing to speak of", needs: ["beta"] });
    assertThrows(() => halt.end({ type: "resumed", how }), Breach, "nobody here gave");
  }
  halt.show({ ...halted, number: 8, reason: "much", needs: ["alpha"] });
  halt.end({ type: "resumed", how: "approved" });
});

const VOIDED: [what: string, judges: (halt: FollowingHalt) => void][] = [
  ["the plan", (halt) => halt.plan = [haltOf(["beta"], "mass", "plan 2")]],
  ["a request", (halt) => halt.requests = [haltOf(["beta"], "mass", "7 2")]],
];

for (const [what, judges] of VOIDED) {
  Deno.test(`T4: beta's yes is void once ${what} asks something else`, async () => {
    const { stream, screen, own, answer } = sideOf("beta", false, true);
    const halt = new FollowingHalt(stream, screen, own);
    halt.plan = [haltOf(["beta"])];
    halt.show(halted);
    answer(true);
    await Promise.resolve();
    assertEquals(halt.consent, ["plan 1"]);
    judges(halt);
    assertEquals(halt.consent, []);
    assertThrows(() => halt.end({ type: "resumed", how: "approved" }), Breach, "nobody here gave");
  });
}

Deno.test("T4: beta's yes is to its own questions, whatever alpha says beside them, and to what was asked", async () => {
  const { shown, stream, screen, own, answer } = sideOf("beta", false, true);
  const halt = new FollowingHalt(stream, screen, own);
  halt.plan = [haltOf(["beta"])];
  assertThrows(() => halt.end({ type: "resumed", how: "approved" }), Breach, "nobody here gave");
  halt.requests = [haltOf(["beta"], "mass", "7 2")];
  halt.show({ ...halted, reason: "and more ".repeat(100), needs: ["alpha"] });
  assertMatch(shown[0]!, /^much of beta; and more /);
  answer(true);
  await Promise.resolve();
  assertEquals(halt.consent, ["7 2", "plan 1"]);
  assertThrows(() => halt.end({ type: "resumed", how: "merged" }), Breach, "nobody here gave");
  halt.end({ type: "resumed", how: "approved" });
  assertEquals(halt.consent, []);
});
