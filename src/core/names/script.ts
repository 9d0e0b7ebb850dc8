// Which scripts a name is written in: a word is written in one, so that no letter hides among those of another alphabet (UTS 39).

/** Those of today's languages (UAX 31, table 5); all others count as one more. */
const SCRIPTS = [
  ...["Latin", "Cyrillic", "Greek", "Armenian", "Georgian", "Hebrew", "Arabic", "Thaana", "Ethiopic"],
  ...["Devanagari", "Bengali", "Gurmukhi", "Gujarati", "Oriya", "Tamil", "Telugu", "Kannada", "Malayalam"],
  ...["Sinhala", "Thai", "Lao", "Tibetan", "Myanmar", "Khmer", "Han", "Hiragana", "Katakana", "Bopomofo"],
  "Hangul",
];

/** What one word may be written in: languages of East Asia mix. */
const WRITINGS = [
  ...SCRIPTS.map((script) => [script]),
  ...[["Han", "Hiragana", "Katakana"], ["Han", "Hangul"], ["Han", "Bopomofo"]],
].map((scripts) =>
  new RegExp(`^[${classes("scx", [...scripts, "Common", "Inherited"])}\\p{sc=Inherited}]*$`, "u")
);
const OTHER = new RegExp(`^[^${classes("sc", SCRIPTS)}]*$`, "u");
const LETTERS = SCRIPTS.map((script) => ({ script, letter: new RegExp(`\\p{sc=${script}}`, "u") }));

function classes(property: "sc" | "scx", scripts: string[]): string {
  return scripts.map((script) => `\\p{${property}=${script}}`).join("");
}

/** The scripts of the first word of `name` that is written in several; empty when none is. A word ends at a space or at . _ - */
export function mixedScripts(name: string): string[] {
  const isOfOne = (word: string) => [...WRITINGS, OTHER].some((writing) => writing.test(word));
  const mixed = name.split(/[ ._-]/).find((word) => !isOfOne(word));
  if (mixed === undefined) return [];
  const found = LETTERS.filter(({ letter }) => letter.test(mixed)).map(({ script }) => script);
  return found.length > 1 ? found : [...found, "another"];
}
