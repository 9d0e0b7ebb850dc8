// What is ignored here stays home when the peer's rules or renames would lift that, until this side's own person lets it travel (RULES I4).
// Invariant: before an order changes the rules, or leads something out of what they ignore, all that is ignored there is listed on the
// disk; so no stop in between lets it travel. The list goes by paths, as spelled, and follows what is moved by file ID.

import type { KeptAtHome, KeptHomeTable } from "../archive/state/kept_home.ts";
import type { DirectoryEntry } from "../core/tree/entry.ts";
import {
  IGNORE_FILE,
  ignoreRules,
  ignoreRulesAnyway,
  type Ignores,
  ignoresWithin,
  saysWhere,
  takesBack,
} from "../core/ignore/ignore.ts";
import { isWithin, type Path, ROOT } from "../core/tree/path.ts";
import { entryAt } from "../core/tree/tree.ts";
import type { Disk, Stat } from "../fs/port.ts";
import type { HomeGuard } from "../scan/home_guard.ts";
import { findIgnored } from "../scan/ignored.ts";

/** What of it concerns one pair: paths that its person is asked about, and those he said no to. `number`: another one when anything is
 * other than it was. */
export interface Lifted {
  number: number;
  asked: Path[];
  refused: Path[];
}

interface HomeGround {
  disk: Pick<Disk, "list" | "stat">;
  native: (path: Path) => string;
  snapshot: () => DirectoryEntry;
  /** This disk takes names of any case for one. */
  foldsCase: boolean;
  /** The folder is, or was, kept with somebody whose disk does. */
  isPairFolding: () => boolean;
}

export class KeptHome {
  readonly #kept = new Map<Path, KeptAtHome>();
  /** The paths that stay home, by file ID where one is known. */
  readonly #numbers = new Map<number, Path>();
  #rules: { text: string; theirs: boolean };
  #ignores: Ignores;
  #count = 0;
  /** Since the last look there may be something to settle. */
  #isUnsettled = true;

  constructor(private readonly table: KeptHomeTable, private readonly ground: HomeGround) {
    this.#rules = table.rules();
    this.#ignores = this.#rulesOf(this.#rules.text);
    for (const kept of table.all()) this.#note(kept);
    this.recount();
  }

  /** Another one whenever the list, or what of it is there, may be other than it was; 0 while it is empty. */
  get number(): number {
    return this.#kept.size === 0 ? 0 : this.#count;
  }

  /** Some of what is listed may be gone, or back. */
  recount() {
    this.#count++;
  }

  /** This side's rules as they were last read, also before this start. */
  get rules(): string {
    return this.#rules.text;
  }

  /** What this side ignores now. */
  get ignores(): Ignores {
    return this.#ignores;
  }

