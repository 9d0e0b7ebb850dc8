// `tcpsync verify`: the whole content of a folder is read and compared with what was agreed, where no client runs. What is found is kept
// in the archive, so that the next session acts on it.

import { UserError } from "../core/failure.ts";
import { diff } from "../core/tree/diff.ts";
import type { Entry } from "../core/tree/entry.ts";
import { type Path, ROOT } from "../core/tree/path.ts";
import { spelledAt } from "../core/tree/tree.ts";
import type { Differing } from "../core/event.ts";
import type { RootEngine } from "../engine/engine.ts";
import { withEngine } from "./offline.ts";
import { bytesAtOnce, pause, restAfter } from "./pace.ts";
import type { HowFar } from "../engine/scrub.ts";
import { ownViewer } from "../history/own_viewer.ts";

/** One stretch of reading, in ms: for so long nothing else is heard, Ctrl+C neither. */
const SLICE_MS = 50;

export interface Verifying {
  folder: string;
  stateDir: string;
  /** Bytes a second; undefined: as fast as it goes. */
  rate?: number;
  signal: AbortSignal;
  howFar(howFar: HowFar): void;
  differs(found: Differing): void;
}

/** How it ended. */
export interface VerifiedFolder {
  howFar: HowFar;
  /** All was read. */
  whole: boolean;
}

/** Reads until all is read or `signal` says to stop; called again, it goes on there. Rejects with UserError where that cannot begin. */
export async function verifyOffline(asked: Verifying): Promise<VerifiedFolder> {
  return await withEngine(asked.folder, asked.stateDir, (engine) => verify(engine, asked));
}

async function verify(
  engine: RootEngine,
  { rate, signal, howFar, differs }: Verifying,
): Promise<VerifiedFolder> {
  if (engine.archive.pairs().length === 0) {
    throw new UserError("Nothing was agreed on in this folder yet: there is nothing to compare it with");
  }
  engine.scan();
  const named = new Set<Path>();
  const name = (found: Differing) => {
    named.add(found.path as Path);
    differs(found);
  };
  let at = engine.scrub.begin(Date.now());
  let whole = false;
  for (; !whole && !signal.aborted;) {
    howFar(at);
    const slice = engine.scrub.slice(SLICE_MS, bytesAtOnce(rate));
    slice.findings.forEach(name);
    [at, whole] = [slice.howFar, slice.over];
    if (!whole) await pause(restAfter(slice, rate), signal);
  }
  for (const found of whole ? unlikeAgreed(engine) : []) if (!named.has(found.path as Path)) differs(found);
  return { howFar: at, whole };
}

/** What in the folder is not what was agreed with somebody, whether or not a look shows it. */
function unlikeAgreed(engine: RootEngine): Differing[] {
  const { archive, snapshot, ability } = engine;
  const found = new Map<string, Differing>();
  for (const pair of archive.knownPairs()) {
    const viewer = ownViewer(engine, pair);
    const [agreed, present] = [viewer.view(archive.ancestor(pair.id)), viewer.view(snapshot)];
    for (const { path: key, old, new: entry } of diff(agreed, present, ability.executable)) {
      if (key === ROOT) continue;
      const path = spelledAt(entry ? present : agreed, key) ?? key;
      found.set(path, { path, ...kindOf(old, entry) });
    }
  }
  return [...found.values()];
}

function kindOf(old: Entry | null, entry: Entry | null): Pick<Differing, "what" | "reason"> {
  if (entry?.kind === "problem") return { what: "problem", reason: entry.reason };
  if (!entry) {
    return { what: "gone", reason: "it was agreed, and is not there: deleted, as soon as a session runs" };
  }
  return old
    ? { what: "changed", reason: "it was changed, and is sent as soon as a session runs" }
    : { what: "new", reason: "it is new, and is sent as soon as a session runs" };
}
