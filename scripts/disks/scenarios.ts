// The scenarios that are run on a disk, by what they are about, and how.
// deno-lint-ignore-file no-console -- a script speaks on the console

/** The files of each group. */
export const GROUPS: Record<string, string> = {
  plain: "live",
  moves: "moves",
  names: "names",
  conflicts: "rules",
  restart: "restart",
};

/** One of each group, where all are too many. */
const SHORT = [
  "C5: a file becomes a folder",
  "M4: renamed differently on both sides",
  "N3: names of every kind",
  "C9: a conflict is settled",
  "stopped with Ctrl",
];

/** Runs them with alice's folder in `folder`. What they tell, as TAP, goes to the standard output, after what the disk lacks. Returns
 * the exit code. */
export async function runOn(folder: string, short: boolean): Promise<number> {
  Deno.env.set("TCPSYNC_TEST_DISK", folder);
  const { allLacks } = await import("../../tests/scenarios/alices_disk.ts");
  console.log(`# lacks: ${allLacks()}`);
  const files = Object.values(GROUPS).map((name) => `tests/scenarios/${name}_test.ts`);
  const filter = short ? ["--filter", `/^(${SHORT.join("|")})/`] : [];
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", "--cached-only", "--reporter=tap", ...filter, ...files],
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn().status;
  return code;
}
