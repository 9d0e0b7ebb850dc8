// The engine: everything that touches one root, in a worker of its own, with synchronous calls. The main thread tells it what to do.
// Holds the snapshot; each session has an endpoint of its own (endpoint/session_endpoint.ts).

import type { Archive } from "../archive/archive.ts";
import { archiveFailure } from "../archive/failing.ts";
import type { Left } from "../archive/last_use.ts";
import type { Ability } from "../core/ability.ts";
import {
  type DirectoryEntry,
  EMPTY_ROOT,
  type Entry,
  type FileEntry,
  isSeenAlike,
} from "../core/tree/entry.ts";
import { RootGone, ScanFailed } from "../core/failure.ts";
import { IGNORE_FILE, type Ignores } from "../core/ignore/ignore.ts";
import { diff } from "../core/tree/diff.ts";
import { nameOf, type Path, ROOT } from "../core/tree/path.ts";
import { Touched } from "../core/tree/touched.ts";
import { entryAt, TreeEditor, walk } from "../core/tree/tree.ts";
import { describeFailure, isDisks, whereOf } from "../fs/failure.ts";
import type { Disk } from "../fs/port.ts";
import { type Kinds, type Told, wasPlaced, withKind } from "../fs/watch/told.ts";
import type { WatchPlan } from "../fs/watch/plan.ts";
import { withoutDigests } from "../scan/digest.ts";
import { Known } from "../scan/known.ts";
import { byExactNames } from "../core/ignore/view.ts";
import { Mounts } from "../scan/mounts.ts";
import { Numbers } from "../scan/numbers.ts";
import { SeenRights } from "../scan/rights.ts";
import { Scanner } from "../scan/scanner.ts";
import { Remade } from "../scan/remade.ts";
import { haveSameFolders, planScarceWatch, planWatch } from "../scan/watch_plan.ts";
import { Digester, type DigestSlice } from "./digester.ts";
import { Epoch } from "../durability/epoch.ts";
import { KeptHome } from "../guard/kept_home.ts";
import type { Lock } from "../claim/lock.ts";
import { Mutes } from "./mutes.ts";
import { OnItsWay } from "./on_its_way.ts";
import { PastWatch } from "./past_watch.ts";
import { PairViews } from "../durability/pair_views.ts";
import { Flusher } from "../durability/flusher.ts";
import { Recovery } from "../durability/recovery.ts";
import { RulesFile, type RulesProblem } from "./rules_file.ts";
import { Scrub } from "./scrub.ts";
import { Staging } from "../stage/staging.ts";
import { Ahead } from "../transition/ahead.ts";
import { takeFolder, type TakingOptions } from "./taking.ts";
import { type PrivatePlaces, readIdentity } from "../claim/private_folder.ts";

/** A folder found new is looked at again this much later: what came before its watch was there left no event. */
const LOOK_AGAIN_MS = 300;
/** A time to look again: at once, and then once more. */
const TWICE = -1;

/** What is waited for. `waiting`: files still being written or just missed, or looks owed; look again soon. `writing`: the first of
 * those files. */
export interface Awaited {
  waiting: number;
  writing: Path[];
}

/** What a look at the disk found. */
export interface ScanResult extends Awaited {
  changed: boolean;
  /** Another number when there may be other folders to watch. */
  folders: number;
  /** Another number when what stays home may be other than it was (kept_home.ts). */
  home: number;
}

const MOST_TOLD = 10;

/** What was done in a moment of work that takes long. */
export interface WorkSlice extends DigestSlice {
  /** Nothing more of it is waited for. */
  over: boolean;
}

/** How an engine takes a folder into use and works. */
export interface EngineOptions extends TakingOptions {
  /** After a stop, files of up to so many bytes are read again within a look, larger ones by `workOn`. Without it all are within a look. */
  readsAtOnce?: number;
  /** Makes for each look what is called in it now and then, with how many names it has looked at. What that throws ends the look. */
  looks?: () => (looked: number) => void;
}

