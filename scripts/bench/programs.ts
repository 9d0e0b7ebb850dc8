// Programs that the bench starts and ends: none is left behind.

const running = new Set<number>();

/** A process that is ended with the bench, if it did not end before. */
export function track(pid: number, ended: Promise<unknown>) {
  running.add(pid);
  ended.finally(() => running.delete(pid));
}

/** Ends all that still runs: when the bench is interrupted. */
export function endAll() {
  for (const pid of running) Deno.kill(pid, "SIGKILL");
}

/** A program that goes on until it is stopped. */
export interface Background {
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts a program that goes on. */
export function background(command: string, args: string[], env: Record<string, string> = {}): Background {
  const child = new Deno.Command(command, { args, env, stdin: "null", stdout: "null", stderr: "null" })
    .spawn();
  const { pid } = child;
  const ended = child.status.then(() => {});
  track(pid, ended);
  return {
    pid,
    stop() {
      if (running.has(pid)) child.kill();
      return ended;
    },
  };
}

/** What a program prints; throws where it fails. */
export async function printed(
  command: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args, env, stdin: "null" }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (!success) throw new Error(`${command} ${args.join(" ")}: ${text(stderr).slice(0, 500)}`);
  return text(stdout) || text(stderr);
}

/** The first version number a program prints of itself; null where it is not installed. */
export async function versionOf(command: string, ...args: string[]): Promise<string | null> {
  const text = await printed(command, args).catch(() => "");
  return /\d+(\.\d+)+/.exec(text)?.[0] ?? null;
}
