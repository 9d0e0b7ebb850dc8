// Keeps two programs off one folder where its disk cannot lock (shares, above all): a file in it is signed, and signed anew every few
// seconds for as long as its program runs. What nobody renews for a while is left of a program that ended.

import type { Signature } from "../archive/signature.ts";
import type { Disk } from "../fs/port.ts";
import { readStart, writeAnew } from "../fs/small_file.ts";
import type { PrivatePlaces } from "./private_folder.ts";
import { InUse, type Lock, signature, signatureIn } from "./lock.ts";

/** It is signed anew so often (ms). */
export const RENEW_MS = 4_000;
/** Not signed anew for so long (ms), nobody is there. Others' disks and networks are slow at times. */
const STALE_MS = 15_000;
const LOOK_EVERY_MS = 250;
/** Two who both found that nobody is there have both signed after this (ms): the later one has it. */
const SETTLE_MS = 500;

/** The mark of a program's run, how often it signed, and who that is, once known. */
const FORM = /^([0-9a-f-]{36}) \d+(?: ([^\n]*))?\n$/;
const LONGEST = 300;

/** Sees to it that no other program is in the folder by its file, and signs it with `fresh`. `last`: the mark of the run before this
 * one, whose program has ended. Throws InUse. Waits for up to 16 s. */
export function takePresence(disk: Disk, places: PrivatePlaces, { last, fresh }: Signature): Lock {
  const found = heedPresence(disk, places, last);
  if (found === "nobody" && !createSigned(disk, places, fresh)) throw new InUse(inUse(places, disk));
  if (found === "left") {
    writeAnew(disk, places.presence, signed(fresh, 0));
    pause(SETTLE_MS);
    if (markIn(read(disk, places)) !== fresh) throw new InUse(inUse(places, disk));
  }
  return { close: () => leave(disk, places, fresh) };
}

/** Throws InUse where the file says that a program is in the folder; else whether there is one that nobody renews. */
export function heedPresence(
  disk: Disk,
  places: PrivatePlaces,
  last: string | null,
  staleMs = STALE_MS,
): "nobody" | "left" {
  const text = read(disk, places);
  if (text === null) return "nobody";
  if (markIn(text) === last) return "left";
  for (let waited = 0; waited < staleMs; waited += LOOK_EVERY_MS) {
    pause(LOOK_EVERY_MS);
    const now = read(disk, places);
    if (now === null) return "nobody";
    if (now !== text) throw new InUse(inUse(places, disk));
  }
  return "left";
}

/** What the file holds of a program in its run `mark` that signed it `count` times. */
export function signed(mark: string, count: number, name?: string): string {
  return `${mark} ${count}${name === undefined ? "" : ` ${signature(name)}`}\n`;
}

/** Whose run a file is of. */
export function markIn(text: string | null): string | null {
  return text === null ? null : FORM.exec(text)?.[1] ?? "";
}

function createSigned(disk: Disk, { presence }: PrivatePlaces, mark: string): boolean {
  try {
    const file = disk.create(presence);
    file.write(new TextEncoder().encode(signed(mark, 0)));
    file.close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    throw error;
  }
}

function leave(disk: Disk, places: PrivatePlaces, mark: string) {
  try {
    if (markIn(read(disk, places)) === mark) disk.removeIfThere(places.presence);
  } catch {
    // The folder is gone. The next run knows the mark.
  }
}

function read(disk: Disk, { presence }: PrivatePlaces): string | null {
  return disk.stat(presence)?.kind === "file" ? readStart(disk, presence, LONGEST) : null;
}

function inUse(places: PrivatePlaces, disk: Disk): string {
  const who = signatureIn(FORM.exec(read(disk, places) ?? "")?.[2] ?? "");
  return `The folder ${places.folder} is in use by another tcpsync${who && `, ${who}`}`;
}

function pause(ms: number) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
