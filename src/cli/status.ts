// `/status`: how one pair's folders stand, line by line. All but the first line is the same on both screens.

import type { SessionStatus } from "../peer/client.ts";
import { printable } from "./escape.ts";
import { words } from "./words.ts";

/** What of a list is shown. */
const MOST = 10;

/** The lines of one session. */
export function statusLines(session: SessionStatus): string[] {
  const { peer, state, folder, digest, problems, writing, plan } = session;
  const lines = [words.status(printable(peer), state, printable(folder))];
  if (session.from !== undefined) lines.push(words.oneWayFrom(printable(session.from)));
  if (digest) lines.push(words.sameness(session));
  if (plan) lines.push(words.underWay({ ...plan, paths: plan.paths.map(printable) }));
  for (const one of session.digesting ?? []) {
    lines.push(words.beingRead({ ...one, whose: printable(one.whose) }));
  }
  for (const what of session.unwatched ?? []) lines.push(words.unwatched(printable(what.whose), what));
  const { home } = session;
  if (home) lines.push(words.keptHome(printable(peer), home.paths.map(printable), home.count));
  const isNew = (one: { path: string }) => problems.every(({ path }) => path !== one.path);
  const differing = [
    ...problems.map((problem) => problemLine(session, problem)),
    ...(state === "held" ? writing : []).filter(isNew).map(({ path, whose }) =>
      words.beingWritten(where(path, whose))
    ),
  ];
  for (const line of differing.slice(0, MOST)) lines.push(line);
  if (differing.length > MOST) lines.push(words.moreDiffer(differing.length - MOST));
  return [lines[0]!, ...lines.slice(1).map((line) => `  ${line}`)];
}

/** One path that is not in sync: why, and what it waits for. */
export function problemLine(
  { retry }: SessionStatus,
  { path, reason, whose, retry: isRetried }: SessionStatus["problems"][number],
): string {
  const next = isRetried ? { retry } : { needs: printable(whose ?? "") };
  return words.differs(where(path, whose), printable(reason), next);
}

function where(path: string, whose: string | undefined): string {
  return words.inFolder(printable(path), whose && printable(whose));
}
