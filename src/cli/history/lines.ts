// Looking back and bringing back as lines for a person, the same in the shell and without a running client.

import type { HistoryEntry } from "../../archive/history/history_entry.ts";
import type { SessionStatus } from "../../peer/client.ts";
import type { Why } from "../../history/explain.ts";
import type { HistoryPage, UndoneHere } from "../../history/history_service.ts";
import type { Half, ShownConflict } from "../../history/conflicts.ts";
import type { LeftUndone } from "../../history/undo_steps.ts";
import { printable } from "../escape.ts";
import { historyWords } from "./words.ts";
import { problemLine } from "../status.ts";
import { words } from "../words.ts";

/** Where kept versions are, from the folder on. */
export const VERSIONS = ".tcpsync/versions/";

export function historyLines(history: HistoryPage): string[] {
  const lines = readableLines(history);
  return history.unread > 0 ? [...lines, historyWords.unread(history.unread)] : lines;
}

function readableLines({ batches, historyEntries }: HistoryPage): string[] {
  if (batches.length + historyEntries.length === 0) return [historyWords.noHistory];
  if (historyEntries.length > 0) return historyEntries.map(historyLine);
  const lines = batches.map(({ batch, time, peer, counts, paths, undoes, undone }) => {
    const by = (mine: boolean) =>
      counts.filter((part) => part.mine === mine).map(({ count, what }) => historyWords.counted(count, what))
        .join(", ");
    const whose = [[true, historyWords.you], [false, printable(peer)]] as const;
    const what = whose.flatMap(([mine, who]) => by(mine) === "" ? [] : [historyWords.whose(who, by(mine))]);
    const total = counts.reduce((sum, { count }) => sum + count, 0);
    const first = paths.map(printable).join(", ") + (total > paths.length ? ", …" : "");
    const marks = [
      ...(undoes.length > 0 ? [historyWords.undoing(undoes)] : []),
      ...(undone === "no" ? [] : [historyWords.wasUndone]),
    ];
    const head = [`with ${printable(peer)}`, ...marks, what.join("; ")].join(", ");
    return historyWords.batch(batch, time, head, first);
  });
  const several = new Set(batches.map(({ pair }) => pair)).size > 1;
  const next = batches.find(({ undone, isUndo }) => undone === "no" && !isUndo) ?? batches[0]!;
  return [...lines, historyWords.undoHint(next.batch, printable(next.peer), several)];
}

export function historyLine(
  { batch, time, path, what, source, mine, peer, old, new: now, kept, undoes }: HistoryEntry,
): string {
  const happened = historyWords.happened(what, mine ? historyWords.you : printable(peer)) +
    (source === null ? "" : historyWords.movedFrom(printable(source))) +
    (what !== "moved" && old?.kind === "file" && now?.kind === "file"
      ? historyWords.sizes(old.size, now.size)
      : "") +
    (undoes === undefined ? "" : `, ${historyWords.undoing([undoes])}`) +
    (kept === null ? "" : historyWords.keptAs(printable(VERSIONS + kept)));
  return historyWords.historyEntry(batch, time, printable(path), happened);
}

/** `live`: the other computer hears of it at once. */
export function undoneLines({ batch, peer, back, there, left }: UndoneHere, live: boolean): string[] {
  return [historyWords.undone(batch, printable(peer), back, there, live), ...leftLines(left)];
}

/** `whose`: the folder they are in, where that is not this person's. */
export function leftLines(left: readonly LeftUndone[], whose?: string): string[] {
  return left.map(({ path, reason }) =>
    `  ${historyWords.stays(words.inFolder(printable(path), whose && printable(whose)), printable(reason))}`
  );
}

export function conflictLines(conflicts: readonly ShownConflict[]): string[] {
  if (conflicts.length === 0) return [historyWords.noConflicts];
  const lines = conflicts.flatMap(({ path, kept, of, copyIsMine, alike, named, copy }) => {
    const whose = copyIsMine ? historyWords.yours : historyWords.theirs(printable(of));
    return [
      historyWords.conflict(printable(path), printable(kept), whose, alike),
      `  ${halfLine(path, named)}`,
      `  ${halfLine(kept, copy)}`,
    ];
  });
  return [
    ...lines,
    historyWords.resolveHint(conflicts.length === 1 ? printable(conflicts[0]!.path) : "PATH"),
  ];
}

function halfLine(path: string, half: Half | null): string {
  return historyWords.half(printable(path), half ? historyWords.seen(half) : historyWords.gone);
}

/** `sessions`: what is known of the other computers at the moment; none without a running client. */
export function whyLines(why: Why, sessions: readonly SessionStatus[]): string[] {
  const { path, here, problem, ignored, staysHome, writing, standings, conflicts, historyEntries } = why;
  const now = [
    historyWords.here(here ? historyWords.seen(here) : historyWords.gone),
    ...(staysHome ? [historyWords.staysHome] : []),
    ...(ignored ? [historyWords.ignored(printable(ignored.rule), ignored.line, ignored.file)] : []),
    ...(problem === null ? [] : [historyWords.cannot(printable(problem))]),
    ...(writing ? [historyWords.writing] : []),
    ...(ignored || staysHome ? [] : standings.flatMap(({ peers, state, agreed, twin }) => {
      if (twin !== null) return [historyWords.twin(printable(twin))];
      const line = historyWords.standing(peers.map(printable).join(", "), state);
      return [line + (state === "changed" && agreed ? historyWords.agreedAs(historyWords.seen(agreed)) : "")];
    })),
    ...conflicts.map((conflict) => historyWords.inConflict(printable(conflict.path))),
    ...sessions.flatMap((session) => [
      historyWords.peerState(printable(session.peer), words.state(session.state)),
      ...session.problems.filter((problem) => problem.path === path).map((problem) =>
        problemLine(session, problem)
      ),
    ]),
  ];
  const before = historyEntries.length === 0
    ? [historyWords.nothingKnown]
    : [historyWords.happenedBefore, ...historyEntries.map(historyLine)];
  return [printable(path), ...[...now, ...before].map((line) => `  ${line}`)];
}
