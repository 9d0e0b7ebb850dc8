// One exchange between two folders, cut at byte after byte: whatever arrived, the next session ends where an uncut one would.

import { assert, assertEquals } from "@std/assert";
import { type Root } from "../../src/root/root.ts";
import { openRoot } from "../../src/root/opening.ts";
import { runSession, type SessionEnd } from "../../src/session/session.ts";
import type { Stream } from "../../src/wire/channel/frame.ts";
import { Folder } from "../scenarios/persons_folder.ts";
import { sealedChannels } from "../support/sealed_channels.ts";
import { memoryStreams } from "../support/streams.ts";
import { WINDOWS } from "../support/system.ts";

const CUTS = WINDOWS ? 4 : 24;
const OLD = Date.UTC(2026, 0, 1);

/** When only the goodbyes are missing, the exchange is over. */
const LAST_WORDS = 600;

const NAMES = ["alice", "bob"] as const;

/** Both roots, in use until disposed of. */
class Sides implements AsyncDisposable {
  private constructor(readonly roots: readonly Root[]) {}

  static async open(folders: readonly Folder[]): Promise<Sides> {
    const roots = folders.map(({ path }, number) => openRoot(path, `${path}-state`, NAMES[number]!));
    return new Sides(await Promise.all(roots) as Root[]);
  }

  async [Symbol.asyncDispose]() {
    await Promise.all(this.roots.map((root) => root.close()));
  }
}

/** A network that ends after so many bytes, both ways together. */
class Network {
  passed = 0;

  constructor(public left: number) {}

  through(stream: Stream, all: () => Stream[]): Stream {
    return {
      read: (into) => stream.read(into),
      close: () => stream.close(),
      write: async (bytes) => {
        const count = await stream.write(bytes.subarray(0, Math.min(bytes.length, Math.max(this.left, 1))));
        this.passed += count;
        this.left -= count;
        if (this.left <= 0) all().forEach((other) => other.close());
        return count;
      },
    };
  }
}

/** A session of both that ends in sync or with the network; how it ended for each. What is cut is the exchange: the channel is
 * sealed before. */
async function runSessions({ roots }: Sides, network: Network): Promise<SessionEnd[]> {
  const whole = network.left;
  network.left = Infinity;
  const streams: Stream[] = memoryStreams();
  const [one, other] = streams.map((stream) => network.through(stream, () => streams));
  const channels = await sealedChannels([one!, other!]);
  network.left = whole;
  network.passed = 0;
  return await Promise.all(roots.map((root, number) =>
    runSession(channels[number]!, {
      role: number === 0 ? "alpha" : "beta",
      self: NAMES[number]!,
      peer: NAMES[1 - number]!,
      peerKey: NAMES[1 - number]!,
      root,
      once: true,
      approves: false,
      mode: "two-way",
      emit: () => {},
      signal: new AbortController().signal,
    })
  ));
}

/** What both do between two sessions, on paths of their own: edited, made, deleted, renamed, large and small. */
function work([alice, bob]: readonly [Folder, Folder], round: number) {
  const time = OLD + round * 10_000;
  alice.write("alice's.txt", `alice in round ${round}`, time);
  bob.write("bob's.txt", `bob in round ${round}`, time);
  alice.write(`new/${round % 3}/a ${round}.txt`, `made in round ${round}`, time);
  bob.write("large.bin", new Uint8Array(400_000).map((_, at) => (at * at + round) % 251), time);
  if (round === 0) return;
  bob.rename(`new/${(round - 1) % 3}/a ${round - 1}.txt`, `bob renamed ${round - 1}.txt`);
  if (round > 1) alice.remove(`bob renamed ${round - 2}.txt`);
}

Deno.test("S6: cut at any byte, the next session ends as an uncut one: nothing lost, twice or undone", async () => {
  const place = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "tcpsync-cut-" }));
  const folders = [new Folder(`${place}/alice`), new Folder(`${place}/bob`)] as const;
  try {
    let round = 0;
    const next = async (cut: number): Promise<number> => {
      work(folders, round++);
      await using sides = await Sides.open(folders);
      const network = new Network(cut);
      const ends = await runSessions(sides, network);
      if (cut !== Infinity) assert(ends.some(({ how }) => how === "lost"), JSON.stringify(ends));
      const again = await runSessions(sides, new Network(Infinity));
      assertEquals(again.map(({ how, code }) => [how, code]), [["done", 0], ["done", 0]], `cut at ${cut}`);
      for (const folder of folders) assertEquals(names(folder), wanted(round), `cut at ${cut}`);
      assertEquals(folders[0].tree(), folders[1].tree(), `cut at ${cut}`);
      assertEquals(folders[1].read("alice's.txt"), `alice in round ${round - 1}`);
      assertEquals(folders[0].read("bob's.txt"), `bob in round ${round - 1}`);
      return network.passed;
    };
    for (let count = 0; count < 3; count++) await next(Infinity);
    const all = await next(Infinity);
    for (let cut = 0; cut < CUTS; cut++) await next(1 + Math.floor((all - LAST_WORDS) * cut / CUTS));
  } finally {
    Deno.removeSync(place, { recursive: true });
  }
});

/** The files there are after so many rounds. */
function wanted(rounds: number): string[] {
  const last = rounds - 1;
  const files = ["alice's.txt", "bob's.txt", "large.bin", `new/${last % 3}/a ${last}.txt`];
  if (rounds > 1) files.push(`bob renamed ${last - 1}.txt`);
  return files.sort();
}

function names(folder: Folder): string[] {
  return [...folder.tree()].filter(([, entry]) => entry.startsWith("file")).map(([path]) => path).sort();
}
