// Walks a root into a snapshot, whose keys are exact names; reuses what did not change, so that unchanged parts keep identity.

import {
  childrenOf,
  type DirectoryEntry,
  EMPTY_DIGEST,
  EMPTY_ROOT,
  type Entry,
  type FileEntry,
} from "../core/tree/entry.ts";
import type { Ignores } from "../core/ignore/ignore.ts";
import { isOnItsWay } from "../core/on_its_way.ts";
import {
  compareKey,
  isPrivateName,
  joinPath,
  nameOf,
  namesOf,
  parentOf,
  type Path,
  ROOT,
} from "../core/tree/path.ts";
import { entryAt, TreeEditor, walk } from "../core/tree/tree.ts";
import { describeFailure } from "../fs/failure.ts";
import type { Disk, Stat } from "../fs/port.ts";
import { type Kinds, wasPlaced, wasWritten } from "../fs/watch/told.ts";
import { Certainty } from "./certainty.ts";
import { dateProblem } from "./date.ts";
import { fileDigest, MOST_AT_ONCE } from "./digest.ts";
import { textDigest } from "../fs/digest.ts";
import { fileEntryOf, isAsSeen, isSameBut, isSameFolder, isSameNumber, isSameSeen } from "./identity.ts";
import type { Known } from "./known.ts";
import { linkProblem } from "../core/link.ts";
import type { Mounts } from "./mounts.ts";
import { Numbers } from "./numbers.ts";
import { Restless } from "./changes/restless.ts";
import { Settling } from "./changes/settling.ts";
import { FolderTimes } from "./changes/sweep.ts";
import { Unsound } from "./unsound.ts";
import { Vanishing } from "./changes/vanishing.ts";
import { OpenFolder, walkFolder } from "./walk.ts";

/** What a look is asked; paths as spelled. */
export interface Asked {
  /** To be looked at (those that wait to settle or to vanish among them), with all that is in folders found new there. */
  paths: Iterable<Path>;
  /** Folders of which all is looked at, known or not. */
  deep: ReadonlySet<Path>;
  /** Files whose content is read even where they look the same. */
  doubted: ReadonlySet<Path>;
  /** What a watch told since the last look. */
  told: ReadonlyMap<Path, Kinds>;
}

const NOTHING_ASKED: Asked = { paths: [], deep: new Set(), doubted: new Set(), told: new Map() };

/** What a look asks about disks inside the root (mounts.ts). */
type RootMounts = Pick<Mounts, "begin" | "visit" | "isInside" | "changed">;

const NO_MOUNTS: RootMounts = {
  begin: () => {},
  visit: (folder) => folder,
  isInside: () => false,
  changed: () => [],
};

const NO_HOME = { keeps: () => false, has: () => false };

/** What a look saw at a path, and what it was before. */
interface ScanSight {
  path: Path;
  native: string;
  name: string;
  stat: Stat;
  before: Entry | undefined;
}

/** The names in a folder, as they are listed and in the composed normal form. */
interface Listing {
  readonly listed: ReadonlySet<string>;
  readonly composed: ReadonlySet<string>;
}

/** A file of at most this many bytes is read even where a change is likely our own doing. */
const NEXT_TO_NOTHING = 64 << 10;
/** After so many names it is told that a look goes on: less than a second's, also on a disk that is far away. */
const NAMES_AT_ONCE = 32;

