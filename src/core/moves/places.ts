// Where the entries of an ancestor are after renames, each named by what it is and not by where it is: so renames of one side can
// be said in the paths of the other, whatever that one renamed (RULES M).

import type { DirectoryEntry } from "../tree/entry.ts";
import { joinPath, nameOf, namesOf, parentOf, type Path } from "../tree/path.ts";
import { type Move, TreeEditor } from "../tree/tree.ts";

/** Marks a node, so that no path passes for one; it exists in types alone. */
export declare const node: unique symbol;

/** An entry of the ancestor, by its path there; or a folder made since, by a name that is no path. */
export type Node = string & { readonly [node]: true };

/** A rename of a node to another place, or (`made`) the making of a folder. `key` is the compared form of `name`. */
export interface Step {
  /** What moves, or the folder that is made. */
  readonly node: Node;
  /** The folder it comes to. */
  readonly parent: Node;
  /** Unique in its folder. */
  readonly key: string;
  /** The last name as it is spelled. */
  readonly name: string;
  /** A folder is made; else a node is renamed. */
  readonly made: boolean;
}

/** No name holds a NUL. */
const MADE = "\0";

/** Whether a node is a folder made since the ancestor. */
export function isMade(node: Node): boolean {
  return node.startsWith(MADE);
}

/** Where the nodes are after the steps taken so far; at first all are where the ancestor has them. */
export class Places {
  readonly #places = new Map<Node, { parent: Node; key: string }>();
  /** Nodes that came to a folder, by folder and key. */
  readonly #arrived = new Map<string, Node>();

  /** Takes a step. */
  put({ node, parent, key }: Step) {
    const left = this.#places.get(node);
    if (left) this.#arrived.delete(slot(left.parent, left.key));
    this.#places.set(node, { parent, key });
    this.#arrived.set(slot(parent, key), node);
  }

  /** Where a node is; null for one in a folder that was not made. */
  pathOf(node: Node): Path | null {
    if (this.#places.size === 0) return isMade(node) ? null : node as string as Path;
    const names: string[] = [];
    for (let at = node; at !== ""; at = this.parentOf(at)) {
      const place = this.#places.get(at);
      if (!place && isMade(at)) return null;
      names.push(place?.key ?? nameOf(at as string as Path));
    }
    return names.reverse().join("/") as Path;
  }

  /** The node at a path; null where there is something else since, or nothing. */
  nodeAt(path: Path): Node | null {
    let at = "" as Node;
    for (const key of namesOf(path)) {
      const arrived = this.#arrived.get(slot(at, key));
      if (arrived === undefined && isMade(at)) return null;
      const own = joinPath(at as string as Path, key) as string as Node;
      if (arrived === undefined && this.#places.has(own)) return null;
      at = arrived ?? own;
    }
    return at;
  }

  /** The folder a node is in. */
  parentOf(node: Node): Node {
    return this.#places.get(node)?.parent ?? parentOf(node as string as Path) as string as Node;
  }

  /** A step in the paths of now; null where its folder is not there. */
  moveOf({ node, parent, key, name, made }: Step): Move | null {
    const folder = this.pathOf(parent);
    if (folder === null) return null;
    const to = joinPath(folder, key);
    const from = made ? to : this.pathOf(node);
    if (from === null) return null;
    return { from, to, name, ...(made && { made }) };
  }
}

/** Done steps in the ancestor's paths, one after the other. */
export class AgreedMoves {
  readonly #places = new Places();
  readonly #done: Step[] = [];

  /** None where the folder a step leads to did not come to be. */
  of(steps: readonly Step[]): Move[] {
    return steps.flatMap((step) => {
      const move = this.#places.moveOf(step);
      if (!move) return [];
      this.#places.put(step);
      this.#done.push(step);
      return move;
    });
  }

  /** Those of the done steps on which depends where these lead. */
  before(steps: readonly Step[]): Step[] {
    const nodes = new Set<Node>();
    for (const start of steps.flatMap(({ node, parent }) => [node, parent])) {
      for (let at = start; at !== "" && !nodes.has(at); at = this.#places.parentOf(at)) nodes.add(at);
    }
    return this.#done.filter(({ node }) => nodes.has(node));
  }
}

/** What one side's renames come to, as steps and as the places they lead to. Renames that cannot be are left out: a peer's may be
 * anything. `side` tells the folders made here from those of the other side. */
export function stepsOf(
  ancestor: DirectoryEntry,
  moves: readonly Move[],
  side: string,
): { steps: Step[]; places: Places } {
  const editor = new TreeEditor(ancestor);
  const places = new Places();
  const steps: Step[] = [];
  for (const move of moves) {
    const parent = places.nodeAt(parentOf(move.to));
    const node = move.made ? `${MADE}${side}:${move.to}` as Node : places.nodeAt(move.from);
    if (parent === null || node === null || !editor.move(move)) continue;
    const step = { node, parent, key: nameOf(move.to), name: move.name, made: move.made === true };
    places.put(step);
    steps.push(step);
  }
  return { steps, places };
}

function slot(parent: Node, key: string): string {
  return `${parent}/${key}`;
}
