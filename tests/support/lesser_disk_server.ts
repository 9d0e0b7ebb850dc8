// A disk in memory that can do less than others, served to the kernel (FUSE, protocol 7.31) over standard input and standard error, which
// are both its device: the runtime writes the one way unbuffered that it has. Run by lesser_disk.ts.

import type { Lack } from "./lesser_disk.ts";

const lack: Lack = JSON.parse(Deno.args[0]!);

const ERRORS = {
  ...{ EPERM: 1, ENOENT: 2, EIO: 5, EAGAIN: 11, EACCES: 13, EEXIST: 17, ENOTDIR: 20, EISDIR: 21, EINVAL: 22 },
  ...{ EFBIG: 27, ENOLCK: 37, ENOSYS: 38, ENOTEMPTY: 39, ENOTSUP: 95 },
};

class Failed extends Error {
  constructor(readonly code: keyof typeof ERRORS) {
    super(code);
  }
}

interface Node {
  id: number;
  kind: "file" | "directory" | "link";
  mode: number;
  names: number;
  data: Uint8Array;
  size: number;
  mtime: number;
  changed: number;
  children: Map<string, { name: string; node: Node }>;
  /** How each name was spelled first. */
  spelled: Map<string, string>;
}

const TYPES = { file: 0o100000, directory: 0o040000, link: 0o120000 };
const nodes = new Map<number, Node>();
let count = 0;
let renumbered = 0;

function make(kind: Node["kind"], mode: number): Node {
  const now = Date.now();
  const bytes = new Uint8Array();
  const node = { id: ++count, kind, mode, names: 1, data: bytes, size: 0, mtime: now, changed: now };
  const made: Node = { ...node, children: new Map(), spelled: new Map() };
  nodes.set(made.id, made);
  return made;
}
make("directory", 0o755);

/** A file by which the disk itself is told to change, in JSON as `Lack`. */
const CONTROL = ".control";
const control = make("file", 0o600);

const text = new TextDecoder();
const bytesOf = (name: string) => new TextEncoder().encode(name);

/** The name a disk keeps for one it is given. */
function nameAsKept(name: string): string {
  if (lack.refuses && new RegExp(lack.refuses).test(name)) throw new Failed("EINVAL");
  const trimmed = lack.trimsDots ? name.replace(/\.+$/, "") : name;
  if (trimmed === "") throw new Failed("ENOENT");
  return lack.alters && name in lack.alters ? lack.alters[name]! : trimmed;
}

/** What tells names apart. */
function keyOf(name: string): string {
  const real = nameAsKept(name);
  if (lack.folds === "full") {
    return real.normalize("NFKC").replaceAll("ß", "ss").toLowerCase().normalize("NFD");
  }
  return lack.folds ? real.toLowerCase() : real;
}

function there(parent: Node, name: string): Node {
  if (name === CONTROL) return control;
  const found = parent.children.get(keyOf(name));
  if (!found) throw new Failed("ENOENT");
  return found.node;
}

/** The spelling that a disk stays with. */
function first({ spelled }: Node, name: string): string {
  const key = keyOf(name);
  if (!spelled.has(key)) spelled.set(key, nameAsKept(name));
  return spelled.get(key)!;
}

function put(parent: Node, name: string, node: Node) {
  const key = keyOf(name);
  if (parent.children.has(key)) throw new Failed("EEXIST");
  parent.children.set(key, { name: lack.respells === false ? first(parent, name) : nameAsKept(name), node });
  parent.mtime = parent.changed = Date.now();
}

function take(parent: Node, name: string) {
  parent.children.delete(keyOf(name));
  parent.mtime = parent.changed = Date.now();
}

function rename(from: Node, name: string, to: Node, next: string) {
  const node = there(from, name);
  const other = to.children.get(keyOf(next));
  if (lack.respells === false && first(to, next) !== nameAsKept(next)) return; // "Done."
  if (other?.node === node) {
    take(from, name);
    return put(to, next, node);
  }
  if (other?.node.kind === "directory" && other.node.children.size > 0) throw new Failed("ENOTEMPTY");
  keyOf(next);
  take(from, name);
  // What stood there gives its spelling to what replaces it, where names are folded.
  const spelling = other && lack.folds ? other.name : next;
  if (other) take(to, next);
  put(to, spelling, node);
}

const MOMENT = 1000 * 1000;

/** As the disk keeps a time, and as it shows it. */
const coarse = (time: number) => Math.floor(time / (lack.tickMs ?? 1)) * (lack.tickMs ?? 1);
const shown = (time: number) => coarse(time) + (lack.shiftMs ?? 0);

