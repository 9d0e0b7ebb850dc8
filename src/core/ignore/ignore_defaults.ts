// What systems and programs keep in people's folders for themselves (RULES I1): it takes no part, unless a "!" line takes it back. In any
// case: systems spell their own names now so, now so. At any depth: disks are mounted within folders, and bins come with them.

/** Locks and leftovers of programs, and what a system notes of a folder. */
const ANYTHING = [
  "~$*",
  ".~lock.*#",
  ".DS_Store",
  "Thumbs.db",
  "desktop.ini",
  ".nfs*",
  ".fuse_hidden*",
  "pagefile.sys",
  "hiberfil.sys",
  "swapfile.sys",
];
/** A disk's own: bins, indexes, journals, what a check of it found. A file of such a name is a person's. */
const FOLDERS = [
  "lost+found",
  ".Trash",
  ".Trash-*",
  ".Trashes",
  "$RECYCLE.BIN",
  "RECYCLER",
  "RECYCLED",
  "FOUND.???",
  "System Volume Information",
  ".fseventsd",
  ".Spotlight-V100",
  ".TemporaryItems",
  ".DocumentRevisions-V100",
];

/** Looked at once for every entry of a scan. */
const [ANY_NAME, FOLDER_NAME] = [ANYTHING, FOLDERS].map((names) => expressionOf(names)) as [RegExp, RegExp];

/** Whether a default leaves out what has that name, where no line of a person's says anything of it. */
export function isIgnoredByDefault(name: string, directory: boolean): boolean {
  return ANY_NAME.test(name) || directory && FOLDER_NAME.test(name);
}

/** The rule that ignores what has that name, where no line of a person's says anything of it; null when none does. */
export function defaultRule(name: string, directory: boolean): string | null {
  const ruleIn = (rules: readonly string[]) => rules.find((rule) => expressionOf([rule]).test(name));
  const folder = directory ? ruleIn(FOLDERS) : undefined;
  return ruleIn(ANYTHING) ?? (folder === undefined ? null : `${folder}/`);
}

/** These are our own, so they may become a regular expression. */
function expressionOf(rules: readonly string[]): RegExp {
  const bare = rules.map((rule) =>
    rule.replace(/[.+$^(){}|\\]/g, "\\$&").replaceAll("*", ".*").replaceAll("?", ".")
  );
  return new RegExp(`^(?:${bare.join("|")})$`, "is");
}
