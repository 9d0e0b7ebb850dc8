// Steps both sides do alike, and calls into a worker, when the other end goes away in their middle.

import { assertEquals, assertRejects } from "@std/assert";
import { Changes, type Party, stageBoth } from "../../src/session/party.ts";
import { WorkerLink } from "../../src/session/remote.ts";

Deno.test("a link that breaks while content is sent rejects once, and leaves no rejection behind", async () => {
  const unhandled: unknown[] = [];
  const note = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    unhandled.push(event.reason);
  };
  addEventListener("unhandledrejection", note);
  let calls = 0;
  const party = {
    talk: {
      send: () => Promise.reject(new Error("lost")),
      sendAll: () => Promise.resolve(),
      expect: (type: string) => type === "want" ? Promise.resolve({ type }) : new Promise(() => {}),
    },
    dealing: {
      stage: () => Promise.resolve([]),
      supply: () => Promise.resolve(),
      // The session has ended the dealing by the time the second batch is asked for.
      supplyNext: () =>
        calls++ === 0 ? Promise.resolve([new Uint8Array(1), 1]) : Promise.reject(new Error("No object 1")),
    },
    report: { progress() {} },
    changes: new Changes(),
  } as unknown as Party;
  await assertRejects(() => stageBoth(party), Error, "lost");
  await new Promise((resolve) => setTimeout(resolve)); // Rejections nobody handles are told at the end of the turn.
  removeEventListener("unhandledrejection", note);
  assertEquals([calls, unhandled], [2, []]);
});

Deno.test("calls into a worker that was ended reject, those under way and those to come", async () => {
  const source = new Blob(["self.onmessage = () => {}"], { type: "text/javascript" });
  const link = new WorkerLink(new Worker(URL.createObjectURL(source), { type: "module" }));
  const remote = link.remote<{ ask(): number }>(0);
  const underWay = assertRejects(() => remote.ask(), Error, "ended");
  link.end();
  await underWay;
  await assertRejects(() => remote.ask(), Error, "ended");
});

Deno.test("changes are noted until taken, and wake who waits", async () => {
  const changes = new Changes();
  const never = new Promise<void>(() => {});
  const waiting = changes.wait(Infinity, never);
  changes.note();
  await waiting;
  assertEquals(changes.pending, true);
  changes.taken();
  assertEquals([changes.pending, changes.age], [false, 0]);
  await changes.wait(1, never);
  await changes.wait(Infinity, Promise.resolve());
});
