// The same as past_lines.ts for a script: one object a line. Times are ISO 8601, places of versions from the folder on.

import type { Deed } from "../archive/deed.ts";
import type { Entry } from "../core/entry.ts";
import type { Seen, Why } from "../session/looking.ts";
import type { History } from "../session/past.ts";
import type { Half, ShownConflict } from "../session/resolving.ts";
import { VERSIONS } from "./past_lines.ts";

export function historyObjects({ batches, deeds, unread }: History): object[] {
  return [
    ...batches.map(({ batch, time, peer, counts, paths, undoes, undone }) => ({
      ...{ batch, time: iso(time), peer, paths },
      ...{ undoes: undoes.filter((batch) => batch > 0), undone: undone !== "no" },
      changes: counts.map(({ what, mine, count }) => ({ what, by: by(mine), count })),
    })),
    ...deeds.map(deedObject),
    ...(unread > 0 ? [{ unread }] : []),
  ];
}

function deedObject(
  { batch, time, peer, path, what, source, mine, old, new: now, kept, undoes }: Deed,
): object {
  return {
    ...{ batch, time: iso(time), peer, path, what, by: by(mine) },
    ...(source !== null && { from: source }),
    ...(undoes !== undefined && undoes > 0 && { undoes }),
    before: content(old),
    after: content(now),
    ...(kept !== null && { kept: VERSIONS + kept }),
  };
}

export function conflictObject({ path, kept, of, copyIsMine, named, copy, alike }: ShownConflict): object {
  return { path, kept, of, copyBy: by(copyIsMine), named: half(named), copy: half(copy), alike };
}

export function whyObject(
  { path, here, problem, ignored, staysHome, writing, standings, conflicts, deeds }: Why,
): object {
  return {
    ...{ path, here: here && seen(here), problem, ignored, staysHome, writing },
    standings: standings.map(({ agreed, ...rest }) => ({ ...rest, agreed: agreed && seen(agreed) })),
    conflicts: conflicts.map(conflictObject),
    history: deeds.map(deedObject),
  };
}

const iso = (time: number) => new Date(time).toISOString();
const by = (mine: boolean) => mine ? "self" : "peer";

function half(one: Half | null): object | null {
  return one && { path: one.path, ...seen(one) };
}

function seen({ kind, size, mtime }: Seen): object {
  return { kind, ...(size !== null && { size }), ...(mtime !== null && { mtime: iso(mtime) }) };
}

function content(entry: Entry | null): object | null {
  if (entry?.kind === "file") return { kind: "file", size: entry.size, digest: entry.digest };
  return entry && { kind: entry.kind };
}
