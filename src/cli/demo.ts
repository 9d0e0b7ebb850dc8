// The main job shown on an embedded default: a server and two users in this process, two folders, and changes that are
// made on one side and looked for, in the real folder, on the other.

import { join } from "@std/path";
import { readText, readTexts, removePath, renamePath, writeText } from "../fs/folder.ts";
import { type Client } from "../peer/client.ts";
import { createClient } from "../peer/create_client.ts";
import { startServer } from "../rendezvous/server.ts";
import type { Emit } from "../core/event.ts";
import { openTrust } from "../trust/store.ts";
import { fingerprint, type KeyPair } from "../wire/channel/keys.ts";

/** How long nothing at all may happen before a change counts as not arrived. */
const QUIET_MS = 30_000;
const LOOK_EVERY_MS = 5;

/** The two folders. */
export interface Folders {
  alice: string;
  bob: string;
}

/** The demonstration's cast, ready to play. */
export interface Demo {
  folders: Folders;
  alice: Client;
  bob: Client;
  /** Conflicts told so far, by either client. */
  conflicts(): number;
  /** Resolves with the milliseconds it took until `arrived`; rejects after a long quiet. */
  until(arrived: () => boolean): Promise<number>;
  close(): Promise<void>;
}

/** A change on one side, and how to see on the other that it is there. */
export interface DemoStep {
  what: string;
  change(demo: Demo): void | Promise<void>;
  arrived(demo: Demo): boolean;
}

const report = { v1: "Report, first draft\n", v2: "Report, first draft\nbob: with figures\n" };
const plan = { alice: "Plan: alice says Monday\n", bob: "Plan: bob says Tuesday, if it rains\n" };

/** Fills the two folders, as if each had been in use before. */
export function fillFolders({ alice, bob }: Folders): void {
  writeText(join(alice, "plan.txt"), "Plan: to be made\n");
  writeText(join(alice, "photos", "cat.txt"), "a cat\n");
  writeText(join(alice, "photos", "2026", "dog.txt"), "a dog\n");
  writeText(join(bob, "music", "song.txt"), "la la la\n");
  writeText(join(bob, "old list.txt"), "milk, bread\n");
}

/** The play, in order. */
export const STEPS: readonly DemoStep[] = [
  {
    what: "alice invites bob: both folders become one",
    change: async ({ alice, bob }) => {
      await bob.acceptFrom("alice");
      await alice.invite("bob");
    },
    arrived: ({ folders }) => readTexts(folders.alice).size === 5 && same(folders),
  },
  {
    what: "alice makes report.txt",
    change: ({ folders }) => writeText(join(folders.alice, "report.txt"), report.v1),
    arrived: ({ folders }) => readText(join(folders.bob, "report.txt")) === report.v1,
  },
  {
    what: "bob edits report.txt",
    change: ({ folders }) => writeText(join(folders.bob, "report.txt"), report.v2),
    arrived: ({ folders }) => readText(join(folders.alice, "report.txt")) === report.v2,
  },
  {
    what: "alice renames the folder photos to pictures",
    change: ({ folders }) => renamePath(join(folders.alice, "photos"), join(folders.alice, "pictures")),
    arrived: ({ folders }) =>
      readText(join(folders.bob, "pictures", "2026", "dog.txt")) === "a dog\n" &&
      readText(join(folders.bob, "photos", "cat.txt")) === undefined,
  },
  {
    what: "bob deletes old list.txt",
    change: ({ folders }) => removePath(join(folders.bob, "old list.txt")),
    arrived: ({ folders }) => readText(join(folders.alice, "old list.txt")) === undefined,
  },
  {
    what: "both edit plan.txt at once: both contents are kept",
    change: ({ folders }) => {
      writeText(join(folders.alice, "plan.txt"), plan.alice);
      writeText(join(folders.bob, "plan.txt"), plan.bob);
    },
    arrived: (demo) => {
      const texts = [...readTexts(demo.folders.bob).values()];
      return demo.conflicts() > 0 && texts.includes(plan.alice) && texts.includes(plan.bob) &&
        same(demo.folders);
    },
  },
];

/** Starts the server on a free loopback port and both clients; `emits` hear what each client tells. */
export async function startDemo(
  folders: Folders,
  stateDir: string,
  emits: Record<"alice" | "bob", Emit> = { alice: () => {}, bob: () => {} },
): Promise<Demo> {
  const news: News = { at: performance.now(), conflicts: 0 };
  const names = openTrust(join(stateDir, "server"), "server");
  const keys = {
    alice: openTrust(join(stateDir, "alice"), "client"),
    bob: openTrust(join(stateDir, "bob"), "client"),
  };
  const own = names.identity;
  const server = await startServer({ host: "127.0.0.1", port: 0, own, names, emit: () => {} });
  // Nobody has to compare digits here: all the keys are this demonstration's own.
  const make = (name: "alice" | "bob", other: "alice" | "bob") =>
    createClient({
      host: server.host,
      port: server.port,
      name,
      stateDir: join(stateDir, name),
      keyring: keys[name],
      pins: { server: printOf(own), peers: [{ fingerprint: printOf(keys[other].identity) }] },
      folder: folders[name],
      once: false,
      stay: true,
      emit(event) {
        news.at = performance.now();
        if (event.event === "conflict") news.conflicts++;
        emits[name](event);
      },
    });
  const [alice, bob] = [make("alice", "bob"), make("bob", "alice")];
  await Promise.all([alice.start(), bob.start()]);

  return {
    ...{ folders, alice, bob },
    conflicts: () => news.conflicts,
    until: (arrived) => until(news, arrived),
    async close() {
      await Promise.all([alice.close(), bob.close()]);
      await server.close();
      for (const store of [names, keys.alice, keys.bob]) store.close();
    },
  };
}

/** What the two clients told: when last, and how many conflicts. */
interface News {
  at: number;
  conflicts: number;
}

async function until(news: News, arrived: () => boolean): Promise<number> {
  const begun = news.at = performance.now();
  while (!arrived()) {
    if (performance.now() - news.at > QUIET_MS) throw new Error("nothing happened for 30 s");
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return performance.now() - begun;
}

function printOf({ publicKey }: KeyPair): string {
  return fingerprint(publicKey);
}

/** Makes one change and waits until it has arrived and both sides say the same again; gives the ms to its arrival. */
export async function playStep(demo: Demo, step: DemoStep): Promise<number> {
  await step.change(demo);
  const ms = await demo.until(() => step.arrived(demo));
  await demo.until(() => settled(demo));
  return ms;
}

/** Both clients say "in sync" with one digest. */
function settled({ alice, bob }: Demo): boolean {
  const [here, there] = [alice.status()[0], bob.status()[0]];
  return here?.state === "insync" && there?.state === "insync" && here.digest === there.digest;
}

/** The two folders really hold the same. */
export function same({ alice, bob }: Folders): boolean {
  const [here, there] = [readTexts(alice), readTexts(bob)];
  return here.size === there.size && [...here].every(([path, text]) => there.get(path) === text);
}
