// Names and reasons that others chose never reach the terminal raw: no control, no ANSI, no text that runs backwards.

// Controls (Cc), format characters (Cf: bidi, tags, zero width), line separators, lone surrogates, and what stands for bytes that
// are no text (U+FFFD). The two joiners stay: honest names in several scripts and emoji need them, and they can do no harm here.
const UNPRINTABLE = /(?![\u200c\u200d])[\ufffd\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** `text` with every character a terminal or a reader could be misled by written as `\u{…}`. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}
