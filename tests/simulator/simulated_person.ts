// A person who works in a folder: writes, saves as editors do, deletes, renames, moves; in several steps where it takes time.

import type { Random } from "../fuzz/random.ts";
import type { Clock } from "./virtual_clock.ts";
import type { Node, Volume } from "./volume.ts";
import { Habits } from "./habits.ts";
import type { Ledger } from "./ledger.ts";
import type { Habit } from "./personality.ts";
import { isOwn } from "./own.ts";

/** Names people give; some cannot be everywhere, some are each other's twins, some are ignored. */
const NAMES = ["a", "b", "c", "d.txt", "report.docx", "e.tar.gz", "long name with spaces.md"];
const ODD_NAMES = ["A", "C", "caf\u00e9", "cafe\u0301", "aux.txt", "what?", "dot.", "~$lock", "x.tmp"];
const RULES = ["*.tmp\n", "b\n", "c\n!c/d.txt\n", ""];
/** Never touched: an emptied folder is another story (RULES S2). */
const KEPT = "keep";

export function isKept(path: string): boolean {
  return path === KEPT || path === ".tcpsyncignore";
}

export class SimulatedPerson {
  #count = 0;
  readonly habits: Habits | undefined;

  constructor(
    private readonly name: string,
    private readonly volume: Volume,
    private readonly folder: string,
    private readonly ledger: Ledger,
    private readonly clock: Clock,
    private readonly random: Random,
    /** Contents that both people have. */
    private readonly common: string[],
    private readonly largest: number,
    habits: readonly Habit[],
    /** Whether the program hears of what is done now. */
    private readonly isHeard: () => boolean,
  ) {
    if (habits.length === 0) return;
    this.habits = new Habits(habits, {
      ...{ name, volume, folder, ledger, clock, random, isHeard },
      text: () => this.#text(),
      some: (kind) => this.#some(kind),
      somewhere: () => this.#somewhere(),
      later: (ms, act) => this.#later(ms, act),
    });
  }

  /** What the folder begins with; `older`: by so many ms than files of others. */
  begin(files: number, older: number): void {
    this.#write(this.#native(KEPT), "keep");
    for (let count = 0; count < files; count++) {
      this.attempt(() => this.#old(this.#somewhere(), count, older));
    }
  }

  /** Does something. `quick`: at once and wholly; otherwise it may go on for a while. */
  act(quick: boolean): void {
    this.attempt(() => this.#something(quick));
  }

  #something(quick: boolean): void {
    const { random } = this;
    if (this.habits?.any && random.below(3) === 0) return this.habits.act(quick);
    switch (random.below(quick ? 13 : 16)) {
      case 0:
      case 1:
      case 2:
        return this.#write(this.#somewhere(), this.#text());
      case 3:
      case 4:
        return this.#append(this.#some("file"));
      case 5:
        return this.#remove(this.#some("file"));
      case 6:
        return this.#rename(this.#some("file"), this.#somewhere());
      case 7:
        return this.#rename(this.#some("directory"), this.#somewhere());
      case 8:
        return this.#respell(this.#some(random.pick(["file", "directory"])));
      case 9:
        return random.below(3) ? this.#makeFolder(this.#somewhere()) : this.#remove(this.#some("directory"));
      case 10:
        return this.#touch(this.#some("file"));
      case 11:
        return this.#swap(this.#some("file"), this.#some(random.pick(["file", "directory"])));
      case 12:
        return random.below(3) ? this.#link(this.#somewhere()) : this.#rules();
      case 13:
        return this.#saveByRename(this.#some("file"));
      case 14:
        return this.#saveAsOffice(this.#some("file"));
      default:
        return this.#writeSlowly(this.#somewhere());
    }
  }

  /** A file from long ago: no two of one time, since without file IDs nothing but time and size would tell them apart. */
  #old(path: string, count: number, older: number): void {
    this.#write(path, this.#text());
    this.volume.setTime(path, this.volume.now - 100_000 * (count + 1) - older);
  }

