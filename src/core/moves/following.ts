// What both sides renamed, put together (RULES M): which renames each side repeats, in paths of its own, and in which renames both
// agree. Symmetric. What cannot be followed for certain is left to deletion and creation (M6), and so is what rests on it.

import { namingProblem } from "../ability.ts";
import type { DirectoryEntry } from "../tree/entry.ts";
import type { Ignores } from "../ignore/ignore.ts";
import { leadsOut } from "../link.ts";
import { joinPath, parentOf, type Path, precedes } from "../tree/path.ts";
import { isTaken, OTHER, type Side, type SideName, SIDES } from "../side.ts";
import { isMade, type Node, Places, type Step, stepsOf } from "./places.ts";
import { entryAt, type Move, TreeEditor } from "../tree/tree.ts";

/** What people rename comes out in three or four attempts, however much it is. Where each rename stands or falls with the next, each
 * attempt would leave one: so all are left then. */
const MOST_ATTEMPTS = 16;

/** What is known of a side here. */
export type Mover = Pick<Side, "tree" | "moves" | "ability" | "taken">;

/** A rename to repeat: in the paths of the side that repeats it, and as a step of the ancestor. */
export interface Repeated {
  /** In the paths that the repeating side has when the repeats before it are done. */
  readonly move: Move;
  /** The same rename by nodes of the ancestor, so that it can be said in the other side's paths and in the ancestor's. */
  readonly step: Step;
}

/** What comes of both sides' renames. */
export interface Following {
  /** What each side has to repeat of the other's renames, one after the other. */
  alpha: Repeated[];
  /** As `alpha`: what beta has to repeat of alpha's. */
  beta: Repeated[];
  /** Where both sides have the same already: steps of the ancestor alone, which come before all others. */
  shared: Step[];
  /** Things the two sides renamed differently, by where alpha and where beta has them then (M4). */
  parted: { alpha: Path; beta: Path }[];
  /** All of it in the ancestor's paths. */
  base: Move[];
  /** The paths that all of it leads to. */
  goals: Record<SideName, Path[]>;
}

/** Puts the renames of both sides together. None leads to where a side `ignores` what is there. */
export function follow(
  ancestor: DirectoryEntry,
  sides: Record<SideName, Mover>,
  ignores: Ignores = () => false,
): Following {
  const known = new KnownRename(ancestor, sides, ignores);
  for (let attempts = 1;; attempts++) {
    const attempt = new Attempt(known);
    const following = attempt.following();
    if (attempt.isPossible()) return following;
    if (attempts === MOST_ATTEMPTS) known.leaveAll();
  }
}

/** What follows from the three trees alone, and which nodes are left to deletion and creation. */
class KnownRename {
  readonly steps: Record<SideName, Step[]>;
  readonly shared: Step[] = [];
  readonly parted: Node[] = [];
  readonly #places: Record<SideName, Places>;
  readonly #last: Record<SideName, Map<Node, Step>>;
  readonly #left = new Set<Node>();

  constructor(
    readonly ancestor: DirectoryEntry,
    readonly sides: Record<SideName, Mover>,
    readonly ignores: Ignores,
  ) {
    const alpha = stepsOf(ancestor, sides.alpha.moves, "alpha");
    const beta = stepsOf(ancestor, sides.beta.moves, "beta");
    const lastOf = (steps: Step[]) => new Map(steps.map((step) => [step.node, step]));
    this.steps = { alpha: alpha.steps, beta: beta.steps };
    this.#places = { alpha: alpha.places, beta: beta.places };
    this.#last = { alpha: lastOf(alpha.steps), beta: lastOf(beta.steps) };
    for (const step of alpha.steps) {
      const { node } = step;
      const [one, other] = [this.#last.alpha.get(node)!, this.#last.beta.get(node)];
      if (!other || isRespelling(one) || isRespelling(other)) continue;
      if (one.parent === other.parent && one.key === other.key) {
        this.shared.push(step === one ? greater(one, other) : step);
      } else if (step === one) {
        this.parted.push(node);
        this.leave(node);
      }
    }
  }

  leave(node: Node) {
    this.#left.add(node);
  }

  leaveAll() {
    for (const side of SIDES) for (const { node } of this.steps[side]) this.leave(node);
  }

  isLeft(node: Node): boolean {
    return this.#left.has(node);
  }

  /** Whether the side that took no part in `step` need not repeat it: it made the same step; or it renamed what `step` only
   * spells anew, and its own word counts. */
  needsNoRepeating(mover: SideName, step: Step): boolean {
    const other = this.#last[OTHER[mover]].get(step.node);
    return other !== undefined && (isRespelling(step) || !isRespelling(other));
  }

  /** Whether the side that took no part in `step` still has that node, whatever it holds now, and nothing it rests on is left:
   * neither its new folder nor one above that. */
  canBeRepeated(mover: SideName, step: Step): boolean {
    for (let at = step.parent; at !== ""; at = this.#places[mover].parentOf(at)) {
      if (this.isLeft(at)) return false;
    }
    const other = OTHER[mover];
    const path = step.made ? null : this.#places[other].pathOf(step.node);
    const entry = path && entryAt(this.sides[other].tree, path);
    return step.made || entry?.kind === entryAt(this.ancestor, step.node as string as Path)?.kind;
  }
}

/** One try to repeat all that is not left. What proves impossible is left, and everything is tried again without. */
class Attempt {
  #possible = true;
  readonly #shared: Step[];

