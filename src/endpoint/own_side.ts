// A session's own side in the engine: the folder as this pair sees it, and what was done in it.

import type { DirectoryEntry } from "../core/tree/entry.ts";
import { IGNORE_FILE } from "../core/ignore/ignore.ts";
import { type DoubtfulFolder, doubtfulFolders } from "../core/moves/moved_folders.ts";
import { doubtfulMoves } from "../core/moves/moves.ts";
import { comparePath } from "../core/tree/path.ts";
import type { Problem } from "../core/failure.ts";
import { entryAt } from "../core/tree/tree.ts";
import { type Doings, withoutNews } from "../core/ignore/withheld.ts";
import type { Contents } from "./contents.ts";
import type { NeededDigests } from "./digests.ts";
import type { Ground } from "../guard/guard.ts";
import type { RootEngine } from "../engine/engine.ts";
import type { Pairing } from "./pairing.ts";

/** This side's folder for one pair. Digests that tell what was done are made on the way. */
export class OwnSide {
  /** `name`: this side's user, for problems. */
  constructor(
    private readonly engine: RootEngine,
    private readonly pairing: Pairing,
    private readonly contents: Contents,
    private readonly digesting: NeededDigests,
    private readonly name: string,
  ) {}

  /** The root as last looked at, in the compared form, without what is ignored. */
  view(): DirectoryEntry {
    return this.pairing.view(this.engine.snapshot);
  }

  /** What this side's guard judges by: the folder as it is, and what is agreed. */
  ground(): Ground {
    const { ancestor } = this.pairing;
    return { view: this.view(), ancestor, now: Date.now() };
  }

  /** What this side did; files that may be unchanged are digested first. */
  doings(): Doings {
    this.contents.passOnLearned();
    const { doings, open: folders } = this.#withFolders();
    const doubtful = doings.changes.filter(({ old, new: entry }) =>
      old?.kind === "file" && entry?.kind === "file" && entry.digest === "" && old.size === entry.size
    );
    const moves = doubtfulMoves(doings.changes);
    const paths = [...doubtful.map(({ path }) => path), ...moves.map(({ to }) => to)];
    const isNews = this.digesting.own(paths);
    if (isNews) this.#holdBack();
    const open = moves.filter(({ to }) => this.digesting.isWaiting(to));
    const isOther = isNews || open.length > 0;
    return this.#tellable(
      isOther ? this.pairing.doings(this.engine.snapshot, [...folders, ...open]) : doings,
    );
  }

  /** Where numbers do not last, only all that is in a folder tells whether it was renamed: in parts it would go and come in parts. `open`:
   * until that is known these are where they were. */
  #withFolders(): { doings: Doings; open: DoubtfulFolder[] } {
    const doings = this.pairing.doings(this.engine.snapshot);
    const doubtful = this.pairing.numbersLast ? [] : doubtfulFolders(doings.changes);
    if (doubtful.length === 0) return { doings, open: [] };
    this.digesting.own(doubtful.flatMap(({ files }) => files));
    const open = doubtful.filter(({ files }) => files.some((path) => this.digesting.isWaiting(path)));
    return { doings: this.pairing.doings(this.engine.snapshot, open), open };
  }

  #tellable(doings: Doings): Doings {
    if (!this.engine.isRulesUnread) return doings;
    return withoutNews(doings, this.pairing.ancestor, this.engine.ability.executable);
  }

  /** Takes over what was seen of what stayed as agreed: the next comparison skips it, and so does the next start. */
  refresh() {
    this.contents.passOnLearned();
    this.#holdBack();
    this.pairing.reviewLeftovers(this.engine.snapshot);
    this.pairing.refresh(this.engine.snapshot);
    this.#proveTwins();
  }

  #proveTwins() {
    const { engine: { flusher, snapshot }, pairing } = this;
    flusher.outshine(pairing.pair, snapshot, pairing.twins(snapshot).map(({ path }) => path), pairing.folds);
  }

  /** What a person is told of this side beside the plan. */
  problems(): Problem[] {
    const { rulesProblem: problem } = this.engine;
    return [...this.twins(), ...problem ? [{ path: IGNORE_FILE, ...problem, whose: this.name }] : []];
  }

  #holdBack() {
    const { ancestor, folds } = this.pairing;
    this.engine.holdBack((path) => entryAt(ancestor, comparePath(path, folds)));
  }

  /** Problems for names that another name beside them keeps out of sync (N3). */
  twins(): Problem[] {
    return this.pairing.twins(this.engine.snapshot).map((problem) => ({ ...problem, whose: this.name }));
  }
}