export class RootEngine {
  readonly disk: Disk;
  readonly places: PrivatePlaces;
  readonly archive: Archive;
  readonly identity: string;
  readonly ability: Ability;
  readonly flusher: Flusher;
  readonly epoch: Epoch;
  readonly rights: SeenRights;
  readonly remade = new Remade();
  readonly scrub: Scrub;
  readonly digester: Digester;
  readonly home: KeptHome;
  /** The disk keeps the numbers of files for good. */
  readonly numbersLast: boolean;
  /** The mark with which the folder is to be signed anew (presence.ts); null where the disk locks. */
  readonly presence: string | null;
  readonly mounts: Mounts;
  readonly onItsWay: OnItsWay;
  readonly #mutes: Mutes;
  snapshot: DirectoryEntry = EMPTY_ROOT;
  #ownStaging: Staging | null = null;
  #ownCopies: Ahead | null = null;
  readonly #scanner: Scanner;
  readonly #lock: Lock;
  /** When this computer was started (ms). */
  readonly #booted: number;
  /** What was hinted at since the last look, and what a watch told of it. */
  #dirty = new Map<Path, Kinds>();
  #all = true;
  /** The look at everything that is due is one of those that come by themselves: what it finds was told by no watch. */
  #byItself = false;
  readonly #pastWatch = new PastWatch();
  #first = true;
  #recovered = false;
  /** Folders found new, and when to look at them again. */
  #again = new Map<Path, number>();
  readonly #rulesFile: RulesFile;
  #isPairFolding: boolean;
  #lookedAtAll = 0;
  /** When the last look began. */
  #lookedAt = 0;
  readonly #recovery: Recovery;
  readonly #looks: () => (looked: number) => void;
  /** How often there were other folders to watch; those that a plan was last made for, and those that are watched. */
  #folders = { count: 0, snapshot: EMPTY_ROOT, partial: 0 };
  #planned: DirectoryEntry = EMPTY_ROOT;
  #watched: DirectoryEntry = EMPTY_ROOT;

  /** Takes `folder` into use. Throws UserError. */
  constructor(disk: Disk, folder: string, stateDir: string, options: EngineOptions = {}) {
    const taken = takeFolder(disk, folder, stateDir, options);
    const { archive, numbersLast } = taken;
    this.#booted = options.booted ?? 0;
    this.#looks = options.looks ?? (() => () => {});
    this.disk = taken.disk;
    this.places = taken.places;
    this.#lock = taken.lock;
    this.presence = taken.presence;
    this.archive = archive;
    this.identity = taken.identity;
    this.ability = taken.ability;
    this.numbersLast = numbersLast;
    this.epoch = taken.epoch;
    this.rights = taken.rights;
    this.#isPairFolding = archive.knownPairs().some(({ folds }) => folds);
    const { native, places: { folder: root }, ability: { foldsCase } } = this;
    const seen = { disk: this.disk, native, snapshot: () => this.snapshot, foldsCase };
    this.home = new KeptHome(archive.keptHome, { ...seen, isPairFolding: () => this.#isPairFolding });
    this.mounts = new Mounts(archive.mounts, disk, taken.devices, native);
    this.#mutes = new Mutes(root, this.mounts);
    this.onItsWay = new OnItsWay(this.disk, this.identity);
    const numbers = new Numbers(numbersLast);
    this.#scanner = this.#scannerWith(numbers);
    this.#rulesFile = new RulesFile(this.home, {
      ...{ disk: this.disk, native: native(IGNORE_FILE as Path), foldsCase },
      isLost: () => this.#isRulesLost(),
    });
    const views = new PairViews(archive);
    this.#recovery = this.#recoveryOf(taken.left, views, options.readsAtOnce ?? Infinity);
    this.flusher = new Flusher({
      ...{ disk: this.disk, unproven: archive.unproven, views, native, numbersLast },
      pending: () => this.#recovery.pending,
    });
    const { unsound, certainty } = this.#scanner;
    this.digester = new Digester(this, certainty, numbers);
    this.scrub = new Scrub(this, unsound, certainty);
  }

