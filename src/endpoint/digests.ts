// Digests where they decide: made of own files, asked of the peer, and what of them could not be had.

import type { DirectoryEntry } from "../core/tree/entry.ts";
import { gatePath, type Path, type Separator } from "../core/tree/path.ts";
import type { Problem } from "../core/failure.ts";
import { entryAt, TreeEditor } from "../core/tree/tree.ts";
import { inMessages, type MessageOf } from "../wire/message.ts";
import { digestFromWire, digestToWire } from "../wire/rows.ts";
import { asFlag, asText } from "../wire/shape.ts";
import type { RootEngine } from "../engine/engine.ts";
import type { Spelling } from "../plan/spelling.ts";

const CHANGED = "it changed, and is looked at again";

/** Asks for digests and remembers which were asked for, so that a decision waits for none for ever. Paths are in the compared form. */
export class NeededDigests {
  /** Files whose digest is needed and could not be had, in whose folder, and why. */
  #failed = new Map<Path, { reason: string; whose: string }>();
  /** Files whose digest is needed and is still being made: own ones, and the peer's. */
  readonly #waiting = { own: new Set<Path>(), peers: new Set<Path>() };

  /** `names`: whose folder a failure is told of. */
  constructor(
    private readonly engine: RootEngine,
    private readonly spelling: Spelling,
    private readonly names: { self: string; peer: string },
  ) {}

  /** Digests own files as far as that is done in a moment, and notes those that could not be. Returns whether anything is known now that
   * was not. */
  own(paths: readonly Path[]): boolean {
    if (paths.length === 0) return false;
    const { failed, left } = this.#digest(paths);
    for (const path of paths) {
      const reason = failed(path);
      if (reason !== undefined) this.#failed.set(path, { reason, whose: this.names.self });
      if (left(path)) this.#waiting.own.add(path);
      else this.#waiting.own.delete(path);
    }
    return paths.some((path) => !this.isWaiting(path));
  }

  /** beta: the answer to alpha's questions; `view` is the own tree as it is when asked. Throws Breach. */
  answer(questions: readonly MessageOf<"digests">[], view: () => DirectoryEntry): Uint8Array[] {
    const paths = questions.flatMap(({ rows }) => rows.map(([path]) => gatePath(path, this.#separator)));
    const { failed, left } = this.#digest(paths);
    const tree = view();
    const rows = paths.map((path) => {
      const entry = entryAt(tree, path);
      const digest = entry?.kind === "file" ? entry.digest : "";
      return [path, digestToWire(digest), failed(path) ?? CHANGED, left(path)];
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
      if (asFlag(row[3])) this.#waiting.peers.add(path);
      else if (digest === "" || entry?.kind !== "file") {
        this.#failed.set(path, { reason: asText(row[2]), whose: this.names.peer });
      } else editor.set(path, { ...entry, digest });
    }
    return editor.done();
  }

  /** Whether there is nothing to ask about the digest of this file, an own one or the peer's: it cannot be had, or is being made. */
  isAsked(path: Path, whose: "own" | "peers"): boolean {
    return this.#failed.has(path) || this.#waiting[whose].has(path);
  }

  /** Whether the digest of this own file is being made. */
  isWaiting(path: Path): boolean {
    return this.#waiting.own.has(path);
  }

  /** Whether any digest is being made, or a file is read again after a stop. */
  get waits(): boolean {
    return this.engine.digester.isAskedBy(this) || this.#waiting.peers.size > 0 || this.engine.rereads;
  }

  /** These files, whose digest cannot be had, as problems: each is tried again. */
  missing(paths: readonly Path[]): Problem[] {
    const { own, peers } = this.#waiting;
    return [...new Set(paths)].filter((path) => !own.has(path) && !peers.has(path)).map((path) => ({
      path,
      lasting: false,
      ...this.#failed.get(path) ?? { reason: CHANGED },
    }));
  }

  /** Forgets which digests could not be had: from now on all may be tried again. */
  clear() {
    this.#failed.clear();
    this.#waiting.own.clear();
    this.#waiting.peers.clear();
  }

  /** Nobody waits for digests any more. */
  close() {
    this.engine.digester.forget(this);
  }

  /** Digests own files; the result says why one could not be, and whether one still is. */
  #digest(paths: readonly Path[]) {
    const { failed, left } = this.engine.digester.begin(this, this.#spelled(paths));
    const here = (path: Path) => this.spelling.here(path) ?? path;
    return { failed: (path: Path) => failed.get(here(path)), left: (path: Path) => left.has(here(path)) };
  }

  #spelled(paths: readonly Path[]): Path[] {
    return paths.flatMap((path) => this.spelling.here(path) ?? []);
  }

  get #separator(): Separator {
    return this.engine.disk.separator;
  }
}

/** alpha: asks beta for digests. */
export function askForDigests(paths: readonly Path[]): Uint8Array[] {
  return inMessages({ rows: paths.map((path) => [path]) }, (part) => ({ type: "digests", ...part }));
}
