// The archive of one root: for each pair the ancestor and its history of commits; what else is known of it is beside this file.
// Invariant: a commit is whole or not there, and the last ones can be taken back one by one.

import type { Agreement } from "../core/agreement.ts";
import type { UndoStep } from "./undo_step.ts";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { decode, encode } from "@msgpack/msgpack";
import type { Conflict } from "../core/plan/conflict.ts";
import type { DirectoryEntry, Entry } from "../core/tree/entry.ts";
import { type Path, ROOT } from "../core/tree/path.ts";
import { type Change, entryAt, type Move, TreeEditor, walk } from "../core/tree/tree.ts";
import { contentOf } from "../core/placing.ts";
import { byExactNames, Viewer } from "../core/ignore/view.ts";
import type { Result } from "../core/plan/plan.ts";
import {
  checkConflict,
  checkHistory,
  checkKept,
  checkMark,
  checkMount,
  checkPlacing,
  checkReading,
  checkRemains,
  checkSteps,
  checkUnsound,
} from "./damage.ts";
import { checkDigested, Digested } from "./state/digested.ts";
import { checkPath } from "./checks.ts";
import { Conflicts } from "./state/conflicts.ts";
import { Causes } from "./history/causes.ts";
import type { HistoryEntry } from "./history/history_entry.ts";
import { HistoryEntries } from "./history/history_entries.ts";
import { EpochCount } from "./epoch_count.ts";
import { KeptHomeTable } from "./state/kept_home.ts";
import { LastUse } from "./last_use.ts";
import { Leftovers } from "./state/leftovers.ts";
import { Lineages } from "./history/lineages.ts";
import { Lived } from "./lived.ts";
import { Losses } from "./history/losses.ts";
import { MountTable } from "./state/mounts.ts";
import { ReadMarks } from "./state/read_marks.ts";
import { RightsTable } from "./state/rights.ts";
import { type EntryRow, rowOf, seenOf, treeOf } from "./row.ts";
import { durably, openDatabase, transaction } from "./schema.ts";
import { Signatures } from "./signature.ts";
import { Unproven } from "./state/unproven.ts";
import { Unsettled } from "./state/unsettled.ts";
import { UnsoundFiles } from "./state/unsound.ts";
import { PeerRequestTable } from "./history/peer_requests.ts";

/** How many commits can be taken back. The two sides are never more than one apart, unless a disk lost what it had acknowledged. */
const UNDO_DEPTH = 8;

/** A birth that no file has, in ms. */
const NEVER = -1;

/** Who is at the other end of a pair: the identity of their root, which anybody can claim, and their public key, which nobody can. */
export interface PeerIdentity {
  /** From its `.tcpsync/`; anybody can copy it. */
  root: string;
  /** Public key in hex. */
  key: string;
}

/** A pair as it is found. `folds`: names compare by folded case in it. */
export interface KnownPair {
  /** Its number here, which no other archive knows. */
  id: number;
  /** It changes when a disk of the other kind takes part: then the ancestor is keyed anew. */
  folds: boolean;
}

/** What one commit changes; `rows` are without children, parents first. */
export interface Commit {
  /** Its number: one more than that of the commit before. */
  generation: number;
  /** In the ancestor's paths, one after the other, before the rows. */
  moves: readonly Move[];
  /** In the compared form; null: nothing is there any more. */
  rows: readonly { path: Path; new: Entry | null }[];
}

/** All that is remembered of one root. It throws what SQLite throws, and "the archive is damaged" for a value that this program cannot
 * have written. */
export class Archive {
  readonly #database: DatabaseSync;
  /** C9: what people have not settled. */
  readonly conflicts: Conflicts;
  /** I3: folders that stay for what is ignored in them. */
  readonly leftovers: Leftovers;
  /** I4: what stays home. */
  readonly keptHome: KeptHomeTable;
  /** What a person looks back on, and undoes. */
  readonly historyEntries: HistoryEntries;
  /** T10: which version is kept because of whom. */
  readonly causes: Causes;
  /** Requests of this side's person that the peers do not know of yet. */
  readonly peerRequests: PeerRequestTable;
  /** Paths that were put in place and are perhaps not on the disk yet. */
  readonly unproven: Unproven;
  /** M9: the chunk whose commit may be missing. */
  readonly unsettled: Unsettled;
  /** M9: which content is made of which. */
  readonly lineages: Lineages;
  /** How the archive was left by the run before. */
  readonly lastUse: LastUse;
  /** S4: the time by which versions and history grow old. */
  readonly lived: Lived;
  /** How far the count came by which an old backup is known. */
  readonly epoch: EpochCount;
  /** The marks by which a run knows what the run before signed. */
  readonly signatures: Signatures;
  /** S7: modes and owners, for what comes back. */
  readonly rights: RightsTable;
  /** When content was read last. */
  readonly readMarks: ReadMarks;
  /** What the disk lost, as far as it is known. */
  readonly unsound: UnsoundFiles;
  /** Digests that no ancestor holds yet. */
  readonly digested: Digested;
  /** Where disks are mounted inside the root. */
  readonly mounts: MountTable;
  readonly #put: StatementSync;
  readonly #drop: StatementSync;
  readonly #history: StatementSync;
  /** Ancestors as last loaded or committed. */
  readonly #ancestors = new Map<number, DirectoryEntry>();

