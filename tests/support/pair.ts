// Two sides in memory that run cycles: scan, reconcile, transition, commit, with every promise checked on the way.

import { assert, assertEquals } from "@std/assert";
import type { Ability } from "../../src/core/ability.ts";
import { diff, share } from "../../src/core/tree/diff.ts";
import {
  compareContent,
  type DirectoryEntry,
  EMPTY_ROOT,
  type Entry,
  knownDigest,
  shallow,
} from "../../src/core/tree/entry.ts";
import { TreeDigest } from "../../src/core/tree/digest.ts";
import { type Conflict, copyOf } from "../../src/core/plan/conflict.ts";
import { findMoves } from "../../src/core/moves/moves.ts";
import { nameOf, type Path, ROOT } from "../../src/core/tree/path.ts";
import {
  movesInAncestor,
  numberedIn,
  type Orders,
  type Plan,
  type Result,
  taskCount,
} from "../../src/core/plan/plan.ts";
import { reconcile } from "../../src/core/plan/reconcile.ts";
import { OTHER, type Side, type SideName, SIDES } from "../../src/core/side.ts";
import { Touched } from "../../src/core/tree/touched.ts";
import { apply, applyMoves, type Change, entryAt, walk } from "../../src/core/tree/tree.ts";
import { type Agreed, PlannedWork } from "../../src/plan/planned_work.ts";
import { type Frozen, MemoryDisk } from "./memory_disk.ts";
import { checkLate } from "./late.ts";
import { digestOf, lines, sha256 } from "./trees.ts";

type Flat = { path: Path; new: Entry | null };

export class Pair {
  readonly disks: Record<SideName, MemoryDisk>;
  readonly ancestors = { alpha: EMPTY_ROOT, beta: EMPTY_ROOT };
  readonly fold: boolean;
  problems: Path[] = [];
  /** Contents the last plan set out to put somewhere: what fails of it must not become a deletion. Not those that were agreed: who
   * replaced one knew it, and the other side's rename of it may be followed later (M2). */
  promised = new Set<string>();

  /** `giver`: whose changes alone travel. */
  constructor(
    alpha: Ability,
    beta: Ability,
    readonly offset: number,
    readonly giver: SideName | null = null,
  ) {
    this.disks = { alpha: new MemoryDisk(alpha), beta: new MemoryDisk(beta) };
    this.fold = alpha.foldsCase || beta.foldsCase;
  }

  /** One cycle. Returns whether there was anything to do. */
  cycle(fails: () => boolean, shuffled: Shuffle = (list) => list): boolean {
    const plan = this.#decide();
    this.#checkPlan(plan);
    this.problems = plan.problems.map((problem) => problem.path as Path);
    const tasks = taskCount(plan.alpha) + taskCount(plan.beta) + plan.agreed.length + plan.shared.length;
    const frozen = { alpha: this.disks.alpha.freeze(), beta: this.disks.beta.freeze() };
    this.promised = promisedBy(plan, frozen, contentsOf(this.ancestors.alpha));
    const isAgreed = (path: Path) => entryAt(this.ancestors.alpha, path) !== null;
    const known = { now: 0, folds: this.fold, isAgreed };
    const work = new PlannedWork(plan, known);
    const orders = work.next();
    if (!orders) return false;
    const terms = work.terms();
    const results = {
      alpha: this.disks.alpha.transition(orders.alpha, frozen.beta, fails, shuffled),
      beta: this.disks.beta.transition(orders.beta, frozen.alpha, fails, shuffled),
    };
    const forgotten = new Touched(plan.agreed.flatMap(({ path, new: entry }) => entry ? [] : path));
    const failed = failedOf(orders, results).filter((path) => !forgotten.covers(path));
    const agreed = work.settle(results);
    checkLate({ terms, own: orders.alpha, results }, known, agreed);
    this.#commit(agreed, failed);
    assertEquals(work.next(), null, "one chunk is enough here");
    return tasks > 0;
  }

