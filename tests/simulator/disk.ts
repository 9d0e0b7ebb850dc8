// The disk of a simulated computer: a tree in memory that behaves as the system it stands for, and says what it does to whoever
// watches. Throws what Deno throws.

import type { Stat } from "../../src/fs/port.ts";
import type { Clock } from "./clock.ts";
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
  #nextId = 100;
  #freeIds: number[] = [];
  /** How to take back what was done to names and may not be on the disk yet, the latest last. */
  #journal: (() => void)[] = [];

  constructor(readonly kind: Personality, private readonly clock: Clock) {}

  get separator(): "/" | "\\" {
    return this.kind.windows ? "\\" : "/";
  }

  /** The time a change made now gets. */
  get time(): number {
    return this.rounded(this.clock.now);
  }

  rounded(time: number): number {
    return Math.floor(time / this.kind.tickMs) * this.kind.tickMs;
  }

  stat(path: string): Stat | null {
    this.#checkLength(path, "lstat");
    const node = this.find(path);
    return node && this.statOf(node);
  }

  statOf({ kind, data, mtime, born, id, executable, target }: Node): Stat {
    const size = kind === "file" ? data.length : target.length;
    const times = { mtime, born, changed: 0 };
    return {
      kind,
      size,
      ...times,
      id: this.kind.ids === "none" ? 0 : id,
      links: 1,
      executable,
      ...OPEN[kind],
    };
  }

  list(path: string): string[] {
    const node = this.find(path);
    if (!node) throw missing("readdir", path);
    if (node.kind !== "directory") throw noFolder("readdir", path);
    return [...node.children.values()].map(({ name }) => name);
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
    const node = new Node(kind, this.#freeIds.pop() ?? this.#nextId++);
    node.mtime = node.born = this.time;
    this.#put(folder, name, node);
    this.#journal.push(() => folder.children.delete(this.#key(name)));
    this.watcher?.("create", path);
    return node;
  }

  write(path: string, data: Uint8Array): void {
    const node = this.find(path) ?? this.create(path, "file");
    if (node.kind !== "file") throw failure("Is a directory", 21, "open", path, "IsADirectory");
    this.change(node, path, data);
  }

  change(node: Node, path: string, data: Uint8Array): void {
    node.write(data, this.time);
    this.watcher?.("modify", path);
  }

  setTime(path: string, mtime: number): void {
    this.read(path).mtime = this.rounded(mtime);
    this.watcher?.("modify", path);
  }

  setExecutable(path: string, executable: boolean): void {
    const node = this.find(path);
    if (!node) throw missing("chmod", path);
    if (!this.kind.executable || node.executable === executable) return;
    node.executable = executable;
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
    this.#journal.push(() => folder.children.delete(this.#key(name)));
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
    folder.children.delete(this.#key(name));
    this.#put(target, newName, node);
    this.#journal.push(() => {
      target.children.delete(this.#key(newName));
      if (replaced) target.children.set(this.#key(newName), replaced);
      folder.children.set(this.#key(name), child);
    });
    this.watcher?.("rename", from, to);
  }

  remove(path: string): void {
    const [folder, name] = this.#place(path, "remove");
    const child = folder.children.get(this.#key(name));
    if (!child) throw missing("remove", path);
    const { node } = child;
    if (node.children.size > 0) throw failure("Directory not empty", 39, "remove", path);
    folder.children.delete(this.#key(name));
    this.#journal.push(() => {
      folder.children.set(this.#key(name), child);
      this.#freeIds = this.#freeIds.filter((id) => id !== node.id);
    });
    if (this.kind.ids === "reused" && !this.#isLinked(this.root, node)) this.#freeIds.push(node.id);
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

  #isLinked(folder: Node, node: Node): boolean {
    return [...folder.children.values()].some((child) =>
      child.node === node || this.#isLinked(child.node, node)
    );
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
