// What the system says when a file call fails, in words for a person, and whether trying again may help.

import type { Cause } from "../core/plan/hindrance.ts";

/** A failed file call as a value. */
export interface Failure {
  reason: string;
  lasting: boolean;
  cause?: Cause;
}

/** The numbers that a system gives its errors are its own. */
interface ErrorNumbers {
  full: RegExp;
  large: RegExp;
  readOnly: RegExp;
  /** Denied to everybody, not for want of rights. */
  protected: RegExp;
  notEmpty: RegExp;
  badName: RegExp;
  /** A sector, a line or a structure that the disk cannot read. */
  diskFault: RegExp;
}

const numbered = (...numbers: number[]) => new RegExp(`os error (${numbers.join("|")})\\b`);
const NONE = /(?!)/;

/** By their names: ENOSPC and EDQUOT; EFBIG; EROFS; EPERM; ENOTEMPTY; EINVAL, EILSEQ and EOVERFLOW; EIO, EBADMSG and EUCLEAN. Of Windows:
 * DISK_FULL, HANDLE_DISK_FULL and DISK_QUOTA_EXCEEDED; FILE_TOO_LARGE; WRITE_PROTECT; none; DIR_NOT_EMPTY; INVALID_NAME. */
const NUMBERS: Record<"windows" | "darwin" | "linux", ErrorNumbers> = {
  windows: {
    full: numbered(39, 112, 1295),
    large: numbered(223),
    readOnly: numbered(19),
    protected: NONE,
    notEmpty: numbered(145),
    badName: numbered(123),
    diskFault: numbered(23, 27, 30, 483, 1117, 1392),
  },
  darwin: {
    full: numbered(28, 69),
    large: numbered(27),
    readOnly: numbered(30),
    protected: numbered(1),
    notEmpty: numbered(66),
    badName: numbered(22, 92, 84),
    diskFault: numbered(5, 74, 117),
  },
  linux: {
    full: numbered(28, 122),
    large: numbered(27),
    readOnly: numbered(30),
    protected: numbered(1),
    notEmpty: numbered(39),
    badName: numbered(22, 84, 75),
    diskFault: numbered(5, 74, 117),
  },
};

const { os } = Deno.build;
const OWN = NUMBERS[os === "windows" || os === "darwin" ? os : "linux"];

const SHARING_VIOLATION = /os error (32|33)\b/;
const HELD_OPEN = /os error (32|33|145)\b/;
const TOO_LONG = /os error (36|63|206)\b/;

const ACROSS_DISKS = Deno.build.os === "windows" ? /os error 17\b/ : /os error 18\b/;

/** Whether a disk could not give what it holds: no program and no person is in the way. */
export function isDiskFault(error: unknown): boolean {
  return OWN.diskFault.test(String(error));
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

/** Whether the disk takes no such name. Only of calls that make a name: others fail with the same numbers. */
export function isImpossibleName(error: unknown): boolean {
  return OWN.badName.test(String(error));
}

/** Where the cause of an error lies that the disk threw, if not with the one file. */
export function causeOf(error: unknown): Exclude<Cause, "name"> | undefined {
  const text = String(error);
  if (OWN.full.test(text)) return "full";
  if (OWN.large.test(text)) return "large";
  return error instanceof Deno.errors.PermissionDenied || OWN.readOnly.test(text) ? "denied" : undefined;
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
  if (OWN.notEmpty.test(text)) return { reason: "the folder is not empty", lasting: false };
  const cause = causeOf(error);
  switch (cause) {
    case "full":
      return { reason: FULL, lasting: false, cause };
    case "large":
      return { reason: TOO_LARGE, lasting: true, cause };
    case "denied":
      return { reason: `no permission for ${name}: ${remedyOf(text)}`, lasting: false, cause };
    default:
      // Where on this disk that was, is for nobody else: Deno ends its messages with it.
      return { reason: text.replace(/[:,] [a-z]+ '.*$/s, ""), lasting: false };
  }
}

/** A disk that has no room for something, whatever it said before. */
export const FULL = "the disk is full: make room";

/** A disk that holds no file of that size. */
export const TOO_LARGE =
  "the disk it is to come to holds no file that large (FAT32 none of 4 GiB or more): keep it out, or have the folder on another disk";

/** Why nothing can be put into a folder, in words. */
export function describeClosed(error: unknown): Failure {
  const text = error instanceof Error ? error.message : String(error);
  const remedy = OWN.readOnly.test(text) || OWN.protected.test(text)
    ? remedyOf(text)
    : "allow this user to write in it";
  return { reason: `nothing can be put into this folder: ${remedy}`, lasting: false, cause: "denied" };
}

function remedyOf(text: string): string {
  if (OWN.readOnly.test(text)) return "its disk is read only, allow writing to it";
  if (OWN.protected.test(text)) {
    return "the system protects it from everybody (chattr +i), or it belongs to somebody else: lift that";
  }
  return "allow this user to read and write it";
}

/** The failure of a name that the disk does not take. */
export function describeName(name: string): Failure {
  // deno-lint-ignore no-control-regex
  const found = /[\\:*?"<>|\x00-\x1f]/.exec(name);
  const what = !found
    ? "takes no such name"
    : found[0] < " "
    ? `takes no control character in a name (character ${found.index + 1})`
    : `takes no ${found[0]} in a name (character ${found.index + 1})`;
  return { reason: `the disk it is to come to ${what}: rename it`, lasting: true, cause: "name" };
}

/** Does it, and returns whether that could be done: a call that fails is an answer, too. */
export function tryTo(act: () => void): boolean {
  try {
    act();
    return true;
  } catch {
    return false;
  }
}
