// The same as lines.ts for a script: one object a line, as objects.ts declares them. Places of versions are from the folder on.

import type { HistoryEntry } from "../../archive/history/history_entry.ts";
import type { Entry } from "../../core/tree/entry.ts";
import type { SeenEntry, Why } from "../../history/explain.ts";
import type { HistoryPage } from "../../history/history_service.ts";
import type { Half, ShownConflict } from "../../history/conflicts.ts";
import { VERSIONS } from "./lines.ts";
import type {
  BatchObject,
  By,
  ConflictObject,
  ContentObject,
  HalfObject,
  HistoryEntryObject,
  SeenObject,
  UnreadObject,
  WhyObject,
} from "./objects.ts";

export function historyObjects(
  { batches, historyEntries, unread }: HistoryPage,
): (BatchObject | HistoryEntryObject | UnreadObject)[] {
  return [
    ...batches.map(({ batch, time, peer, counts, paths, undoes, undone }) => ({
      ...{ batch, time: iso(time), peer, paths },
      ...{ undoes: undoes.filter((batch) => batch > 0), undone: undone !== "no" },
      changes: counts.map(({ what, mine, count }) => ({ what, by: by(mine), count })),
    })),
    ...historyEntries.map(historyEntryObject),
    ...(unread > 0 ? [{ unread }] : []),
  ];
}

function historyEntryObject(
  { batch, time, peer, path, what, source, mine, old, new: now, kept, undoes }: HistoryEntry,
): HistoryEntryObject {
  return {
    ...{ batch, time: iso(time), peer, path, what, by: by(mine) },
    ...(source !== null && { from: source }),
    ...(undoes !== undefined && undoes > 0 && { undoes }),
    before: content(old),
    after: content(now),
    ...(kept !== null && { kept: VERSIONS + kept }),
  };
}

export function conflictObject(
  { path, kept, of, copyIsMine, named, copy, alike }: ShownConflict,
): ConflictObject {
  return { path, kept, of, copyBy: by(copyIsMine), named: half(named), copy: half(copy), alike };
}

export function whyObject(
  { path, here, problem, ignored, staysHome, writing, standings, conflicts, historyEntries }: Why,
): WhyObject {
  return {
    ...{ path, here: here && seen(here), problem, ignored, staysHome, writing },
    standings: standings.map(({ agreed, ...rest }) => ({ ...rest, agreed: agreed && seen(agreed) })),
    conflicts: conflicts.map(conflictObject),
    history: historyEntries.map(historyEntryObject),
  };
}

const iso = (time: number) => new Date(time).toISOString();
const by = (mine: boolean): By => mine ? "self" : "peer";

function half(one: Half | null): HalfObject | null {
  return one && { path: one.path, ...seen(one) };
}

function seen({ kind, size, mtime }: SeenEntry): SeenObject {
  return { kind, ...(size !== null && { size }), ...(mtime !== null && { mtime: iso(mtime) }) };
}

function content(entry: Entry | null): ContentObject | null {
  if (entry?.kind === "file") return { kind: "file", size: entry.size, digest: entry.digest };
  return entry && { kind: entry.kind };
}
