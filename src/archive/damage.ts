// Tells what this program wrote into an archive from what became of it on a failing disk. SQLite looks after its own pages only:
// a number in a text's place it gives as it is. Each check throws.

import type { FileEntry } from "../core/entry.ts";
import type { Path } from "../core/path.ts";
import type { Placing } from "../core/placing.ts";
import type { History, UndoStep } from "./archive.ts";
import type { Kept } from "./kept_home.ts";
import type { Remains } from "./unproven.ts";
import type { RememberedRights } from "./rights.ts";
import type { MountRow } from "./mounts.ts";
import type { UnsoundFile } from "./unsound.ts";
import type { ListedConflict } from "./conflicts.ts";
import type { Mark, OpenReading } from "./read_marks.ts";
import type { Row } from "./row.ts";

const isText = (value: unknown) => typeof value === "string";
const isCount = (value: unknown) => Number.isSafeInteger(value) && value as number >= 0;
const isTime = (value: unknown) => typeof value === "number" && Math.abs(value) <= 8.64e15;
const isNullOr = (is: (value: unknown) => boolean, value: unknown) => value === null || is(value);

export function checkHistory({ history, generation, oldest }: History): void {
  expect(isText(history) && isCount(generation) && isCount(oldest), "where a pair stands");
}

export function checkPath(path: unknown): void {
  expect(isText(path) && path !== "", "a path");
}

export function checkPlacing(placing: Placing): void {
  const { path, expected, formers, size, mtime, id, born, placed } = placing;
  checkPath(path);
  const contents = isNullOr(isText, expected) && formers.every(({ content }) => isText(content));
  const times = [mtime, born, placed, ...formers.flatMap(({ mtime, placed = 0 }) => [mtime, placed])].every(
    isTime,
  );
  expect(contents && isCount(size) && times && Number.isFinite(id), "a placing");
}

export function checkRemains({ path, content }: Remains): void {
  checkPath(path);
  expect(isText(content), "what is left of damage");
}

export function checkRights({ path, mode, owner, group, gone }: RememberedRights): void {
  checkPath(path);
  expect([mode, owner, group, gone].every(isCount), "who may do what");
}

export function checkMark({ position, time }: Mark): void {
  expect(isText(position) && isTime(time), "when content was read");
}

export function checkReading({ begun, position, files, bytes }: OpenReading): void {
  expect(isTime(begun) && isText(position) && isCount(files) && isCount(bytes), "a reading");
}

export function checkUnsound(file: UnsoundFile): void {
  const { path, size, mtime, id, changed, content, reason } = file;
  checkPath(path);
  const numbers = isCount(size) && isTime(mtime) && Number.isFinite(id) && isTime(changed);
  expect(numbers && isText(content) && isText(reason), "what is unsound");
}

export function checkDigested(path: Path, { size, mtime, id, born, digest }: FileEntry): void {
  checkPath(path);
  const numbers = isCount(size) && isTime(mtime) && isTime(born) && Number.isFinite(id);
  expect(numbers && digest.length === 64, "a digest");
}

export function checkMount({ path, id, born, range }: MountRow): void {
  checkPath(path);
  expect(isCount(id) && isTime(born) && isCount(range), "a disk inside");
}

export function checkKept({ path, pair, id, born, state }: Kept): void {
  checkPath(path);
  expect(isCount(pair) && Number.isFinite(id) && isTime(born) && isText(state), "what stays home");
}

export function checkCount(count: unknown): void {
  expect(isCount(count), "a count");
}

export function checkConflict({ path, kept, of, pathDigest, keptDigest }: ListedConflict): void {
  const texts = [path, kept, of].every(isText);
  expect(texts && [pathDigest, keptDigest].every((digest) => isNullOr(isText, digest)), "a conflict");
}

export function checkRow({ path, name, kind, size, mtime, executable, digest, target, id, born }: Row): void {
  const named = isText(path) && path !== "" && isText(name) && name !== "";
  const numbers = isCount(kind) && kind <= 2 && isNullOr(isCount, size) && isNullOr(isTime, mtime);
  const rest = isNullOr(isCount, executable) && isNullOr(isText, target) && isNullOr(Number.isFinite, id) &&
    (born === undefined || isNullOr(isTime, born)); // Steps of before there was this column lack it.
  expect(named && numbers && rest && isNullOr(isDigest, digest), "an entry");
}

/** The steps of an undo, as decoded. */
export function checkSteps(steps: unknown): void {
  expect(Array.isArray(steps), "an undo");
  for (const step of steps as UndoStep[]) {
    if ("move" in step) {
      expect([step.move.from, step.move.to, step.move.name].every(isText), "an undone move");
    } else if ("damaged" in step) checkPath(step.damaged);
    else if (step.row) checkRow(step.row);
    else expect(isText(step.path), "an undo");
  }
}

/** A loss of the last minute, or an approved one, which has no time. */
export function checkLoss(
  { path, digest, time = 0 }: { path: string; digest: unknown; time?: unknown },
): void {
  expect(isText(path) && path !== "" && isDigest(digest) && isTime(time), "a loss");
}

const isDigest = (value: unknown) =>
  value instanceof Uint8Array && (value.length === 0 || value.length === 32);

function expect(fact: boolean, what: string): void {
  if (!fact) throw new Error(`the archive is damaged: ${what} is none`);
}
