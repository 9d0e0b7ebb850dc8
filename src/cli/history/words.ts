// The sentences of looking back and bringing back. What others chose (names, paths, reasons) comes in already escaped.

import type { What } from "../../archive/history/history_entry.ts";
import type { PeerStanding, SeenEntry } from "../../history/explain.ts";
import type { ConflictSide } from "../../history/conflicts.ts";
import { bytes } from "../words.ts";

const paths = (n: number) => `${n.toLocaleString("en-US")} ${n === 1 ? "path" : "paths"}`;

/** `2026-11-25 08:15`, by the clock on the wall. */
export function moment(time: number): string {
  const at = new Date(time);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${
    two(at.getMinutes())
  }`;
}

/** `edited by bob`: what happened, with who did it. */
const HAPPENED: Record<What, (who: string) => string> = {
  created: (who) => `created by ${who}`,
  edited: (who) => `edited by ${who}`,
  deleted: (who) => `deleted by ${who}`,
  moved: (who) => `moved by ${who}`,
  mode: (who) => `executable bit changed by ${who}`,
  copied: (who) => `conflict copy of what ${who} wrote`,
  outdone: (who) => `conflict: the name went to what ${who} wrote`,
  returned: (who) => `came back: deleted here, but edited by ${who}`,
  undone: (who) => `put back: ${who} undid this batch`,
  settled: (who) => `conflict settled by ${who}`,
};

/** `2 edited`: what happened, in a list of counts. */
const COUNTED: Record<What, string> = {
  ...{ created: "new", edited: "edited", deleted: "deleted", moved: "moved", mode: "executable bit" },
  ...{
    copied: "conflict copy",
    outdone: "in conflict",
    returned: "came back",
    undone: "put back",
    settled: "settled",
  },
};

const STANDS: Record<PeerStanding["state"], string> = {
  same: "as agreed",
  changed: "changed here since it was agreed",
  new: "new here, not agreed yet",
  gone: "agreed, and gone here since",
  unknown: "on neither side",
};

export const historyWords = {
  you: "you",
  noHistory: "Nothing has happened yet.",
  /** 0 stands for a batch with somebody else. */
  undoing: (undoes: number[]) => {
    const numbers = undoes.filter((batch) => batch > 0);
    if (numbers.length === 0) return "undoing of a batch with somebody else";
    return `undoing of ${numbers.length > 1 ? "batches" : "batch"} ${numbers.join(", ")}`;
  },
  wasUndone: "undone",
  unread: (count: number) =>
    `${count.toLocaleString("en-US")} ${
      count === 1 ? "entry" : "entries"
    } of the history cannot be read, and ${count === 1 ? "is" : "are"} left out`,
  batch: (number: number, time: number, what: string, first: string) =>
    `${String(number).padStart(4)}  ${moment(time)}  ${what}: ${first}`,
  counted: (count: number, what: What) => `${count} ${COUNTED[what]}`,
  whose: (who: string, what: string) => `${who} ${what}`,
  undoHint: (number: number, peer: string, other: boolean) =>
    `/undo ${
      other ? `${peer} ` : ""
    }${number} takes a batch back on both computers; /history PATH tells of one path`,
  historyEntry: (number: number, time: number, path: string, what: string) =>
    `${String(number).padStart(4)}  ${moment(time)}  ${path}: ${what}`,
  happened: (what: What, who: string) => HAPPENED[what](who),
  movedFrom: (source: string) => ` from ${source}`,
  sizes: (old: number, now: number) => `, ${bytes(old)} → ${bytes(now)}`,
  keptAs: (place: string) => `; before: ${place}`,

  undone: (batch: number, peer: string, back: number, there: number, live: boolean) => {
    const rest = `${peer}'s computer ${live ? "puts" : "will put"} back ${paths(there)}${
      live ? "" : " when you two next meet"
    }`;
    const parts = [
      ...(back > 0 || there === 0 ? [`${paths(back)} back here`] : []),
      ...(there > 0 ? [rest] : []),
    ];
    return `Undone: batch ${batch} with ${peer}: ${parts.join("; ")}.`;
  },
  undoneThere: (batch: number, whose: string, back: number) =>
    `Batch ${batch} is undone in ${whose}'s folder: ${paths(back)} back.`,
  undoneHere: (batch: number, peer: string, back: number) =>
    `${peer} undid batch ${batch}${back > 0 ? `: ${paths(back)} back here` : ""}.`,
  stays: (where: string, reason: string) => `Stays as it is: ${where}: ${reason}`,

  noConflicts: "No conflict is listed.",
  conflict: (path: string, copy: string, whose: string, alike: boolean) =>
    `${path}: ${whose} content is beside it as ${copy}${alike ? "; both are the same" : ""}`,
  yours: "your",
  theirs: (of: string) => `${of}'s`,
  half: (what: string, seen: string) => `${what}: ${seen}`,
  resolveHint: (path: string) => `/resolve ${path} mine, theirs or both settles it`,
  resolved: (path: string, side: ConflictSide) =>
    side === "both"
      ? `Settled: both files of ${path} stay, and are no conflict any more.`
      : `Settled: ${
        side === "mine" ? "your" : "their"
      } content has the name ${path}; the other is kept in .tcpsync/versions.`,
  resolveUsage: "/resolve PATH mine|theirs|both",
  whyUsage: "/why PATH",

  seen: ({ kind, size, mtime }: SeenEntry) =>
    kind === "problem"
      ? "something that cannot be synced"
      : kind !== "file"
      ? kind === "directory" ? "a folder" : "a link"
      : `a file of ${bytes(size ?? 0)}, changed ${moment(mtime ?? 0)}`,
  gone: "nothing is there",
  here: (what: string) => `here: ${what}`,
  standing: (peers: string, state: PeerStanding["state"]) => `with ${peers}: ${STANDS[state]}`,
  agreedAs: (what: string) => `; agreed was ${what}`,
  ignored: (rule: string, line: number, file: string) =>
    line > 0
      ? `not synced: line ${line} of ${file} ignores it (${rule})`
      : `not synced: ${rule} is ignored everywhere; "!${rule}" in ${file} takes that back`,
  staysHome:
    "not synced: it was ignored here, and stays home though a change of the other person's would let it travel",
  twin: (twin: string) => `not synced: its name compares equal to ${twin} beside it; rename one of them`,
  cannot: (reason: string) => `not synced: ${reason}`,
  writing: "being written; taken when that is over",
  inConflict: (path: string) => `in a conflict: /resolve ${path} mine, theirs or both settles it`,
  peerState: (peer: string, state: string) => `${peer}: ${state}`,
  happenedBefore: "what happened, newest first:",
  nothingKnown: "nothing is known to have happened to it",
  whichFolder: (peers: string[]) =>
    `Several folders are being kept: say with whom first, ${peers.join(" or ")}`,
};
