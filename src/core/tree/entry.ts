// The trees: immutable, so that parts that did not change are shared and can be skipped by identity.
// Invariant: a directory's children are keyed by the name's compared form, and no key is ever "" or contains "/".

/** A plain file. `digest` is SHA-256 in hex, "" while nobody has needed it. `mtime` is in ms, as seen on the disk at hand. */
export interface FileEntry {
  /** Tells the kinds of entries apart. */
  readonly kind: "file";
  /** As the disk spells it, the last name alone. */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** In ms since 1970, as seen on the disk at hand; it travels with content (C8). */
  readonly mtime: number;
  /** The owner's executable bit; where a disk has none, what was agreed (C7). */
  readonly executable: boolean;
  /** SHA-256 of the content in hex, "" while nobody has needed it; ask `knownDigest`. */
  readonly digest: string;
  /** File ID on the disk at hand, 0 when not known; never compared with another machine's. */
  readonly id: number;
  /** When it was made, as the disk at hand tells, in ms; where that tells no such time, when anything about it changed last; 0 when
   * not known. A file is the one it was only where this is the same, too. */
  readonly born: number;
}

/** A folder with all that is known to be in it. */
export interface DirectoryEntry {
  /** Tells the kinds of entries apart. */
  readonly kind: "directory";
  /** As the disk spells it; "" for the root. */
  readonly name: string;
  /** By the compared form of their names, in a snapshot by the exact names. */
  readonly children: ReadonlyMap<string, Entry>;
  /** File ID on the disk at hand, 0 when not known. */
  readonly id: number;
  /** When it was made, in ms; 0 where the disk does not tell. */
  readonly born: number;
}

/** A symbolic link; `digest` is that of its target's text. `mtime`, in ms, is its own, where it is known: it decides conflicts, and is
 * set nowhere (C8). */
export interface LinkEntry {
  /** Tells the kinds of entries apart. */
  readonly kind: "link";
  /** As the disk spells it. */
  readonly name: string;
  /** Its text, as the disk has it: relative, and nothing is ever looked up through it. */
  readonly target: string;
  /** SHA-256 of that text in hex; C2 compares it. */
  readonly digest: string;
  /** Absent where nobody told it. */
  readonly mtime?: number;
}

/** Something at a path that cannot be synced as it is, and why. */
export interface ProblemEntry {
  /** Tells the kinds of entries apart. */
  readonly kind: "problem";
  /** As the disk spells it. */
  readonly name: string;
  /** Why, and how to mend it, as a person reads it. */
  readonly reason: string;
  /** Only a person can mend it (RULES E1); otherwise it is looked at again. */
  readonly lasting: boolean;
}

/** What can be at a path; that nothing is there is `null`. */
export type Entry = FileEntry | DirectoryEntry | LinkEntry | ProblemEntry;

/** The digest of no content. */
export const EMPTY_DIGEST = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

const NONE: ReadonlyMap<string, Entry> = new Map();

/** A root with nothing in it: also the ancestor of two that never met. */
export const EMPTY_ROOT: DirectoryEntry = { kind: "directory", name: "", children: NONE, id: 0, born: 0 };

/** The entry by itself: a directory without its children. */
export function shallow(entry: Entry): Entry {
  return entry.kind === "directory" && entry.children.size > 0 ? { ...entry, children: NONE } : entry;
}

/** Children of a directory; none of anything else. */
export function childrenOf(entry: Entry | null | undefined): ReadonlyMap<string, Entry> {
  return entry?.kind === "directory" ? entry.children : NONE;
}

/** The digest of content, "" while not known; that of an empty file always is. */
export function knownDigest(entry: FileEntry | LinkEntry): string {
  return entry.kind === "file" && entry.size === 0 ? EMPTY_DIGEST : entry.digest;
}

/** What holds content of its own: a file or a link. */
export type ContentEntry = FileEntry | LinkEntry;

/** Whether there is a file or a link: something with a digest. */
export function isContent(entry: Entry | null | undefined): entry is ContentEntry {
  return entry?.kind === "file" || entry?.kind === "link";
}

/** Whether two looks saw the same file untouched: what the disk at hand tells of it beside its content is the same. */
export function isSeenAlike(one: FileEntry, other: FileEntry): boolean {
  return one.id === other.id && one.size === other.size && one.mtime === other.mtime &&
    one.born === other.born;
}

/** Whether two names are the same but for their normal form (N3). */
export function isSpelledAlike(one: Entry, other: Entry): boolean {
  return one.name === other.name || one.name.normalize("NFC") === other.name.normalize("NFC");
}

/** Whether two entries hold the same content, children not looked at. "unknown": a digest is needed to tell.
 * Executable bits, names and times are not content. */
export function compareContent(one: Entry, other: Entry): "same" | "different" | "unknown" {
  if (one === other) return "same";
  if (one.kind === "file" && other.kind === "file") {
    if (one.size !== other.size) return "different";
    const [digest, another] = [knownDigest(one), knownDigest(other)];
    if (digest === "" || another === "") return "unknown";
    return digest === another ? "same" : "different";
  }
  if (one.kind === "link" && other.kind === "link") {
    return one.target === other.target ? "same" : "different";
  }
  return one.kind === "directory" && other.kind === "directory" ? "same" : "different";
}
