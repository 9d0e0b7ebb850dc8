// What a user may be called: the one rule for names, used where a person types one and where one arrives; and which names
// look alike on a screen.

import unhomoglyph from "unhomoglyph";

const LONGEST = 32;

/** Letters, marks, digits and a few signs, without those that show nothing (fillers, joiners, variation selectors). */
const ALLOWED = /^(?!\p{Default_Ignorable_Code_Point})[\p{L}\p{M}\p{N} ._-]$/u;
/** A mark with no letter or digit under it. */
const LOOSE_MARK = /(?:^|[ ._-])\p{M}/u;
/** More marks above and below one letter than any language writes; signs beside it (Mc) take no height. */
const MARK_FLOOD = /(?:\p{Mc}*[\p{Mn}\p{Me}]){5}/u;

/** Why `name` cannot be a user's name, as the end of a sentence; undefined when it can. */
export function nameProblem(name: string): string | undefined {
  if (name === "") return "it is empty";
  if ([...name.normalize("NFC")].length > LONGEST) return `it is longer than ${LONGEST} characters`;
  if (name !== name.trim()) return "it begins or ends with a space";
  const strange = [...name].find((character) => !ALLOWED.test(character));
  if (strange !== undefined) {
    return `it holds ${spell(strange)}: only letters, digits, spaces and . _ - are allowed`;
  }
  if (!/[\p{L}\p{N}]/u.test(name)) return "it holds no letter or digit";
  if (LOOSE_MARK.test(name)) return "it holds an accent that stands on no letter";
  if (MARK_FLOOD.test(name.normalize("NFD"))) return "it holds a letter with too many accents";
  return undefined;
}

/** The form in which names are compared: "Bob" and "bob" are one user. */
export function foldName(name: string): string {
  return name.normalize("NFC").toLowerCase().normalize("NFC");
}

/** The form in which two names are equal when a person could take one for the other, in whatever case their letters are:
 * the skeleton of UTS 39 with its table of confusable characters, and a little more. Take the name as it was spelled:
 * "ВОВ" in Cyrillic looks like "BOB", "вов" does not. */
export function looksLike(name: string): string {
  let look = name.normalize("NFKD").replaceAll(/\p{Default_Ignorable_Code_Point}/gu, "");
  // Once for what it looks like as spelled, and again as others may spell it: "M" is no "rn", but "m" is.
  for (let round = 0; round < 2; round++) look = unhomoglyph(look).toLowerCase().normalize("NFKD");
  return look
    .replaceAll("i", "l") // "I" looks like "l", and "i" is its other case
    .replaceAll(/(?<=[lj])\u0307/g, "") // the dot that "i" and "j" have already
    .replaceAll("vv", "w")
    .replaceAll(/ +/g, " ");
}

/** Characters that could disturb a screen (controls, bidi marks, odd spaces, lone surrogates) are told by number. */
function spell(character: string): string {
  if (/^[\p{P}\p{S}]$/u.test(character)) return `"${character}"`;
  return `the character U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`;
}
