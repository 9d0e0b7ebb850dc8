// What a user may be called: the one rule for names, used where a person types one and where one arrives.

import { mixedScripts } from "./script.ts";

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
  const scripts = mixedScripts(name);
  if (scripts.length > 0) {
    return `it mixes scripts within one word (${
      scripts.join(", ")
    }): write each word in one, as in "иван-pc"`;
  }
  return undefined;
}

/** The form in which names are compared: "Bob" and "bob" are one user. */
export function foldName(name: string): string {
  return name.normalize("NFC").toLowerCase().normalize("NFC");
}

/** Characters that could disturb a screen (controls, bidi marks, odd spaces, lone surrogates) are told by number. */
function spell(character: string): string {
  if (/^[\p{P}\p{S}]$/u.test(character)) return `"${character}"`;
  return `the character U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`;
}
