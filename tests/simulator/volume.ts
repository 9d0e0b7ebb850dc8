// The disk of a simulated computer: a tree in memory that behaves as the system it stands for, and says what it does to whoever
// watches. Throws what Deno throws.

import type { Stat } from "../../src/fs/port.ts";
import type { Clock } from "./virtual_clock.ts";
import type { Random } from "../fuzz/random.ts";
import type { Personality } from "./personality.ts";
import { createHash } from "node:crypto";

/** What stands on the disk, under as many names as it has links. */
export class Node {
  children = new Map<string, { name: string; node: Node }>();
  data = new Uint8Array(0);
  target = "";
  executable = false;
  mtime = 0;
  born = 0;
  /** When anything about it changed last, its names too. */
  changed = 0;
  /** How many names it has. */
  names = 0;
  /** So many programs have it open: its number is its own. */
  open = 0;
  /** What was stored in it through a memory map by then is no reason to set its time anew (elapsed ms). */
  dirtyUntil = 0;
  /** Another program has it open so that nobody else may, until then (elapsed ms). */
  heldUntil = 0;
  /** This user may not look into it. */
  denied = false;
  /** A power cut may take what was written to it. */
  unflushed = false;
  #key: string | undefined;

  constructor(readonly kind: "file" | "directory" | "link", public id: number) {}

  /** What tells this content from every other. */
  get key(): string {
    if (this.kind === "link") return `link ${this.target}`;
    return this.#key ??= createHash("sha256").update(this.data).digest("hex");
  }

  write(data: Uint8Array, mtime: number): void {
    this.data = data as Uint8Array<ArrayBuffer>;
    this.#key = undefined;
    this.mtime = mtime;
  }
}

type ErrorName = "NotFound" | "AlreadyExists" | "PermissionDenied" | "NotADirectory" | "IsADirectory";

/** An error as Deno makes it. */
export function failure(text: string, code: number, call: string, path: string, name?: ErrorName): Error {
  const message = `${text} (os error ${code}): ${call} '${path}'`;
  return name ? new Deno.errors[name](message) : new Error(message);
}

const missing = (call: string, path: string) =>
  failure("No such file or directory", 2, call, path, "NotFound");
const taken = (call: string, path: string) => failure("File exists", 17, call, path, "AlreadyExists");
const noFolder = (call: string, path: string) => failure("Not a directory", 20, call, path, "NotADirectory");

const FIRST_ID = 100;
/** Windows gives a file the birth of the one that had its name, so long after that is gone. */
const TUNNEL_MS = 15_000;
/** The system writes out what was stored through a memory map after so long. */
const WRITE_BACK_MS = 30_000;

