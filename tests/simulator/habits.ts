// What some people and their programs do besides (personality.ts: HABITS). Each seed has a few of these habits.

import type { Random } from "../fuzz/random.ts";
import type { Clock } from "./virtual_clock.ts";
import type { Node, Volume } from "./volume.ts";
import type { Ledger } from "./ledger.ts";
import { type Habit, SHARED_HABITS } from "./personality.ts";
import { isOwn } from "./own.ts";
import { joined } from "../support/bytes.ts";

/** What a person does things with. */
export interface Means {
  name: string;
  volume: Volume;
  folder: string;
  ledger: Ledger;
  clock: Clock;
  random: Random;
  /** The program hears of what is done now: else what leaves no other trace is not done. */
  isHeard(): boolean;
  text(): string;
  /** Something in the folder, and a place for something. */
  some(kind: Node["kind"]): string | undefined;
  somewhere(): string;
  later(ms: number, act: () => void): void;
}

const bytesOf = (text: string) => new TextEncoder().encode(text);

export class Habits {
  #count = 0;
  /** How often a program told of each file that it had mapped. */
  readonly #told = new WeakMap<Node, number>();
  /** Those of one person alone. */
  readonly #own: Habit[];
  readonly #areNumbersGivenAnew: boolean;

  constructor(habits: readonly Habit[], private readonly means: Means) {
    this.#areNumbersGivenAnew = habits.includes("numbers given anew");
    this.#own = habits.filter((habit) => !SHARED_HABITS.includes(habit));
  }

  get any(): boolean {
    return this.#own.length > 0;
  }

