// What a user may be called: the one rule for names, used where a person types one and where one arrives.

const LONGEST = 32;

/** Why `name` cannot be a user's name, as the end of a sentence; undefined when it can. */
export function nameProblem(name: string): string | undefined {
  if (name === "") return "it is empty";
  if ([...name.normalize("NFC")].length > LONGEST) return `it is longer than ${LONGEST} characters`;
  if (name !== name.trim()) return "it begins or ends with a space";
  const strange = [...name].find((character) => !/^[\p{L}\p{M}\p{N} ._-]$/u.test(character));
  if (strange !== undefined) {
    return `it holds ${spell(strange)}: only letters, digits, spaces and . _ - are allowed`;
  }
  if (!/[\p{L}\p{N}]/u.test(name)) return "it holds no letter or digit";
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
