// How far the content of a root has been read again, and when each part of it was read last (engine/scrub.ts). Paths are in the order
// of reading (core/reading_order.ts). Invariant: each mark says that all from the mark before it up to its own position was read
// after its time; the last one reaches to the end.

import type { DatabaseSync } from "node:sqlite";
import { END, precedesInReading } from "../../core/reading_order.ts";
import { transaction } from "../schema.ts";

/** A place in the reading order, and when all up to it was read. */
export interface Mark {
  /** A path as spelled, or END (core/reading_order.ts). */
  position: string;
  /** In ms; 0: nobody knows. */
  time: number;
}

/** A reading of everything that is under way: all up to `position` is read. `asked`: a person asked for it. */
export interface OpenReading {
  /** When it began, in ms. */
  begun: number;
  /** A person asked for it; else it is the slow one. */
  asked: boolean;
  /** The path it came to, in the reading order; "" at first. */
  position: string;
  /** Read so far. */
  files: number;
  /** Read so far, in bytes. */
  bytes: number;
}

/** Neighbouring parts that were read within this time share a mark. */
const GRAIN_MS = 3600_000;

/** The marks of one root, in the reading order. Invariant: see the top of this file. */
export class ReadMarks {
  #marks: Mark[];

  /** `now`: a root nobody has kept yet is digested from now on. */
  constructor(private readonly database: DatabaseSync, now: number) {
    this.#marks = this.#load();
    if (this.#marks.length > 0) return;
    const isNew = database.prepare("SELECT 1 FROM pair LIMIT 1").get() === undefined;
    this.#marks = [{ position: END, time: isNew ? now : 0 }];
    this.#store([], this.#marks);
  }

  /** When what is at a path was read last, at least. */
  at(path: string): number {
    return this.#marks.find(({ position }) => !precedesInReading(position, path))?.time ?? 0;
  }

  /** In the reading order, the last one at END. */
  all(): readonly Mark[] {
    return this.#marks;
  }

  /** The reading that is under way; null: none is. */
  open(): OpenReading | null {
    const row = this.database.prepare("SELECT begun, asked, position, files, bytes FROM reading").get();
    return row ? { ...row as unknown as OpenReading, asked: row.asked === 1 } : null;
  }

  /** A reading of everything begins. */
  begin(asked: boolean, now: number): OpenReading {
    const reading = { begun: now, asked, position: "", files: 0, bytes: 0 };
    this.#write(reading);
    return reading;
  }

  /** The reading has come as far as `position`; all since where it was before was read after `time`. */
  advance(before: OpenReading, reading: OpenReading, time: number) {
    const { position } = reading;
    const isPassed = (mark: Mark, at: string) => !precedesInReading(at, mark.position);
    const own = this.#marks.filter((mark) => isPassed(mark, before.position));
    const last = own.at(-1);
    const isNear = last !== undefined && time >= last.time && time - last.time < GRAIN_MS;
    const kept = isNear ? own.slice(0, -1) : own;
    const mark = { position, time: isNear ? last.time : time };
    const gone = this.#marks.filter((old) => isPassed(old, position) && !kept.includes(old));
    this.#store(gone, [mark], () => this.#write(reading));
    this.#marks = [...kept, mark, ...this.#marks.filter((old) => !isPassed(old, position))];
  }

  /** All is read. */
  finish(before: OpenReading, time: number) {
    this.advance(before, { ...before, position: END }, time);
    this.database.exec("DELETE FROM reading");
  }

  #write({ begun, asked, position, files, bytes }: OpenReading) {
    this.database.prepare("INSERT OR REPLACE INTO reading VALUES (1, ?, ?, ?, ?, ?)")
      .run(begun, Number(asked), position, files, bytes);
  }

  #store(gone: readonly Mark[], made: readonly Mark[], also: () => void = () => {}) {
    const drop = this.database.prepare("DELETE FROM read_mark WHERE position = ?");
    const put = this.database.prepare("INSERT OR REPLACE INTO read_mark VALUES (?, ?)");
    transaction(this.database, () => {
      for (const { position } of gone) drop.run(position);
      for (const { position, time } of made) put.run(position, time);
      also();
    });
  }

  #load(): Mark[] {
    const marks = this.database.prepare("SELECT position, time FROM read_mark").all() as unknown as Mark[];
    return marks.sort((one, other) => precedesInReading(one.position, other.position) ? -1 : 1);
  }
}
