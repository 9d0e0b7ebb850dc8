// What the system says when a file call fails, in words for a person, and whether trying again may help.

/** A failed file call as a value. `busy`: another program has the file open. */
export interface Failure {
  reason: string;
  lasting: boolean;
}

const SHARING_VIOLATION = /os error (32|33)\b/;
const HELD_OPEN = /os error (32|33|145)\b/;
const TOO_LONG = /os error (36|63|206)\b/;
const NO_SPACE = /os error (28|112|39)\b/;

/** EIO, EBADMSG, EUCLEAN, and what Windows says of sectors, lines and structures it cannot read. */
const DISK_FAULT = Deno.build.os === "windows"
  ? /os error (23|27|30|483|1117|1392)\b/
  : /os error (5|74|117)\b/;

const ACROSS_DISKS = Deno.build.os === "windows" ? /os error 17\b/ : /os error 18\b/;

/** Whether a disk could not give what it holds: no program and no person is in the way. */
export function isDiskFault(error: unknown): boolean {
  return DISK_FAULT.test(String(error));
}

/** Whether the system refused a call because a program has the file open, or a folder could not be emptied for that. On
 * Windows this is so for a moment after a program ended, or while a virus scanner looks. */
export function isHeldOpen(error: unknown): boolean {
  return error instanceof Deno.errors.Busy || HELD_OPEN.test(String(error));
}

/** Whether the system refused a rename or a second name because the two places are on different disks, or mounts. */
export function isAcrossDisks(error: unknown): boolean {
  return ACROSS_DISKS.test(String(error));
}

/** Whether the system refused to remove or rename a folder because something is mounted there. */
export function isMountPoint(error: unknown): boolean {
  return Deno.build.os !== "windows" && /os error 16\b/.test(String(error));
}

/** Whether the system refused a name or a path for its length. */
export function isTooLong(error: unknown): boolean {
  return TOO_LONG.test(String(error));
}

/** Whether the system refused something, and no line of this program went wrong. */
export function isDisks(error: unknown): boolean {
  return /\bos error \d/.test(String(error)) ||
    Object.values(Deno.errors).some((kind) => error instanceof kind);
}

/** A defect as its finder wants it: what it says, and the line that says it. */
export function whereOf(error: unknown): string {
  const stack = error instanceof Error ? error.stack ?? error.message : String(error);
  return stack.split("\n").slice(0, 2).map((line) => line.trim()).join(" ");
}

/** Puts an error thrown by the disk in words; `name` is what a person calls the file. */
export function describeFailure(error: unknown, name: string): Failure {
  const text = error instanceof Error ? error.message : String(error);
  if (SHARING_VIOLATION.test(text) || error instanceof Deno.errors.Busy) {
    return { reason: `waiting for ${name} to be closed by the program that has it open`, lasting: false };
  }
  if (isTooLong(error)) {
    const reason = `the path of ${name} is too long for this system: shorten the names of its folders`;
    return { reason, lasting: true };
  }
  if (NO_SPACE.test(text)) return { reason: "the disk is full: make room", lasting: false };
  if (error instanceof Deno.errors.PermissionDenied) {
    return { reason: `no permission for ${name}: allow this user to read and write it`, lasting: false };
  }
  // Where on this disk that was, is for nobody else: Deno ends its messages with it.
  return { reason: text.replace(/[:,] [a-z]+ '.*$/s, ""), lasting: false };
}
