// What is copied: trees and files that are made the same each time, or a tree that is given.

import { format } from "@std/fmt/bytes";
import { printed } from "./programs.ts";

/** A folder to copy from, for each contender and round anew. */
export interface Corpus {
  /** In words: how many files, how many bytes. */
  readonly what: string;
  readonly files: number;
  /** Puts it there, with all its times. */
  into(folder: string): Promise<void>;
}

/** A folder as it is. */
export async function given(path: string): Promise<Corpus> {
  const sizes = (await printed("find", [path, "-type", "f", "-printf", "%s\\n"])).trim().split("\n").map(
    Number,
  );
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  return {
    what: `${sizes.length === 1 ? "one file" : `${sizes.length.toLocaleString("en")} files`}, ${
      sizeOf(bytes)
    }`,
    files: sizes.length,
    async into(folder) {
      await printed("cp", ["-a", "--reflink=auto", path, folder]);
    },
  };
}

/** A size in words. */
export function sizeOf(bytes: number): string {
  return format(bytes, { maximumFractionDigits: bytes < 1e7 ? 1 : 0 });
}

/** Numbers from 0 to 1 that are the same each time (mulberry32). */
export function numbers(seed: number): () => number {
  return () => {
    seed = (seed + 0x6D2B79F5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Files like those of a source tree: as much text, which shrinks to about a quarter, in folders of folders. One of them has two
 * fifths of the files, as the largest one of Linux has. */
export function makeTree(path: string, files: number) {
  const next = numbers(1);
  const text = words(next);
  for (let number = 0; number < files; number++) {
    const part = number % 10 < 4 ? "drivers" : `part${number % 10}`;
    const folder = `${path}/${part}/d${Math.floor(number / 160)}/e${Math.floor(number / 40)}`;
    if (number % 40 < 10) Deno.mkdirSync(folder, { recursive: true });
    const size = Math.floor(2000 * Math.exp(3.5 * next() ** 1.5));
    const from = Math.floor(next() * (text.length - size));
    Deno.writeFileSync(`${folder}/file${number}.c`, text.subarray(from, from + size));
  }
}

/** Two megabytes of made-up words. */
function words(next: () => number): Uint8Array<ArrayBuffer> {
  const letters = "etaoinshrdlucmfwypvbgk_";
  const word = () =>
    Array.from(
      { length: 2 + Math.floor(7 * next()) },
      () => letters[Math.floor(next() ** 2 * letters.length)],
    )
      .join("");
  const known = Array.from({ length: 4000 }, word);
  let text = "";
  while (text.length < 2 << 20) {
    text += known[Math.floor(next() ** 2 * known.length)] + (next() < 0.15 ? ";\n\t" : " ");
  }
  return new TextEncoder().encode(text);
}

/** Files of some dozen bytes, a hundred to a folder. */
export function makeTiny(path: string, files: number) {
  for (let number = 0; number < files; number++) {
    const folder = `${path}/d${Math.floor(number / 100)}`;
    if (number % 100 === 0) Deno.mkdirSync(folder, { recursive: true });
    Deno.writeTextFileSync(`${folder}/f${number}`, `tiny file ${number}\n`.repeat(1 + number % 5));
  }
}

/** One file of random bytes, `large.bin`, which nothing makes smaller. */
export function makeLarge(path: string, bytes: number) {
  Deno.mkdirSync(path, { recursive: true });
  using file = Deno.openSync(`${path}/large.bin`, { write: true, create: true });
  writeRandom(file, bytes);
}

/** Writes so many random bytes where the file stands. */
export function writeRandom(file: Deno.FsFile, bytes: number) {
  const piece = new Uint8Array(65_536);
  for (let left = bytes; left > 0; left -= piece.length) {
    file.writeSync(crypto.getRandomValues(piece).subarray(0, Math.min(left, piece.length)));
  }
}
