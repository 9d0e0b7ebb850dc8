// The system's own user may read and write everything. A command run through this one has to ask like anybody else.

/** What to put before a command so that missing permissions hold for it; null where that cannot be. */
export function unprivileged(): string[] | null {
  if (Deno.build.os === "windows") return null;
  if (Deno.uid() !== 0) return [];
  const through = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--"];
  try {
    const { success } = new Deno.Command(through[0]!, {
      args: [...through.slice(1), "true"],
      stdout: "null",
      stderr: "null",
    }).outputSync();
    return success ? through : null;
  } catch {
    return null; // There is no such command.
  }
}

/** What to put before the commands of a test. */
export const THROUGH = unprivileged();

/** Appended to the name of a test that needs permissions to hold, where they cannot. */
export const NO_PERMISSIONS = THROUGH ? "" : " (left out: permissions do not hold for this user)";
