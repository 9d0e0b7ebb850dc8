// Reads a pattern as git does, character by character, in time that grows with its length alone. Where we mean to differ from git:
// docs/IGNORE.md.

/** One place of a name: this character; any (null); or one of a class. */
export type PatternPlace = number | null | Class;

/** A bracket expression: `[a-z]`, `[!a-z]`, `[[:digit:]]`. */
export interface Class {
  /** It stands for all that is in none of the ranges. */
  not: boolean;
  /** Code points, both ends in. */
  ranges: [from: number, to: number][];
}

/** Any number of characters, or what stands between two names. */
export type PatternToken = PatternPlace | "*" | "/";

/** The named classes, of ASCII alone: from and to, in pairs. */
const NAMED: ReadonlyMap<string, Class["ranges"]> = new Map(
  Object.entries({
    alnum: "09AZaz",
    alpha: "AZaz",
    blank: "\t\t  ",
    cntrl: "\0\x1f\x7f\x7f",
    digit: "09",
    graph: "!~",
    lower: "az",
    print: " ~",
    punct: "!/:@[`{~",
    space: "\t\n\r\r  ",
    upper: "AZ",
    xdigit: "09AFaf",
  }).map(([name, ends]) => [name, ends.match(/../gs)!.map((pair) => codesOf(pair) as [number, number])]),
);
/** Longer than the name of any. */
const LONGEST_NAMED = 7;

const [STAR, ANY, OPEN, CLOSE, ESCAPE, SLASH, TO, COLON, NOT, ALSO_NOT] = codesOf("*?[]\\/-:!^");

function codesOf(text: string): number[] {
  return Array.from(text, (character) => character.charCodeAt(0));
}

/** A code point in upper case; itself where that is several characters (ß). */
export function upperOf(character: number): number {
  if (character < 0x80) return character >= 0x61 && character <= 0x7a ? character - 0x20 : character;
  return only(character, String.fromCodePoint(character).toUpperCase());
}

/** A code point in lower case; itself where that is several characters. */
export function lowerOf(character: number): number {
  if (character < 0x80) return character >= 0x41 && character <= 0x5a ? character + 0x20 : character;
  return only(character, String.fromCodePoint(character).toLowerCase());
}

/** What becomes several characters in the other case stays as it is. */
function only(character: number, recased: string): number {
  const [first, ...more] = recased;
  return more.length > 0 ? character : first!.codePointAt(0)!;
}

/** What a pattern says from its beginning to its end. `folds`: characters are given in lower case. Null for what is left open at the
 * end, and for a class that is none: such a pattern matches nothing. */
export function tokensOf(pattern: string, folds: boolean): PatternToken[] | null {
  const characters = Array.from(pattern, (character) => character.codePointAt(0)!);
  const tokens: PatternToken[] = [];
  for (let at = 0; at < characters.length; at++) {
    let character = characters[at]!;
    if (character === STAR) tokens.push("*");
    else if (character === ANY) tokens.push(null);
    else if (character === OPEN) {
      const found = classAt(characters, at + 1);
      if (!found) return null;
      tokens.push(found.place);
      at = found.end;
    } else {
      if (character === ESCAPE) {
        if (++at === characters.length) return null;
        character = characters[at]!;
      }
      tokens.push(character === SLASH ? "/" : folds ? lowerOf(upperOf(character)) : character);
    }
  }
  return tokens;
}

/** The class that begins after its bracket, and where its closing bracket is. Null where there is none. */
function classAt(pattern: readonly number[], start: number): { place: Class; end: number } | null {
  const not = pattern[start] === NOT || pattern[start] === ALSO_NOT;
  const ranges: Class["ranges"] = [];
  /** What a "-" makes a range of. */
  let before: number | null = null;
  let at = not ? start + 1 : start;
  /** The next closing bracket, looked for once. */
  let close = -1;
  do {
    let character = pattern[at];
    if (character === OPEN && pattern[at + 1] === COLON) {
      if (close < at + 2) close = pattern.indexOf(CLOSE!, at + 2);
      if (close < 0) return null;
      if (close > at + 2 && pattern[close - 1] === COLON) {
        const end = Math.min(close - 1, at + 2 + LONGEST_NAMED);
        const named = NAMED.get(
          pattern.slice(at + 2, end).map((unit) => String.fromCodePoint(unit)).join(""),
        );
        if (!named) return null;
        for (const range of named) ranges.push(range);
        before = null;
        at = close;
        continue;
      }
    }
    const isRange: boolean = character === TO && before !== null && pattern[at + 1] !== CLOSE;
    if (isRange) character = pattern[++at];
    if (character === ESCAPE) character = pattern[++at];
    if (character === undefined) return null;
    ranges.push([isRange ? before! : character, character]);
    before = isRange ? null : character;
  } while (pattern[++at] !== CLOSE);
  return { place: { not, ranges }, end: at };
}
