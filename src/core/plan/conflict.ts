// Who keeps the name when both sides changed one thing, and what the other content is called (RULES C2, C3).

import { byteLength } from "../ability.ts";
import { compareKey } from "../tree/path.ts";
import { type Entry, knownDigest } from "../tree/entry.ts";

/** Two people changed one thing: `path` is the name in dispute, `kept` the copy beside it, `of` whose content the copy is. */
export interface Conflict {
  /** In a plan in the compared form, for a person as spelled. */
  readonly path: string;
  /** In the same folder as `path`. */
  readonly kept: string;
  /** A user's name. */
  readonly of: string;
}

const CLOSE_SECONDS = 2;
/** The longest name a disk takes, in bytes of UTF-8. */
export const LONGEST_BYTES = 255;

/** C2. "unknown": times are equal and a digest is missing. `offset` is beta's clock minus alpha's, in ms. */
export function winner(alpha: Entry, beta: Entry, offset: number): "alpha" | "beta" | "unknown" {
  const [here, there] = [mtimeOf(alpha), mtimeOf(beta)];
  if (here !== undefined && there !== undefined) {
    const later = wholeSeconds(here) - wholeSeconds(there) + wholeSeconds(offset);
    if (Math.abs(later) >= CLOSE_SECONDS) return later > 0 ? "alpha" : "beta";
  }
  const [one, other] = [digestOf(alpha), digestOf(beta)];
  if (one === "" || other === "") return "unknown";
  if (one === other) return alpha.kind === "file" ? "alpha" : "beta"; // a link, and a file holding its target's text
  return one > other ? "alpha" : "beta";
}

/** Rounds halves away from zero, so that a clock that is ahead mirrors one that is behind. */
function wholeSeconds(ms: number): number {
  return Math.sign(ms) * Math.round(Math.abs(ms) / 1000);
}

/** When a file or a link was changed, by its own side's clock; a link that was not looked at tells nothing. */
export function mtimeOf(entry: Entry): number | undefined {
  return entry.kind === "file" || entry.kind === "link" ? entry.mtime : undefined;
}

function digestOf(entry: Entry): string {
  return entry.kind === "file" || entry.kind === "link" ? knownDigest(entry) : "";
}

/** What the name of a conflict copy tells, and what it must not be. */
export interface Marking {
  /** Whose content it is: a user's name. */
  owner: string;
  /** When the content was changed, in ms. */
  mtime: number;
  /** Names compare by folded case. */
  fold: boolean;
  /** Whether a name has that compared key. */
  taken(key: string): boolean;
  /** In bytes, if that can be. */
  longest?: number;
}

/** C3: `name (conflict bob 2026-11-22 18.07.33).ext`. */
export function conflictName(name: string, marking: Marking): string {
  const { owner, mtime, fold, longest = LONGEST_BYTES } = marking;
  const time = new Date(mtime).toISOString().slice(0, -".000Z".length).replace("T", " ").replaceAll(":", ".");
  const dot = name.lastIndexOf(".");
  const [base, extension] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ""];
  for (let count = 1;; count++) {
    const mark = ` (conflict ${owner} ${time}${count > 1 ? ` ${count}` : ""})`;
    const candidate = fit(base, mark, extension, longest);
    if (!marking.taken(compareKey(candidate, fold))) return candidate;
  }
}

const MARK = /^(.+) \(conflict (.+) (?:\d{4}|[+-]\d{6})-\d\d-\d\d \d\d\.\d\d\.\d\d( \d+)?\)(\.[^.]*)?$/s;

/** What a name says it is a copy of, and whose, when it is one that `conflictName` made (of a name that was not cut). */
export function copyOf(name: string): { name: string; of: string } | null {
  const found = MARK.exec(name);
  return found ? { name: found[1]! + (found[4] ?? ""), of: found[2]! } : null;
}

/** Whether a name may be that of a copy of `name`, which was cut to make room for what `conflictName` put into it. */
export function isCutCopyOf(copy: string, name: string): boolean {
  const found = MARK.exec(copy);
  if (!found || byteLength(copy) <= LONGEST_BYTES - LONGEST_CHARACTER) return false;
  const [, base, , , extension = ""] = found;
  return name.length > base!.length + extension.length && name.startsWith(base!) && name.endsWith(extension);
}

/** Of a character in UTF-8, in bytes: a cut is made before one. */
const LONGEST_CHARACTER = 4;

/** At most `longest` bytes: the base is cut at a character; when that is not enough the extension counts as base. */
function fit(base: string, mark: string, extension: string, longest: number): string {
  const room = longest - byteLength(mark) - byteLength(extension);
  if (room >= 1) {
    const kept = cut(base, room);
    if (kept !== "") return kept + mark + extension;
  }
  return cut(base + extension, longest - byteLength(mark)) + mark;
}

function cut(text: string, bytes: number): string {
  let kept = "";
  let length = 0;
  for (const character of text) {
    length += byteLength(character);
    if (length > bytes) break;
    kept += character;
  }
  return kept;
}
