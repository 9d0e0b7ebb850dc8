// What a sync costs where it can be counted, in place of its time: bytes on the wire, messages, calls to the disk, rows of the archive.
// Each budget is what is needed today: who needs less lowers it.

import { assert } from "@std/assert";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { type SideName, SIDES } from "../../src/core/side.ts";
import { randomBytes } from "../support/bytes.ts";
import { Counted } from "../support/counted.ts";
import { Duo } from "../support/duo.ts";
import { temporary, write } from "../support/folder.ts";

/** Bytes on the wire beside the content: 203 are needed for each new file, and 2,571 for a session. */
const MOST_BYTES_A_FILE = 206;
const MOST_BYTES_A_SESSION = 2800;
/** What each side says of a save more than where nothing changed. */
const MOST_MESSAGES: Sides = { alpha: 8, beta: 6 };
/** Calls to the disk for each new file: where it is (a look, an opening), and where it goes (a name made free, a file made, linked to its
 * place). */
const MOST_CALLS: Sides = { alpha: 2, beta: 3 };
/** Statements that both archives do for each new file: at both an entry of the history, a row of the ancestor, and a look whether another
 * content is listed there; where it goes, what is listed before, and the listing. */
const MOST_STATEMENTS = 8;
/** Rows that each side reads at a start for each file that did not change. */
const MOST_ROWS = 1;

const [FEW, MANY] = [100, 200];
const FILE_BYTES = 500;
type Sides = Record<SideName, number>;

/** How content is made: the wire counts that of noise as it is, and that of text smaller. */
type Content = (number: number) => string | Uint8Array<ArrayBuffer>;
const text: Content = (number) => `${number}`.padEnd(FILE_BYTES, " and what a line of text says");
const noise: Content = () => randomBytes(FILE_BYTES);

/** What one more file adds. */
const each = (few: number, many: number) => (many - few) / (MANY - FEW);

function fill(folder: string, files: number, content = noise) {
  for (let number = 0; number < files; number++) {
    write(`${folder}/d${number % 10}/f${number}`, content(number));
  }
}

/** Bytes on the wire of a first copy of so many files. */
async function firstCopy(files: number, content = noise, isOlder = false): Promise<number> {
  using counted = new Counted(isOlder ? ["zstd"] : []);
  fill(counted.folder("alpha"), files, content);
  await counted.session();
  return counted.bytes;
}

Deno.test("a new file costs its content and so many bytes on the wire, a session so many for itself", async () => {
  const [few, many] = [await firstCopy(FEW), await firstCopy(MANY)];
  const more = each(few, many) - FILE_BYTES;
  const session = few - FEW * (FILE_BYTES + more);
  assert(more <= MOST_BYTES_A_FILE && session <= MOST_BYTES_A_SESSION, `${more} and ${session} bytes`);
});

Deno.test("text costs a third of its bytes on the wire at most, noise as many as to an older program, which gets both as they are", async () => {
  const files = 200;
  const most = files * (MOST_BYTES_A_FILE + FILE_BYTES / 3) + MOST_BYTES_A_SESSION;
  const whole = files * FILE_BYTES;
  const [now, before] = [await firstCopy(files, text), await firstCopy(files, text, true)];
  assert(now <= most, `${now} bytes`);
  assert(before >= whole, `${before} bytes to an older program`);
  const [noiseNow, noiseBefore] = [await firstCopy(files), await firstCopy(files, noise, true)];
  assert(
    Math.abs(noiseNow - noiseBefore) < MOST_BYTES_A_SESSION / 10,
    `${noiseNow} and ${noiseBefore} bytes`,
  );
});

Deno.test("a save costs so many messages", async () => {
  using counted = new Counted();
  fill(counted.folder("alpha"), FEW);
  await counted.session();
  await counted.session();
  const before = counted.said.slice();
  write(`${counted.folder("alpha")}/d0/f0`, "saved");
  await counted.session();
  for (const side of SIDES) {
    const by = (said: string[]) => said.filter((message) => message.startsWith(side));
    const more = by(counted.said).length - by(before).length;
    assert(more <= MOST_MESSAGES[side], `${more} more: ${by(counted.said)}\nwithout: ${by(before)}`);
  }
});

/** Calls to the disk of each side in a first copy of so many files. */
function callsOf(files: number): Sides {
  using place = temporary();
  using duo = new Duo(place.path);
  fill(duo.alpha.folder, files);
  const calls = { alpha: 0, beta: 0 };
  for (const side of SIDES) duo[side].hook = () => void calls[side]++;
  duo.cycle();
  duo.checkInSync();
  return calls;
}

Deno.test("a new file costs each side so many calls to its disk", () => {
  const [few, many] = [callsOf(FEW), callsOf(MANY)];
  for (const side of SIDES) {
    const calls = each(few[side], many[side]);
    assert(calls <= MOST_CALLS[side], `${side}: ${calls} calls`);
  }
});

/** Counts statements that are done, and the rows that they give, while it is in use. */
class Statements implements Disposable {
  count = 0;
  rows = 0;
  readonly #prepare = DatabaseSync.prototype.prepare;

  constructor() {
    const prepare = this.#prepare;
    const counted = (statement: StatementSync) => this.#counted(statement);
    DatabaseSync.prototype.prepare = function (this: DatabaseSync, sql: string) {
      return counted(prepare.call(this, sql));
    };
  }

  [Symbol.dispose]() {
    DatabaseSync.prototype.prepare = this.#prepare;
  }

  #counted(statement: StatementSync): StatementSync {
    const { run, get, all, iterate } = statement;
    const its = { run, get, all, iterate } as Record<string, (...values: unknown[]) => unknown>;
    const done = (how: string, values: unknown[]) => {
      this.count++;
      return its[how]!.apply(statement, values);
    };
    return Object.assign(statement, {
      run: (...values: unknown[]) => done("run", values),
      get: (...values: unknown[]) => this.#seen(done("get", values)),
      all: (...values: unknown[]) => (done("all", values) as unknown[]).map((row) => this.#seen(row)),
      iterate: (...values: unknown[]) =>
        (done("iterate", values) as IteratorObject<unknown>).map((row) => this.#seen(row)),
    });
  }

  #seen<T>(row: T): T {
    if (row !== undefined) this.rows++;
    return row;
  }
}

/** Statements of both archives in a first copy of so many files. */
function statementsOf(files: number): number {
  using statements = new Statements();
  using place = temporary();
  using duo = new Duo(place.path);
  fill(duo.alpha.folder, files);
  duo.cycle();
  duo.checkInSync();
  return statements.count;
}

Deno.test("a new file costs both archives so many statements", () => {
  const statements = each(statementsOf(FEW), statementsOf(MANY));
  assert(statements <= MOST_STATEMENTS, `${statements} statements`);
});

/** Rows read of both archives, from a start with nothing changed until in sync. */
function rowsRead(files: number): number {
  using place = temporary();
  using duo = new Duo(place.path);
  fill(duo.alpha.folder, files);
  duo.settle();
  duo.disconnect();
  for (const side of SIDES) duo[side].close();
  using statements = new Statements();
  duo.restart();
  duo.settle();
  duo.checkInSync();
  return statements.rows;
}

Deno.test("a start reads so many rows for each file that did not change", () => {
  const rows = each(rowsRead(FEW), rowsRead(MANY)) / SIDES.length;
  assert(rows <= MOST_ROWS, `${rows} rows`);
});
