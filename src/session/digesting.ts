// Digests where they decide: made of own files, asked of the peer, and what of them could not be had.

import type { DirectoryEntry } from "../core/entry.ts";
import { gatePath, type Path } from "../core/path.ts";
import type { Problem } from "../core/plan.ts";
import { entryAt, TreeEditor } from "../core/tree.ts";
import { inMessages, type MessageOf } from "../wire/message.ts";
import { digestFromWire, digestToWire, type Separator } from "../wire/rows.ts";
import { asText } from "../wire/shape.ts";
import type { Hands } from "./hands.ts";
import type { Spelling } from "./spelling.ts";

const CHANGED = "it changed, and is looked at again";

export class Digesting {
  /** Files whose digest is needed and could not be had, in whose folder, and why. */
  #failed = new Map<Path, { reason: string; whose: string }>();

  constructor(
    private readonly hands: Hands,
    private readonly spelling: Spelling,
    private readonly names: { self: string; peer: string },
  ) {}

  /** Digests own files, and notes those that could not be. Returns whether anything was there to do. */
  own(paths: readonly Path[]): boolean {
    if (paths.length === 0) return false;
    const failed = this.#digest(paths);
    for (const path of paths) {
      const reason = failed(path);
      if (reason !== undefined) this.#failed.set(path, { reason, whose: this.names.self });
    }
    return true;
  }

  /** beta: the answer to alpha's questions; `view` is the own tree as it is when asked. Throws Breach. */
  answer(questions: readonly MessageOf<"digests">[], view: () => DirectoryEntry): Uint8Array[] {
    const paths = questions.flatMap(({ rows }) => rows.map(([path]) => gatePath(path, this.#separator)));
    const failed = this.#digest(paths);
    const tree = view();
    const rows = paths.map((path) => {
      const entry = entryAt(tree, path);
      const digest = entry?.kind === "file" ? entry.digest : "";
      return [path, digestToWire(digest), failed(path) ?? CHANGED];
    });
    return inMessages({ rows }, (part) => ({ type: "digested", ...part }));
  }

  /** alpha: beta's tree with what beta answered; what it could not tell is noted. Throws Breach. */
  takeAnswers(answers: readonly MessageOf<"digested">[], tree: DirectoryEntry): DirectoryEntry {
    const editor = new TreeEditor(tree);
    for (const row of answers.flatMap(({ rows }) => rows)) {
      const path = gatePath(row[0], this.#separator);
      const digest = digestFromWire(row[1]);
      const entry = editor.get(path);
      if (digest === "" || entry?.kind !== "file") {
        this.#failed.set(path, { reason: asText(row[2]), whose: this.names.peer });
      } else editor.set(path, { ...entry, digest });
    }
    return editor.done();
  }

  /** Whether this file's digest is known not to be had. */
  hasFailed(path: Path): boolean {
    return this.#failed.has(path);
  }

  /** These files, whose digest is still missing, as problems: each is tried again. */
  missing(paths: readonly Path[]): Problem[] {
    return [...new Set(paths)].map((path) => ({
      path,
      lasting: false,
      ...this.#failed.get(path) ?? { reason: CHANGED },
    }));
  }

  /** From now on all may be tried again. */
  clear() {
    this.#failed.clear();
  }

  /** Digests own files; the result says why one could not be. */
  #digest(paths: readonly Path[]): (path: Path) => string | undefined {
    const failed = this.hands.digest(paths.flatMap((path) => this.spelling.here(path) ?? []));
    return (path) => failed.get(this.spelling.here(path) ?? path);
  }

  get #separator(): Separator {
    return this.hands.disk.separator;
  }
}

/** alpha: asks beta for digests. */
export function askForDigests(paths: readonly Path[]): Uint8Array[] {
  return inMessages({ rows: paths.map((path) => [path]) }, (part) => ({ type: "digests", ...part }));
}
