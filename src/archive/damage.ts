// Tells what this program wrote into an archive from what became of it on a failing disk. SQLite checks its own pages only: from a text
// column it may return a number. Each check throws.

import { checkRow } from "./row.ts";
import { checkPath, expect, isCount, isNullOr, isText, isTime } from "./checks.ts";
import type { Placing } from "../core/placing.ts";
import type { Agreement } from "../core/agreement.ts";
import type { UndoStep } from "./undo_step.ts";
import type { KeptAtHome } from "./state/kept_home.ts";
import type { Remains } from "./state/unproven.ts";
import type { MountRow } from "./state/mounts.ts";
import type { UnsoundFile } from "./state/unsound.ts";
import type { ListedConflict } from "./state/conflicts.ts";
import type { Mark, OpenReading } from "./state/read_marks.ts";

/** Throws where one of these is no history, or no number of a commit. */
export function checkHistory({ history, generation, oldest }: Agreement): void {
  expect(isText(history) && isCount(generation) && isCount(oldest), "where a pair stands");
}

/** Throws where a content, a size, a time or an ID is none. */
export function checkPlacing(placing: Placing): void {
  const { path, expected, formers, size, mtime, id, born, placed } = placing;
  checkPath(path);
  const contents = isNullOr(isText, expected) && formers.every(({ content }) => isText(content));
  const times = [mtime, born, placed, ...formers.flatMap(({ mtime, placed = 0 }) => [mtime, placed])].every(
    isTime,
  );
  expect(contents && isCount(size) && times && Number.isFinite(id), "a placing");
}

/** Throws where the path or the content is none. */
export function checkRemains({ path, content }: Remains): void {
  checkPath(path);
  expect(isText(content), "what is left of damage");
}

/** Throws where the place or the time is none. */
export function checkMark({ position, time }: Mark): void {
  expect(isText(position) && isTime(time), "when content was read");
}

/** Throws where a place, a time or a count is none. */
export function checkReading({ begun, position, files, bytes }: OpenReading): void {
  expect(isTime(begun) && isText(position) && isCount(files) && isCount(bytes), "a reading");
}

/** Throws where the path, a number or a text is none. */
export function checkUnsound(file: UnsoundFile): void {
  const { path, size, mtime, id, changed, content, reason } = file;
  checkPath(path);
  const numbers = isCount(size) && isTime(mtime) && Number.isFinite(id) && isTime(changed);
  expect(numbers && isText(content) && isText(reason), "what is unsound");
}

/** Throws where the path, a number or the range is none. */
export function checkMount({ path, id, born, range }: MountRow): void {
  checkPath(path);
  expect(isCount(id) && isTime(born) && isCount(range), "a disk inside");
}

/** Throws where the path, a number or the state is none. */
export function checkKept({ path, pair, id, born, state }: KeptAtHome): void {
  checkPath(path);
  expect(isCount(pair) && Number.isFinite(id) && isTime(born) && isText(state), "what stays home");
}

/** Throws where a text is none; a digest may be null. */
export function checkConflict({ path, kept, of, pathDigest, keptDigest }: ListedConflict): void {
  const texts = [path, kept, of].every(isText);
  expect(texts && [pathDigest, keptDigest].every((digest) => isNullOr(isText, digest)), "a conflict");
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
