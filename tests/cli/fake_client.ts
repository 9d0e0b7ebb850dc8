// A client without a server: a test says who is here and what arrives, and sees what the shell asked of it.

import type { Client, SessionStatus } from "../../src/peer/client.ts";
import type { HistoryService } from "../../src/history/history_service.ts";
import type { Remote } from "../../src/root/rpc.ts";
import { within } from "./within.ts";

/** A client whose state the test sets; `calls` is what it was told to do, in order. */
export interface FakeClient extends Client {
  present: string[];
  waiting: string[];
  sessions: SessionStatus[];
  /** With whom the folder `/f` is shared. */
  sharedWith: string[];
  /** What the folder's past answers. */
  historyService: Partial<Remote<HistoryService>>;
  calls: string[];
  /** Resolves once it was told to do that. */
  called(call: string): Promise<void>;
}

/** A fake client that ends with `code` when closed. */
export function createFakeClient(code = 0): FakeClient {
  const ended = Promise.withResolvers<number>();
  let wake = () => {};
  const call = (...words: (string | undefined)[]) => {
    fake.calls.push(words.filter((word) => word !== undefined).join(" "));
    wake();
    return Promise.resolve();
  };
  const answered = (peer: string) => fake.waiting = fake.waiting.filter((name) => name !== peer);
  const fake: FakeClient = {
    present: [],
    waiting: [],
    sessions: [],
    sharedWith: [],
    historyService: {},
    calls: [],
    async called(call) {
      while (!fake.calls.includes(call)) {
        await within(new Promise<void>((resolve) => wake = resolve), () => call);
      }
    },
    start: () => call("start"),
    prepare: () => {},
    users: () => fake.present,
    invite: (peer, folder) => call("invite", peer, folder),
    acceptFrom: (peer, folder) => call("acceptFrom", peer, folder),
    pending: () => fake.waiting,
    accept(peer, folder) {
      answered(peer);
      return call("accept", peer, folder);
    },
    sharing(peer, folder = "/f") {
      const sharedWith = folder === "/f" ? fake.sharedWith.filter((name) => name !== peer) : [];
      return { folder, sharedWith };
    },
    decline(peer) {
      answered(peer);
      return call("decline", peer);
    },
    disconnect: (peer) => call("disconnect", peer),
    status: () => fake.sessions,
    conflicts: () => [],
    askHistory: (question) => fake.bringBack(question),
    verify: (rate, peer) => call("verify", rate === undefined ? undefined : String(rate), peer),
    stopVerifying: (peer) => call("stopVerifying", peer).then(() => true),
    bringBack: (act) => act(fake.historyService as Remote<HistoryService>),
    ended: ended.promise,
    close() {
      ended.resolve(code);
      return call("close");
    },
  };
  return fake;
}
