// When content is read again: everything at once for whoever asks, and slowly in quiet hours, never both.

import { assert, assertEquals } from "@std/assert";
import { Reading, type ReadingNews } from "../../src/root/reading.ts";
import type { HowFar, Slice } from "../../src/engine/scrub.ts";
import type { Remote } from "../../src/root/rpc.ts";
import type { WorkerHost } from "../../src/root/worker_host.ts";

/** A worker host whose folder takes `slices` to read, and that notes its calls. */
function benchWith(slices: number) {
  const calls: string[] = [];
  const slowly = Promise.withResolvers<void>();
  const howFar = (files: number): HowFar => ({
    begun: 1,
    files,
    bytes: files,
    ofFiles: slices,
    ofBytes: slices,
  });
  let files = 0;
  const slice = (): Slice => ({
    ...{ howFar: howFar(++files), over: files >= slices, bytes: 1, took: 0, stirred: files === 2 },
    findings: files === 2 ? [{ path: "a", what: "edit", reason: "why" }] : [],
  });
  const called = async <T>(name: string, answer: () => T): Promise<T> => {
    calls.push(name);
    await new Promise((resolve) => setTimeout(resolve));
    return answer();
  };
  const workerHost: Pick<Remote<WorkerHost>, "beginReading" | "readSlice" | "readSlowly" | "readDoubted"> = {
    beginReading: () => called("begin", () => howFar(files = 0)),
    readSlice: () => called("slice", slice),
    readSlowly: () => called("slowly", () => (slowly.resolve(), { slice: null, due: 3600_000 })),
    readDoubted: () => called("doubted", () => ({ alike: [], more: false, findings: [], stirred: false })),
  };
  return { workerHost, calls, slowly: slowly.promise };
}

function reading(slices: number, days: number, quietMs = 0) {
  const news: ReadingNews[] = [];
  let stirred = 0;
  const workerHost = benchWith(slices);
  const reading = new Reading(workerHost.workerHost, days, (one) => news.push(one), () => stirred++, quietMs);
  return { ...workerHost, reading, news, stirred: () => stirred };
}

Deno.test("what is asked for is read to its end, and told: how far, what differs, that it is done", async () => {
  const { reading: asked, news, calls, stirred } = reading(3, 0);
  await asked.verify("own");
  assertEquals(calls, ["begin", "slice", "slice", "slice"]);
  assertEquals(news.map((one) => one.event === "proof" ? `${one.state} ${one.files}` : one.path), [
    "reading 0",
    "a",
    "done 3",
  ]);
  assertEquals(stirred(), 1);
  await asked.close();
});

Deno.test("with no days content is never read by itself; with some it is, once the hours are quiet", async () => {
  const never = reading(20, 0);
  await never.reading.verify("own"); // Longer than the quiet that is waited for.
  assert(!never.calls.includes("slowly"));
  await never.reading.close();
  const some = reading(20, 30);
  await some.slowly;
  await some.reading.close();
});

Deno.test("a stop of the peer's does not end what this side's person asks for, and the own one ends all", async () => {
  const { reading: both, news } = reading(1e9, 0);
  const over = both.verify("own");
  assertEquals(both.verify("peer"), over, "there is one reading");
  both.stop("peer");
  while (!news.some((one) => one.event === "differs")) await new Promise((resolve) => setTimeout(resolve));
  assertEquals(both.stop("own"), true);
  await over;
  assertEquals(news.at(-1)?.event === "proof" && news.at(-1), {
    ...news.at(-1),
    event: "proof",
    state: "stopped",
  });
  assertEquals(both.stop("own"), false);
  await both.close();
});