const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;
// deno-lint-ignore no-control-regex
const FORBIDDEN = /[\x00-\x1f<>:"|?*/\\]|[. ]$/;

const MINE = { owner: 0, group: 0 };
/** Everything is this user's, with the modes of what is new. */
const OPEN = {
  file: { mode: 0o644, ...MINE },
  directory: { mode: 0o755, ...MINE },
  link: { mode: 0o777, ...MINE },
};

export class Volume {
  readonly root = new Node("directory", 1);
  /** Hears of everything that changes, with native paths. */
  watcher: ((kind: Deno.FsEvent["kind"], ...paths: string[]) => void) | undefined;
  /** How far the computer's clock is ahead (ms). */
  skew = 0;
  #nextId = FIRST_ID;
  #freeIds: { id: number; folder: Node }[] = [];
  /** Births by the names they had, for those who come next. */
  #gone = new Map<string, { born: number; until: number }>();
  /** How to take back what was done to names and may not be on the disk yet, the latest last. */
  #journal: (() => void)[] = [];

  constructor(readonly kind: Personality, private readonly clock: Clock) {}

  get separator(): "/" | "\\" {
    return this.kind.windows ? "\\" : "/";
  }

  /** What the computer's clock says. */
  get now(): number {
    return this.clock.now + this.skew;
  }

  /** The time a change made now gets. */
  get time(): number {
    return this.rounded(this.now);
  }

  rounded(time: number): number {
    return Math.floor(time / this.kind.tickMs) * this.kind.tickMs;
  }

  stat(path: string): Stat | null {
    this.#checkLength(path, "lstat");
    const node = this.find(path);
    return node && this.statOf(node);
  }

  statOf(node: Node): Stat {
    const { kind, data, mtime, executable, target } = node;
    const { ids, tellsAll, tellsBirth } = this.kind;
    const size = kind === "file" ? data.length : target.length;
    const born = tellsBirth ? node.born : 0;
    const changed = this.tellsChanges ? Math.floor(node.changed / 1000) * 1000 : 0;
    const links = tellsAll ? node.names : 1;
    const id = ids === "none" ? 0 : this.#seen(node);
    return { kind, size, mtime, born, changed, id, device: 1, links, executable, ...OPEN[kind] };
  }

  /** It is told when anything about a file changed last. */
  get tellsChanges(): boolean {
    return this.kind.tellsAll && !this.kind.windows;
  }

  /** Numbers and births tell one file from another, whatever they hold. */
  get tellsFilesApart(): boolean {
    const { ids, tellsBirth, hardLinks } = this.kind;
    return tellsBirth && hardLinks && (ids === "lasting" || ids === "reused");
  }

  /** Where one takes the other's place, no look shows it. */
  areAlike(one: string, other: string): boolean {
    const [first, second] = [this.find(one), this.find(other)];
    const { ids, windows } = this.kind;
    if (ids !== "none" || first?.kind !== "file" || second?.kind !== "file") return false;
    const areBornAlike = windows || first.born === second.born; // There a birth stays with the name, for a while.
    return first.data.length === second.data.length && first.mtime === second.mtime && areBornAlike;
  }

  /** Numbers are given anew: by a mount, or since the system forgot them. Others may have them now. */
  remount(): void {
    if (this.kind.ids !== "by sight" && this.kind.ids !== "passing") return;
    if (this.kind.ids === "by sight") this.#nextId = FIRST_ID;
    for (const [, node] of walk(this.root, () => false, "")) {
      node.id = this.kind.ids === "by sight" ? 0 : this.#nextId++;
    }
  }

  /** A folder comes back from a backup: its files have each other's numbers, and were made now. */
  restore(folder: string, random: Random): void {
    const files = [...new Set([...this.below(folder)].map(([, node]) => node))]
      .filter(({ kind }) => kind !== "directory");
    const numbers = files.map(({ id }) => id);
    for (const node of files) {
      [node.id] = numbers.splice(random.below(numbers.length), 1) as [number];
      node.born = Math.floor(this.now / 10) * 10;
      node.changed = this.now;
    }
  }

  list(path: string): string[] {
    const node = this.find(path);
    if (!node) throw missing("readdir", path);
    if (node.kind !== "directory") throw noFolder("readdir", path);
    return [...node.children.values()].map(({ name, node }) => (this.#seen(node), name));
  }

  /** The node at a path, null when nothing is there. Links on the way are followed, the last is not. */
  find(path: string): Node | null {
    let at: Node = this.root;
    for (const name of this.#names(path)) {
      const next = at.kind === "directory" ? at.children.get(this.#key(name))?.node : undefined;
      if (!next) return null;
      at = next;
    }
    return at;
  }

  read(path: string): Node {
    const node = this.find(path);
    if (!node) throw missing("open", path);
    if (node.kind === "directory") throw failure("Is a directory", 21, "open", path, "IsADirectory");
    return node;
  }

  create(path: string, kind: Node["kind"]): Node {
    const [folder, name] = this.#place(path, "open");
    if (folder.children.has(this.#key(name))) throw taken(kind === "directory" ? "mkdir" : "open", path);
    const node = new Node(kind, this.#nextNumber(folder));
    node.mtime = node.born = this.time;
    if (this.kind.tellsAll) node.born = this.#bornAs(path) ?? Math.floor(this.now / 10) * 10;
    this.#put(folder, name, node);
    this.#journal.push(() => this.#drop(folder, name));
    this.watcher?.("create", path);
    return node;
  }

  write(path: string, data: Uint8Array): void {
    const node = this.find(path) ?? this.create(path, "file");
    if (node.kind !== "file") throw failure("Is a directory", 21, "open", path, "IsADirectory");
    this.change(node, path, data);
    this.closed(path);
  }

  change(node: Node, path: string, data: Uint8Array): void {
    node.write(data, this.time);
    node.changed = this.now;
    this.watcher?.("modify", path);
  }

  /** Through a memory map: no watch tells of it, and the time is set for the first store to a page that was written out. */
  store(node: Node, data: Uint8Array): void {
    const isClean = node.dirtyUntil <= this.clock.elapsed;
    node.write(data, isClean ? this.time : node.mtime);
    if (!isClean) return;
    node.changed = this.now;
    node.dirtyUntil = this.clock.elapsed + WRITE_BACK_MS;
  }

  /** A program that wrote to it has closed it: Linux tells of that. */
  closed(path: string): void {
    if (this.kind.tellsAll && !this.kind.windows) this.watcher?.("access", path);
  }

  /** A program that stored into it through a memory map has closed it. */
  mapped(path: string): void {
    this.watcher?.(this.kind.windows ? "modify" : "access", path);
  }

  setTime(path: string, mtime: number): void {
    this.setTimeOf(this.read(path), mtime);
    this.watcher?.("modify", path);
  }

  setTimeOf(node: Node, mtime: number): void {
    node.mtime = this.rounded(mtime);
    node.changed = this.now;
  }

  setExecutable(path: string, executable: boolean): void {
    const node = this.find(path);
    if (!node) throw missing("chmod", path);
    if (!this.kind.executable || node.executable === executable) return;
    node.executable = executable;
    node.changed = this.now;
    this.watcher?.("modify", path);
  }

  makeDirectories(path: string): void {
    const names = this.#names(path);
    const prefix = this.kind.windows ? "" : "/";
    for (let depth = 1; depth <= names.length; depth++) {
      const at = prefix + names.slice(0, depth).join(this.separator);
      if (!this.find(at)) this.create(at, "directory");
    }
  }

  makeLink(target: string, path: string): void {
    if (!this.kind.links) {
      throw failure("A required privilege is not held by the client.", 1314, "symlink", path);
    }
    this.create(path, "link").target = target;
  }

  hardLink(from: string, to: string): void {
    const node = this.read(from);
    if (!this.kind.hardLinks) throw failure("Operation not supported", 95, "link", from);
    const [folder, name] = this.#place(to, "link");
    if (folder.children.has(this.#key(name))) throw taken("link", to);
    this.#put(folder, name, node);
    this.#journal.push(() => this.#drop(folder, name));
    this.watcher?.("create", to);
  }

  rename(from: string, to: string): void {
    const [folder, name] = this.#place(from, "rename");
    const child = folder.children.get(this.#key(name));
    if (!child) throw missing("rename", from);
    const { node } = child;
    const [target, newName] = this.#place(to, "rename");
    if (node.kind === "directory" && this.#isWithin(node, target)) {
      throw failure("Invalid argument", 22, "rename", from);
    }
    const replaced = target.children.get(this.#key(newName));
    const there = replaced?.node;
    if (there === node) {
      const isRespelled = target === folder && this.#key(name) === this.#key(newName);
      if (!isRespelled || this.kind.deafToCase) return; // Two names of one file: nothing happens.
    } else if (there) this.#checkReplaced(node, there, to);
    this.#drop(folder, name);
    if (this.kind.tellsAll && !there) node.born = this.#bornAs(to) ?? node.born;
    this.#leave(from, node);
    if (there && there !== node) {
      there.names--;
      there.changed = this.now;
      if (this.kind.tellsAll) this.#free(there, target);
    }
    this.#put(target, newName, node);
    this.#journal.push(() => {
      this.#drop(target, newName);
      if (replaced && there !== node) this.#restore(target, newName, replaced);
      this.#restore(folder, name, child);
    });
    this.watcher?.("rename", from, to);
  }

  remove(path: string): void {
    const [folder, name] = this.#place(path, "remove");
    const child = folder.children.get(this.#key(name));
    if (!child) throw missing("remove", path);
    const { node } = child;
    if (node.children.size > 0) throw failure("Directory not empty", 39, "remove", path);
    this.#drop(folder, name);
    this.#leave(path, node);
    this.#journal.push(() => this.#restore(folder, name, child));
    this.#free(node, folder);
    this.watcher?.("remove", path);
  }

  removeTree(path: string): void {
    for (const name of this.find(path)?.kind === "directory" ? this.list(path) : []) {
      this.removeTree(`${path}${this.separator}${name}`);
    }
    this.remove(path);
  }

  /** Throws where nothing is there to be flushed. */
  flush(path: string): void {
    this.read(path).unflushed = false;
    if (this.kind.windows) this.settle(); // There the log goes with it.
  }

  flushNames(path: string): void {
    this.list(path);
    this.settle();
  }

  /** What was done to names is on the disk. */
  settle(): void {
    this.#journal = [];
  }

  /** The power goes: the last things done to names are undone, and of what was written and not flushed nothing, zeros, a part or all
   * is there. */
  cutPower(random: Random): void {
    for (let count = random.below(this.#journal.length + 1); count > 0; count--) this.#journal.pop()!();
    this.settle();
    for (const [, node] of walk(this.root, () => false, "")) {
      if (!node.unflushed) continue;
      node.unflushed = false;
      const { length } = node.data;
      const left = random.pick([length, 0, length, random.below(length + 1)]);
      const data = new Uint8Array(random.below(3) === 0 ? length : left);
      if (data.length === left) data.set(node.data.subarray(0, left));
      if (left < length || data.length !== left) node.write(data, node.mtime);
    }
  }

  /** Every entry below a folder by its path in it, with "/"; what `skips` says stays out, with all that is in it. */
  *below(folder: string, skips = (_name: string) => false, path = ""): Generator<[string, Node]> {
    const node = this.find(folder);
    if (node) yield* walk(node, skips, path);
  }

  #checkReplaced(node: Node, there: Node, to: string): void {
    if (there.kind === "directory") {
      if (node.kind !== "directory") throw failure("Is a directory", 21, "rename", to, "IsADirectory");
      if (this.kind.windows) throw failure("Access is denied.", 5, "rename", to, "PermissionDenied");
      if (there.children.size > 0) throw failure("Directory not empty", 39, "rename", to);
    } else if (node.kind === "directory") throw noFolder("rename", to);
  }

  #isWithin(node: Node, target: Node): boolean {
    return node === target || [...node.children.values()].some((child) => this.#isWithin(child.node, target));
  }

  /** A number for what is made in a folder: first the one that was freed there last, as ext4 does. */
  #nextNumber(folder: Node): number {
    if (this.kind.ids === "by sight") return 0;
    const own = this.kind.tellsAll ? this.#freeIds.findLastIndex((free) => free.folder === folder) : -1;
    const [free] = this.#freeIds.splice(own, 1);
    return free?.id ?? this.#nextId++;
  }

  /** Where numbers are given at first sight, the number of what is seen now. */
  #seen(node: Node): number {
    if (node.id === 0 && this.kind.ids === "by sight") node.id = this.#nextId++;
    return node.id;
  }

  /** What has no name left gives its number back. */
  #free(node: Node, folder: Node): void {
    if (this.kind.ids === "reused" && node.names === 0 && node.open === 0) {
      this.#freeIds.push({ id: node.id, folder });
    }
  }

  /** On Windows who takes a name soon after another left it is as old as that. */
  #leave(path: string, { born, kind }: Node): void {
    if (this.kind.tellsAll && this.kind.windows && kind === "file") {
      this.#gone.set(path.toLowerCase(), { born, until: this.clock.now + TUNNEL_MS });
    }
  }

  #bornAs(path: string): number | undefined {
    const gone = this.#gone.get(path.toLowerCase());
    this.#gone.delete(path.toLowerCase());
    return gone && gone.until > this.clock.now ? gone.born : undefined;
  }

  /** The folder a path is in, and its last name. Throws where such a path cannot be. */
  #place(path: string, call: string): [Node, string] {
    const names = this.#names(path);
    const name = names.pop()!;
    let folder: Node = this.root;
    for (const part of names) {
      const next = folder.children.get(this.#key(part))?.node;
      if (!next) throw missing(call, path);
      if (next.kind !== "directory") throw noFolder(call, path);
      folder = next;
    }
    this.#checkLength(path, call);
    if (this.kind.windows && names.length > 0 && (FORBIDDEN.test(name) || RESERVED.test(name))) {
      throw failure("The filename, directory name, or volume label syntax is incorrect.", 123, call, path);
    }
    return [folder, name];
  }

  #checkLength(path: string, call: string): void {
    if (path.length > this.kind.longest) {
      throw failure("The filename or extension is too long.", 206, call, path);
    }
  }

  #put(folder: Node, name: string, node: Node): void {
    folder.children.set(this.#key(name), { name: this.kind.decomposes ? name.normalize("NFD") : name, node });
    node.names++;
    this.#touchNames(folder, node);
  }

  #drop(folder: Node, name: string): void {
    const { node } = folder.children.get(this.#key(name))!;
    folder.children.delete(this.#key(name));
    node.names--;
    this.#touchNames(folder, node);
  }

  #restore(folder: Node, name: string, child: { name: string; node: Node }): void {
    folder.children.set(this.#key(name), child);
    child.node.names++;
    this.#freeIds = this.#freeIds.filter(({ id }) => id !== child.node.id);
  }

  #touchNames(folder: Node, node: Node): void {
    if (this.kind.foldersHaveTimes) folder.mtime = this.time;
    folder.changed = node.changed = this.now;
  }

  /** What names are told apart by on this disk. */
  #key(name: string): string {
    const { foldsCase, decomposes } = this.kind;
    const folded = foldsCase ? name.toLowerCase() : name;
    return decomposes ? folded.normalize("NFC") : folded;
  }

  #names(path: string): string[] {
    return path.split(this.separator).filter((name) => name !== "");
  }
}

function* walk(folder: Node, skips: (name: string) => boolean, path: string): Generator<[string, Node]> {
  for (const { name, node } of folder.children.values()) {
    if (skips(name)) continue;
    const at = path === "" ? name : `${path}/${name}`;
    yield [at, node];
    if (node.kind === "directory") yield* walk(node, skips, at);
  }
}