  /** Does something out of a habit. `quick`: at once and wholly. */
  act(quick: boolean): void {
    const { random, some } = this.means;
    const file = some("file");
    switch (random.pick(this.#own)) {
      case "copies that keep their time":
        return random.below(3) ? this.#replaceByCopy(file) : this.#unpack();
      case "second names":
        return file && random.below(2) ? this.#name(file) : this.#writeThrough(file);
      case "memory maps":
        return quick ? undefined : this.#map(file);
      case "edits that keep their time":
        return this.#editInSecret(file);
      case "backup names":
        return quick ? undefined : this.#saveByBackup(file);
      case "things taken back":
        return quick
          ? this.#makeAnew(some("directory"))
          : this.#takeBack(random.below(2) ? file : some("directory"));
      case "files left open":
        return quick ? undefined : this.#writeWithPause(this.means.somewhere());
      case "links in loops":
        return this.#linkInLoop();
    }
  }

  /** Goes on with what is at a path while the other person renames something there. */
  workAt(path: string): void {
    const { random, volume, folder } = this.means;
    const native = `${folder}${volume.separator}${path.replaceAll("/", volume.separator)}`;
    const node = volume.find(native);
    if (!node) return;
    if (node.kind === "file") return this.#append(native);
    const inner = (name: string) => `${native}${volume.separator}${name}`;
    const names = [...node.children.values()].filter(({ node }) => node.kind === "file").map(({ name }) =>
      name
    );
    switch (random.below(4)) {
      case 0:
        return this.#write(inner(`z${++this.#count}`));
      case 1: {
        const deep = inner(`new${++this.#count}`);
        this.#do([deep], () => volume.makeDirectories(deep));
        return this.#write(`${deep}${volume.separator}deep`);
      }
      case 2:
        if (names.length === 0) return;
        return this.#remove(inner(random.pick(names)));
      default:
        return names.length > 0 ? this.#append(inner(random.pick(names))) : undefined;
    }
  }

  /** Renames something, or swaps it with another, or sends three round in a circle. */
  rename(path: string, others: string[]): void {
    const { volume, folder, random } = this.means;
    const at = (path: string) => `${folder}${volume.separator}${path.replaceAll("/", volume.separator)}`;
    const round = [path, ...others.slice(0, random.below(3))].map(at);
    const isFolder = (path: string) => volume.find(path)?.kind === "directory";
    if (round.length === 1) {
      const to = `${round[0]} renamed${++this.#count}`;
      return this.#do([round[0]!, to], () => volume.rename(round[0]!, to), isFolder(round[0]!));
    }
    const areAlike = round.some((one, number) =>
      round.slice(number + 1).some((other) => volume.areAlike(one, other))
    );
    if (areAlike && !this.means.isHeard()) return;
    const between = at(`between again ${this.means.name} ${++this.#count}`);
    this.#do(round, () => {
      volume.rename(round.at(-1)!, between);
      for (let turn = round.length - 2; turn >= 0; turn--) volume.rename(round[turn]!, round[turn + 1]!);
      volume.rename(between, round[0]!);
    }, round.some(isFolder));
  }

  #do(paths: string[], act: () => void, moves = false): void {
    this.means.ledger.act(paths, act, moves);
  }

  #write(path: string): void {
    this.#do([path], () => this.means.volume.write(path, bytesOf(this.means.text())));
  }

  #remove(path: string): void {
    this.#do([path], () => this.means.volume.removeTree(path));
  }

  #append(path: string): void {
    const { data } = this.means.volume.read(path);
    this.#do([path], () => this.means.volume.write(path, joined(data, bytesOf(this.means.text()))));
  }

  /** Nothing but number and birth tells what comes so from what was there, and neither does where a folder comes back from a backup. */
  get #mayHideTime(): boolean {
    const { kind } = this.means.volume;
    const isTold = kind.tellsBirth && !(kind.windows && kind.ids === "none") && !this.#areNumbersGivenAnew;
    return isTold || this.means.isHeard();
  }

  /** Files of one size and one time, as a release has them. */
  #unpack(): void {
    if (!this.#mayHideTime) return;
    const { volume, random, name, somewhere } = this.means;
    for (let count = 2 + random.below(3); count > 0; count--) {
      const path = somewhere();
      if ((volume.find(path)?.kind ?? "file") !== "file") continue;
      const content = bytesOf(`${name} release ${String(++this.#count).padStart(4, "0")}`);
      this.#do([path], () => {
        if (volume.find(path)) volume.remove(path);
        volume.write(path, content);
        volume.setTime(path, RELEASED);
      });
    }
  }

  /** rm a; cp -p c b, where b may be a. */
  #replaceByCopy(removed: string | undefined): void {
    const { volume, random, some, somewhere } = this.means;
    const source = some("file");
    if (!this.#mayHideTime || !removed || !source || source === removed) return;
    const { data, mtime } = volume.read(source);
    const to = random.below(2) ? removed : somewhere();
    if ((volume.find(to)?.kind ?? "file") !== "file" || to === source) return;
    this.#do([removed, to], () => {
      volume.remove(removed);
      if (volume.find(to)) volume.remove(to);
      volume.write(to, data);
      volume.setTime(to, mtime);
    });
  }

  /** Another name for a file, in the folder or outside it. */
  #name(path: string): void {
    const { volume, random, somewhere } = this.means;
    const to = random.below(3) ? somewhere() : this.#outside();
    if (!volume.find(to)) this.#do([to], () => volume.hardLink(path, to));
  }

  /** Writes in place, where a file has several names through any of them. */
  #writeThrough(path: string | undefined): void {
    const { random } = this.means;
    const outer = this.#outerNames();
    if (outer.length > 0 && random.below(3) === 0) path = random.pick(outer);
    if (path) this.#append(path);
  }

  /** Systems tell in whole seconds when a file was changed: of an edit in the second of the change before it only the watch tells,
   * perhaps too late; and so it is with each of them on Windows, where what was replaced in that moment is a version. */
  #editInSecret(path: string | undefined): void {
    const { volume, isHeard, ledger } = this.means;
    if (!path || !isHeard()) return;
    const node = volume.read(path);
    const { data, mtime, changed } = node;
    const second = (time: number) => Math.floor(time / 1000);
    if (data.length === 0 || second(changed) === second(volume.now)) return;
    const other = data.slice();
    other.set(bytesOf(`${++this.#count}`.slice(0, data.length)));
    other[other.length - 1] = other.at(-1)! ^ 1;
    const edit = () => {
      volume.write(path, other);
      volume.setTime(path, mtime);
    };
    if (volume.tellsChanges) this.#do([path], edit);
    else ledger.writeInto(node, edit, false);
  }

  /** A program stores into a mapped file for some seconds. It is told of, if at all, when it closes the file. */
  #map(path: string | undefined): void {
    const { volume, folder, random, ledger, later, isHeard } = this.means;
    if (!path || !isHeard()) return;
    const node = volume.read(path);
    node.open++;
    let at = 0;
    let stored: number | undefined;
    let shows = false;
    for (let stores = 1 + random.below(4); stores > 0; stores--) {
      later(at += random.below(2500), () => {
        if (node.data.length === 0) return;
        const data = node.data.slice();
        data.set(bytesOf(`${++this.#count} stored`).subarray(0, data.length));
        data[data.length - 1] = data.at(-1)! ^ 1;
        const { changed } = node;
        ledger.writeInto(node, () => volume.store(node, data), false);
        if (stored === undefined) shows = node.changed !== changed;
        stored ??= node.mtime;
      });
    }
    // Untold it can be found only where nothing else led to a look in between, as another program does that has mapped it as well, or one that
    // has just written it; and where its first store showed, as it does not in what another left to be written back: that shows when the file
    // is closed.
    const told = this.#told.get(node);
    const hides = random.below(2) === 0 && volume.now - node.changed > LONGEST_HINT_MS;
    later(at, () => {
      node.open--;
      const names = [...volume.below(folder)].filter(([, other]) => other === node).map(([name]) => name);
      const isAlone = told === this.#told.get(node);
      for (const name of names) {
        const now = `${folder}${volume.separator}${name.replaceAll("/", volume.separator)}`;
        if (hides && shows && isAlone && now === path && node.mtime === stored) continue;
        this.#told.set(node, (this.#told.get(node) ?? 0) + 1);
        volume.mapped(now);
      }
    });
  }

  /** mv doc doc~; doc written anew; and doc~ removed, or left. */
  #saveByBackup(path: string | undefined): void {
    if (!path) return;
    const { volume, random, later, text } = this.means;
    const backup = `${path}~`;
    const content = joined(volume.read(path).data, bytesOf(text()));
    this.#do([path, backup], () => volume.rename(path, backup));
    const pause = random.below(random.pick([5, 300]));
    later(pause, () => volume.find(path) || this.#do([path], () => volume.write(path, content)));
    if (random.below(2)) later(pause + random.below(900), () => this.#remove(backup));
  }

  /** Throws something away and takes it back within the minute. */
  #takeBack(path: string | undefined): void {
    if (!path) return;
    const { volume, random, later } = this.means;
    const bin = this.#outside();
    this.#do([path], () => volume.rename(path, bin));
    const back = random.below(random.pick([300, 3_000, 8_000]));
    later(back, () => volume.find(path) || this.#do([path], () => volume.rename(bin, path)));
  }

  /** A folder is removed with all in it and made again, with something else in it. */
  #makeAnew(path: string | undefined): void {
    if (!path) return;
    const { volume, random } = this.means;
    this.#do([path], () => {
      volume.removeTree(path);
      volume.makeDirectories(path);
      volume.write(`${path}${volume.separator}z${random.below(3)}`, bytesOf(this.means.text()));
    });
  }

  /** A program writes one half, has a rest with the file open, and writes the other. */
  #writeWithPause(path: string): void {
    const { volume, random, ledger, later, text } = this.means;
    const there = volume.find(path);
    if (there && there.kind !== "file") return;
    let node!: Node;
    this.#do([path], () => {
      node = there ?? volume.create(path, "file");
      volume.change(node, path, bytesOf(text()));
    });
    node.open++;
    later(random.below(random.pick([200, 4_000])), () => {
      const whole = joined(node.data, bytesOf(text()));
      const isHere = volume.find(path) === node;
      ledger.writeInto(
        node,
        () => isHere ? volume.change(node, path, whole) : node.write(whole, volume.time),
      );
      node.open--;
      if (isHere) volume.closed(path);
    });
  }

  #linkInLoop(): void {
    const { volume, random, somewhere } = this.means;
    const path = somewhere();
    if (volume.find(path)) return;
    const name = path.slice(path.lastIndexOf(volume.separator) + 1);
    this.#do([path], () => volume.makeLink(random.below(2) ? name : `./${name}`, path));
  }

  #outside(): string {
    const { volume, name } = this.means;
    const beside = volume.kind.windows ? `C:\\beside ${name}` : `/beside ${name}`;
    volume.makeDirectories(beside);
    return `${beside}${volume.separator}${++this.#count}`;
  }

  /** Second names outside of files that are in the folder. */
  #outerNames(): string[] {
    const { volume, name, folder } = this.means;
    const beside = volume.kind.windows ? `C:\\beside ${name}` : `/beside ${name}`;
    if (!volume.find(beside)) return [];
    const inFolder = new Set([...volume.below(folder, isOwn)].map(([, node]) => node));
    const found = [...volume.below(beside)].filter(([, node]) => node.kind === "file" && inFolder.has(node));
    return found.map(([path]) => `${beside}${volume.separator}${path}`);
  }
}

/** What the watch tells has led to a look after so long. */
const LONGEST_HINT_MS = 3000;

/** The time of all files of a release. */
const RELEASED = Date.UTC(2024, 0, 1);
