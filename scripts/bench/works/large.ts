// One large file of random bytes: its first copy, and what is sent of it after three kinds of changes.

import { type Bout, measure } from "../bout.ts";
import { pause } from "../contender.ts";
import { writeRandom } from "../corpora.ts";

/** How much is put at the front. */
const FRONT_BYTES = 1000;
/** What is rewritten comes in pieces of this size, anywhere. */
const PIECE_BYTES = 65_536;
/** Of the file, rewritten or appended. */
const SHARE = 0.01;

const SECOND_MS = 1100;

/** A change of the file that is ready to be made. Returns where in the file something is new then. */
type Change = () => number;

export async function largeFile(bout: Bout) {
  const { pairing, place: { source, target, path } } = bout;
  const [here, there] = [`${source}/large.bin`, `${target}/large.bin`];
  await measure(bout, "large file, first copy", () => pairing.sync());
  const changes: [row: string, prepare: () => Change][] = [
    ["large file, bytes put at its front", () => newFront(here, `${path}/beside`)],
    ["large file, 1 % rewritten", () => () => rewrite(here)],
    ["large file, 1 % appended", () => () => append(here)],
  ];
  for (const [row, prepare] of changes) {
    const change = prepare();
    // Some peers see a change only in another second.
    await pause(SECOND_MS);
    let at = 0;
    await measure(bout, row, () => pairing.follow(() => at = change(), () => isSameAt(at, here, there)));
  }
  await pairing.stop();
}

/** As an editor saves: a new file, in place of the old one. */
function newFront(path: string, beside: string): Change {
  using from = Deno.openSync(path);
  using to = Deno.openSync(beside, { write: true, create: true, truncate: true });
  writeRandom(to, FRONT_BYTES);
  const piece = new Uint8Array(1 << 20);
  for (let read = from.readSync(piece); read; read = from.readSync(piece)) {
    to.writeSync(piece.subarray(0, read));
  }
  return () => {
    Deno.renameSync(beside, path);
    return 0;
  };
}

function rewrite(path: string): number {
  using file = Deno.openSync(path, { read: true, write: true });
  const { size } = file.statSync();
  let at = 0;
  for (let bytes = 0; bytes < SHARE * size; bytes += PIECE_BYTES) {
    at = Math.floor(Math.random() * (size - PIECE_BYTES));
    file.seekSync(at, Deno.SeekMode.Start);
    writeRandom(file, PIECE_BYTES);
  }
  return at;
}

function append(path: string): number {
  using file = Deno.openSync(path, { append: true });
  const { size } = file.statSync();
  writeRandom(file, Math.ceil(SHARE * size));
  return size;
}

/** Whether both are as large, and hold the same from `at` on, as far as one piece goes. */
function isSameAt(at: number, ...paths: string[]): boolean {
  try {
    const [here, there] = paths.map((path) => pieceAt(at, path));
    return here!.size === there!.size && here!.piece.every((byte, index) => byte === there!.piece[index]);
  } catch (error) {
    // It is being replaced.
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function pieceAt(at: number, path: string): { size: number; piece: Uint8Array } {
  using file = Deno.openSync(path);
  file.seekSync(at, Deno.SeekMode.Start);
  const piece = new Uint8Array(PIECE_BYTES);
  const read = file.readSync(piece) ?? 0;
  return { size: file.statSync().size, piece: piece.subarray(0, read) };
}