class Writer {
  readonly view: DataView<ArrayBuffer>;
  at = 16;
  constructor(size: number) {
    this.view = new DataView(new ArrayBuffer(16 + size));
  }
  u16(value: number) {
    this.view.setUint16((this.at += 2) - 2, value, true);
    return this;
  }
  u32(...values: number[]) {
    for (const value of values) this.view.setUint32((this.at += 4) - 4, value, true);
    return this;
  }
  u64(...values: number[]) {
    for (const value of values) this.view.setBigUint64((this.at += 8) - 8, BigInt(Math.floor(value)), true);
    return this;
  }
  bytes(bytes: Uint8Array) {
    new Uint8Array(this.view.buffer).set(bytes, this.at);
    this.at += bytes.length;
    return this;
  }
}

function attributes(to: Writer, { id, kind, mode, names, size, mtime, changed }: Node): Writer {
  const [modified, touched] = [shown(mtime), shown(changed)];
  const parts = [modified, modified, touched].map((time) => [time / 1000, (time % 1000) * MOMENT]);
  to.u64(id + renumbered, size, Math.ceil(size / 512), ...parts.map(([seconds]) => seconds!));
  to.u32(...parts.map(([, nanoseconds]) => nanoseconds!));
  const bits = lack.modes === "fixed" ? 0o755 : mode;
  return to.u32(TYPES[kind] | bits, names, lack.owner ?? 0, lack.owner ?? 0, 0, 4096, 0);
}

const entry = (node: Node, to = new Writer(128)) => attributes(to.u64(node.id, 0, 0, 0).u32(0, 0), node);
const opened = (to: Writer) => to.u64(0).u32(0, 0);

function grow(node: Node, size: number) {
  if (size > (lack.largest ?? Infinity)) throw new Failed("EFBIG");
  if (node.data.length >= size) return;
  const more = new Uint8Array(Math.max(size, node.data.length * 2, 4096));
  more.set(node.data.subarray(0, node.size));
  node.data = more;
}

function listing(node: Node, offset: number, most: number): Writer {
  const to = new Writer(most);
  const names = [...node.children.values()];
  for (let index = offset; index < names.length; index++) {
    const { name, node: { id, kind } } = names[index]!;
    const bytes = bytesOf(name);
    const length = Math.ceil((24 + bytes.length) / 8) * 8;
    if (to.at - 16 + length > most) break;
    const end = to.at + length;
    to.u64(id + renumbered, index + 1).u32(bytes.length, TYPES[kind] >> 12).bytes(bytes);
    to.at = end;
  }
  return to;
}

