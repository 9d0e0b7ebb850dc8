// Names against wildcards, in at most name × pattern comparisons however hostile the pattern is, and with no memory but the pattern's:
// whoever shares a folder with us writes rules for us. A regular expression takes hours for `*a*a*a*a*b`, or a MiB for a line.

/** No name is longer (see the gate in path.ts). */
const LONGEST = 1024;

/** One place of a pattern: this character, folded; any; or one of a class. */
type Place = number | typeof ANY | Class;
const ANY = null;

interface Class {
  not: boolean;
  ranges: [from: number, to: number][];
}

/** The numbers of a name's characters, in both cases. */
export interface Folded {
  readonly lower: readonly number[];
  readonly upper: readonly number[];
}

/** A name as it is compared. */
export function folded(name: string): Folded {
  const [lower, upper]: [number[], number[]] = [[], []];
  for (let at = 0; at < name.length; at++) {
    const character = name.codePointAt(at)!;
    if (character > 0xffff) at++;
    upper.push(upperOf(character));
    lower.push(lowerOf(upper.at(-1)!));
  }
  return { lower, upper };
}

function upperOf(character: number): number {
  if (character < 0x80) return character >= 0x61 && character <= 0x7a ? character - 0x20 : character;
  return only(character, String.fromCodePoint(character).toUpperCase());
}

function lowerOf(character: number): number {
  if (character < 0x80) return character >= 0x41 && character <= 0x5a ? character + 0x20 : character;
  return only(character, String.fromCodePoint(character).toLowerCase());
}

/** What becomes several characters in the other case stays as it is. */
function only(character: number, recased: string): number {
  const [first, ...more] = recased;
  return more.length > 0 ? character : first!.codePointAt(0)!;
}

/** A name pattern (gitignore's, without "/"), case folded. */
export class Glob {
  /** What stands between the stars. `first` is where a name begins, `last` (null without a star) where it ends. */
  private constructor(
    private readonly first: readonly Place[],
    private readonly between: readonly (readonly Place[])[],
    private readonly last: readonly Place[] | null,
  ) {}

  /** Null when no name can match. */
  static of(pattern: string): Glob | null {
    const pieces = pattern.length > LONGEST ? null : piecesOf([...pattern]);
    if (!pieces) return null;
    const [first, ...rest] = pieces as [Place[], ...Place[][]];
    const last = rest.pop() ?? null;
    return new Glob(first, rest.filter((piece) => piece.length > 0), last);
  }

  /** How many comparisons a name of that length may take at most. */
  cost(length: number): number {
    const weigh = (sum: number, piece: readonly Place[]) => sum + weightOf(piece);
    return 1 + [this.first, this.last ?? []].reduce(weigh, 0) + this.between.reduce(weigh, 0) * length;
  }

  test(name: Folded): boolean {
    const { first, between, last } = this;
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

function isAt(piece: readonly Place[], name: Folded, at: number): boolean {
  for (let number = 0; number < piece.length; number++) {
    const place = piece[number]!;
    const lower = name.lower[at + number]!;
    if (typeof place === "number") {
      if (place !== lower) return false;
    } else if (place !== ANY && isIn(place, lower, name.upper[at + number]!) === place.not) return false;
  }
  return true;
}

function isIn({ ranges }: Class, lower: number, upper: number): boolean {
  return ranges.some(([from, to]) => (from <= lower && lower <= to) || (from <= upper && upper <= to));
}

function weightOf(piece: readonly Place[]): number {
  return piece.reduce<number>(
    (sum, place) => sum + (typeof place === "object" ? place?.ranges.length ?? 1 : 1),
    0,
  );
}

/** What stands between the stars; null for what is left open at the end. */
function piecesOf(pattern: string[]): Place[][] | null {
  const pieces: Place[][] = [[]];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at]!;
    const piece = pieces.at(-1)!;
    if (character === "*") pieces.push([]);
    else if (character === "?") piece.push(ANY);
    else if (character === "[") {
      const found = classAt(pattern, at + 1);
      if (!found) return null;
      piece.push(found.place);
      at = found.end;
    } else {
      if (character === "\\" && ++at === pattern.length) return null;
      piece.push(lowerOf(upperOf(pattern[at]!.codePointAt(0)!)));
    }
  }
  return pieces;
}

/** The class that begins after its bracket, and where its closing bracket is. */
function classAt(pattern: string[], start: number): { place: Class; end: number } | null {
  const not = pattern[start] === "!" || pattern[start] === "^";
  const first = not ? start + 1 : start;
  const ranges: Class["ranges"] = [];
  let at = first;
  const next = () => pattern[at] === "\\" ? pattern[at += 1] : pattern[at];
  for (; pattern[at] !== "]" || at === first; at++) {
    const from = next();
    if (from === undefined) return null;
    const isRange = pattern[at + 1] === "-" && pattern[at + 2] !== "]";
    if (isRange) at += 2;
    const to = isRange ? next() : from;
    if (to === undefined) return null;
    ranges.push([from.codePointAt(0)!, to.codePointAt(0)!]);
  }
  return { place: { not, ranges }, end: at };
}

/** Any number of folders. */
export const FOLDERS = "**";

/** One name of a path pattern. */
export type Part = Glob | typeof FOLDERS;

/** Whether these names, from the first to the last, are as the parts say. */
export function matches(parts: readonly Part[], names: readonly Folded[]): boolean {
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
