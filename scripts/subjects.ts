// Tells which commits that are not on origin's main yet have a subject of more than 72 characters. Those from before this script stay.
// deno-lint-ignore-file no-console -- a script speaks on the console

/** So many characters git and its pages show whole. */
const LONGEST = 72;

/** Of commits as `git log --format="%h %s"` lists them, those whose subject is too long. */
export function longSubjects(log: string): string[] {
  return log.split("\n").filter((line) => [...line.slice(line.indexOf(" ") + 1)].length > LONGEST);
}

function git(...args: string[]): string {
  const { success, stdout, stderr } = new Deno.Command("git", { args }).outputSync();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trim();
}

if (import.meta.main) {
  const ownBegin = git("log", "--diff-filter=A", "--format=^%H", "--", "scripts/subjects.ts").split("\n").at(
    -1,
  )!;
  const long = longSubjects(git("log", "--no-merges", "--format=%h %s", "HEAD", "^origin/main", ownBegin));
  for (const line of long) console.error(`${line}\n  is longer than ${LONGEST} characters`);
  if (long.length > 0) Deno.exit(1);
}
