// What some disks do not keep in a name: they refuse it, leave it out, or list the name otherwise than it was made. Which of it a disk does
// not keep is found out by trying (fs/probe/probe_names.ts).

/** All kinds, in the order in which a name is held against them. */
export const NAME_KINDS = [
  "sign",
  "backslash",
  "control",
  "dot",
  "space",
  "device",
  "private",
  "wide",
] as const;
/** A kind of name that some disks do not keep as it is. */
export type NameKind = typeof NAME_KINDS[number];

/** What is looked for. */
export interface Kind {
  /** Its first match is what a person is shown. */
  find: RegExp;
  /** A name with it. */
  sample: string;
}

/** What to look for in a name, and a name to try a disk with, for each kind. */
export const KINDS: Readonly<Record<NameKind, Kind>> = {
  sign: { find: /[:*?"<>|]/, sample: 'sign:*?"<>|' },
  backslash: { find: /\\/, sample: "back\\slash" },
  // deno-lint-ignore no-control-regex
  control: { find: /[\x00-\x1f]/, sample: "control\x01\t" },
  dot: { find: /\.$/, sample: "dot." },
  space: { find: / $/, sample: "space " },
  device: {
    find:
      /^(con|prn|aux|nul|conin\$|conout\$|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3]) *(?=\.|$)/i,
    sample: "aux.probe",
  },
  private: { find: /[\uf000-\uf0ff]/, sample: "private\uf021" },
  wide: { find: /[\ud800-\udbff][\udc00-\udfff]/, sample: "wide\u{1f600}" },
};

/** Why a disk that does not keep names of these kinds cannot have `name`; null when it can. */
export function unkeptName(name: string, kinds: readonly NameKind[]): string | null {
  for (const kind of kinds) {
    const found = KINDS[kind].find.exec(name);
    if (found) return `the other computer's disk keeps no ${describe(kind, found)}: rename it`;
  }
  return null;
}

function describe(kind: NameKind, { 0: found, index }: RegExpExecArray): string {
  const code = found.codePointAt(0)!;
  const at = `(character ${index + 1})`;
  switch (kind) {
    case "dot":
    case "space":
      return `${kind} at the end of a name ${at}`;
    case "device":
      return `file of the name ${found.trim().toUpperCase()}`;
    case "control":
      return `control character ${code} in a name ${at}`;
    case "private":
    case "wide":
      return `U+${code.toString(16).toUpperCase()} in a name ${at}`;
    default:
      return `"${found}" in a name ${at}`;
  }
}
