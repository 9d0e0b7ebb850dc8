// Checks that each export of the rooms that others build on has a docstring, and types that can be read up: each line it prints is a
// place that lacks one. It is `deno doc --lint`, but for what that takes for private since it was named these files alone.
// deno-lint-ignore-file no-console -- a script speaks on the console

import { sourceFiles } from "./workers.ts";

const ROOMS = ["src/core", "src/wire", "src/archive", "src/endpoint"];
const FILES = ["src/fs/port.ts"];

/** A complaint of `deno doc --lint`; `place` is `path:line:column`. */
export interface Complaint {
  rule: string;
  text: string;
  path: string;
  place: string;
}

/** The complaints in what `deno doc --lint` printed. Throws where it says that there are more or fewer. */
export function complaintsOf(output: string): Complaint[] {
  const found = output.matchAll(/^error\[([\w-]+)\]: (.*?)\r?\n *--> ((.*?):\d+:\d+)\r?$/gm);
  const complaints = [...found].map(([, rule, text, place, path]) => ({
    ...{ rule: rule!, text: text!, path: path!, place: place! },
  }));
  const count = /^error: Found (\d+) documentation lint errors?\./m.exec(output)?.[1];
  if (Number(count) !== complaints.length) throw new Error(`deno doc was not understood:\n${output}`);
  return complaints;
}

/** Whether a complaint is of a type that its file imports: the module it comes from exports it. */
export function isOfImported({ rule, text }: Complaint, source: string): boolean {
  const type = /references private type '(\w+)'/.exec(text)?.[1];
  if (rule !== "private-type-ref" || type === undefined) return false;
  const imports = source.matchAll(/^import (?:type )?\{([^}]*)\} from "/gm);
  return imports.some(([, names]) => new RegExp(`\\b${type}\\b`).test(names!));
}

if (import.meta.main) {
  const paths = [...ROOMS.flatMap((room) => sourceFiles(room)), ...FILES];
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--lint", ...paths],
    env: { NO_COLOR: "1" },
  }).output();
  const output = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  const complaints = (success ? [] : complaintsOf(output))
    .filter((complaint) => !isOfImported(complaint, Deno.readTextFileSync(complaint.path)));
  for (const { place, rule, text } of complaints) console.error(`${place} ${text} (${rule})`);
  if (complaints.length > 0) Deno.exit(1);
  console.log(`${paths.length} files say what they export`);
}