  #write(path: string, text: string): void {
    this.#do([path], () => this.volume.write(path, new TextEncoder().encode(text)));
  }

  #append(path: string | undefined): void {
    if (path === undefined) return;
    const before = this.volume.read(path).data;
    const more = new TextEncoder().encode(this.#text());
    const { random } = this;
    // Over the beginning, as a database does, or at the end.
    const at = random.below(3) === 0 ? 0 : before.length;
    const data = new Uint8Array(Math.max(before.length, at + more.length) + this.#count % 7);
    data.set(before);
    data.set(more, at);
    this.#do([path], () => this.volume.write(path, data));
  }

  #writeSlowly(path: string): void {
    const pauses = Array.from({ length: 2 + this.random.below(4) }, () => this.random.below(120));
    this.#write(path, this.#text());
    let at = 0;
    for (const pause of pauses) this.#later(at += pause, () => this.volume.find(path) && this.#append(path));
  }

  #remove(path: string | undefined): void {
    if (path === undefined) return;
    this.#do([path], () => this.volume.removeTree(path));
  }

  #rename(from: string | undefined, to: string): void {
    if (from === undefined) return;
    if (this.habits && this.volume.areAlike(from, to) && !this.isHeard()) return;
    const isFolder = this.volume.find(from)?.kind === "directory";
    this.#do([from, to], () => this.volume.rename(from, to), isFolder);
  }

  #respell(path: string | undefined): void {
    if (path === undefined) return;
    const cut = path.lastIndexOf(this.volume.separator) + 1;
    const name = path.slice(cut);
    const other = name === name.toUpperCase() ? name.toLowerCase() : name.toUpperCase();
    this.#rename(path, path.slice(0, cut) + other);
  }

  #makeFolder(path: string): void {
    if (this.volume.find(path)) return;
    this.#do([path], () => this.volume.makeDirectories(path));
    this.#write(`${path}${this.volume.separator}${this.random.pick(NAMES)}`, this.#text());
  }

  #touch(path: string | undefined): void {
    if (path === undefined) return;
    if (this.random.below(2)) {
      return this.#do([path], () => this.volume.setTime(path, this.volume.now - 5000));
    }
    this.#do([path], () => this.volume.setExecutable(path, !this.volume.find(path)!.executable));
  }

  #swap(one: string | undefined, other: string | undefined): void {
    if (one === undefined || other === undefined || one === other) return;
    if (this.habits && this.volume.areAlike(one, other) && !this.isHeard()) return;
    const between = this.#native(`between ${this.name} ${++this.#count}`);
    this.#do([one, other], () => {
      this.volume.rename(one, between);
      try {
        this.volume.rename(other, one);
      } catch (error) {
        this.volume.rename(between, one);
        throw error;
      }
      if (this.volume.find(other.slice(0, other.lastIndexOf(this.volume.separator)))) {
        this.volume.rename(between, other);
      } else this.ledger.act([between], () => {}); // The one was in the other: it stays under the name between.
    }, [one, other].some((path) => this.volume.find(path)?.kind === "directory"));
  }

  #link(path: string): void {
    if (this.volume.find(path)) return;
    const target = this.random.pick(["a", "b/c", "../a", "../../outside", "/etc"]);
    this.#do([path], () => this.volume.makeLink(target, path));
  }

  #rules(): void {
    this.#write(this.#native(".tcpsyncignore"), this.random.pick(RULES));
  }

  #saveByRename(path: string | undefined): void {
    if (path === undefined) return;
    const fresh = `${path}.${++this.#count}.new`;
    this.#write(fresh, this.#text());
    this.#later(this.random.below(60), () =>
      this.#do([fresh, path], () => {
        if (this.random.below(3) === 0 && this.volume.find(path)) this.volume.remove(path);
        this.volume.rename(fresh, path);
      }));
  }

  #saveAsOffice(path: string | undefined): void {
    if (path === undefined) return;
    const [fresh, old] = [`${path}.${++this.#count}.tmp`, `${path}.${this.#count}.old`];
    this.#write(fresh, this.#text());
    this.#later(this.random.below(30), () => {
      this.#do([path, old], () => this.volume.rename(path, old));
      this.#do([fresh, path], () => this.volume.rename(fresh, path));
    });
    this.#later(30 + this.random.below(100), () => this.#do([old], () => this.volume.remove(old)));
  }

  #later(ms: number, act: () => void): void {
    this.clock.after(ms, () => this.attempt(act), undefined);
  }

  #do(paths: string[], act: () => void, moves = false): void {
    this.ledger.act(paths, act, moves);
  }

  /** What cannot be is not done: the disk refuses, or somebody else changed the place. */
  attempt(act: () => void): void {
    try {
      act();
    } catch (error) {
      if (!/os error \d+/.test(String(error))) throw error;
    }
  }

  /** A text nobody wrote before, hardly ever as long as another; now and then one that both people have. */
  #text(): string {
    const { random } = this;
    if (random.below(12) === 0) return random.pick(this.common);
    const own = `${this.name} ${++this.#count} `;
    const size = random.below(40) === 0 ? this.largest : 10 + this.#count * 3 + random.below(3);
    return own.repeat(Math.ceil(size / own.length));
  }

  #somewhere(): string {
    const { random } = this;
    const folder = random.below(2) ? this.folder : this.#some("directory") ?? this.folder;
    const name = random.below(5) ? random.pick(NAMES) : random.pick(ODD_NAMES);
    return `${folder}${this.volume.separator}${name}`;
  }

  #some(kind: Node["kind"]): string | undefined {
    const found = [...this.volume.below(this.folder, isOwn)]
      .filter(([path, node]) => node.kind === kind && !isKept(path));
    return found.length === 0 ? undefined : this.#native(this.random.pick(found)[0]);
  }

  #native(path: string): string {
    return `${this.folder}${this.volume.separator}${path.replaceAll("/", this.volume.separator)}`;
  }
}
