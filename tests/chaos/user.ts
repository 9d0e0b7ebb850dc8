// A person at work in a folder: what they may do there at random, each act told to the model before or in the moment it happens.
// Whatever tcpsync does meanwhile, it is known exactly what an act overwrote: files are written through the handle they were
// read through, and what is deleted is first renamed away, then read.

import type { Random } from "../fuzz/random.ts";
import { digestOfBytes, digestOfLink, type Model, type SideName } from "./model.ts";
import { WINDOWS } from "../support/system.ts";
import { joined } from "../support/bytes.ts";
import { isThere } from "../support/folder.ts";

/** Few names, so that both people often mean the same one. */
const FOLDERS = ["", "", "plans", "plans/old", "photos", "photos/2026", "work"];
const NAMES = ["a.txt", "b.txt", "c.doc", "report.xlsx", "notes", "Read me.md", "film.mkv", ".hidden"];
/** Never touched: an emptied root is another matter (S2). */
export const ANCHOR = "anchor.txt";

const SIZES = [0, 30, 30, 300, 300, 3_000, 3_000, 30_000, 30_000, 300_000, 300_000, 1_500_000];

type Act = (user: User) => void | Promise<void>;

/** One person: their folder, and a place beside it on the same disk where what they delete goes. */
export class User {
  readonly #taken: string;
  #count = 0;
  /** IDs of files that are being written slowly, and of those that were overwritten or deleted meanwhile. */
  readonly #writing = new Set<number | null>();
  readonly #lost = new Set<number | null>();
  /** What was done where, for whoever has to find out what went wrong. */
  readonly log: string[] = [];
  /** Whatever this person is still doing. */
  readonly #doing = new Set<Promise<void>>();

