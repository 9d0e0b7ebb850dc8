// Names against wildcards, in at most name × pattern comparisons however hostile the pattern is, and with no memory but the pattern's:
// whoever shares a folder with us writes rules for us. A regular expression takes hours for `*a*a*a*a*b`, or a MiB for a line.
// How a pattern is read: glob_pattern.ts.

import { type Class, lowerOf, type PatternPlace, tokensOf, upperOf } from "./glob_pattern.ts";

/** No name is longer (see the gate in path.ts). */
const LONGEST = 1024;

/** The numbers of a name's characters, in both cases; as they are spelled, twice, where case counts. */
export interface Characters {
  /** Code points, one for each character; the only ones where case counts. */
  readonly lower: readonly number[];
  /** The same ones in the other case, place by place; the very array of `lower` where case counts. */
  readonly upper: readonly number[];
}

/** A name as it is compared. `folds`: in any case. */
export function charactersOf(name: string, folds: boolean): Characters {
  const [lower, upper]: [number[], number[]] = [[], []];
  for (let at = 0; at < name.length; at++) {
    const character = name.codePointAt(at)!;
    if (character > 0xffff) at++;
    upper.push(folds ? upperOf(character) : character);
    if (folds) lower.push(lowerOf(upper.at(-1)!));
  }
  return { lower: folds ? lower : upper, upper };
}

/** What a pattern (gitignore's) stands for: a name, wherever it is; or, where it has a "/", the names of a path from the root on. `folds`:
 * as `charactersOf` has it. Null when nothing can match. */
export function patternOf(pattern: string, folds: boolean): Glob | readonly Part[] | null {
  if (!pattern.includes("/")) return globOf(tokensOf(pattern, folds) as GlobPiece | null);
  const tokens = tokensOf(pattern.replace(/^\//, ""), folds);
  if (!tokens) return null;
  const parts: (Part | null)[] = namesIn(tokens).map((name) => isFolders(name) ? FOLDERS : globOf(name));
  if (parts.at(-1) === FOLDERS) parts.push(globOf(["*"])); // What is inside, not the folder itself.
  return parts.includes(null) ? null : parts as Part[];
}

type GlobPiece = (PatternPlace | "*")[];

function namesIn(tokens: readonly (PatternPlace | "*" | "/")[]): GlobPiece[] {
  const names: GlobPiece[] = [[]];
  for (const token of tokens) {
    if (token === "/") names.push([]);
    else names.at(-1)!.push(token);
  }
  return names;
}

function isFolders(name: GlobPiece): boolean {
  return name.length > 1 && name.every((token) => token === "*");
}

function globOf(name: GlobPiece | null): Glob | null {
  return !name || name.length === 0 || name.length > LONGEST ? null : new Glob(name);
}

/** A name pattern. */
export class Glob {
  /** What stands between the stars. `first` is where a name begins, `last` (null without a star) where it ends. */
  readonly #first: readonly PatternPlace[];
  readonly #between: readonly (readonly PatternPlace[])[];
  readonly #last: readonly PatternPlace[] | null;

  /** `name` is what `tokensOf` read of one name: at least one token. */
  constructor(name: GlobPiece) {
    const pieces: PatternPlace[][] = [[]];
    for (const token of name) {
      if (token === "*") pieces.push([]);
      else pieces.at(-1)!.push(token);
    }
    this.#first = pieces.shift()!;
    this.#last = pieces.pop() ?? null;
    this.#between = pieces.filter((piece) => piece.length > 0);
  }

  /** How many comparisons a name of that length may take at most. */
  cost(length: number): number {
    const weigh = (sum: number, piece: readonly PatternPlace[]) => sum + weightOf(piece);
    return 1 + [this.#first, this.#last ?? []].reduce(weigh, 0) + this.#between.reduce(weigh, 0) * length;
  }

  /** Whether the whole name is as the pattern says; `name` comes from `charactersOf` with the pattern's `folds`. */
  test(name: Characters): boolean {
    const [first, between, last] = [this.#first, this.#between, this.#last];
    const { length } = name.lower;
    if (last === null) return length === first.length && isAt(first, name, 0);
    const end = length - last.length;
    let at = first.length;
    if (at > end || !isAt(first, name, 0) || !isAt(last, name, end)) return false;
    // Each piece is so many characters long, so its first place after the piece before is as good as any.
    for (const piece of between) {
      while (at + piece.length <= end && !isAt(piece, name, at)) at++;
      at += piece.length;
      if (at > end) return false;
    }
    return true;
  }
}

function isAt(piece: readonly PatternPlace[], name: Characters, at: number): boolean {
  for (let number = 0; number < piece.length; number++) {
    const place = piece[number]!;
    const lower = name.lower[at + number]!;
    if (typeof place === "number") {
      if (place !== lower) return false;
    } else if (place !== null && isIn(place, lower, name.upper[at + number]!) === place.not) return false;
  }
  return true;
}

function isIn({ ranges }: Class, lower: number, upper: number): boolean {
  return ranges.some(([from, to]) => (from <= lower && lower <= to) || (from <= upper && upper <= to));
}

function weightOf(piece: readonly PatternPlace[]): number {
  return piece.reduce<number>(
    (sum, place) => sum + (typeof place === "object" ? place?.ranges.length ?? 1 : 1),
    0,
  );
}

/** Any number of folders. */
export const FOLDERS = "**";

/** One name of a path pattern. */
export type Part = Glob | typeof FOLDERS;

/** Whether these names, from the first to the last, are as the parts say. */
export function matches(parts: readonly Part[], names: readonly Characters[]): boolean {
  let [part, name] = [0, 0];
  /** Where the last `**` is, and the name that it has not swallowed yet: an earlier one need not be tried again. */
  let [folders, rest] = [-1, 0];
  while (name < names.length) {
    const wanted = parts[part];
    if (wanted === FOLDERS) [folders, rest] = [part++, name];
    else if (wanted?.test(names[name]!)) {
      part++;
      name++;
    } else if (folders >= 0) [part, name] = [folders + 1, ++rest];
    else return false;
  }
  return part === parts.length;
}

/** How many comparisons that may take at most, with names and a path of such lengths: what stands after a `**` is tried at each name. */
export function pathCost(parts: readonly Part[], longestName: number, longestPath: number): number {
  let cost = 1;
  let after = false;
  for (const part of parts) {
    if (part === FOLDERS) after = true;
    else cost += after ? part.cost(1) * longestPath : part.cost(longestName);
  }
  return cost;
}
