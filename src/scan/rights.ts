// The rights that looks saw: what is put at a path again has those that were there (RULES S7), whoever took it away. Only what is
// other than a new file's is remembered, so of most folders nothing.

import { copyOf, isCutCopyOf } from "../core/plan/conflict.ts";
import { comparePath, joinPath, nameOf, parentOf, type Path } from "../core/tree/path.ts";
import type { RememberedRights, RightsTable } from "../archive/state/rights.ts";
import type { Stat } from "../fs/port.ts";
import { fileMode, folderMode, type Rights } from "../fs/rights.ts";

const FOR_OTHERS = 0o077;

export class SeenRights {
  readonly #seen = new Map<string, RememberedRights>();
  /** Paths whose memory is not in the archive yet. */
  readonly #unsaved = new Set<Path>();

  /** `usual`: what a new file gets; null: the disk knows no modes. `folds`: it answers for any spelling of a name. */
  constructor(
    private readonly table: Pick<RightsTable, "all" | "write">,
    readonly usual: Rights | null,
    private readonly folds: boolean,
  ) {
    if (usual) { for (const row of table.all()) this.#seen.set(this.#keyOf(row.path), row); }
  }

  /** Something is at a path, as spelled. */
  see(path: Path, { kind, mode: bits, owner, group }: Stat) {
    const { usual } = this;
    if (!usual || kind !== "file" && kind !== "directory") return;
    const [mode, usualMode] = kind === "file"
      ? [fileMode(bits), fileMode(usual.mode)]
      : [bits, folderMode(usual.mode)];
    const isUsual = mode === usualMode && owner === usual.owner && group === usual.group;
    if (!isUsual) this.#remember(path, { path, mode, owner, group, gone: 0 });
    else if (!this.isEmpty) this.#remember(path, null);
  }

  get isEmpty(): boolean {
    return this.#seen.size === 0;
  }

  /** The rights last seen at a path (as spelled), if they were other than a new file's; of a conflict copy, those of what it is a
   * copy of. */
  at(path: Path): Rights | null {
    if (this.isEmpty) return null;
    const seen = this.#seen.get(this.#keyOf(path));
    if (seen) return seen;
    const copied = copyOf(nameOf(path));
    return copied && (this.at(joinPath(parentOf(path), copied.name)) ?? this.#ofCut(path));
  }

  /** Of what a conflict copy with a cut name may be a copy of, the rights that give others least. */
  #ofCut(path: Path): Rights | null {
    const [parent, name] = [parentOf(path), nameOf(path)];
    const may = [...this.#seen.values()].filter(({ path: at }) =>
      parentOf(at) === parent && isCutCopyOf(name, nameOf(at))
    );
    const others = ({ mode }: Rights) => mode & FOR_OTHERS;
    return may.sort((one, other) => others(one) - others(other))[0] ?? null;
  }

  /** Writes into the archive what is new. Throws what SQLite throws; nothing is forgotten then. */
  save() {
    if (this.#unsaved.size === 0) return;
    this.table.write([...this.#unsaved].map((path) => {
      const now = this.#seen.get(this.#keyOf(path));
      return { path, now: now?.path === path ? now : null };
    }));
    this.#unsaved.clear();
  }

  /** Forgets what nothing is left of since before `oldest` (ms); `isThere` tells whether something is at a path `now`. */
  prune(isThere: (path: Path) => boolean, now: number, oldest: number) {
    for (const row of this.#seen.values()) {
      const gone = isThere(row.path) ? 0 : row.gone || now;
      this.#remember(row.path, gone === 0 || gone >= oldest ? { ...row, gone } : null);
    }
    this.save();
  }

  #remember(path: Path, now: RememberedRights | null) {
    const key = this.#keyOf(path);
    const before = this.#seen.get(key);
    if (before ? now && isSame(before, now) : !now) return;
    if (now) this.#seen.set(key, now);
    else this.#seen.delete(key);
    for (const spelled of [before?.path, path]) if (spelled !== undefined) this.#unsaved.add(spelled);
  }

  #keyOf(path: Path): string {
    return this.folds ? comparePath(path, true) : path;
  }
}

function isSame(one: RememberedRights, other: RememberedRights): boolean {
  return one.path === other.path && one.mode === other.mode && one.owner === other.owner &&
    one.group === other.group && one.gone === other.gone;
}
