// What `tcpsync history --json` and its like print, one object a line: docs/events.md. Times are ISO 8601, paths raw names; `by` is "self"
// for this side's person. A field that is null is printed; one that does not apply is left out.

import type { What } from "../../archive/history/history_entry.ts";
import type { Entry } from "../../core/tree/entry.ts";
import type { PeerStanding, Why } from "../../history/explain.ts";
import type { ConflictSide } from "../../history/conflicts.ts";
import type { UndoChange } from "../../history/undo_plan.ts";

export type By = "self" | "peer";

/** An entry as it stands; size and time of files alone. */
export interface SeenObject {
  kind: Entry["kind"];
  size?: number;
  mtime?: string;
}

/** What a path held; size and digest of files alone. */
export interface ContentObject {
  kind: Entry["kind"];
  size?: number;
  digest?: string;
}

/** `history`: one batch. */
export interface BatchObject {
  batch: number;
  time: string;
  peer: string;
  paths: string[];
  undoes: number[];
  undone: boolean;
  changes: { what: What; by: By; count: number }[];
}

/** `history PATH`, and in `why`: one thing that happened to a path. */
export interface HistoryEntryObject {
  batch: number;
  time: string;
  peer: string;
  path: string;
  what: What;
  by: By;
  from?: string;
  undoes?: number;
  before: ContentObject | null;
  after: ContentObject | null;
  kept?: string;
}

/** `history`: entries that cannot be read. */
export interface UnreadObject {
  unread: number;
}

export interface HalfObject extends SeenObject {
  path: string;
}

/** `conflicts`: one that is listed. */
export interface ConflictObject {
  path: string;
  kept: string;
  of: string;
  copyBy: By;
  named: HalfObject | null;
  copy: HalfObject | null;
  alike: boolean;
}

export interface StandingObject {
  peers: string[];
  state: PeerStanding["state"];
  agreed: SeenObject | null;
  twin: string | null;
}

/** `why PATH`. */
export interface WhyObject {
  path: string;
  here: SeenObject | null;
  problem: string | null;
  ignored: Why["ignored"];
  staysHome: boolean;
  writing: boolean;
  standings: StandingObject[];
  conflicts: ConflictObject[];
  history: HistoryEntryObject[];
}

/** Who worked on a path: `other` with the name, where it came from somebody else. */
export interface WhoObject {
  by: By | "other";
  name?: string;
}

/** The same, with the batch it went with; none: it is not agreed yet. */
export interface WorkObject extends WhoObject {
  batch?: number;
}

export interface ChangeObject extends WhoObject {
  what: UndoChange["what"];
  path: string;
  from?: string;
  since?: WorkObject;
}

/** What goes with a folder that moves back. */
export interface AlongObject extends WorkObject {
  path: string;
}

/** What stays as it is, and who worked on it meanwhile. */
export interface StaysObject {
  path: string;
  reason: string;
  since?: WorkObject;
}

/** `undo`, before anything is done. */
export interface UndoPlanObject {
  state: "planned";
  batch: number;
  peer: string;
  time: string;
  undoes: number[];
  changes: ChangeObject[];
  along: AlongObject[];
  stays: StaysObject[];
}

/** `undo`, once it is done here. */
export interface UndoneObject {
  state: "done";
  batch: number;
  peer: string;
  back: number;
  there: number;
  left: { path: string; reason: string }[];
}

/** `resolve PATH SIDE`. */
export interface ResolvedObject {
  path: string;
  side: ConflictSide;
  left: { path: string; reason: string }[];
}

/** All of them. */
export type HistoryObject =
  | BatchObject
  | HistoryEntryObject
  | UnreadObject
  | ConflictObject
  | WhyObject
  | UndoPlanObject
  | UndoneObject
  | ResolvedObject;