  constructor(private readonly known: KnownRename) {
    this.#shared = known.shared.filter(({ node }) => !known.isLeft(node));
  }

  isPossible(): boolean {
    return this.#possible;
  }

  following(): Following {
    const { known } = this;
    const [alpha, beta] = [this.#repeat("alpha"), this.#repeat("beta")];
    const places = new Places();
    const editor = new TreeEditor(known.ancestor);
    const base: Move[] = [];
    for (const step of [...this.#shared, ...beta.steps(), ...alpha.steps()]) {
      const move = places.moveOf(step);
      if (!move || !editor.move(move)) this.#leave(step);
      else base.push(move);
      places.put(step);
    }
    const goalsOf = ({ repeated }: Repeating) =>
      repeated.flatMap(({ step }) => step.made || isRespelling(step) ? [] : places.pathOf(step.node) ?? []);
    return {
      alpha: alpha.repeated,
      beta: beta.repeated,
      shared: this.#shared,
      parted: known.parted.map((node) => ({
        alpha: alpha.places.pathOf(node)!,
        beta: beta.places.pathOf(node)!,
      })),
      base,
      goals: { alpha: goalsOf(alpha), beta: goalsOf(beta) },
    };
  }

  /** What `side` repeats of the other's steps. */
  #repeat(side: SideName): Repeating {
    const { known } = this;
    const mover = OTHER[side];
    const repeating = new Repeating(known.ancestor, known.sides[side], side, known.ignores);
    for (const step of known.steps[mover]) {
      if (known.isLeft(step.node) || known.needsNoRepeating(mover, step)) continue;
      const done = known.canBeRepeated(mover, step) && repeating.repeat(step);
      if (!done) this.#leave(step);
      else if (done === "there") this.#shared.push(step);
    }
    return repeating;
  }

  #leave({ node }: Step) {
    this.known.leave(node);
    this.#possible = false;
  }
}

/** A side's tree while it repeats steps of the other. */
class Repeating {
  readonly repeated: Repeated[] = [];
  readonly places: Places;
  readonly #editor: TreeEditor;

  constructor(
    ancestor: DirectoryEntry,
    private readonly side: Mover,
    name: SideName,
    private readonly ignores: Ignores,
  ) {
    this.places = stepsOf(ancestor, side.moves, name).places;
    this.#editor = new TreeEditor(side.tree);
  }

  steps(): Step[] {
    return this.repeated.map(({ step }) => step);
  }

  /** Repeats a step. "there": it makes a folder that this side has made, too. False when it cannot be. */
  repeat(step: Step): boolean | "there" {
    const move = this.places.moveOf(step);
    if (!move) return false;
    if (move.made && this.#editor.get(move.to)?.kind === "directory") {
      this.places.put(step);
      return "there";
    }
    if (namingProblem(step.name, this.side.ability) !== null) return false;
    if (isTaken(this.side, move.to, step.name)) return false;
    const isFolder = move.made === true || this.#editor.get(move.from)?.kind === "directory";
    if (this.ignores(joinPath(parentOf(move.to), step.name), step.name, isFolder)) return false;
    if (leadsOut(move.to, this.#editor.get(move.from)) || !this.#editor.move(move)) return false;
    this.places.put(step);
    this.repeated.push({ move, step });
    return true;
  }
}

/** The step whose name comes later in byte order: so the earlier one is what both are spelled then (N4). */
function greater(one: Step, other: Step): Step {
  return precedes(one.name, other.name) ? other : one;
}

function isRespelling({ node, parent, key, made }: Step): boolean {
  return !made && !isMade(parent) && joinPath(parent as string as Path, key) === node as string;
}
