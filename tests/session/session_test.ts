// What the peer hears when a session ends: how, and never anything of this computer that the peer need not know.

import { assert, assertEquals } from "@std/assert";
import { RootGone, UserError } from "../../src/core/failure.ts";
import type { Mode } from "../../src/core/plan/one_way.ts";
import type { Root, RootListener } from "../../src/root/root.ts";
import { runSession, type SessionEnd } from "../../src/session/session.ts";
import type { Channel } from "../../src/wire/channel/channel.ts";
import { decodeMessage, encodeMessage, type Message, type MessageOf } from "../../src/wire/message.ts";

const ability = { foldsCase: false, executable: true, links: true, windowsNames: false, longestPath: 4000 };

/** What the two sides want, and whether the peer takes word of looks. */
interface Terms {
  mode: Mode;
  peerMode: Mode | undefined;
  looks?: boolean | undefined;
}

/** Runs a session whose root takes long to look, and fails with `failure`, once both have said hello; gives its end, what the peer was told
 * before, and the goodbye it heard. */
async function endWith(
  failure: unknown,
  { mode, peerMode, looks }: Terms = { mode: "two-way", peerMode: "two-way" },
): Promise<{ end: SessionEnd; said: Message[]; bye: MessageOf<"bye"> }> {
  const said: Message[] = [];
  const closed = Promise.withResolvers<null>();
  const hello = {
    type: "hello",
    root: crypto.randomUUID(),
    ability,
    strange: "",
    once: false,
    asks: false,
    approves: false,
    mode: peerMode,
    looks,
  } as Message;
  const arriving: Promise<Uint8Array | null>[] = [Promise.resolve(encodeMessage(hello)), closed.promise];
  const channel: Channel = {
    send(message) {
      said.push(decodeMessage(message));
      if (said.at(-1)!.type === "bye") closed.resolve(null);
      return Promise.resolve();
    },
    receive: () => arriving.shift() ?? Promise.resolve(null),
    close: () => closed.resolve(null),
  };
  const root = {
    folder: "/home/alice/secret plans",
    identity: crypto.randomUUID(),
    ability,
    listen: ({ looking }: RootListener) => {
      looking!({ files: 120_000, over: false });
      return () => {};
    },
    openEndpoint: () => Promise.reject(failure),
  } as unknown as Root;
  const end = await runSession(channel, {
    ...{
      role: "alpha",
      self: "alice",
      peer: "bob",
      peerKey: "bob",
      root,
      once: false,
      approves: false,
      mode,
    },
    emit: () => {},
    signal: new AbortController().signal,
  });
  const bye = said.at(-1)!;
  if (bye.type !== "bye") throw new Error(`${bye.type} came last`);
  return { end, said, bye };
}

const FAILURES: [what: string, failure: unknown, bye: string][] = [
  [
    "a folder that cannot be used",
    new UserError("/home/alice/secret plans is full"),
    "their folder cannot be used",
  ],
  ["a folder that is gone", new RootGone("/home/alice/secret plans is gone"), "their folder cannot be used"],
  ["a defect", new TypeError("no x of /home/alice/secret plans"), "a defect"],
  ["something thrown that is no error", "/home/alice/secret plans", "a defect"],
];

for (const [what, failure, reason] of FAILURES) {
  Deno.test(`the peer hears of ${what}, and no path and no line of code with it; who has it hears all`, async () => {
    const { end, bye } = await endWith(failure);
    assertEquals(bye.reason, reason);
    assert(end.reason.includes("secret plans"));
  });
}

Deno.test("a look that takes long is told to the peer, if its program knows such news", async () => {
  for (const looks of [true, undefined]) {
    const { said } = await endWith(new Error("over"), { mode: "two-way", peerMode: "two-way", looks });
    const told = said.filter(({ type }) => type === "looking");
    assertEquals(told, looks ? [{ type: "looking", files: 120_000, over: false }] : []);
  }
});

Deno.test("W1: who has a mode leaves a program that knows none, and tells it why", async () => {
  const { end, bye } = await endWith(new Error("it went on"), { mode: "receive", peerMode: undefined });
  const reason = "One side has --mode receive, and the other's tcpsync is older and knows no modes: " +
    "bring that up to date, or leave --mode out";
  assertEquals([end.how, end.reason, end.code, bye.reason], ["halted", reason, 3, reason]);
  const both = await endWith(new UserError("it went on"), { mode: "two-way", peerMode: undefined });
  assertEquals(both.end.reason, "it went on");
});
