// What an undo is going to do, shown before anything is done: line by line for a person, and as an object for a script.

import type { UndoChange, UndoPlan, Work } from "../../history/undo_plan.ts";
import { printable } from "../escape.ts";
import type { UndoPlanObject, WhoObject, WorkObject } from "./objects.ts";
import { historyWords } from "./words.ts";
import { undoWords } from "./undo_words.ts";

/** So many paths of one kind are named. */
const MOST_NAMED = 10;

/** Whether anything is there to be said yes to. */
export function isEmpty({ changes }: UndoPlan): boolean {
  return changes.length === 0;
}

/** What comes, goes and stays, and whose work it was. */
export function undoPlanLines(plan: UndoPlan): string[] {
  const { batch, peer, time, undoes, changes, along, stays } = plan;
  const whose = printable(peer);
  const rest = [
    ...changes.flatMap(({ path, since }) => since ? [undoWords.since(printable(path), workText(since))] : []),
    ...along.map(({ path, ...work }) => undoWords.along(printable(path), workText(work))),
    ...stays.map(({ path, reason, since }) =>
      undoWords.stays(printable(path), printable(reason), since && workText(since))
    ),
  ];
  if (isEmpty(plan) && stays.length === 0) return [undoWords.already(batch, whose)];
  if (isEmpty(plan)) return [undoWords.nothing(batch, whose), ...indented(shortened(rest)), undoWords.others];
  const kept = changes.some(({ what }) => what === "goes" || what === "former") ? [undoWords.kept] : [];
  const groups = Map.groupBy(changes, ({ what, who }) => `${what} ${who === null ? "" : `by ${who}`}`);
  return [
    undoWords.head(batch, whose, time, undoes.filter((batch) => batch > 0)),
    ...indented([...[...groups.values()].map(groupLine), ...shortened(rest), ...kept]),
  ];
}

function groupLine(group: UndoChange[]): string {
  const [{ what, who }] = group as [UndoChange];
  const paths = group.slice(0, MOST_NAMED).map(({ path, from }) =>
    from === undefined ? printable(path) : undoWords.moved(printable(from), printable(path))
  );
  return undoWords.group(what, group.length, whom(who), paths, group.length - paths.length);
}

function indented(lines: string[]): string[] {
  return lines.map((line) => `  ${line}`);
}

function shortened(lines: string[]): string[] {
  const more = lines.length - MOST_NAMED;
  return more > 0 ? [...lines.slice(0, MOST_NAMED), undoWords.more(more)] : lines;
}

function whom(who: string | null): string {
  return who === null ? historyWords.you : printable(who);
}

function workText({ who, batch }: Work): string {
  return undoWords.work(whom(who), batch);
}

/** The same for a script, with all paths. `by`: self, peer, or other with the name, for work that came from somebody else. */
export function undoPlanObject(
  { batch, peer, time, undoes, changes, along, stays }: UndoPlan,
): UndoPlanObject {
  const by = (who: string | null): WhoObject =>
    who === null ? { by: "self" } : who === peer ? { by: "peer" } : { by: "other", name: who };
  const work = ({ who, batch }: Work): WorkObject => ({ ...by(who), ...(batch !== undefined && { batch }) });
  const since = (worked: Work | undefined) => worked && { since: work(worked) };
  return {
    ...{ state: "planned", batch, peer, time: new Date(time).toISOString() },
    undoes: undoes.filter((batch) => batch > 0),
    changes: changes.map(({ what, path, from, who, since: worked }) => ({
      ...{ what, path, ...(from !== undefined && { from }), ...by(who), ...since(worked) },
    })),
    along: along.map(({ path, ...worked }) => ({ path, ...work(worked) })),
    stays: stays.map(({ path, reason, since: worked }) => ({ path, reason, ...since(worked) })),
  };
}