  constructor(
    readonly side: SideName,
    readonly root: string,
    private readonly model: Model,
    private readonly random: Random,
    /** The client sleeps just now: what it looked at before, it may replace when it awakes (see `loose`). */
    private readonly sleeps: () => boolean,
  ) {
    this.#taken = `${root}.taken`;
    Deno.mkdirSync(this.#taken, { recursive: true });
  }

  /** Does something; returns what. Some of it goes on for a while, see `finished`. */
  act(): string {
    const kind = this.random.pick(WEIGHTED);
    const doing = this.#attempt(ACTS[kind]!);
    if (doing) {
      this.#doing.add(doing);
      doing.finally(() => this.#doing.delete(doing));
    }
    return kind;
  }

  async finished() {
    await Promise.all(this.#doing);
  }

  #attempt(act: Act): Promise<void> | undefined {
    try {
      return act(this)?.catch(ifUnexpected);
    } catch (error) {
      ifUnexpected(error);
    }
  }

  at(path: string): string {
    return `${this.root}/${path}`;
  }

  /** A path where something may be or not. */
  anyPath(): string {
    const folder = this.random.pick(FOLDERS);
    const name = this.random.pick(NAMES);
    return folder ? `${folder}/${name}` : name;
  }

  /** A file that is there. Throws when there is none. */
  someFile(): string {
    const files = this.files("").filter((path) => path !== ANCHOR);
    if (files.length === 0) throw new Deno.errors.NotFound("no file");
    return this.random.pick(files);
  }

  someFolder(): string {
    const folder = this.random.pick(FOLDERS.filter((path) => path !== ""));
    if (!Deno.lstatSync(this.at(folder)).isDirectory) throw new Deno.errors.NotADirectory(folder);
    return folder;
  }

  /** All files below a folder, in order. */
  files(folder: string): string[] {
    const found: string[] = [];
    for (const { name, isDirectory } of entriesOf(this.at(folder))) {
      if (name === ".tcpsync") continue;
      const path = folder ? `${folder}/${name}` : name;
      if (isDirectory) found.push(...this.files(path));
      else found.push(path);
    }
    return found.sort();
  }

  makeParents(path: string) {
    const parent = path.split("/").slice(0, -1).join("/");
    if (parent) Deno.mkdirSync(this.at(parent), { recursive: true });
  }

  content(path: string): Uint8Array<ArrayBuffer> {
    return this.model.fresh(this.side, path, this.random.pick(SIZES));
  }

  /** Writes into a file, made where there is none, in one go. `change` makes the new content of the old. */
  save(path: string, change: (old: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>) {
    using file = this.open(path);
    const old = readAll(file);
    const bytes = change(old);
    this.overwrite(file, old, bytes, path);
    this.settled(file, path, bytes);
  }

  /** The same in steps, with a wait of so many ms between them. */
  async saveSlowly(path: string, bytes: Uint8Array<ArrayBuffer>, steps: number, wait: number) {
    using file = this.open(path);
    const { ino } = file.statSync();
    const part = (step: number) => bytes.slice(0, Math.ceil(bytes.length * step / steps));
    this.#writing.add(ino);
    try {
      this.overwrite(file, readAll(file), part(1), path);
      for (let step = 2; step <= steps; step++) {
        await afterMs(wait);
        this.overwrite(file, part(step - 1), part(step), path);
      }
      this.settled(file, path, bytes);
    } finally {
      this.#writing.delete(ino);
      this.#lost.delete(ino);
    }
  }

  /** Opens a file to write, made where there is none. One that is being written already stays its writer's. */
  open(path: string): Deno.FsFile {
    this.makeParents(path);
    if (isLink(this.at(path))) throw new Deno.errors.AlreadyExists(path);
    const file = Deno.openSync(this.at(path), { read: true, write: true, create: true });
    if (!this.#writing.has(file.statSync().ino)) return file;
    file.close();
    throw new Deno.errors.Busy(path);
  }

  #note(what: string) {
    this.log.push(`${new Date().toISOString().slice(11, 23)} ${this.side} ${what}`);
  }

  /** Through the handle, so that nothing else can be meant. */
  overwrite(file: Deno.FsFile, old: Uint8Array, bytes: Uint8Array, path: string) {
    this.model.know(bytes, this.story(path));
    if (!sameBytes(old, bytes)) this.model.gone(digestOfBytes(old), this.side, path);
    const isLonger = bytes.length > old.length && sameBytes(old, bytes.subarray(0, old.length));
    this.#note(`writes ${bytes.length} bytes to ${path}`);
    if (!isLonger) file.truncateSync(0);
    file.seekSync(isLonger ? old.length : 0, Deno.SeekMode.Start);
    this.write(file, bytes.subarray(isLonger ? old.length : 0), path);
  }

  /** On a full disk part of it may be written: that is then what the file holds. */
  write(file: Deno.FsFile, bytes: Uint8Array, path: string) {
    try {
      for (let done = 0; done < bytes.length;) done += file.writeSync(bytes.subarray(done));
    } catch (error) {
      this.model.know(readAll(file), `what a full disk left of ${path}`);
      throw error;
    }
  }

  /** A save is done. Whether it counts depends on what became of the file meanwhile. */
  settled(file: Deno.FsFile, path: string, bytes: Uint8Array) {
    const digest = this.model.saved(bytes, this.story(path));
    const { ino } = file.statSync();
    if (this.#lost.has(ino)) this.model.gone(digest, this.side, path);
    else if (this.sleeps() || WINDOWS || idAt(this.at(path)) !== ino) this.model.loose(digest);
  }

  /** Makes a file elsewhere and renames it into place, over what is there. */
  replace(path: string, temporary: string) {
    const bytes = this.content(path);
    this.makeParents(path);
    this.save(temporary, () => bytes);
    using old = Deno.openSync(this.at(path));
    const before = readAll(old);
    Deno.renameSync(this.at(temporary), this.at(path));
    this.#note(`renamed ${temporary} over ${path}`);
    const { ino, nlink } = old.statSync();
    this.#forget(ino, digestOfBytes(before), path);
    // It had a name left: tcpsync had put something in its place just before, and that was overwritten.
    if (nlink !== null && nlink > 0) this.model.overwroteUnseen();
  }

  /** Deletes a file, a link, or a folder with all in it. */
  remove(path: string) {
    const taken = `${this.#taken}/${this.#count++}`;
    Deno.renameSync(this.at(path), taken);
    this.#note(`deleted ${path}`);
    allow(taken);
    for (const [inside, digest] of contentsOf(taken)) {
      this.#forget(idAt(inside), digest, path + inside.slice(taken.length));
    }
    Deno.removeSync(taken, { recursive: true });
  }

  rename(from: string, to: string) {
    this.makeParents(to);
    if (isThere(this.at(to))) throw new Deno.errors.AlreadyExists(to);
    this.handle(from);
    Deno.renameSync(this.at(from), this.at(to));
    this.#note(`renamed ${from} to ${to}`);
  }

  /** Says of all that is there that this person had to do with it. */
  handle(path: string) {
    for (const [, digest] of contentsOf(this.at(path))) this.model.handled(digest, this.side, path);
  }

  handleBelow(folder: string) {
    this.model.handledBelow(folder, this.side);
  }

  makeLink(path: string, target: string) {
    this.makeParents(path);
    const bytes = new TextEncoder().encode(`link to ${target}`);
    this.model.know(bytes, this.story(path));
    Deno.symlinkSync(target, this.at(path));
    this.#note(`made the link ${path}`);
    this.model.saved(bytes, this.story(path));
  }

  story(path: string): string {
    return `${path} as ${this.side} saved it`;
  }

  /** A name nobody has, beside that path. */
  beside(path: string, mark: string): string {
    return `${path}${mark}${this.side[0]}${this.#count++}`;
  }

  pick<T>(list: readonly T[]): T {
    return this.random.pick(list);
  }
  below(end: number): number {
    return this.random.below(end);
  }

  #forget(id: number | null, digest: string, path: string) {
    this.model.gone(digest, this.side, path);
    if (this.#writing.has(id)) this.#lost.add(id);
  }
}

const ACTS: Record<string, Act> = {
  "new file": (user) => {
    const path = user.anyPath();
    const bytes = user.content(path);
    user.save(path, (old) => {
      if (old.length > 0) throw new Deno.errors.AlreadyExists(path);
      return bytes;
    });
  },
  "overwrite": (user) => {
    const path = user.someFile();
    const bytes = user.content(path);
    user.save(path, () => bytes);
  },
  "append": (user) => {
    const path = user.someFile();
    const more = user.content(path).subarray(0, 200);
    user.save(path, (old) => joined(old, more));
  },
  "edit the middle": (user) => {
    const path = user.someFile();
    const piece = user.content(path).subarray(0, 100);
    const place = user.below(1000);
    user.save(path, (old) => {
      const bytes = joined(old, old.length < 100 ? piece : new Uint8Array());
      bytes.set(piece, Math.min(place, bytes.length - piece.length));
      return bytes;
    });
  },
  "save by renaming": (user) => {
    const path = user.someFile();
    user.replace(path, user.beside(path, ".tmp"));
  },
  "Office's save": async (user) => {
    const path = user.someFile();
    const [fresh, old] = [user.beside(path, ".new"), user.beside(path, ".bak")];
    const bytes = user.content(path);
    const wait = user.below(150);
    user.save(fresh, () => bytes);
    await afterMs(wait);
    user.rename(path, old);
    await afterMs(wait);
    user.rename(fresh, path);
    await afterMs(wait);
    user.remove(old);
  },
  "slow write": (user) => {
    const path = user.anyPath();
    return user.saveSlowly(path, user.content(path), 2 + user.below(5), 20 + user.below(250));
  },
  "rename": (user) => {
    const from = user.someFile();
    user.rename(from, user.anyPath());
  },
  "rename a folder": (user) => {
    const from = user.someFolder();
    user.rename(from, user.pick(FOLDERS) || user.beside(from, " "));
  },
  "swap two names": (user) => {
    const [one, other] = [user.someFile(), user.someFile()];
    const between = user.beside(one, ".swap");
    user.rename(one, between);
    user.rename(other, one);
    user.rename(between, other);
  },
  "delete": (user) => user.remove(user.someFile()),
  "delete a folder": (user) => user.remove(user.someFolder()),
  "file into folder": (user) => {
    const path = user.someFile();
    const inside = `${path}/${user.pick(NAMES)}`;
    const bytes = user.content(inside);
    user.remove(path);
    user.save(inside, () => bytes);
  },
  "folder into file": (user) => {
    const path = user.someFolder();
    const bytes = user.content(path);
    user.handle(path); // C5: what the other does in it stays there.
    user.handleBelow(path);
    user.remove(path);
    user.save(path, () => bytes);
  },
  "make a folder": (user) => Deno.mkdirSync(user.at(user.anyPath()), { recursive: true }),
};

/** What only systems with modes and links have. */
const UNIX_ACTS: Record<string, Act> = {
  "executable bit": (user) => {
    const path = user.someFile();
    const mode = Deno.lstatSync(user.at(path)).mode!;
    user.handle(path);
    Deno.chmodSync(user.at(path), (mode ^ 0o111) & 0o777);
  },
  "link": (user) => {
    const path = user.anyPath();
    user.makeLink(path, user.beside("some target", " "));
  },
};
if (!WINDOWS) Object.assign(ACTS, UNIX_ACTS);

/** How often each, of all. */
const OFTEN: Record<string, number> = {
  "new file": 6,
  "overwrite": 4,
  "append": 3,
  "slow write": 3,
  "rename": 3,
  "save by renaming": 2,
  "Office's save": 2,
};
const WEIGHTED = Object.keys(ACTS).flatMap((kind) => Array<string>(OFTEN[kind] ?? 1).fill(kind));

/** Every file and link at or below a native path, with its digest. What vanishes meanwhile is left out. */
export function* contentsOf(native: string): Iterable<[string, string]> {
  let info: Deno.FileInfo;
  try {
    info = Deno.lstatSync(native);
    if (info.isSymlink) return yield [native, digestOfLink(Deno.readLinkSync(native))];
    if (info.isFile) return yield [native, digestOfBytes(Deno.readFileSync(native))];
  } catch (error) {
    return ifUnexpected(error);
  }
  for (const { name } of entriesOf(native)) yield* contentsOf(`${native}/${name}`);
}

/** Gives back the permission for all folders at or below a native path. */
export function allow(native: string) {
  if (WINDOWS || !Deno.lstatSync(native).isDirectory) return;
  if ((Deno.lstatSync(native).mode! & 0o700) === 0) Deno.chmodSync(native, 0o755);
  for (const { name } of entriesOf(native)) if (name !== ".tcpsync") allow(`${native}/${name}`);
}

function entriesOf(native: string): Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(native)].sort((one, other) => one.name < other.name ? -1 : 1);
  } catch (error) {
    ifUnexpected(error);
    return [];
  }
}

/** An act may find that tcpsync, a fault, or the other act was there first: then it is not done, as with any person. */
function ifUnexpected(error: unknown) {
  const { NotFound, AlreadyExists, NotADirectory, IsADirectory, PermissionDenied, Busy } = Deno.errors;
  const expected = [NotFound, AlreadyExists, NotADirectory, IsADirectory, PermissionDenied, Busy];
  const full = /os error (28|112|39|66|145|32|5|22)\b/;
  if (!expected.some((kind) => error instanceof kind) && !full.test(String(error))) throw error;
}

function readAll(file: Deno.FsFile): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(file.statSync().size);
  file.seekSync(0, Deno.SeekMode.Start);
  for (let done = 0; done < bytes.length;) {
    const count = file.readSync(bytes.subarray(done));
    if (!count) return bytes.slice(0, done);
    done += count;
  }
  return bytes;
}

function isLink(native: string): boolean {
  try {
    return Deno.lstatSync(native).isSymlink;
  } catch {
    return false;
  }
}

function idAt(native: string): number | null {
  try {
    return Deno.lstatSync(native).ino;
  } catch {
    return null;
  }
}

function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

function afterMs(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
