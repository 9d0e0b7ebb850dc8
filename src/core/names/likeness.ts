// Which names look alike on a screen: a person who reads one could take it for the other.

import unhomoglyph from "unhomoglyph";

/** What the table of Unicode (UTS 39) holds for different, and a reader does not: small capitals beside other letters, and letters of
 * which browsers say so too. So a word that is Cyrillic as a whole looks like a Latin one. */
const ALSO = new Map(
  [
    ...["aᴀ", "bʙƅ", "dᴅ", "eᴇꞓ", "fꜰ", "gɢ", "hʜħћђ", "jᴊ", "kĸ", "lʟ", "mᴍʍ", "nɴпŋ", "pᴘþ", "qꞯ", "rʀ"],
    ...["tᴛŧ", "wшщω", "xχҳ"],
  ].flatMap(([letter, ...others]) => others.map((other) => [other, letter!])),
);

/** The forms in which a name may be read, in whatever case its letters are: two names look alike when they have one in common. Each is a
 * skeleton of UTS 39 with its table of confusable characters, and a little more. Take the name as it was spelled: "ΝΑΝ" in Greek
 * looks like "NAN", "ναν" does not. */
export function looksOf(name: string): string[] {
  // The Cyrillic "н" has the shape of a small "H", and many read it as "n".
  return name.includes("н") ? [skeleton(name), skeleton(name.replaceAll("н", "n"))] : [skeleton(name)];
}

function skeleton(name: string): string {
  let look = name.normalize("NFKD").replaceAll(/\p{Default_Ignorable_Code_Point}/gu, "");
  // Once for what it looks like as spelled, and again as others may spell it: "M" is no "rn", but "m" is.
  for (let round = 0; round < 2; round++) {
    look = also(unhomoglyph(also(look)).toLowerCase()).normalize("NFKD");
  }
  return look
    .replaceAll("i", "l") // "I" looks like "l", and "i" is its other case
    .replaceAll(/(?<=[lj])\u0307/g, "") // the dot that "i" and "j" have already
    .replaceAll("vv", "w")
    .replaceAll(/ +/g, " ");
}

function also(text: string): string {
  return [...text].map((letter) => ALSO.get(letter) ?? letter).join("");
}
