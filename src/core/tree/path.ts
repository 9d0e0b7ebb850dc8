// Paths inside a root: "/"-separated names, "" for the root itself. The one gate every name from a peer passes (RULES N1).

import { Breach } from "../failure.ts";

/** Marks a path; it exists in types alone. */
export declare const passed: unique symbol;

/** A path that passed the gate or was read from this disk. In the compared form (see `compareKey`) unless said otherwise. */
export type Path = string & { readonly [passed]: true };

/** The root's own path. */
export const ROOT = "" as Path;

/** The folder in every root that never travels. */
export const PRIVATE_NAME = ".tcpsync";
/** The short (8.3) names that NTFS gives it beside its own, unless the disk makes none: six letters without the leading dot, and a
 * number; from the fifth of their like on, two letters, a checksum of the whole name (e756), and a number, which takes the place of
 * letters as it grows. So it is by NTFS's published rules, and `TCPSYN~1` opens `.tcpsync` there. Under Wine it does not: names that
 * begin with a dot have no short ones there. */
const SHORT_PRIVATE_NAME = /^(tcpsyn~\d|(?=.{8}$)t(c(e(7(56?)?)?)?)?~[1-9]\d*)$/;

const LONGEST_NAME = 1024;
const LONGEST_PATH = 32_000;
/** A system's separator, which no name from a peer may contain there. */
export type Separator = "/" | "\\";

/** Lets a peer's name through or ends the session: throws Breach (N1). `separator` is this system's. */
export function gateName(name: unknown, separator: Separator): string {
  if (typeof name !== "string" || name === "") throw new Breach("A name from the peer is empty or no text");
  if (name === "." || name === "..") throw new Breach(`A name from the peer is "${name}"`);
  if (name.includes("/") || name.includes("\0") || (separator === "\\" && name.includes("\\"))) {
    throw new Breach("A name from the peer contains a separator or NUL");
  }
  if (name.length > LONGEST_NAME) throw new Breach("A name from the peer is over-long");
  // Half a character has no form in UTF-8: on a disk, and in a digest, such names would become one another.
  if (!name.isWellFormed()) throw new Breach("A name from the peer is no text");
  if (isPrivateName(name)) throw new Breach(`A name from the peer is ${PRIVATE_NAME}, which never travels`);
  return name;
}

/** Lets a peer's path through, name by name; throws Breach. The root ("") passes. */
export function gatePath(path: unknown, separator: Separator): Path {
  if (path === "") return ROOT;
  if (typeof path !== "string" || path.length > LONGEST_PATH) {
    throw new Breach("A path from the peer is no text or over-long");
  }
  for (const name of path.split("/")) gateName(name, separator);
  return path as Path;
}

/** Whether a name is that of the private folder on any system: case, normal form, trailing dots and spaces folded,
 * the short alias Windows gives it, a stream of it (NTFS), and characters that cannot be seen (which HFS+, and ext4 where
 * it folds case, leave out). */
export function isPrivateName(name: string): boolean {
  // Every name of every message passes here: nearly all are told apart by their first letter.
  if (!".tT".includes(name.charAt(0)) && isAscii(name)) return false;
  const seen = name.replace(/:.*/s, "").normalize("NFKC").replaceAll(
    /\p{Default_Ignorable_Code_Point}/gu,
    "",
  );
  const folded = foldCase(seen).replace(/[. ]+$/, "");
  return folded === PRIVATE_NAME || SHORT_PRIVATE_NAME.test(folded);
}

/** The form in which names are compared (N3): NFC, and folded case where either side's disk folds it. */
export function compareKey(name: string, fold: boolean): string {
  if (isAscii(name)) return fold ? name.toLowerCase() : name;
  const composed = name.normalize("NFC");
  return fold ? foldCase(composed).normalize("NFC") : composed; // folding can make letter and mark composable
}

/** A path with each of its names in that form. */
export function comparePath(path: string, fold: boolean): Path {
  return path.split("/").map((name) => compareKey(name, fold)).join("/") as Path;
}

function isAscii(name: string): boolean {
  for (let at = 0; at < name.length; at++) if (name.charCodeAt(at) > 0x7f) return false;
  return true;
}

/** One-to-one folding, as NTFS does it: a character whose upper case is longer keeps itself. */
function foldCase(name: string): string {
  let folded = "";
  for (const character of name) {
    const upper = character.toUpperCase();
    const lower = (upper.length === character.length ? upper : character).toLowerCase();
    folded += lower.length === character.length ? lower : character;
  }
  return folded;
}

/** Whether `one` comes before `other` in the order of their bytes in UTF-8, which that of JavaScript's own units is not. */
export function precedes(one: string, other: string): boolean {
  const shorter = Math.min(one.length, other.length);
  let at = 0;
  while (at < shorter && one.charCodeAt(at) === other.charCodeAt(at)) at++;
  if (at === shorter) return one.length < other.length;
  const [unit, another] = [one.charCodeAt(at), other.charCodeAt(at)];
  // Halves of a character beyond the first plane come after everything in it.
  const [wide, alsoWide] = [isHalf(unit), isHalf(another)];
  return wide === alsoWide ? unit < another : alsoWide;
}

function isHalf(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xe000;
}

/** The path of that name in that folder, which may be the root. Nothing is looked at: both have passed the gate. */
export function joinPath(parent: Path, name: string): Path {
  return (parent === "" ? name : `${parent}/${name}`) as Path;
}

/** The folder a path is in: the root for a name in it, and for the root itself. */
export function parentOf(path: Path): Path {
  const cut = path.lastIndexOf("/");
  return (cut < 0 ? "" : path.slice(0, cut)) as Path;
}

/** The last name of a path; "" for the root. */
export function nameOf(path: Path): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The names of a path, none for the root. */
export function namesOf(path: Path): string[] {
  return path === "" ? [] : path.split("/");
}

/** Whether `path` is `folder` or lies in it. */
export function isWithin(path: Path, folder: Path): boolean {
  return folder === "" || path === folder || (path.startsWith(folder) && path[folder.length] === "/");
}
