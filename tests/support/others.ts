// Another user of the computer, where a test may act for one: what he can read.

import { TRIAL } from "../../src/fs/probe/trial.ts";
import { unprivileged } from "./unprivileged.ts";

/** Nobody: the user and the group that own nothing. */
const NOBODY = 65534;
const AS_NOBODY = [
  "setpriv",
  `--reuid=${NOBODY}`,
  `--regid=${NOBODY}`,
  "--clear-groups",
  "--bounding-set=-all",
  "--inh-caps=-all",
  "--",
];

/** A group that is not the own one: any number is one to the system. */
export const OTHER_GROUP = 60;

/** Whether this user may act for others, and give files away. */
export function isSystemsOwn(): boolean {
  return Deno.build.os === "linux" && Deno.uid() === 0 && unprivileged() !== null;
}

/** Whether another user can read the file. */
export function isReadableByOthers(path: string): boolean {
  return outputOf("cat", "--", path).success;
}

/** What another user can read of a folder's files while `act` goes on, by their paths in it: he looks again and again. But for what tries
 * whether a folder takes anything, which never holds anything. */
export async function seenByOther(folder: string, act: () => Promise<void>): Promise<Set<string>> {
  const script =
    'while [ -d "$0" ]; do find "$0" -type f -readable -printf "%P\\n" 2>/dev/null; sleep 0.02; done';
  const child = command("sh", "-c", script, folder).spawn();
  const found = new Set<string>();
  const reading = (async () => {
    let rest = "";
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      for (const line of lines) if (line !== TRIAL && !line.endsWith(`/${TRIAL}`)) found.add(line);
    }
  })();
  try {
    await act();
  } finally {
    child.kill("SIGKILL");
    await Promise.all([child.status, reading]);
  }
  return found;
}

/** Another user reads a file and keeps a lock on it, as readers do, until the returned function is called. */
export async function lockedByOther(path: string): Promise<() => Promise<void>> {
  const script = [
    "import fcntl, signal, sys",
    "file = open(sys.argv[1]); fcntl.lockf(file, fcntl.LOCK_SH); print('locked', flush=True); signal.pause()",
  ].join("\n");
  const child = command("python3", "-c", script, path).spawn();
  const { value } = await child.stdout.pipeThrough(new TextDecoderStream()).getReader().read();
  if (!value?.startsWith("locked")) throw new Error(`${path} could not be locked`);
  return async () => {
    child.kill("SIGKILL");
    await child.status;
  };
}

/** Mode, user and group of what is at a path. */
export function rightsAt(path: string): string {
  const { mode, uid, gid } = Deno.lstatSync(path);
  return `${(mode! & 0o7777).toString(8)} ${uid}:${gid}`;
}

/** Gives a file or folder that mode and, where one is named, that group. */
export function setRights(
  path: string,
  mode: number,
  group: number | null = null,
  user: number | null = null,
) {
  if (group !== null || user !== null) Deno.chownSync(path, user, group);
  Deno.chmodSync(path, mode);
}

function command(...line: string[]): Deno.Command {
  const [first, ...args] = [...AS_NOBODY, ...line];
  // What this user has among his own files is out of the other's reach.
  const env = { PATH: "/usr/bin:/bin" };
  return new Deno.Command(first!, { args, env, stdin: "null", stdout: "piped", stderr: "null" });
}

function outputOf(...line: string[]): Deno.CommandOutput {
  return command(...line).outputSync();
}