  #scannerWith(numbers: Numbers): Scanner {
    const { disk, places: { folder }, ability: { foldsCase }, home, mounts } = this;
    const scanner = new Scanner(disk, folder, foldsCase, home.ignores, { numbers, mounts });
    scanner.onLeftover = this.onItsWay.clear;
    scanner.home = home;
    scanner.onSight = (path, stat) => this.rights.see(path, stat);
    return scanner;
  }

  #recoveryOf(left: Left, views: PairViews, readsAtOnce: number): Recovery {
    const { disk, archive, native, places: { versions } } = this;
    const numbersLast = (path: Path) => this.numbersLast && !this.mounts.isOnOther(path);
    const { certainty } = this.#scanner;
    return new Recovery(
      { disk, archive, views, versions, native, certainty, numbersLast, copies: this.#copiesOfOwn() },
      left,
      readsAtOnce,
    );
  }

  /** Ends in good order; where the disk does not let it, as if stopped. */
  close() {
    try {
      this.#saveRights();
      this.#ownCopies?.rest();
      this.#ownStaging?.rest();
      if (!this.#first) this.flusher.finish(this.snapshot);
      if (readIdentity(this.disk, this.places) === this.identity) this.epoch.finish();
      if (this.#recovery.pending.length === 0) this.archive.lastUse.release();
    } catch {
      // What is not known to be on the disk is looked at again when this folder is next taken into use.
    }
    this.archive.close();
    this.#lock.close();
  }

  /** Proves some of what was put in place, when nothing else is done: see Flusher. */
  prove(now = Date.now()): ReturnType<Flusher["prove"]> {
    return this.#first ? "later" : this.flusher.prove(this.snapshot, now); // Before the first look nobody knows what there is.
  }

  /** For what this side orders itself. */
  get ownStaging(): Staging {
    const { disk, places: { staging } } = this;
    return this.#ownStaging ??= new Staging(disk, `${staging}${disk.separator}own`);
  }

  /** Copies for transitions; what comes to the root's own disk comes to that staging. */
  copiesFor(staging: Pick<Staging, "fresh">): Ahead {
    const { begin, over } = this.onItsWay;
    return new Ahead(this.disk, { fresh: () => staging.fresh(), begin, over });
  }

  /** The same, for what this side orders itself. */
  get ownCopies(): Ahead {
    return this.#ownCopies ??= this.#copiesOfOwn();
  }

  #copiesOfOwn(): Ahead {
    return this.copiesFor({ fresh: () => this.ownStaging.fresh() });
  }

  /** Works for about `ms` at what takes long and is waited for: first what is read again after a stop, then digests, then copies for what
   * this side orders itself. */
  workOn(ms: number): WorkSlice {
    const reread = this.#recovery.readOn(ms);
    if (reread) return { ...reread, over: !this.#recovery.reads };
    const slice = this.digester.slice(ms);
    const isRead = slice.howFar.files === slice.howFar.ofFiles;
    const copying = isRead ? [this.#ownStaging, this.#ownCopies].filter((copies) => copies?.isCopying) : [];
    const isMore = copying.some((copies) => copies!.copyOn());
    return { ...slice, done: slice.done + Number(copying.length > 0 && !isMore), over: isRead && !isMore };
  }

  /** Files that a stop may have damaged are still read, by `workOn`: what comes of it shows in the look after. */
  get rereads(): boolean {
    return this.#recovery.reads;
  }

  /** The next look shows what came of such files. */
  get isReviewDue(): boolean {
    return this.#recovery.holds;
  }

  native = (path: Path): string => this.#scanner.native(path);

  /** Whether a file that looks as it was seen may yet hold something else. */
  get isDoubtful() {
    return this.#scanner.certainty.isDoubtful;
  }

  /** The snapshot shows what there is. */
  get hasScanned(): boolean {
    return !this.#first;
  }

  /** The text of this root's ignore file, "" without one; that of before where it is too much. */
  get rules(): string {
    return this.home.rules;
  }

  /** Why the rules are not those that stand in the file now; null when they are. */
  get rulesProblem(): RulesProblem | null {
    return this.#rulesFile.problem;
  }

  /** What kept the ignore file from being read is over: the next look reads it. */
  get areRulesEased(): boolean {
    return this.#rulesFile.isEased;
  }

  /** What the rules are to be is not known: nothing new may be sent. */
  get isRulesUnread(): boolean {
    return this.#rulesFile.isUnread;
  }

  /** Whether what is at a path (as spelled) takes no part by this side's own rules, or stays home. */
  ignores: Ignores = (path, name, directory) =>
    this.#scanner.ignores(path, name, directory) || this.home.holds(path);

  /** A session begins with a pair whose names compare by folded case, or do not (I7). */
  meet(folds: boolean) {
    if (!folds || this.#isPairFolding) return;
    this.#isPairFolding = true;
    this.home.judgeAnew();
    this.#scanner.ignores = this.home.ignores;
    this.doubtAll();
  }

  /** Notes paths (as spelled) that may have changed; `all`: anything may have. */
  hint(paths: Path[], all: boolean) {
    this.#all ||= all;
    for (const path of paths) this.#dirty.set(path, this.#dirty.get(path) ?? []);
  }

  /** A watch told of this; `closes`: it tells when a writer closes a file. */
  hear(told: readonly Told<Path>[], all: boolean, closes: boolean) {
    this.#all ||= all;
    this.#byItself &&= !all;
    this.#scanner.settling.closesTold ||= closes;
    for (const { path, kinds } of told) {
      const known = this.#dirty.get(path);
      this.#dirty.set(path, kinds.reduce<Kinds>(withKind, known ?? []));
    }
  }

  /** The next look is one at everything, though nothing was told. */
  doubtAll() {
    this.#byItself = !this.#all;
    this.#all = true;
  }

  /** The next look is one at all that tells of no changes made elsewhere. Returns whether there is such. */
  doubtMute(): boolean {
    const { folders } = this.#mutes;
    if (this.#first || folders.length === 0) return false;
    if (folders.includes(ROOT)) this.doubtAll();
    else this.doubt(folders);
    return true;
  }

  /** How long ago, in ms, that was last looked at; null: there is no such. */
  get sinceMuteScan(): number | null {
    return this.#mutes.since(Date.now());
  }

  /** Looks at the folders alone, for what nobody told. Returns whether there is something to look at. */
  sweep(now = Date.now()): boolean {
    if (this.#first || this.#all) return false;
    const found = this.#scanner.sweep(this.snapshot, now);
    this.#noteUntold(found, now);
    this.hint(found, false);
    return found.length > 0;
  }

  /** What was found to be other than it was seen: the next look sees it as it is, with all that is in it. */
  doubt(paths: readonly Path[]) {
    for (const path of paths) this.#again.set(path, 0);
    this.#noteUntold(paths, Date.now());
  }

  /** Where this side's person may have been at work in it under another name: it is looked at now, and once more when what was still on
   * its way has come. */
  #doubtTwice(paths: readonly Path[]) {
    for (const path of paths) this.#again.set(path, TWICE);
  }

  /** Throws RootGone. */
  ensureThere() {
    const { folder } = this.places;
    let present: string | null;
    try {
      present = readIdentity(this.disk, this.places);
    } catch (error) {
      throw this.#gone(this.#failure(error));
    }
    if (present !== this.identity) {
      throw this.#gone(`the folder ${folder} is gone, or is not the one it was`);
    }
  }

  /** Looks at what was hinted at; `watched`: more hints come by themselves. Throws RootGone, and ScanFailed whatever else went wrong:
   * then, and after one that was ended, the next look is one at everything. */
  scan(watched = false): ScanResult {
    this.ensureThere();
    try {
      return this.#look(watched);
    } catch (error) {
      this.#all = true;
      throw error instanceof RootGone ? error : new ScanFailed(this.#failure(error));
    }
  }

  #look(watched: boolean): ScanResult {
    const follow = this.#looks();
    let looked = 0;
    this.#scanner.onNames = (count) => follow(looked += count);
    this.#scanner.vanishing.watched = watched;
    const [before, wasUnread] = [this.snapshot, this.isRulesUnread];
    const now = Date.now();
    if (this.#all) this.#scanAll(now);
    else this.#lookAtDirty(now);
    this.#recover(now);
    const byOldRules = this.snapshot;
    if (this.#readRules()) {
      this.#scanAll(now);
      this.#recover(now);
      this.flusher.hide(byOldRules, this.snapshot);
    }
    this.home.settle();
    this.mounts.settle(this.snapshot);
    this.#saveRights();
    if (!this.#first) this.remade.look(before, this.snapshot, this.#writing(), now);
    this.#first = false;
    this.snapshot = this.scrub.review(this.snapshot);
    // Rules that can be read again let out what stayed for that.
    const changed = this.snapshot !== before || this.isRulesUnread !== wasUnread;
    return { changed, ...this.unsettled(), folders: this.#countFolders(), home: this.home.number };
  }

  /** What is still to be waited for. */
  unsettled(): Awaited {
    const writing = this.#writing();
    return {
      waiting: writing.length + this.#scanner.vanishing.waiting().length + this.#again.size,
      writing: writing.slice(0, MOST_TOLD),
    };
  }

  #countFolders(): number {
    const { partial: { size: partial } } = this.#scanner;
    const { count, snapshot } = this.#folders;
    const isSame = partial === this.#folders.partial && haveSameFolders(snapshot, this.snapshot);
    this.#folders = { count: isSame ? count : count + 1, snapshot: this.snapshot, partial };
    return this.#folders.count;
  }

  /** What is to be watched; null before the first look. `scarce`: each folder alone, those first that matter most. */
  watchPlan(scarce: boolean): WatchPlan | null {
    if (this.#first) return null;
    if (!scarce) this.#planned = this.snapshot;
    const { whole, flat, folders } = scarce
      ? planScarceWatch(this.snapshot, this.#watched)
      : planWatch(this.snapshot, this.#scanner.partial);
    return { whole: whole.map(this.native), flat: flat.map(this.native), folders };
  }

  /** The last plan for all folders is what is watched. */
  noteWatched() {
    this.#watched = this.#planned;
  }

  /** How long ago the last look at everything began, in ms. */
  get sinceScan(): number {
    return Math.max(0, Date.now() - this.#lookedAtAll);
  }

  /** A large file is begun to be sent, or was sent as it was `seen`: it rests from that if it took long. */
  begun(path: Path) {
    this.#scanner.restless.begun(path, Date.now());
  }
  sent(path: Path, seen: FileEntry) {
    this.#scanner.restless.sent(path, seen, Date.now());
  }

  /** A file was another than it was `seen` before it was read to its end. */
  changed(path: Path, seen: FileEntry) {
    this.doubt([path]);
    this.#scanner.restless.failed(path, seen, Date.now());
  }

  /** Files that changed while they were read, and are being written still, count as `agreed` says: nothing is planned for them until
   * that is over. */
  holdBack(agreed: (path: Path) => Entry | null) {
    const editor = new TreeEditor(this.snapshot);
    for (const path of this.#writing()) {
      if (!this.#scanner.restless.hasFailed(path)) continue;
      const [present, instead] = [editor.get(path), agreed(path)];
      if (present && present.kind !== "file" || instead && instead.kind !== "file") continue;
      if (!instead) editor.set(path, null);
      else if (!present || !isSeenAlike(present, instead) || present.digest === "") {
        editor.set(path, { ...instead, name: nameOf(path) });
      }
    }
    this.snapshot = editor.done();
  }

  /** Forgets rights of what has been gone since before `oldest`, both in the archive's own time. */
  forgetRights(time: number, oldest: number) {
    this.rights.prune((path) => this.#isThere(path), time, oldest);
  }

  /** Takes over the snapshot that a transition leaves. `moved`: what it renamed, by the new paths (as spelled): what this side's person
   * did there at the same moment is told of by the old ones. */
  takeOver(snapshot: DirectoryEntry, moved: readonly Path[]) {
    const now = Date.now();
    this.#doubtTwice(moved);
    const along = new Touched(moved);
    for (const { path, new: entry } of diff(this.snapshot, snapshot, this.ability.executable)) {
      if (!entry) continue;
      for (const [at, inner] of walk(path, entry)) {
        if (inner.kind !== "file" || along.covers(at)) continue;
        this.#scanner.settling.notePlaced(at, inner, now);
        this.#scanner.certainty.placed(inner, now);
      }
    }
    this.snapshot = snapshot;
  }

  /** Notes digests learned while supplying, where the file still is what was supplied. One that is not as it was known to be is judged at
   * the next look. */
  learn(learned: Iterable<[Path, FileEntry, string]>) {
    const editor = new TreeEditor(this.snapshot);
    for (const [path, seen, digest] of learned) {
      if (editor.get(path) !== seen) continue;
      if (seen.digest !== "") {
        this.scrub.misread(path);
        this.doubt([path]);
        continue;
      }
      const entry = { ...seen, digest };
      editor.set(path, entry);
      this.#scanner.certainty.read(entry, this.#lookedAt);
    }
    this.snapshot = editor.done();
  }

  /** Digests that came from an archive which proved wrong: all are made anew, as they are needed. */
  forgetDigests() {
    this.archive.digested.clear();
    this.snapshot = withoutDigests(this.snapshot);
  }

  /** Files that are being written, as spelled: they have not settled, or change again and again. */
  #writing(): Path[] {
    const { settling, restless } = this.#scanner;
    return [...new Set([...settling.waiting(), ...restless.waiting()])];
  }

  /** Before the rules are read: the stop may have damaged them, too. */
  #recover(now: number) {
    this.snapshot = this.#recovery.review(this.snapshot, this.#writing(), now);
    if (this.#recovered || this.#recovery.pending.length > 0) return;
    this.#recovered = true;
    this.archive.lastUse.recovered(this.#booted);
  }

  /** What cannot be looked at counts as there. */
  #isThere(path: Path): boolean {
    try {
      return this.disk.stat(this.native(path)) !== null;
    } catch {
      return true;
    }
  }

  #saveRights() {
    try {
      this.rights.save();
    } catch {
      // The archive takes nothing now: with the next look, then.
    }
  }

  /** Why a look came to nothing, for the person here. */
  #failure(error: unknown): string {
    const failing = archiveFailure(error);
    if (failing !== null) return failing;
    const { folder } = this.places;
    return isDisks(error)
      ? `the folder ${folder} cannot be read: ${describeFailure(error, folder).reason}`
      : `a look at the folder ${folder} fails by a defect in tcpsync: ${whereOf(error)}`;
  }

  /** Once it is back, nothing seen before is relied on. */
  #gone(reason: string): RootGone {
    this.#all = true;
    return new RootGone(reason);
  }

  #scanAll(now: number) {
    // At a start what was agreed is all there is to go by.
    const trees = this.#first
      ? this.archive.knownPairs().map(({ id }) => byExactNames(this.archive.ancestor(id)))
      : [this.snapshot];
    const before = trees[0] ?? EMPTY_ROOT;
    const known = this.#first
      ? new Known(trees, {
        lastWord: this.archive.historyEntries.latest(),
        digested: this.archive.digested.all(),
      })
      : new Known(trees, { until: this.#lookedAt });
    const doubted = this.#pastWatch.readAgain(this.snapshot, now);
    const told = this.#dirty;
    this.snapshot = this.#scanner.scan(before, known, now, { doubted, told });
    if (this.#byItself && this.#scanner.vanishing.watched) {
      this.#pastWatch.foundByItself(diff(before, this.snapshot, this.ability.executable), told, now);
    }
    this.#pastWatch.hear(told, this.#writing(), now);
    this.#all = this.#byItself = false;
    this.#lookedAtAll = this.#lookedAt = now;
    this.#mutes.looked(new Set([ROOT]), now);
    this.home.recount();
    this.#dirty.clear();
    this.#again.clear();
  }

  /** A look at the folders found this, or who read a file, and no watch told of it yet. */
  #noteUntold(paths: readonly Path[], now: number) {
    if (!this.#scanner.vanishing.watched) return;
    const known = new Set([...this.#dirty.keys(), ...this.#writing()]);
    this.#pastWatch.found(paths.filter((path) => !known.has(path)), now);
  }

  #lookAtDirty(now: number) {
    const before = this.snapshot;
    const told = this.#dirty;
    this.#dirty = new Map();
    const deep = this.#dueAgain(now);
    this.#mutes.looked(deep, now);
    // A folder that is told of itself may be another one, of the same number: what is in it is told by no event.
    for (const [path, kinds] of told) {
      if (!wasPlaced(kinds) || entryAt(before, path)?.kind !== "directory") continue;
      deep.add(path);
      this.#again.set(path, now + LOOK_AGAIN_MS);
    }
    const doubted = this.#pastWatch.readAgain(before, now);
    const { vanishing } = this.#scanner;
    const writing = this.#writing();
    const paths = new Set([
      ...told.keys(),
      ...writing,
      ...vanishing.waiting(),
      ...deep,
      ...doubted,
    ]);
    if (paths.size === 0) return;
    const known = new Known([before], { until: this.#lookedAt });
    this.snapshot = this.#scanner.rescan(before, { paths, deep, doubted, told }, known, now);
    this.#lookedAt = now;
    if (vanishing.watched) {
      const changes = writing.map((path) => ({
        ...{ path, old: entryAt(before, path), new: entryAt(this.snapshot, path) },
      }));
      this.#pastWatch.taken(changes, told, now);
    }
    this.#pastWatch.hear(told, this.#writing(), now);
    for (const path of paths) {
      const entry = entryAt(this.snapshot, path);
      if (entry?.kind === "directory" && entryAt(before, path)?.kind !== "directory") {
        this.#again.set(path, now + LOOK_AGAIN_MS);
      }
    }
  }

  /** What is to be looked at again by now. */
  #dueAgain(now: number): Set<Path> {
    const isDue = (at: number) => at <= now || at > now + LOOK_AGAIN_MS; // Further off only by a clock that was set back.
    const due = [...this.#again].filter(([, at]) => isDue(at));
    for (const [path, at] of due) {
      if (at === TWICE) this.#again.set(path, now + LOOK_AGAIN_MS);
      else this.#again.delete(path);
    }
    return new Set(due.map(([path]) => path));
  }

  /** True when other rules hold now. */
  #readRules(): boolean {
    if (!this.#rulesFile.look(this.snapshot.children)) return false;
    this.#scanner.ignores = this.home.ignores;
    return true;
  }

  /** A stop damaged the ignore file. */
  #isRulesLost(): boolean {
    const { unproven } = this.archive;
    return this.archive.pairs().some((pair) => unproven.isDamaged(pair, IGNORE_FILE as Path));
  }
}
