// A folder that supplies and a staging folder beside it, with everything between them, for tests of content on its way.

import type { FileEntry } from "../../src/core/tree/entry.ts";
import type { Task } from "../../src/core/plan/plan.ts";
import type { Disk } from "../../src/fs/port.ts";
import { realDisk } from "../../src/fs/real.ts";
import { fileEntryOf } from "../../src/scan/identity.ts";
import { Staging } from "../../src/stage/staging.ts";
import type { Located } from "../../src/stage/survey.ts";
import { type Source, Supplier } from "../../src/stage/supply.ts";
import { encodeMessage } from "../../src/wire/message.ts";
import { type Want, wantFromWire, wantToWire } from "../../src/wire/rows.ts";
import { filesIn, nextTime, temporary, write } from "./folder.ts";

export class Ground implements Disposable {
  readonly #place = temporary();
  #sent = 0;
  #told = 0;
  readonly folder = `${this.#place.path}/folder`;
  readonly directory = `${this.#place.path}/staging`;
  readonly seen = new Map<string, FileEntry>();
  readonly learned: string[] = [];
  readonly changed: string[] = [];
  readonly supplier: Supplier;
  staging: Staging;

  /** `cuts`: the supplying side says in hello that it knows blocks that content marks off. */
  constructor(private readonly disk: Disk = realDisk, private readonly cuts = true) {
    Deno.mkdirSync(this.folder);
    this.staging = new Staging(disk, this.directory, cuts);
    this.supplier = new Supplier(disk, (path) => this.#source(path), {
      digest: ({ path }, digest) => this.learned.push(`${path} ${digest}`),
      changed: ({ path }) => this.changed.push(path),
      unread: ({ path }) => this.changed.push(`${path} cannot be read`),
      begun() {},
      sent() {},
    });
  }

  [Symbol.dispose]() {
    this.supplier.pause();
    this.staging.end();
    this.#place[Symbol.dispose]();
  }

  #source(path: string): Source | null {
    const seen = this.seen.get(path);
    return seen ? { path: path as Source["path"], native: `${this.folder}/${path}`, seen } : null;
  }

  /** Writes a file and sees it. */
  write(path: string, content: string | Uint8Array, time = nextTime()) {
    write(`${this.folder}/${path}`, content, time);
    return this.look(path);
  }

  look(path: string): FileEntry {
    const entry = fileEntryOf(realDisk.stat(`${this.folder}/${path}`)!, path);
    this.seen.set(path, entry);
    return entry;
  }

  task(path: string, known: Partial<FileEntry> = {}): Task {
    return { path: path as Task["path"], old: null, new: { ...this.seen.get(path)!, id: 0, ...known } };
  }

  begin(
    tasks: Task[],
    here: () => Located | null = () => null,
    replaced: () => Located | null = () => null,
  ) {
    const numbered = tasks.map((task, index): [number, Task] => [index, task]);
    for (;;) {
      const wants = this.staging.begin(numbered, here, replaced);
      while (this.staging.copyOn());
      this.supplier.begin(this.#tell(wants), true);
      // On a slow computer it takes a few chunks to find out what is here.
      if (wants.length + this.staging.staged.size + this.staging.failed.size >= tasks.length) return wants;
    }
  }

  /** Passes wants on, as the network does. */
  #tell(wants: Want[]): Want[] {
    const rows = wants.map(wantToWire);
    this.#told += encodeMessage({ type: "want", packs: true, rows, last: true }).length;
    return rows.map((row) => wantFromWire(row, "/"));
  }

  /** Passes batches on, `most` at most. */
  supply(most = Infinity): number {
    let count = 0;
    for (; count < most; count++) {
      const batch = this.supplier.next();
      if (!batch) break;
      this.#sent += batch.length;
      this.staging.accept(batch);
    }
    this.supplier.pause();
    return count;
  }

  /** How many bytes are passed on meanwhile. */
  sent(act: () => unknown): number {
    const before = this.#sent;
    act();
    return this.#sent - before;
  }

  /** How many bytes wants and batches take meanwhile. */
  onTheWire(act: () => unknown): number {
    const before = this.#told;
    const sent = this.sent(act);
    return sent + this.#told - before;
  }

  bytes(index: number): Uint8Array {
    return Deno.readFileSync(this.staging.staged.get(index)!.native);
  }

  fetch(...tasks: Task[]) {
    const wants = this.begin(tasks);
    this.supply();
    return wants;
  }

  staged(index: number): string {
    return Deno.readTextFileSync(this.staging.staged.get(index)!.native);
  }

  /** As after a kill: what is on the disk is all that is left. */
  restart() {
    this.staging.end();
    this.staging = new Staging(this.disk, this.directory, this.cuts);
  }

  names(): string[] {
    return [...filesIn(this.directory).keys()].map((name) => name.replace(/-.*/, "")).sort();
  }
}

/** A text of that many characters, another one for each seed. */
export function large(size: number, seed = 1): string {
  let text = "";
  for (let line = 0; text.length < size; line++) text += `${seed} line ${line * seed}\n`;
  return text.slice(0, size);
}
