// The functions that most of the time of a sync goes into, each alone: deno task hot.

import { Archive } from "../../src/archive/archive.ts";
import { type DirectoryEntry, type Entry, shallow } from "../../src/core/tree/entry.ts";
import { ROOT } from "../../src/core/tree/path.ts";
import { walk } from "../../src/core/tree/tree.ts";
import { reconcile } from "../../src/core/plan/reconcile.ts";
import { BatchWriter, readBatch } from "../../src/wire/batch.ts";
import { blockDigest } from "../../src/wire/blocks.ts";
import { blockSizes, cutLength } from "../../src/wire/cut.ts";
import { duoWith } from "../../tests/support/duo.ts";
import { sideOf } from "../../tests/support/plan.ts";
import { sealedChannels } from "../../tests/support/sealed_channels.ts";
import { dir, file } from "../../tests/support/trees.ts";

const FILES = 2000;
const FOLDERS = 40;
const MIB = 1 << 20;

/** The same files in the same folders; with `edited`, one in ten has other content. */
function tree(edited = false): DirectoryEntry {
  const folders: Record<string, Record<string, Entry>> = {};
  for (let number = 0; number < FILES; number++) {
    const content = edited && number % 10 === 0 ? `edited ${number}` : `content ${number}`;
    (folders[`d${number % FOLDERS}`] ??= {})[`f${number}`] = file(content);
  }
  return dir(Object.fromEntries(Object.entries(folders).map(([name, children]) => [name, dir(children)])));
}

/** As much as crypto gives at once, again and again. */
function random(bytes: number): Uint8Array<ArrayBuffer> {
  const made = new Uint8Array(bytes);
  for (let at = 0; at < bytes; at += 65_536) crypto.getRandomValues(made.subarray(at, at + 65_536));
  return made;
}

{
  const paths = Array.from(
    { length: FILES },
    (_, number) => [`d${number % FOLDERS}/f${number}`, `${number}`],
  );
  const duo = duoWith(Object.fromEntries(paths));
  addEventListener("unload", () => duo[Symbol.dispose]());
  Deno.bench(`scan: a look at everything, ${FILES} files, nothing changed`, () => duo.alpha.look());
}

{
  const [ancestor, edited] = [tree(), tree(true)];
  const [alice, bob] = [sideOf(ancestor, edited, "alice"), sideOf(ancestor, ancestor, "bob")];
  Deno.bench(`reconcile: ${FILES} files, a tenth edited on one side`, () => {
    reconcile(ancestor, alice, bob, { offset: 0 });
  });
}

{
  const content = random(128 * MIB);
  const sizes = blockSizes(content.length);
  const blocks = function* () {
    for (let at = 0; at < content.length;) {
      const block = content.subarray(at, at + cutLength(content.subarray(at, at + sizes.most), sizes));
      yield block;
      at += block.length;
    }
  };
  Deno.bench("blocks: 128 MiB cut", () => {
    for (const _ of blocks());
  });
  Deno.bench("blocks: 128 MiB cut, and a digest of each", () => {
    for (const block of blocks()) blockDigest(block);
  });
}

{
  const content = random(10_000);
  const digest = "00".repeat(32);
  Deno.bench("batch: 64 files of 10 kB written and read", () => {
    const writer = new BatchWriter(true);
    for (let number = 0; number < 64; number++) {
      writer.room().set(content);
      writer.add(number, content.length, digest);
    }
    for (const _ of readBatch(writer.done()));
  });
}

{
  const [one, other] = await sealedChannels();
  const message = random(MIB);
  Deno.bench("seal: a message of 1 MiB, sealed and opened", async () => {
    await Promise.all([one.send(message.slice()), other.receive()]);
  });
}

{
  const ancestor = tree();
  const rows = [...walk(ROOT, ancestor)].slice(1).map(([path, entry]) => ({ path, new: shallow(entry) }));
  const made = () => {
    const archive = new Archive(":memory:");
    const pair = archive.pair({ root: "peer", key: "key" }, false);
    archive.restart(pair, "history");
    return { archive, pair };
  };
  const commit = ({ archive, pair }: ReturnType<typeof made>) =>
    archive.commit(pair, { generation: 1, moves: [], rows }, dir(), ancestor);
  Deno.bench(`archive: a commit of ${FILES} new files`, (bench) => {
    const its = made();
    bench.start();
    commit(its);
    bench.end();
    its.archive.close();
  });
  const place = Deno.makeTempDirSync({ prefix: "tcpsync-hot-" });
  addEventListener("unload", () => Deno.removeSync(place, { recursive: true }));
  const archive = new Archive(`${place}/archive`);
  const pair = archive.pair({ root: "peer", key: "key" }, false);
  archive.restart(pair, "history");
  commit({ archive, pair });
  archive.close();
  Deno.bench(`archive: opened with the ancestor of ${FILES} files`, () => {
    const archive = new Archive(`${place}/archive`);
    archive.ancestor(pair);
    archive.close();
  });
}