  /** Both sides hold the same, but for what is told as a problem; the ancestor is what they hold. */
  checkInSync() {
    const trees = { alpha: this.#synced(this.disks.alpha.tree), beta: this.#synced(this.disks.beta.tree) };
    const both = this.disks.alpha.ability.executable && this.disks.beta.ability.executable;
    assertEquals(lines(plain(trees.alpha, both)), lines(plain(trees.beta, both)), "the sides differ");
    const sum = new TreeDigest(sha256);
    assertEquals(
      lines(plain(this.ancestors.alpha, true)),
      lines(plain(this.ancestors.beta, true)),
      "the ancestors differ",
    );
    assertEquals(sum.sum(this.ancestors.alpha), sum.sum(this.ancestors.beta), "the root digests differ");
    for (const side of SIDES) {
      const bit = this.disks[side].ability.executable;
      const ancestor = this.#synced(this.ancestors[side]);
      assertEquals(lines(plain(ancestor, bit)), lines(plain(trees[side], bit)), `not agreed: ${side}`);
    }
  }

  #decide(): Plan {
    for (let asked = 0;; asked++) {
      assert(asked < 3, "digests are asked for again and again");
      const { alpha, beta } = this.#sides();
      const { giver } = this;
      const plan = reconcile(this.ancestors.alpha, alpha, beta, { offset: this.offset, giver });
      const terms = { offset: -this.offset, giver: giver && OTHER[giver] };
      const swapped = reconcile(this.ancestors.alpha, beta, alpha, terms);
      assertEquals(comparable(swapped), comparable(mirrored(plan)), "swapping the sides does not mirror");
      if (plan.unknown.alpha.length + plan.unknown.beta.length === 0) return plan;
      for (const side of SIDES) for (const path of new Set(plan.unknown[side])) this.disks[side].reveal(path);
    }
  }

  /** What alpha knows: itself, and beta's moves and changes, which were found against beta's own ancestor. */
  #sides(): Record<SideName, Side> {
    const side = (name: SideName): Side => {
      const { tree, ability } = this.disks[name];
      const base = this.ancestors[name];
      const moves = findMoves(base, tree, ability.executable);
      const moved = applyMoves(base, moves);
      const changes = diff(moved, tree, ability.executable);
      const seen = apply(applyMoves(this.ancestors.alpha, moves), flatten(changes));
      assertEquals(
        lines(plain(seen, ability.executable)),
        lines(plain(tree, ability.executable)),
        "moves and changes do not lead to the tree",
      );
      return { tree: name === "alpha" ? tree : withoutIds(seen), moves, ability, owner: name };
    };
    return { alpha: side("alpha"), beta: side("beta") };
  }

  #checkPlan(plan: Plan) {
    for (const side of SIDES) {
      if (this.giver === OTHER[side]) continue; // What was changed there makes way, into the kept versions (W2).
      const base = applyMoves(this.ancestors[side], movesInAncestor(plan));
      const orders = plan[side];
      const kept = new Set<string>();
      for (const { source } of orders.contents) if (source?.at === "here") kept.add(source.path);
      for (const task of orders.removals) assertAgreed(base, task, "removes");
      for (const task of orders.contents) {
        if (!task.old || kept.has(task.path)) continue;
        // A copy that an earlier cycle made on either side, which then failed, is the one the content is kept in.
        const copies = orders.contents.flatMap(({ path, new: copy }) =>
          path === task.requires ? copy ?? [] : []
        );
        if (task.requires) {
          copies.push(...[entryAt(this.disks[side].tree, task.requires)].filter((copy) => copy !== null));
        }
        if (copies.some((copy) => compareContent(copy, task.old!) === "same")) continue;
        if (task.new && compareContent(task.old, task.new) === "same") continue;
        assertAgreed(base, task, "replaces");
      }
    }
  }

  /** S6: at the paths that `failed` the ancestor stays as it was, but for what was renamed above it. */
  #commit({ moves, rows }: Agreed, failed: readonly Path[]) {
    for (const side of SIDES) {
      const moved = applyMoves(this.ancestors[side], moves);
      const ancestor = apply(
        moved,
        rows.map(({ path, new: entry }) => ({ path, new: entry && atHome(entry) })),
      );
      for (const path of failed) {
        const [before, after] = [entryAt(moved, path), entryAt(ancestor, path)];
        assertEquals(after && shallow(after), before && shallow(before), `failed, and yet agreed: "${path}"`);
      }
      const { tree, ability } = this.disks[side];
      this.ancestors[side] = share(ancestor, tree, ability.executable, () => {});
    }
  }

  #synced(tree: DirectoryEntry): DirectoryEntry {
    return apply(tree, this.problems.map((path) => ({ path, new: null })));
  }

  /** All contents of files on a side, hidden ones too. */
  contents(side: SideName): Set<string> {
    const found = new Set<string>();
    for (const entry of this.disks[side].whole(ROOT)) {
      if (entry.kind === "file") found.add(this.disks[side].content(entry));
    }
    return found;
  }
}

