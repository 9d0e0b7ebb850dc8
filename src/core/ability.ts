// What one side's system and disk can hold, and the sentence a person gets where it cannot (RULES N2, N5).

import { type NameKind, unkeptName } from "./names/name_kinds.ts";

/** Found out by fs/probe, told to the peer in hello. */
export interface Ability {
  /** Names that differ in case alone are one there (N3). */
  foldsCase: boolean;
  /** Files carry an executable bit. */
  executable: boolean;
  /** Symbolic links can be made (N5). */
  links: boolean;
  /** Names follow Windows' rules. */
  windowsNames: boolean;
  /** How long a path in the root can be: in bytes, under Windows' rules in characters. */
  longestPath: number;
  /** What its disk does not keep in a name, though its system does. */
  unkept?: readonly NameKind[];
  /** Where false, its disk does not take another spelling of a name: each stays as it was made. The other side need not know. */
  respells?: boolean;
}

// deno-lint-ignore no-control-regex
const FORBIDDEN = /[\\:*?"<>|\x00-\x1f]/;
const DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i;
const LONGEST = 255;
/** A unit of JavaScript's takes at most so many bytes in UTF-8. */
const MOST_BYTES = 3;

/** Why `name` cannot be on a side with this ability: which character, where, and how to mend it; null when it can. */
export function namingProblem(name: string, ability: Ability): string | null {
  if (!ability.windowsNames) {
    const bytes = name.length * MOST_BYTES <= LONGEST ? 0 : byteLength(name);
    return bytes > LONGEST
      ? `the name is ${bytes} bytes long, the other computer allows ${LONGEST}: shorten it`
      : unkeptName(name, ability.unkept ?? []);
  }
  const found = FORBIDDEN.exec(name);
  if (found) {
    return `Windows allows no ${describe(found[0])} in a name (character ${found.index + 1}): rename it`;
  }
  const device = DEVICE.exec(name.replace(/ +(?=\.|$)/, ""));
  if (device) return `Windows keeps the name ${device[1]!.toUpperCase()} for a device: rename it`;
  const last = name.at(-1);
  if (last === "." || last === " ") {
    return `Windows allows no ${
      last === "." ? "dot" : "space"
    } at the end of a name (character ${name.length}): rename it`;
  }
  if (name.length > LONGEST) {
    return `the name is ${name.length} characters long, Windows allows ${LONGEST}: shorten it`;
  }
  return null;
}

/** Why nothing can be at `path` on a side with this ability, whatever its name; null when something can. */
export function lengthProblem(path: string, { windowsNames, longestPath }: Ability): string | null {
  if (path.length * MOST_BYTES <= longestPath) return null;
  const length = windowsNames ? path.length : byteLength(path);
  if (length <= longestPath) return null;
  const unit = windowsNames ? "characters" : "bytes";
  return `the path is ${length} ${unit} long, the other computer allows ${longestPath}: shorten the names of its folders`;
}

/** The bytes of a text in UTF-8. */
export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

function describe(character: string): string {
  const code = character.charCodeAt(0);
  return code < 32 ? `control character ${code}` : `"${character}"`;
}