/** Answers one request; null: it wants none. */
function answer(code: number, id: number, body: DataView, bytes: Uint8Array): Writer | null {
  const node = nodes.get(id)!;
  const u32 = (at: number) => body.getUint32(at, true);
  const u64 = (at: number) => Number(body.getBigUint64(at, true));
  const strings = (at: number) => text.decode(bytes.subarray(at)).split("\0");
  switch (code) {
    case 1: // LOOKUP
      return entry(there(node, strings(0)[0]!));
    case 2: // FORGET
    case 36: // INTERRUPT
    case 42: // BATCH_FORGET
      return null;
    case 3: // GETATTR
      return attributes(new Writer(104).u64(0).u32(0, 0), node);
    case 4: { // SETATTR
      const valid = u32(0);
      const isTime = (valid & (16 | 32)) !== 0 && (valid & (128 | 256)) === 0;
      if ((valid & 1) !== 0 && lack.modes === "refused") throw new Failed("EPERM");
      if (isTime && lack.times === "refused") throw new Failed("EPERM");
      if ((valid & 6) !== 0 && lack.owner !== undefined) throw new Failed("EPERM");
      if ((valid & 1) !== 0) node.mode = u32(68) & 0o7777;
      if ((valid & 8) !== 0) {
        grow(node, u64(16));
        node.data.fill(0, node.size);
        node.size = u64(16);
        node.mtime = Date.now();
      }
      if ((valid & 256) !== 0) node.mtime = Date.now();
      else if ((valid & 32) !== 0 && lack.times !== "ignored") {
        node.mtime = u64(40) * 1000 + Math.floor(u32(60) / MOMENT) - (lack.shiftMs ?? 0);
      }
      node.changed = Date.now();
      return attributes(new Writer(104).u64(0).u32(0, 0), node);
    }
    case 5: // READLINK
      return new Writer(node.size).bytes(node.data);
    case 6: { // SYMLINK
      if (lack.links === false) throw new Failed("EPERM");
      const [name, target] = strings(0);
      const link = make("link", 0o777);
      link.data = bytesOf(target!);
      link.size = link.data.length;
      put(node, name!, link);
      return entry(link);
    }
    case 9: { // MKDIR
      const made = make("directory", u32(0) & 0o7777);
      put(node, strings(8)[0]!, made);
      return entry(made);
    }
    case 10: // UNLINK
    case 11: { // RMDIR
      const gone = there(node, strings(0)[0]!);
      if (code === 11 && gone.children.size > 0) throw new Failed("ENOTEMPTY");
      take(node, strings(0)[0]!);
      gone.names--;
      return new Writer(0);
    }
    case 12: // RENAME
    case 45: { // RENAME2
      const at = code === 12 ? 8 : 16;
      if (code === 45 && u32(8) !== 0) throw new Failed("EINVAL");
      const [from, to] = strings(at);
      rename(node, from!, nodes.get(u64(0))!, to!);
      return new Writer(0);
    }
    case 13: { // LINK
      if (lack.hardLinks === false) throw new Failed("EPERM");
      const linked = nodes.get(u64(0))!;
      put(node, strings(8)[0]!, linked);
      linked.names++;
      return entry(linked);
    }
    case 14: // OPEN
    case 27: // OPENDIR
      return opened(new Writer(16));
    case 15: { // READ
      const from = Math.min(u64(8), node.size);
      const part = node.data.subarray(from, Math.min(node.size, from + u32(16)));
      return new Writer(part.length).bytes(part);
    }
    case 16: { // WRITE
      const [offset, size] = [u64(8), u32(16)];
      if (node === control) {
        Object.assign(lack, JSON.parse(text.decode(bytes.subarray(40, 40 + size))));
        if (lack.renumber) renumbered += 1000;
        return new Writer(8).u32(size, 0);
      }
      grow(node, offset + size);
      if (offset > node.size) node.data.fill(0, node.size, offset);
      node.data.set(bytes.subarray(40, 40 + size), offset);
      node.size = Math.max(node.size, offset + size);
      node.mtime = node.changed = Date.now();
      return new Writer(8).u32(size, 0);
    }
    case 17: // STATFS
      return new Writer(80).u64(1 << 22, 1 << 22, 1 << 22, 1 << 20, 1 << 20).u32(4096, 255, 4096);
    case 18: // RELEASE
    case 20: // FSYNC
    case 25: // FLUSH
    case 29: // RELEASEDIR
    case 30: // FSYNCDIR
      return new Writer(0);
    case 26: // INIT
      return new Writer(64).u32(7, 31, u32(8), LOCKS | BIG_WRITES).u16(16).u16(12).u32(MOST_WRITTEN, 1);
    case 28: // READDIR
      return listing(node, u64(8), u32(16));
    case 31: // GETLK
    case 32: // SETLK
    case 33: // SETLKW
      throw new Failed(lack.locks ?? "ENOLCK");
    case 35: { // CREATE
      const name = strings(16)[0]!;
      const made = make("file", u32(4) & 0o7777);
      put(node, name, made);
      return opened(entry(made, new Writer(144)));
    }
    default:
      throw new Failed("ENOSYS");
  }
}

const BIG_WRITES = 1 << 5;
/** The kernel keeps locks by itself, unless this is asked for. */
const LOCKS = lack.locks ? 1 << 1 : 0;
const MOST_WRITTEN = 1 << 17;

const request = new Uint8Array(MOST_WRITTEN + 4096);
for (;;) {
  let length: number | null;
  try {
    length = Deno.stdin.readSync(request);
  } catch {
    break; // It was unmounted.
  }
  if (!length) break;
  const head = new DataView(request.buffer, 0, 40);
  const bytes = request.slice(40, length);
  let reply: Writer | null = new Writer(0);
  let error = 0;
  try {
    const id = Number(head.getBigUint64(16, true));
    reply = answer(head.getUint32(4, true), id, new DataView(bytes.buffer), bytes);
  } catch (failure) {
    if (!(failure instanceof Failed)) throw failure;
    error = ERRORS[failure.code];
  }
  if (!reply) continue;
  const size = error ? 16 : head.getUint32(4, true) === 28 ? reply.at : reply.view.byteLength;
  reply.view.setUint32(0, size, true);
  reply.view.setInt32(4, -error, true);
  reply.view.setBigUint64(8, head.getBigUint64(8, true), true);
  Deno.stderr.writeSync(new Uint8Array(reply.view.buffer, 0, size));
}