export class Scanner {
  readonly settling = new Settling();
  readonly restless = new Restless();
  readonly vanishing = new Vanishing((path, entry) => this.#isBeside(path, entry));
  readonly unsound = new Unsound();
  readonly #folderTimes = new FolderTimes();
  #now = 0;
  #doubted = new Set<Path>();
  /** The files that were known at the doubted paths: each may be at another path by now. */
  #doubtedFiles = new Set<Entry>();
  /** Paths at which the watch told that something was put. Without a file number, only that tells a new file from the old one. */
  #placed = new Set<Path>();
  /** The files that have several names, by their number: who writes through one writes all. */
  #names = new Map<number, Set<Path>>();
  /** Those of them of which one name is known alone, though others may be in the folder: the look in which they got more names saw one. */
  readonly #newlyNamed = new Set<number>();
  /** What takes no part though no rule ignores it any more (guard/kept_home.ts). */
  home: { keeps(path: Path, stat: Stat, isNew: boolean): boolean; has(path: Path): boolean } = NO_HOME;
  /** Is called with each path that takes part, whenever it is looked at. */
  onSight: (path: Path, stat: Stat) => void = () => {};
  /** Hears of what a stop left on its way into a folder (native path). */
  onLeftover: (native: string) => void = () => {};
  /** Is called whenever so many more names in folders were looked at; what it throws ends the look. */
  onNames: (count: number) => void = () => {};
  #unheard = 0;
  /** The folders that an ignored folder lies in. */
  #partial = new Set<Path>();
  /** During one rescan: folders by whether what is in them takes part, those found to be what they were, and the names in those that
   * were listed. */
  #open = new Map<Path, boolean>();
  #trusted = new Set<Entry>();
  #listings = new Map<Path, Listing>();
  /** The names that were known in a folder, by how they compare. */
  #alike = new Map<Path, Map<string, string[]>>();
  /** During one round of looks: what it began with, and the numbers of what else is in folders where something is missed. */
  #before: DirectoryEntry = EMPTY_ROOT;
  #strangers = new Map<Path, ReadonlySet<number>>();

  /** What native paths in the root begin with: the top of a drive ends in a separator already. */
  readonly #inside: string;

  readonly numbers: Numbers;
  readonly certainty = new Certainty();
  /** Disks inside the root. */
  readonly mounts: RootMounts;

  /** `folds`: the disk answers for any spelling of a name. */
  constructor(
    private readonly disk: Disk,
    private readonly folder: string,
    private readonly folds: boolean,
    public ignores: Ignores,
    { numbers = new Numbers(false), mounts = NO_MOUNTS }: { numbers?: Numbers; mounts?: RootMounts } = {},
  ) {
    this.numbers = numbers;
    this.mounts = mounts;
    this.#inside = folder.endsWith(disk.separator) ? folder : `${folder}${disk.separator}`;
  }

  /** Walks the whole root. `now` in ms. Throws when the root itself cannot be read. */
  scan(
    previous: DirectoryEntry,
    known: Known,
    now: number,
    { doubted, told }: Pick<Asked, "doubted" | "told"> = NOTHING_ASKED,
  ): DirectoryEntry {
    const stat = this.#stat(this.folder);
    if (stat) this.mounts.begin(stat);
    const names = this.disk.list(this.folder);
    this.certainty.look(now);
    this.#names.clear();
    this.#folderTimes.clear();
    this.#partial = new Set();
    this.#begin(previous, now, doubted, told);
    this.settling.look(now, true);
    if (stat) this.#folderTimes.listing(ROOT, stat, now);
    const self = { ...EMPTY_ROOT, id: stat?.id ?? 0, born: stat?.born ?? 0 };
    const found = this.#walk(new OpenFolder(ROOT, this.#inside, self, previous, names), known);
    this.#newlyNamed.clear(); // All names were looked at.
    const held = this.vanishing.held();
    if (held.size === 0) return found;
    const editor = new TreeEditor(found);
    for (const [path, entry] of held) editor.set(path, entry);
    return editor.done();
  }

  /** Looks again at what is asked only, and at the other names of files that changed there. */
  rescan(
    previous: DirectoryEntry,
    asked: Partial<Asked> & Pick<Asked, "paths">,
    known: Known,
    now: number,
  ): DirectoryEntry {
    const { deep, doubted, told } = { ...NOTHING_ASKED, ...asked };
    this.#begin(previous, now, doubted, told);
    this.settling.look(now, false, told);
    const missed = new Set<Path>();
    this.#open.clear();
    this.#trusted.clear();
    this.#listings.clear();
    this.#alike.clear();
    const editor = new TreeEditor(previous);
    const paths = new Set(asked.paths);
    for (const path of paths) {
      if (path === ROOT || !this.#takesPart(path)) continue;
      const place = this.#existingPlace(editor, path);
      const before = editor.get(place);
      const entry = this.#lookAt(place, before, deep.has(path), known);
      if (this.folds && !before) { for (const twin of this.#twinsOf(place)) paths.add(twin); }
      if (entry === before) continue;
      for (const name of this.#otherNames(place, before, entry)) paths.add(name);
      // Only when all was looked at it is known whether it is elsewhere.
      if (!entry) missed.add(place);
      else {
        missed.delete(place);
        editor.set(place, null);
        editor.set(place, entry);
      }
    }
    const held = this.vanishing.held();
    for (const place of missed) if (!held.has(place)) editor.set(place, null);
    const found = editor.done();
    this.#findOtherNames(found);
    return found;
  }

  /** Notes the other names of files that have several since this look. */
  #findOtherNames(snapshot: DirectoryEntry) {
    if (this.#newlyNamed.size === 0) return;
    for (const [path, entry] of walk(ROOT, snapshot)) {
      if (entry.kind === "file" && this.#newlyNamed.has(entry.id)) this.#noteName(entry.id, path);
    }
    this.#newlyNamed.clear();
  }

  /** Paths (as spelled) in which something happened that nobody told, as far as the folders show it. */
  sweep(snapshot: DirectoryEntry, now: number): Path[] {
    const counted = { ...this.disk, stat: (path: string) => this.#stat(path) };
    const found = this.#folderTimes.sweep(snapshot, counted, (path) => this.native(path), now);
    return [...found, ...this.mounts.changed()];
  }

  /** The names that share the content of a file that changed, which is told of one of them. */
  #otherNames(path: Path, before: Entry | null, entry: Entry | null): Path[] {
    const ids = [before, entry].map((file) => file?.kind === "file" ? file.id : 0);
    const names = ids.flatMap((id) => [...this.#names.get(id) ?? []]).filter((name) => name !== path);
    if (this.#doubted.has(path)) { for (const name of names) this.#doubted.add(name); }
    return names;
  }

  /** What the disk says of a native path, without a file number where such numbers are worthless. */
  #stat(native: string): Stat | null {
    const stat = this.disk.stat(native);
    return stat && this.numbers.counted(stat);
  }

  /** Begins a round of looks. */
  #begin(previous: DirectoryEntry, now: number, doubted: ReadonlySet<Path>, told: Asked["told"]) {
    this.#now = now;
    this.#doubted = new Set(doubted);
    this.#placed = new Set();
    for (const [path, kinds] of told) {
      if (wasWritten(kinds)) this.#doubted.add(path);
      if (wasPlaced(kinds)) this.#placed.add(path);
    }
    const files = [...this.#doubted].map((path) => entryAt(previous, path));
    this.#doubtedFiles = new Set(files.filter((entry) => entry?.kind === "file"));
    this.restless.look(now);
    this.vanishing.look(now);
    this.#before = previous;
    this.#strangers.clear();
  }

  /** The native path of a path as spelled. */
  native(path: Path): string {
    if (path === ROOT) return this.folder;
    const inner = this.disk.separator === "/" ? path : path.replaceAll("/", this.disk.separator);
    return `${this.#inside}${inner}`;
  }

  /** Whether none of the folders that a path is in is ignored or stays home. */
  #takesPart(path: Path): boolean {
    return this.#isOpen(parentOf(path));
  }

  /** Whether neither a folder nor one around it is ignored or stays home. Each folder is judged once in a round of looks. */
  #isOpen(folder: Path): boolean {
    const unknown = [];
    let at = folder;
    for (; at !== ROOT && !this.#open.has(at); at = parentOf(at)) unknown.push(at);
    let isOpen = at === ROOT || this.#open.get(at)!;
    for (const path of unknown.reverse()) {
      isOpen &&= !this.home.has(path) && !this.#isIgnored(path, nameOf(path), true);
      this.#open.set(path, isOpen);
    }
    return isOpen;
  }

  /** Folders with an ignored folder in them, as found so far; another set after each look at everything. */
  get partial(): ReadonlySet<Path> {
    return this.#partial;
  }

  #isIgnored(path: Path, name: string, directory: boolean): boolean {
    const isIgnored = this.ignores(path, name, directory);
    if (isIgnored && directory) this.#partial.add(parentOf(path));
    return isIgnored;
  }

  /** Whether an entry is ignored, or stays home because it was ignored before the peer changed that (I4). */
  #staysHere(path: Path, name: string, stat: Stat, before: Entry | null): boolean {
    return this.#isIgnored(path, name, stat.kind === "directory") || this.home.keeps(path, stat, !before);
  }

  /** The path itself, or its outermost parent that is not the folder it was: that is looked at as a whole. N5: a folder
   * replaced by a link must not be looked through. */
  #existingPlace(editor: TreeEditor, path: Path): Path {
    const names = namesOf(path);
    let entry: Entry | undefined = editor.done();
    for (let depth = 1; depth < names.length; depth++) {
      entry = childrenOf(entry).get(names[depth - 1]!);
      if (entry && this.#trusted.has(entry)) continue;
      const folder = names.slice(0, depth).join("/") as Path;
      if (!this.#isStill(entry, folder)) return folder;
      this.#trusted.add(entry!);
    }
    return path;
  }

  #isStill(before: Entry | undefined, folder: Path): boolean {
    if (before?.kind !== "directory") return false;
    try {
      const stat = this.#stat(this.native(folder));
      return stat?.kind === "directory" && isSameFolder(stat, before);
    } catch {
      return false; // Looking at the folder itself tells what is wrong with it.
    }
  }

  #lookAt(path: Path, before: Entry | null, deep: boolean, known: Known): Entry | null {
    const name = nameOf(path);
    const native = this.native(path);
    let stat: Stat | null = null;
    try {
      // A disk that folds case answers for any spelling: only the listing tells whether this one is there.
      if (!this.folds || this.#isListed(path, before)) stat = this.#stat(native);
      if (stat && !this.folds && this.mounts.isInside(stat) && !this.#isListed(path, before)) stat = null;
    } catch (error) {
      return unreadable(before ?? undefined, name, error);
    }
    if (!stat) {
      if (before) this.vanishing.miss(path, before);
      return null;
    }
    if (this.#staysHere(path, name, stat, before)) return null;
    if (isPrivateName(name)) return privateName(before ?? undefined, name);
    this.onSight(path, stat);
    // What happens in a known folder is told by its own events: some systems tell of the folder as well.
    const isKnown = before?.kind === "directory" && stat.kind === "directory" && isSameFolder(stat, before);
    if (isKnown && !deep) return before;
    const found = this.#entry({ path, native, name, stat, before: before ?? undefined }, known);
    return found instanceof OpenFolder ? this.#walk(found, known) : found;
  }

  #walk(top: OpenFolder, known: Known): DirectoryEntry {
    return walkFolder(
      top,
      (folder, name) => this.#child(folder, name, known),
      (folder, found) => {
        if (found !== folder.before) this.#missAbsent(folder);
      },
    );
  }

  /** Some disks list a name in another normal form than it was made in: what is known is there in any. */
  #isListed(path: Path, before: Entry | null): boolean {
    const parent = parentOf(path);
    let names = this.#listings.get(parent);
    if (!names) this.#listings.set(parent, names = this.#listing(parent));
    const name = nameOf(path);
    return names.listed.has(name) || before !== null && names.composed.has(name.normalize("NFC"));
  }

  /** What was known under another spelling of a name: on such a disk that is gone where the name is new, whether or not anything tells. */
  #twinsOf(path: Path): Path[] {
    const folder = parentOf(path);
    let alike = this.#alike.get(folder);
    if (!alike) {
      alike = Map.groupBy(childrenOf(entryAt(this.#before, folder)).keys(), (name) => compareKey(name, true));
      this.#alike.set(folder, alike);
    }
    const name = nameOf(path);
    const twins = alike.get(compareKey(name, true)) ?? [];
    return twins.filter((twin) => twin !== name).map((twin) => joinPath(folder, twin));
  }

  #isBeside(path: Path, entry: Entry): boolean {
    if (entry.kind !== "file" || entry.id === 0) return false;
    const folder = parentOf(path);
    let strangers = this.#strangers.get(folder);
    if (!strangers) this.#strangers.set(folder, strangers = this.#strangersIn(folder));
    return strangers.has(entry.id);
  }

  #strangersIn(folder: Path): Set<number> {
    const known = childrenOf(entryAt(this.#before, folder));
    const numbers = new Set<number>();
    for (const name of this.#listing(folder).listed) {
      if (known.has(name)) continue;
      try {
        numbers.add(this.#stat(this.native(joinPath(folder, name)))?.id ?? 0);
      } catch {
        // What cannot be looked at is not what is missed.
      }
    }
    return numbers;
  }

  #listing(folder: Path): Listing {
    let names: string[] = [];
    try {
      names = this.disk.list(this.native(folder));
    } catch {
      // The folder is gone: so is what was in it.
    }
    return { listed: new Set(names), composed: new Set(names.map((name) => name.normalize("NFC"))) };
  }

  /** What is there; a folder is opened, and what is in it looked at by whoever asked. */
  #entry(sight: ScanSight, known: Known): Entry | OpenFolder | null {
    const { name, stat, before } = sight;
    if (!before && stat.kind !== "file") this.vanishing.arrive(stat.id);
    const undated = dateProblem(stat);
    if (undated) return same(before, { kind: "problem", name, reason: undated, lasting: true });
    switch (stat.kind) {
      case "file":
        return this.#file(sight, known);
      case "directory": {
        const visit = this.mounts.visit(sight, known);
        if ("missing" in visit) {
          return same(before, { kind: "problem", name, reason: visit.missing, lasting: true });
        }
        const seen = this.numbers.counted(visit.stat);
        return this.#directory({ ...sight, stat: seen, before: visit.before }, known);
      }
      case "link":
        return this.#link(sight);
      default:
        return same(before, {
          kind: "problem",
          name,
          reason: "neither a file, a folder nor a link",
          lasting: true,
        });
    }
  }

  #file({ path, native, name, stat, before }: ScanSight, known: Known): Entry | null {
    if (stat.links > 1) this.#noteName(stat.id, path);
    const unsound = this.unsound.at(path, stat);
    if (unsound) return same(before, { kind: "problem", name, reason: unsound.reason, lasting: true });
    const earlier = before?.kind === "file" ? before : known.file(path, stat, this.#keepsNumbers(stat));
    const unchanged = earlier !== undefined && isAsSeen(stat, earlier);
    const isTaken = this.settling.isSettled(path, stat, unchanged, earlier?.size) &&
      (unchanged || this.restless.isDue(path, stat));
    if (!isTaken) return before ?? known.at(path);
    if (!before) this.vanishing.arrive(stat.id); // Until now it counted as being where it was.
    const isRenumbered = earlier && isSameBut(stat, earlier) && !isSameNumber(stat.id, earlier.id);
    const isDoubtedAtPath = this.#doubted.has(path) || earlier && known.mayBeOutdated(path, earlier);
    if (isRenumbered && !isDoubtedAtPath) { // What is doubted is read whatever becomes of the numbers.
      this.numbers.changed(path, earlier, stat.device);
    }
    const holds = unchanged && !this.settling.isDistrusted(path, stat);
    const entry = fileEntryOf(stat, name, stat.size === 0 ? EMPTY_DIGEST : holds ? earlier.digest : "");
    const isHinted = isDoubtedAtPath || earlier !== undefined && this.#doubtedFiles.has(earlier);
    const mayBeOther = holds && (isHinted || this.#mayBeAnother(path, stat, earlier));
    const isDoubted = holds && entry.size > 0 && entry.digest !== "" &&
      (mayBeOther || this.certainty.isDue(stat, earlier));
    const seen = isDoubted ? { ...entry, digest: this.#digest(native, entry) } : entry;
    // What was read of it before is not what it holds: whoever reads it now compares with what was seen then.
    const isUnknown = (mayBeOther || isHinted) && entry.digest === "";
    const found = unchanged && !isUnknown && isSame(seen, earlier) ? earlier : seen;
    if (isDoubted) this.certainty.read(found, this.#now);
    else if (holds && found !== earlier) this.certainty.carry(earlier, found);
    return found;
  }

  /** Whether another file may have been put there, of the same size and times. Where we put one ourselves just now, that is what is told
   * of; it is read all the same where that costs next to nothing. */
  #mayBeAnother(path: Path, { id, size }: Stat, earlier: FileEntry): boolean {
    if (id !== 0 || !this.#placed.has(path)) return false;
    return size <= NEXT_TO_NOTHING || this.certainty.until(earlier) < this.#now;
  }

  /** What is in a file that looks the same and may not be; "" where it cannot be read now, or not in a moment: whoever needs it has it
   * read. */
  #digest(native: string, entry: FileEntry): string {
    if (entry.size > MOST_AT_ONCE) return "";
    try {
      return fileDigest(this.disk, native, entry) ?? "";
    } catch {
      return "";
    }
  }

  #noteName(id: number, path: Path) {
    const names = this.#names.get(id);
    if (names) names.add(path);
    else if (id !== 0) {
      this.#names.set(id, new Set([path]));
      this.#newlyNamed.add(id);
    }
  }

  #directory({ path, native, name, stat, before }: ScanSight, known: Known): Entry | OpenFolder {
    let names: string[];
    try {
      names = this.disk.list(native);
    } catch (error) {
      return unreadable(before, name, error);
    }
    this.#folderTimes.listing(path, stat, this.#now);
    const self = { ...EMPTY_ROOT, name, id: stat.id, born: stat.born };
    const earlier = before?.kind === "directory"
      ? before
      : this.#moved(native, stat, names, known) ?? EMPTY_ROOT;
    return new OpenFolder(path, `${native}${this.disk.separator}`, self, earlier, names);
  }

  /** Whether the disk that something is on keeps numbers for good: of disks inside the root nobody has tried that. */
  #keepsNumbers(stat: Stat): boolean {
    return this.numbers.last && !this.mounts.isInside(stat);
  }

  /** The known folder that has come to a new path. Where numbers do not last, each folder in it is to be found so by itself. */
  #moved(native: string, stat: Stat, names: string[], known: Known): DirectoryEntry | undefined {
    const found = {
      ...{ stat, names },
      inner: (name: string) => this.#stat(`${native}${this.disk.separator}${name}`),
      elsewhere: (path: Path) => this.#stat(this.native(path)),
    };
    try {
      const isKept = this.#keepsNumbers(stat);
      const folder = known.folder(found, isKept);
      return folder && !isKept ? withoutFolders(folder) : folder;
    } catch {
      return undefined; // What cannot be looked at is not known.
    }
  }

  #missAbsent({ path, before, names }: OpenFolder) {
    const listed = new Set(names);
    for (const [name, entry] of before.children) {
      if (!listed.has(name)) this.vanishing.miss(joinPath(path, name), entry);
    }
  }

  /** Tells now and then that the look goes on. */
  #countName() {
    if (++this.#unheard < NAMES_AT_ONCE) return;
    this.#unheard = 0;
    this.onNames(NAMES_AT_ONCE);
  }

  #child(folder: OpenFolder, name: string, known: Known): Entry | OpenFolder | null {
    this.#countName();
    const path = joinPath(folder.path, name);
    const native = `${folder.inside}${name}`;
    const before = folder.before.children.get(name);
    if (isOnItsWay(name)) return this.onLeftover(native), null;
    let stat: Stat | null;
    try {
      stat = this.#stat(native);
    } catch (error) {
      return unreadable(before, name, error);
    }
    if (!stat) {
      if (before) this.vanishing.miss(path, before);
      const reason = "the name is not UTF-8 and cannot travel: rename it";
      return name.includes("\ufffd") ? same(before, { kind: "problem", name, reason, lasting: true }) : null;
    }
    if (this.#staysHere(path, name, stat, before ?? null)) return null;
    if (isPrivateName(name)) return privateName(before, name);
    this.onSight(path, stat);
    return this.#entry({ path, native, name, stat, before }, known);
  }

  #link({ path, native, name, stat: { mtime }, before }: ScanSight): Entry {
    let target: string;
    try {
      target = this.disk.readLink(native).replaceAll(this.disk.separator, "/");
    } catch (error) {
      return unreadable(before, name, error);
    }
    const reason = linkProblem(parentOf(path), target); // Also of one that came with a folder from elsewhere.
    if (reason) return same(before, { kind: "problem", name, reason, lasting: true });
    if (before?.kind === "link" && before.target === target && before.mtime === mtime) return before;
    return { kind: "link", name, target, digest: textDigest(target), mtime };
  }
}

/** Whether a look saw what an earlier one did. */
function isSame(entry: FileEntry, earlier: FileEntry): boolean {
  const { name, executable } = earlier;
  return entry.name === name && entry.executable === executable && isSameSeen(entry, earlier);
}

function withoutFolders(folder: DirectoryEntry): DirectoryEntry {
  const children = [...folder.children].filter(([, entry]) => entry.kind !== "directory");
  return { ...folder, children: new Map(children) };
}

/** What is no folder, and so nobody's private one, and yet would be taken for that on some disk. */
function privateName(before: Entry | undefined, name: string): Entry {
  return same(before, {
    kind: "problem",
    name,
    reason: "the name is kept for tcpsync's own folder: what has it stays on this computer",
    lasting: true,
  });
}

/** What the disk says of an entry that cannot be looked at. */
function unreadable(before: Entry | undefined, name: string, error: unknown): Entry {
  return same(before, { kind: "problem", name, ...describeFailure(error, name) });
}

/** The earlier problem when nothing about it changed, so that it keeps its identity. */
function same(before: Entry | undefined, problem: Entry & { kind: "problem" }): Entry {
  return before?.kind === "problem" && before.reason === problem.reason ? before : problem;
}