  /** A pair may ignore more (I7): what it needs is left out of its view. */
  #rulesOf(text: string): Ignores {
    const { foldsCase, isPairFolding } = this.ground;
    return foldsCase || !isPairFolding() ? ignoreRules(text, foldsCase) : ignoreRulesAnyway(text);
  }

  /** Judges the rules anew, after case has come to count less. */
  judgeAnew() {
    this.#ignores = this.#rulesOf(this.#rules.text);
    this.#isUnsettled = true;
  }

  /** Whether what a look sees at a path stays home; `isNew`: it was not seen there before. What was renamed stays home as it did; where
   * a disk gave its number to another file and tells no births, that one stays home as well, until it is asked about. */
  keeps(path: Path, stat: Stat, isNew: boolean): boolean {
    if (this.#kept.size === 0) return false;
    if (this.#kept.has(path)) return true;
    const from = isNew ? this.#numbers.get(stat.id) : undefined;
    const kept = from === undefined ? undefined : this.#kept.get(from);
    if (!kept || kept.born !== stat.born || this.#lookAt(kept.path)?.id === stat.id) return false;
    this.#change([{ ...kept, path }], [kept.path]);
    return true;
  }

  /** Whether a path is listed. */
  has(path: Path): boolean {
    return this.#kept.has(path);
  }

  /** Whether a path, or a folder it is in, is listed. */
  keepsWithin(path: Path): boolean {
    return [...this.#kept.keys()].some((kept) => isWithin(path, kept));
  }

  /** Whether something is at a path that stays home. */
  holds(path: Path): boolean {
    return this.#kept.has(path) && this.#lookAt(path) !== null;
  }

  /** Guards what is ignored here while an order of that pair's peer is carried out. */
  guard(pair: number): HomeGuard {
    return {
      touches: (path) => {
        // Nothing is there any more, and what comes is the peer's: it takes part.
        if (this.#kept.has(path) && !this.#lookAt(path)) this.#forget([path]);
        if (path === IGNORE_FILE) this.#expect(this.#found(pair, ROOT), true);
      },
      moves: (from, to) => {
        if (from === IGNORE_FILE || to === IGNORE_FILE) this.#expect(this.#found(pair, ROOT), true);
        if (from === to) return;
        this.#forgetIn(to);
        this.#expectMove(pair, from, to);
      },
    };
  }

  /** The rules were read anew. What this side's own person takes back by name may travel. */
  read(text: string) {
    const before = this.#rules;
    this.#ignores = this.#rulesOf(text);
    this.#rules = { text, theirs: false };
    try {
      this.table.read(text);
    } catch {
      // The archive takes nothing now. A start reads the file; only where that is too much then, older rules hold.
    }
    this.#isUnsettled = true;
    if (before.theirs) return;
    const lifted = [...this.#kept.values()].filter(({ path }) => {
      const isFolder = this.#lookAt(path)?.kind === "directory";
      const isTakenBack = (rules: string) => takesBack(rules, path, isFolder, this.ground.foldsCase);
      return isTakenBack(text) && !isTakenBack(before.text);
    });
    if (lifted.length > 0) this.#change([], lifted.map(({ path }) => path));
  }

  /** After a look: what was expected is asked about, unless nothing came of it; what the rules ignore needs no list. */
  settle() {
    if (this.#rules.theirs) this.read(this.#rules.text);
    if (!this.#isUnsettled) return;
    this.#isUnsettled = false;
    const [asked, gone]: [KeptAtHome[], Path[]] = [[], []];
    for (const kept of this.#kept.values()) {
      const stat = this.#lookAt(kept.path);
      const isMissed = stat === null &&
        (kept.state === "expected" || kept.id !== 0 && this.#numbers.get(kept.id) !== kept.path);
      if (isMissed || stat && ignoresWithin(this.#ignores, kept.path, stat.kind === "directory")) {
        gone.push(kept.path);
      } else if (kept.state === "expected") asked.push({ ...kept, state: "asked" });
    }
    if (asked.length + gone.length > 0) this.#isUnsettled = !this.#change(asked, gone);
  }

  /** What of it concerns that pair, as far as it is there. */
  lifted(pair: number): Lifted {
    const mine = [...this.#kept.values()].filter((kept) => kept.pair === pair && this.#lookAt(kept.path));
    const of = (state: KeptAtHome["state"]) =>
      mine.filter((kept) => kept.state === state).map(({ path }) => path).sort();
    return { number: this.number, asked: of("asked"), refused: of("refused") };
  }

  /** This side's person has answered for these paths. Returns what may travel. */
  answer(pair: number, paths: readonly Path[], yes: boolean): Path[] {
    const meant = paths.map((path) => this.#kept.get(path)).filter((kept) =>
      kept?.pair === pair
    ) as KeptAtHome[];
    const lifted = yes ? meant.map(({ path }) => path) : [];
    const refused = yes ? [] : meant.map((kept): KeptAtHome => ({ ...kept, state: "refused" }));
    return this.#change(refused, lifted) ? lifted : [];
  }

  /** All that the rules ignore in a folder now. */
  *#found(pair: number, folder: Path): Generator<KeptAtHome> {
    const { disk, native, snapshot } = this.ground;
    const known = entryAt(snapshot(), folder);
    for (const { path, stat } of findIgnored(disk, native, this.#ignores, folder, known)) {
      yield { path, pair, id: stat.id, born: stat.born, state: "expected" };
    }
  }

  /** What is ignored where it is, and may not be there; and what stays home already. */
  #expectMove(pair: number, from: Path, to: Path) {
    const found = saysWhere(this.rules) ? this.#found(pair, from) : [];
    const inside = [...this.#kept.values()].filter(({ path }) => isWithin(path, from));
    const along = (kept: KeptAtHome) => ({ ...kept, path: `${to}${kept.path.slice(from.length)}` as Path });
    this.#expect([...found, ...inside].map(along), false);
  }

  /** What is listed in a place where nothing is now: another thing comes there. */
  #forgetIn(folder: Path) {
    const inside = [...this.#kept.keys()].filter((path) => isWithin(path, folder));
    if (inside.length > 0) this.#forget(inside);
  }

  #forget(paths: readonly Path[]) {
    if (!this.#change([], paths)) throw new Error("the archive cannot be written now");
  }

  #expect(kept: Iterable<KeptAtHome>, theirs: boolean) {
    const fresh = [...kept].filter(({ path }) => !this.#kept.has(path));
    if (fresh.length === 0 && !theirs) return;
    this.table.expect(fresh, theirs);
    this.#rules.theirs ||= theirs;
    fresh.forEach((one) => this.#note(one));
    this.#isUnsettled = true;
    this.#count++;
  }

  /** First on the disk: what a start finds listed, and was let go meanwhile, would look deleted. False, with nothing changed, where the
   * archive takes nothing now. */
  #change(kept: readonly KeptAtHome[], gone: readonly Path[]): boolean {
    try {
      this.table.change(kept, gone);
    } catch {
      return false;
    }
    for (const path of gone) this.#kept.delete(path);
    kept.forEach((one) => this.#note(one));
    this.#count++;
    return true;
  }

  #note(kept: KeptAtHome) {
    this.#kept.set(kept.path, kept);
    if (kept.id !== 0) this.#numbers.set(kept.id, kept.path);
  }

  /** What cannot be looked at counts as there, and nothing is known of it. */
  #lookAt(path: Path): Pick<Stat, "id" | "kind"> | null {
    try {
      return this.ground.disk.stat(this.ground.native(path));
    } catch {
      return { id: 0, kind: "other" };
    }
  }
}
