// A tree with many files: its first copy, a start with nothing changed, single saves and deletions, and large folders renamed or deleted.

import { type Bout, measure, tell } from "../bout.ts";
import { pause } from "../contender.ts";

/** No more saves are waited for after so long. */
const SAVES_MS = 20_000;
/** Between a save that was seen and the next: a person's, not a burst. */
const SAVE_EVERY_MS = 100;
/** After a start, before single saves: who just came into sync may look once more. */
const CALM_MS = 2000;
/** The same before a time without anything: who is just in sync has things to prove to itself, and what that costs is no idleness. */
const QUIET_MS = 90_000;

export async function firstCopy(bout: Bout) {
  await measure(bout, "first copy", () => bout.pairing.sync());
  await bout.pairing.stop();
}

/** All that goes on in a tree that is in sync. */
export function daily(saves: number, deletions: number) {
  return async (bout: Bout) => {
    const { contender, pairing } = bout;
    await measure(bout, "start again, nothing changed", () => pairing.sync());
    if (contender.live && bout.isTimed) {
      await pause(CALM_MS);
      await saved(bout, saves);
      await deleted(bout, deletions);
    }
    const [renamed, ...removed] = foldersOf(bout.place.source, bout.corpus.files);
    if (renamed) await renameFolder(bout, renamed);
    if (contender.bothWays && removed.length === 2) await deleteTwo(bout, removed as [string, string]);
    await pairing.stop();
  };
}

async function saved(bout: Bout, saves: number) {
  const { source, target } = bout.place;
  const took: number[] = [];
  const began = performance.now();
  while (took.length < saves && performance.now() - began < SAVES_MS) {
    const text = `save ${took.length} ${crypto.randomUUID()}\n`;
    const start = performance.now();
    Deno.writeTextFileSync(`${source}/saved.txt`, text);
    await bout.place.until(() => textAt(`${target}/saved.txt`) === text);
    took.push(performance.now() - start);
    await pause(SAVE_EVERY_MS * (1 + Math.random()));
  }
  tell(bout, "saved → seen", "ms", took);
}

async function deleted(bout: Bout, deletions: number) {
  const { source, target } = bout.place;
  const took: number[] = [];
  const began = performance.now();
  while (took.length < deletions && performance.now() - began < SAVES_MS) {
    Deno.writeTextFileSync(`${source}/doomed.txt`, `${took.length}`);
    await bout.place.until(() => isThere(`${target}/doomed.txt`));
    await pause(SAVE_EVERY_MS * (1 + Math.random()));
    const start = performance.now();
    Deno.removeSync(`${source}/doomed.txt`);
    await bout.place.until(() => !isThere(`${target}/doomed.txt`));
    took.push(performance.now() - start);
    await pause(SAVE_EVERY_MS * (1 + Math.random()));
  }
  tell(bout, "deleted → gone", "ms", took);
}

async function renameFolder(bout: Bout, folder: string) {
  const { source, target } = bout.place;
  const files = filesIn(`${source}/${folder}`);
  const renamed = `${folder}-renamed`;
  const isDone = () => isThere(`${target}/${renamed}`) && !isThere(`${target}/${folder}`);
  await measure(
    bout,
    `rename of the largest folder (${files.toLocaleString("en")} files)`,
    () => bout.pairing.follow(() => Deno.renameSync(`${source}/${folder}`, `${source}/${renamed}`), isDone),
  );
}

async function deleteTwo(bout: Bout, [here, there]: [string, string]) {
  const { source, target } = bout.place;
  const folders = [`${source}/${here}`, `${target}/${there}`];
  const files = folders.map(filesIn).reduce((sum, count) => sum + count);
  const isDone = () => !isThere(`${target}/${here}`) && !isThere(`${source}/${there}`);
  const act = () => folders.forEach((folder) => Deno.removeSync(folder, { recursive: true }));
  await measure(
    bout,
    `two large folders deleted, one by each (${files.toLocaleString("en")} files)`,
    () => bout.pairing.follow(act, isDone),
  );
}

/** What a tree in sync costs while nothing happens, for so many seconds: both sides together, without a
 * server. */
export function idle(seconds: number) {
  return async (bout: Bout) => {
    const { contender: { name: program }, pairing, place: { meter } } = bout;
    await pairing.sync();
    await pause(QUIET_MS);
    meter.begin();
    await pause(1000 * seconds);
    const cost = meter.end();
    const sides = Object.entries(cost).filter(([name]) => name !== "server");
    const cpu = sides.reduce((sum, [, { cpu }]) => sum + cpu, 0);
    bout.tell({ row: "idle, both sides", program, unit: "% of a core", values: [100 * cpu / seconds], cost });
    await pairing.stop();
  };
}

/** The folder with the most files, and the two largest of the others that are no more than a fifth of all: beyond a quarter people
 * would be asked first. */
function foldersOf(source: string, files: number): string[] {
  const counted = [...Deno.readDirSync(source)].filter(({ isDirectory, name }) =>
    isDirectory && !name.startsWith(".")
  )
    .map(({ name }) => ({ name, count: filesIn(`${source}/${name}`) }))
    .toSorted((one, other) => other.count - one.count);
  const [largest, ...others] = counted;
  const removed = others.filter(({ count }) => count < files / 5).slice(0, 2);
  return [largest, ...removed].flatMap((folder) => folder?.name ?? []);
}

function filesIn(folder: string): number {
  return [...Deno.readDirSync(folder)]
    .map(({ isDirectory, name }) => isDirectory ? filesIn(`${folder}/${name}`) : 1)
    .reduce((sum, count) => sum + count, 0);
}

function textAt(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}

function isThere(path: string): boolean {
  try {
    return Deno.lstatSync(path) !== null;
  } catch {
    return false;
  }
}