  /** Opens the archive file, making it where there is none, and loads its ancestors: damage shows here. */
  constructor(file: string) {
    this.#database = openDatabase(file);
    try {
      this.conflicts = new Conflicts(this.#database);
      this.leftovers = new Leftovers(this.#database);
      this.keptHome = new KeptHomeTable(this.#database);
      this.peerRequests = new PeerRequestTable(this.#database);
      this.unproven = new Unproven(this.#database);
      this.lineages = new Lineages(this.#database);
      this.unsettled = new Unsettled(this.#database);
      this.lastUse = new LastUse(this.#database);
      this.lived = new Lived(this.#database);
      this.epoch = new EpochCount(this.#database);
      this.signatures = new Signatures(this.#database);
      this.rights = new RightsTable(this.#database);
      this.historyEntries = new HistoryEntries(this.#database);
      this.causes = new Causes(this.#database);
      this.readMarks = new ReadMarks(this.#database, Date.now());
      this.unsound = new UnsoundFiles(this.#database);
      this.digested = new Digested(this.#database);
      this.mounts = new MountTable(this.#database);
      this.#put = this.#database.prepare(
        "INSERT OR REPLACE INTO ancestor VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      );
      this.#drop = this.#database.prepare("DELETE FROM ancestor WHERE pair = ? AND path = ?");
      this.#history = this.#database.prepare(
        `SELECT history, generation, (SELECT min(generation) FROM undo WHERE pair = pair.id) AS first
         FROM pair WHERE id = ?`,
      );
      for (const pair of this.pairs()) this.#check(pair);
      this.unproven.listed().forEach(checkPlacing);
      this.unproven.remains().forEach(checkRemains);
      this.epoch.get();
      this.readMarks.all().forEach(checkMark);
      const reading = this.readMarks.open();
      if (reading) checkReading(reading);
      this.unsound.all().forEach(checkUnsound);
      this.mounts.all().forEach(checkMount);
      this.keptHome.all().forEach(checkKept);
      for (const [path, file] of this.digested.all()) checkDigested(path, file);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Closes the file. Nothing may be asked of the archive afterwards. */
  close() {
    this.#database.close();
  }

  /** The pair with that peer, made when it is new. `folds`: whether names compare by folded case in this pair. */
  pair({ root, key }: PeerIdentity, folds: boolean): number {
    const row = this.#database.prepare("SELECT id, folds FROM pair WHERE peer_root = ? AND peer_key = ?")
      .get(root, key) as { id: number; folds: number } | undefined;
    if (!row) {
      const made = this.#database.prepare(
        "INSERT INTO pair (peer_root, peer_key, folds, history, generation) VALUES (?, ?, ?, '', 0) RETURNING id",
      ).get(root, key, folds ? 1 : 0) as { id: number };
      return made.id;
    }
    if ((row.folds === 1) !== folds) this.#rekey(row.id, folds);
    return row.id;
  }

  /** All pairs with the peer of this one: whatever folders they have. */
  pairsWithPeerOf(pair: number): number[] {
    return this.#database.prepare(
      "SELECT id FROM pair WHERE id = ? OR peer_key = (SELECT peer_key FROM pair WHERE id = ?)",
    ).all(pair, pair).map(({ id }) => Number(id));
  }

  /** Where the pair stands; asked of the disk each time. */
  history(pair: number): Agreement {
    const row = this.#history.get(pair) as { history: string; generation: number; first: number | null };
    const oldest = row.first === null ? row.generation : row.first - 1;
    return { history: row.history, generation: row.generation, oldest };
  }

  /** Forgets the ancestor (S5: an empty one merges and deletes nothing) and begins a new history. */
  restart(pair: number, history: string) {
    this.#ancestors.delete(pair);
    transaction(this.#database, () => {
      // What was lost lately stays lost: whoever begins anew gains nothing by it (S1).
      for (const table of ["ancestor", "undo", "unsettled", "conflict", "approved"]) {
        this.#database.prepare(`DELETE FROM ${table} WHERE pair = ?`).run(pair);
      }
      this.#database.prepare("UPDATE pair SET history = ?, generation = 0 WHERE id = ?").run(history, pair);
      this.lineages.forget(); // What was deleted before is deleted nowhere by a merge.
    });
  }

  /** Takes commits back until the pair stands at `generation`, which must be within its `oldest`. On the disk before another commit
   * takes their numbers: were this lost in a power cut with it, two different commits would have one number. */
  rollBack(pair: number, generation: number) {
    this.#ancestors.delete(pair);
    durably(this.#database, () => {
      const undo = this.#database.prepare(
        "SELECT steps FROM undo WHERE pair = ? AND generation > ? ORDER BY generation DESC",
      ).all(pair, generation) as { steps: Uint8Array }[];
      for (const { steps } of undo) {
        for (const step of (decode(steps) as UndoStep[]).reverse()) this.#undo(pair, step);
      }
      this.#database.prepare("DELETE FROM undo WHERE pair = ? AND generation > ?").run(pair, generation);
      // What led further will never be agreed: another chunk takes its number.
      this.#database.prepare("DELETE FROM unsettled WHERE pair = ? AND generation > ? + 1").run(
        pair,
        generation,
      );
      this.#database.prepare("UPDATE pair SET generation = ? WHERE id = ?").run(generation, pair);
    });
  }

  /** The ancestor, keyed by the compared form. */
  ancestor(pair: number): DirectoryEntry {
    const known = this.#ancestors.get(pair);
    if (known) return known;
    const rows = this.#database.prepare(
      "SELECT path, name, kind, size, mtime, executable, digest, target, id, born FROM ancestor WHERE pair = ? ORDER BY path",
    );
    const ancestor = treeOf(rows.iterate(pair) as IterableIterator<EntryRow>);
    this.#ancestors.set(pair, ancestor);
    return ancestor;
  }

  /** Every pair of this root. */
  pairs(): number[] {
    return this.knownPairs().map(({ id }) => id);
  }

  /** The same, with how their names compare. */
  knownPairs(): KnownPair[] {
    const rows = this.#database.prepare("SELECT id, folds FROM pair").all();
    return rows.map(({ id, folds }) => ({ id: id as number, folds: folds === 1 }));
  }

  /** Makes a commit. `before` is the ancestor it starts from, `after` the one it leads to, whose entries carry what this
   * machine saw of them; `ignored` is what left it before, since it became ignored (I2); the rest is what a person gets to see. */
  commit(
    pair: number,
    commit: Commit,
    before: DirectoryEntry,
    after: DirectoryEntry,
    more: {
      ignored?: readonly Change[];
      conflicts?: readonly Conflict[];
      historyEntries?: readonly HistoryEntry[];
    } = {},
  ) {
    transaction(this.#database, () => {
      const steps: UndoStep[] = [];
      for (const { path, old } of more.ignored ?? []) if (old) this.#dropAll(pair, path, old, steps);
      const editor = new TreeEditor(before);
      const placed = this.unsettled.timeOf(pair, commit.generation);
      for (const move of commit.moves) {
        const entry = editor.get(move.from);
        this.unproven.moved(pair, move, placed);
        if (!editor.move(move)) continue;
        if (!entry) {
          steps.push({ path: move.to, row: null });
          this.#write(pair, rowOf(move.to, editor.get(move.to)!));
          continue;
        }
        steps.push({ move: { from: move.to, to: move.from, name: entry.name } });
        this.#move(pair, editor.done(), move);
      }
      const damaged = new Set(this.unproven.damaged(pair));
      for (const { path, new: entry } of commit.rows) {
        const old = editor.get(path);
        if (damaged.has(path)) steps.push({ damaged: path });
        this.unproven.agreed(pair, path, contentOf(entry), placed);
        if (!editor.set(path, entry)) continue;
        this.#set(pair, path, old, entry && (entryAt(after, path) ?? entry), steps);
      }
      this.#database.prepare("INSERT INTO undo VALUES (?, ?, ?)").run(pair, commit.generation, encode(steps));
      this.#database.prepare("DELETE FROM undo WHERE pair = ? AND generation <= ?")
        .run(pair, commit.generation - UNDO_DEPTH);
      this.#database.prepare("UPDATE pair SET generation = ? WHERE id = ?").run(commit.generation, pair);
      this.conflicts.commit(pair, more.conflicts ?? [], after);
      this.historyEntries.add(pair, more.historyEntries ?? []);
    });
    this.#ancestors.set(pair, after);
  }

  /** Notes what came of the chunk that was begun last, and what a person gets to see of it. */
  carriedOut(pair: number, results: readonly Result[], historyEntries: readonly HistoryEntry[]) {
    transaction(this.#database, () => {
      this.unsettled.note(pair, results);
      this.historyEntries.add(pair, historyEntries);
    });
  }

  /** Remembers what this machine saw of entries whose content stayed as agreed. */
  refresh(pair: number, seen: Iterable<[Path, Entry]>) {
    const update = this.#database.prepare(
      "UPDATE ancestor SET mtime = ?, id = ?, born = ? WHERE pair = ? AND path = ?",
    );
    transaction(this.#database, () => {
      for (const [path, entry] of seen) {
        const { mtime, id, born } = seenOf(entry);
        update.run(mtime, id, born, pair, path);
      }
    });
  }

  /** Forgets what this machine saw of a file, so that the next start digests its content. */
  distrust(pair: number, path: Path) {
    this.#database.prepare("UPDATE ancestor SET id = 0, born = ? WHERE pair = ? AND path = ?").run(
      NEVER,
      pair,
      path,
    );
  }

  /** What was taken away lately here, and what that pair's people said yes to. */
  losses(pair: number): Losses {
    return new Losses(this.#database, pair);
  }

  /** Reads all there is of a pair, and throws for anything that was not written so. */
  #check(pair: number) {
    checkHistory(this.history(pair));
    this.conflicts.of(pair).forEach(checkConflict);
    this.leftovers.paths(pair).forEach(checkPath);
    this.unproven.damaged(pair).forEach(checkPath);
    this.ancestor(pair);
    this.losses(pair).check();
    const undo = this.#database.prepare("SELECT steps FROM undo WHERE pair = ?").iterate(pair);
    for (const { steps } of undo) checkSteps(decode(steps as Uint8Array));
  }

  #set(pair: number, path: Path, old: Entry | null, entry: Entry | null, steps: UndoStep[]) {
    if (old?.kind === "directory" && entry?.kind !== "directory") {
      this.#dropAll(pair, path, old, steps);
    } else steps.push({ path, row: old && rowOf(path, old) });
    if (entry) this.#write(pair, rowOf(path, entry));
    else this.#drop.run(pair, path);
  }

  /** Drops an entry with all that is in it. */
  #dropAll(pair: number, path: Path, entry: Entry, steps: UndoStep[]) {
    for (const [at, inner] of [...walk(path, entry)].reverse()) {
      steps.push({ path: at, row: rowOf(at, inner) });
      this.#drop.run(pair, at);
    }
  }

  #undo(pair: number, step: UndoStep) {
    if ("move" in step) {
      const editor = new TreeEditor(this.ancestor(pair));
      if (editor.move(step.move)) this.#move(pair, editor.done(), step.move);
      this.#ancestors.delete(pair);
    } else if ("damaged" in step) this.unproven.markAgain(pair, step.damaged);
    else if (step.row) this.#write(pair, step.row);
    else this.#drop.run(pair, step.path);
  }

  /** Rewrites the rows of a moved subtree; `tree` already has it at `to`. */
  #move(pair: number, tree: DirectoryEntry, { from, to }: Move) {
    const entry = entryAt(tree, to)!;
    for (const [path] of walk(from, entry)) this.#drop.run(pair, path);
    for (const [path, child] of walk(to, entry)) this.#write(pair, rowOf(path, child));
  }

  #write(pair: number, row: EntryRow) {
    const { path, name, kind, size, mtime, executable, digest, target, id, born } = row;
    this.#put.run(pair, path, name, kind, size, mtime, executable, digest, target, id, born ?? null);
  }

  #rekey(pair: number, folds: boolean) {
    const ancestor = this.ancestor(pair);
    this.#ancestors.delete(pair);
    transaction(this.#database, () => {
      this.#database.prepare("DELETE FROM ancestor WHERE pair = ?").run(pair);
      this.#database.prepare("DELETE FROM undo WHERE pair = ?").run(pair);
      this.#database.prepare("DELETE FROM unsettled WHERE pair = ?").run(pair);
      this.#database.prepare("UPDATE pair SET folds = ? WHERE id = ?").run(folds ? 1 : 0, pair);
      const rekeyed = new Viewer(folds, () => false).view(byExactNames(ancestor));
      for (const [at, entry] of walk(ROOT, rekeyed)) {
        if (at !== ROOT) this.#write(pair, rowOf(at, entry));
      }
    });
  }
}
