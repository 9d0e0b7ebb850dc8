// Why a path is as it is: what stands here, what was agreed, what keeps it out of sync, and what happened to it, newest first.

import type { KnownPair } from "../archive/archive.ts";
import type { HistoryEntry } from "../archive/history/history_entry.ts";
import { compareEntry } from "../core/tree/diff.ts";
import type { Entry } from "../core/tree/entry.ts";
import { IGNORE_FILE, ignoringRule } from "../core/ignore/ignore.ts";
import { comparePath, type Path } from "../core/tree/path.ts";
import { entryAt, spelledAt } from "../core/tree/tree.ts";
import { Viewer } from "../core/ignore/view.ts";
import type { RootEngine } from "../engine/engine.ts";
import { listConflicts, type ShownConflict } from "./conflicts.ts";
import { ownViewer } from "./own_viewer.ts";

/** An entry as a person is told of it. */
export interface SeenEntry {
  kind: Entry["kind"];
  size: number | null;
  mtime: number | null;
}

/** How a path stands with one peer. same: as agreed; changed: other than agreed, to be sent; new: never agreed; gone: agreed, and
 * not here any more; unknown: neither here nor agreed. */
export interface PeerStanding {
  peers: string[];
  state: "same" | "changed" | "new" | "gone" | "unknown";
  agreed: SeenEntry | null;
  /** The name beside it that compares equal, and is the one in sync (N3). */
  twin: string | null;
}

/** All that is known here of a path; `path` as its names are spelled. */
export interface Why {
  path: string;
  here: SeenEntry | null;
  /** Why it cannot be synced as it is. */
  problem: string | null;
  ignored: { rule: string; line: number; file: string } | null;
  /** It, or a folder it is in, was ignored, and stays home though the peer would let it travel (I4). */
  staysHome: boolean;
  /** It is being written, and taken when that is over. */
  writing: boolean;
  standings: PeerStanding[];
  conflicts: ShownConflict[];
  historyEntries: HistoryEntry[];
}

const MOST_WHY_ENTRIES = 20;
/** The owner of digests that are only had where they are made at once (see Digester). */
const NOBODY = {};

/** Looks at the disk, and tells. `path` as a person spells it. Throws RootGone. */
export function why(engine: RootEngine, path: Path): Why {
  engine.hint([path], false);
  const { writing } = engine.scan();
  const pairs = engine.archive.knownPairs();
  const folds = pairs.some((pair) => pair.folds) || engine.ability.foldsCase;
  const all = new Viewer(folds, () => false).view(engine.snapshot);
  const key = comparePath(path, folds);
  const exact = entryAt(engine.snapshot, path); // Of twins the one that was asked about.
  const entry = exact ?? entryAt(all, key);
  const spelled = exact ? path : spelledAt(all, key) ?? path;
  const staysHome = engine.home.keepsWithin(spelled);
  const unseen = entry ? null : unscanned(engine, spelled);
  const isFolder = (entry ?? unseen)?.kind === "directory";
  const rule = ignoringRule(engine.rules, spelled, isFolder, folds);
  return {
    path: spelled,
    here: entry ? seen(entry) : rule || staysHome ? unseen : null,
    problem: entry?.kind === "problem" ? entry.reason : null,
    ignored: rule && { ...rule, file: IGNORE_FILE },
    staysHome,
    writing: writing.includes(spelled),
    standings: pairs.map((pair) => standing(engine, pair, path)),
    conflicts: listConflicts(engine).filter(({ path: one, kept: other }) =>
      one === spelled || other === spelled
    ),
    historyEntries: pairs.flatMap(({ id, folds }) =>
      engine.archive.historyEntries.at(id, comparePath(path, folds), MOST_WHY_ENTRIES)
    )
      .sort((one, other) => other.time - one.time).slice(0, MOST_WHY_ENTRIES),
  };
}

function standing(engine: RootEngine, pair: KnownPair, path: Path): PeerStanding {
  const { archive } = engine;
  const key = comparePath(path, pair.folds);
  const viewer = ownViewer(engine, pair);
  const view = viewer.view(engine.snapshot);
  let here = entryAt(view, key);
  const agreed = entryAt(archive.ancestor(pair.id), key);
  if (here?.kind === "file" && agreed?.kind === "file" && here.digest === "" && here.size === agreed.size) {
    engine.digester.begin(NOBODY, [spelledAt(view, key)!]);
    engine.digester.forget(NOBODY); // What takes longer is not waited for: it counts as changed.
    here = entryAt(viewer.view(engine.snapshot), key);
  }
  const state = !here
    ? agreed ? "gone" : "unknown"
    : !agreed
    ? "new"
    : compareEntry(agreed, here, engine.ability.executable) === "same"
    ? "same"
    : "changed";
  const twin = viewer.twins(engine.snapshot).find((problem) => problem.path === path);
  const name = here && twin ? here.name : null;
  return { peers: archive.historyEntries.peers(pair.id), state, agreed: agreed && seen(agreed), twin: name };
}

/** What is ignored is in no snapshot. */
function unscanned({ disk, native }: RootEngine, path: Path): SeenEntry | null {
  let stat;
  try {
    stat = disk.stat(native(path));
  } catch {
    return null; // In a folder that cannot be looked into.
  }
  if (!stat) return null;
  const isFile = stat.kind === "file";
  return {
    kind: stat.kind === "other" ? "problem" : stat.kind,
    size: isFile ? stat.size : null,
    mtime: isFile ? stat.mtime : null,
  };
}

function seen(entry: Entry): SeenEntry {
  const isFile = entry.kind === "file";
  return { kind: entry.kind, size: isFile ? entry.size : null, mtime: isFile ? entry.mtime : null };
}
