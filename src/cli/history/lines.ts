// Looking back and bringing back as lines for a person, the same in the shell and without a running client.

import type { Deed } from "../../archive/history/history_entry.ts";
import type { SessionStatus } from "../../peer/client.ts";
import type { Why } from "../../history/explain.ts";
import type { History, UndoneHere } from "../../history/history_service.ts";
import type { Half, ShownConflict } from "../../history/conflicts.ts";
import type { Left } from "../../history/undo_steps.ts";
import { printable } from "../escape.ts";
import { pastWords } from "./words.ts";
import { problemLine } from "../status.ts";
import { words } from "../words.ts";

/** Where kept versions are, from the folder on. */
export const VERSIONS = ".tcpsync/versions/";

export function historyLines(history: History): string[] {
  const lines = readableLines(history);
  return history.unread > 0 ? [...lines, pastWords.unread(history.unread)] : lines;
}

function readableLines({ batches, deeds }: History): string[] {
  if (batches.length + deeds.length === 0) return [pastWords.noHistory];
  if (deeds.length > 0) return deeds.map(deedLine);
  const lines = batches.map(({ batch, time, peer, counts, paths, undoes, undone }) => {
    const by = (mine: boolean) =>
      counts.filter((part) => part.mine === mine).map(({ count, what }) => pastWords.counted(count, what))
        .join(", ");
    const whose = [[true, pastWords.you], [false, printable(peer)]] as const;
    const what = whose.flatMap(([mine, who]) => by(mine) === "" ? [] : [pastWords.whose(who, by(mine))]);
    const total = counts.reduce((sum, { count }) => sum + count, 0);
    const first = paths.map(printable).join(", ") + (total > paths.length ? ", …" : "");
    const marks = [
      ...(undoes.length > 0 ? [pastWords.undoing(undoes)] : []),
      ...(undone === "no" ? [] : [pastWords.wasUndone]),
    ];
    const head = [`with ${printable(peer)}`, ...marks, what.join("; ")].join(", ");
    return pastWords.batch(batch, time, head, first);
  });
  const several = new Set(batches.map(({ pair }) => pair)).size > 1;
  const next = batches.find(({ undone, isUndo }) => undone === "no" && !isUndo) ?? batches[0]!;
  return [...lines, pastWords.undoHint(next.batch, printable(next.peer), several)];
}

export function deedLine(
  { batch, time, path, what, source, mine, peer, old, new: now, kept, undoes }: Deed,
): string {
  const happened = pastWords.happened(what, mine ? pastWords.you : printable(peer)) +
    (source === null ? "" : pastWords.movedFrom(printable(source))) +
    (what !== "moved" && old?.kind === "file" && now?.kind === "file"
      ? pastWords.sizes(old.size, now.size)
      : "") +
    (undoes === undefined ? "" : `, ${pastWords.undoing([undoes])}`) +
    (kept === null ? "" : pastWords.keptAs(printable(VERSIONS + kept)));
  return pastWords.deed(batch, time, printable(path), happened);
}

/** `live`: the other computer hears of it at once. */
export function undoneLines({ batch, peer, back, there, left }: UndoneHere, live: boolean): string[] {
  return [pastWords.undone(batch, printable(peer), back, there, live), ...leftLines(left)];
}

/** `whose`: the folder they are in, where that is not this person's. */
export function leftLines(left: readonly Left[], whose?: string): string[] {
  return left.map(({ path, reason }) =>
    `  ${pastWords.stays(words.inFolder(printable(path), whose && printable(whose)), printable(reason))}`
  );
}

export function conflictLines(conflicts: readonly ShownConflict[]): string[] {
  if (conflicts.length === 0) return [pastWords.noConflicts];
  const lines = conflicts.flatMap(({ path, kept, of, copyIsMine, alike, named, copy }) => {
    const whose = copyIsMine ? pastWords.yours : pastWords.theirs(printable(of));
    return [
      pastWords.conflict(printable(path), printable(kept), whose, alike),
      `  ${halfLine(path, named)}`,
      `  ${halfLine(kept, copy)}`,
    ];
  });
  return [...lines, pastWords.resolveHint(conflicts.length === 1 ? printable(conflicts[0]!.path) : "PATH")];
}

function halfLine(path: string, half: Half | null): string {
  return pastWords.half(printable(path), half ? pastWords.seen(half) : pastWords.gone);
}

/** `sessions`: what is known of the other computers at the moment; none without a running client. */
export function whyLines(why: Why, sessions: readonly SessionStatus[]): string[] {
  const { path, here, problem, ignored, staysHome, writing, standings, conflicts, deeds } = why;
  const now = [
    pastWords.here(here ? pastWords.seen(here) : pastWords.gone),
    ...(staysHome ? [pastWords.staysHome] : []),
    ...(ignored ? [pastWords.ignored(printable(ignored.rule), ignored.line, ignored.file)] : []),
    ...(problem === null ? [] : [pastWords.cannot(printable(problem))]),
    ...(writing ? [pastWords.writing] : []),
    ...(ignored || staysHome ? [] : standings.flatMap(({ peers, state, agreed, twin }) => {
      if (twin !== null) return [pastWords.twin(printable(twin))];
      const line = pastWords.standing(peers.map(printable).join(", "), state);
      return [line + (state === "changed" && agreed ? pastWords.agreedAs(pastWords.seen(agreed)) : "")];
    })),
    ...conflicts.map((conflict) => pastWords.inConflict(printable(conflict.path))),
    ...sessions.flatMap((session) => [
      pastWords.peerState(printable(session.peer), words.state(session.state)),
      ...session.problems.filter((problem) => problem.path === path).map((problem) =>
        problemLine(session, problem)
      ),
    ]),
  ];
  const before = deeds.length === 0
    ? [pastWords.nothingKnown]
    : [pastWords.happenedBefore, ...deeds.map(deedLine)];
  return [printable(path), ...[...now, ...before].map((line) => `  ${line}`)];
}