/** Puts a list into some other order. */
export type Shuffle = <T>(list: T[]) => T[];

/** The paths of removals, folders and contents that failed on one side. */
function failedOf(orders: Record<SideName, Orders>, results: Record<SideName, Result[]>): Path[] {
  return SIDES.flatMap((side) => {
    const numbered = numberedIn(orders[side]);
    return results[side].flatMap(({ index, done }) => done ? [] : numbered(index).task?.path ?? []);
  });
}

/** A directory's or file's entry as it crosses the wire: without children and ID. */
function atHome(entry: Entry): Entry {
  const alone = shallow(entry);
  return alone.kind === "file" || alone.kind === "directory" ? { ...alone, id: 0 } : alone;
}

function withoutIds(tree: DirectoryEntry): DirectoryEntry {
  const children = new Map<string, Entry>();
  for (const [key, entry] of tree.children) {
    children.set(
      key,
      entry.kind === "directory" ? withoutIds(entry) : entry.kind === "file" ? { ...entry, id: 0 } : entry,
    );
  }
  return { ...tree, children, id: 0 };
}

export function flatten(changes: readonly Change[]): Flat[] {
  return changes.flatMap<Flat>(({ path, new: entry }) =>
    entry
      ? [...walk(path, entry)].map(([at, inner]) => ({ path: at, new: shallow(inner) }))
      : [{ path, new: null }]
  );
}

/** The digests of all files. */
function contentsOf(tree: DirectoryEntry): Set<string> {
  return new Set(
    [...walk(ROOT, tree)].flatMap(([, entry]) => entry.kind === "file" ? knownDigest(entry) : []),
  );
}

function promisedBy(plan: Plan, before: Record<SideName, Frozen>, agreed: ReadonlySet<string>): Set<string> {
  const contents = new Set<string>();
  for (const side of SIDES) {
    for (const { path, source } of plan[side].contents) {
      const at = source?.at === "here" ? side : OTHER[side];
      const entry = entryAt(before[at].tree, source?.path ?? path);
      if (entry?.kind !== "file") continue;
      const content = before[at].content(entry);
      if (!agreed.has(digestOf(content))) contents.add(content);
    }
  }
  return contents;
}

function assertAgreed(base: DirectoryEntry, { path, old }: Change, does: string) {
  const agreed = entryAt(base, path);
  assert(agreed && old && compareContent(agreed, old) === "same", `${does} what was not agreed: "${path}"`);
}

/** A tree for comparing, without bits where they do not count. */
function plain(tree: DirectoryEntry, bit: boolean): DirectoryEntry {
  const children = new Map<string, Entry>();
  for (const [key, entry] of tree.children) {
    children.set(
      key,
      entry.kind === "directory"
        ? plain(entry, bit)
        : entry.kind === "file"
        ? { ...entry, executable: bit && entry.executable }
        : entry,
    );
  }
  return { ...tree, children };
}

export function mirrored(plan: Plan): Plan {
  return {
    ...plan,
    alpha: plan.beta,
    beta: plan.alpha,
    unknown: { alpha: plan.unknown.beta, beta: plan.unknown.alpha },
  };
}

/** A plan without what may differ when the sides swap: order, IDs, the times of what is agreed, normal forms. */
export function comparable(plan: Plan): unknown {
  const { steps: _, shared, ...rest } = plan;
  const agreed = plan.agreed.map(({ path, new: entry }) => ({ path, new: entry && atRest(entry) }));
  const conflicts = plan.conflicts.map(inEitherOrder);
  const text = JSON.stringify(
    { ...rest, agreed, conflicts, shared: shared.map(({ key }) => key) },
    (key, value) => {
      if (key === "id") return 0;
      if (key === "name") return value.normalize("NFC");
      if (value instanceof Map) return [...value];
      return value;
    },
  );
  return sorted(JSON.parse(text));
}

/** Of two names for one thing (M4) the inviter's is the one in dispute. */
function inEitherOrder(conflict: Conflict): unknown {
  const { path, kept } = conflict;
  return copyOf(nameOf(kept as Path))?.name === nameOf(path as Path) ? conflict : [path, kept].sort();
}

function atRest(entry: Entry): Entry {
  return entry.kind === "file" ? { ...entry, mtime: 0, digest: knownDigest(entry) } : entry;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, sorted(inner)]));
}
