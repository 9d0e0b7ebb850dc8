// The sentences of an undo before it is done. What others chose (names, paths) comes in already escaped.

import type { UndoChange } from "../../history/undo_plan.ts";
import { count } from "../words.ts";
import { moment } from "./words.ts";

/** What becomes of so many paths, and whose work that takes back. */
const EFFECTS: Record<UndoChange["what"], { one: string; more: string; work: string }> = {
  comes: { one: "comes back", more: "come back", work: "deleted" },
  goes: { one: "is removed", more: "are removed", work: "made" },
  former: { one: "gets its former content", more: "get their former content", work: "edited" },
  bit: { one: "gets its former executable bit", more: "get their former executable bit", work: "changed" },
  moves: { one: "moves back", more: "move back", work: "moved" },
};

export const undoWords = {
  head: (batch: number, peer: string, time: number, undid: number[]) =>
    `Batch ${batch} with ${peer}, of ${moment(time)}${
      undid.length > 0 ? `, undid ${batches(undid)}, which this does again` : ""
    }. To undo it, on both computers:`,
  nothing: (batch: number, peer: string) => `Nothing of batch ${batch} with ${peer} can be taken back:`,
  already: (batch: number, peer: string) =>
    `All that batch ${batch} with ${peer} did is as it was before: there is nothing to undo.`,
  others: "/undo BATCH takes another one back; /history lists them",
  group: (what: UndoChange["what"], n: number, who: string, paths: string[], more: number) => {
    const { one, more: many, work } = EFFECTS[what];
    const rest = more > 0 ? ` and ${count(more)} more` : "";
    return `${count(n)} ${n === 1 ? one : many}, ${work} by ${who}: ${paths.join(", ")}${rest}`;
  },
  moved: (from: string, to: string) => `${from} → ${to}`,
  work: (who: string, batch?: number) =>
    batch === undefined ? `${who}, not in sync yet` : `${who} in batch ${batch}`,
  since: (path: string, work: string) => `${path}: goes back too, though worked on since by ${work}`,
  along: (path: string, work: string) => `${path}: moves along, though it came later, by ${work}`,
  stays: (path: string, reason: string, work?: string) =>
    `${path}: stays as it is: ${reason}${work === undefined ? "" : `, by ${work}`}`,
  more: (n: number) => `… and ${count(n)} more`,
  kept: "What is removed or replaced stays in .tcpsync/versions.",
  ask: (batch: number, peer: string) => `Undo batch ${batch} with ${peer}?`,
  asked: (batch: number, peer: string) => ({
    question: `${undoWords.ask(batch, peer)}  y / n`,
    no: undoWords.left,
    takenBack: `Whether to undo batch ${batch} with ${peer} needs no answer any more.`,
  }),
  left: "Nothing is undone.",
  notAsked: "Nothing is undone: there is no terminal to ask on; add --yes to do it",
};

function batches(numbers: number[]): string {
  return numbers.length === 1 ? `batch ${numbers[0]}` : `batches ${numbers.join(", ")}`;
}
