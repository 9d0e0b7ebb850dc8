// Names against wildcards, in time that grows with name × pattern however hostile the pattern is: whoever shares a folder
// with us writes rules for us. A common translation to a regular expression takes hours for `*a*a*a*a*b`.

/** No name is longer (see the gate in path.ts), and an expression may not be much larger. */
const LONGEST = 1024;

/** What a name pattern (gitignore's, without "/") is as a regular expression, case folded; null when no name can match. */
export function nameGlob(pattern: string): RegExp | null {
  const pieces = pattern.length > LONGEST ? null : piecesOf([...pattern]);
  if (!pieces) return null;
  const first = pieces.shift()!;
  const last = pieces.pop();
  if (last === undefined) return new RegExp(`^${first}$`, "iu");
  // Each piece matches a fixed number of characters, so its first place after the piece before is as good as any: a
  // lookahead that found it is never entered again.
  const between = pieces.filter((piece) => piece !== "").map((piece, n) => `(?=([^]*?${piece}))\\${n + 1}`);
  return new RegExp(`^${first}${between.join("")}[^]*${last}$`, "iu");
}

/** What stands between the stars, each as a part of a regular expression; null for what is left open at the end. */
function piecesOf(pattern: string[]): string[] | null {
  const pieces = [""];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at]!;
    if (character === "*") pieces.push("");
    else if (character === "?") pieces[pieces.length - 1] += "[^]";
    else if (character === "[") {
      const found = classAt(pattern, at + 1);
      if (!found) return null;
      pieces[pieces.length - 1] += found.source;
      at = found.end;
    } else {
      if (character === "\\" && ++at === pattern.length) return null;
      pieces[pieces.length - 1] += exactly(pattern[at]!);
    }
  }
  return pieces;
}

/** The class that begins after its bracket, and where its closing bracket is. */
function classAt(pattern: string[], start: number): { source: string; end: number } | null {
  const not = pattern[start] === "!" || pattern[start] === "^";
  const first = not ? start + 1 : start;
  const members: string[] = [];
  let at = first;
  const next = () => pattern[at] === "\\" ? pattern[at += 1] : pattern[at];
  for (; pattern[at] !== "]" || at === first; at++) {
    const from = next();
    if (from === undefined) return null;
    const isRange = pattern[at + 1] === "-" && pattern[at + 2] !== "]";
    if (isRange) at += 2;
    const to = isRange ? next() : from;
    if (to === undefined) return null;
    if (from.codePointAt(0)! <= to.codePointAt(0)!) members.push(`${exactly(from)}-${exactly(to)}`);
  }
  return { source: `[${not ? "^" : ""}${members.join("")}]`, end: at };
}

const exactly = (character: string) => `\\u{${character.codePointAt(0)!.toString(16)}}`;

/** Any number of folders. */
export const FOLDERS = "**";

/** One name of a path pattern. */
export type Part = RegExp | typeof FOLDERS;

/** Whether these names, from the first to the last, are as the parts say. */
export function matches(parts: readonly Part[], names: readonly string[]): boolean {
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
