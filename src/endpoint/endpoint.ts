// What a side can be asked: the contract between the cycle in the main thread (session/) and one session's part in the root worker.
// Each verb is one call, and calls are done in their order (root/rpc.ts). So the verbs follow each other in a session:
//
//              alpha (LeadingEndpoint)                  beta (FollowingEndpoint)
//   at first   history, begin                           history, begin
//   look       tellRequests                             hearRequests
//   scan       lifted, recall                           lifted, recall, tellRequests, describe
//   decide     decide, hearRequests, unsettled          digest and makeRoom, as often as alpha has to decide again
//              hearRoom before it decides with that
//   judge      toJudge, notePeersHalt                   judge
//   halted     approve, or takeBack and then chunks     approve, or hearTakenBack
//   chunk      chunk                                    takeOrders
//     stage    stage, copyOn                            stage, copyOn
//     supply   supply, supplyNext, supplyPause          supply, supplyNext, supplyPause
//     do       prepare, transition                      prepare, transition, once alpha has prepared, which it has before it
//                                                       stages where beta may begin at once
//     agree    settle, commit                           takeCommit
//   end        refresh                                  refresh
//   in sync    rest, standing                           rest, standing
//
// Alpha refreshes after each plan that was carried out, beta only where both are in sync. Stage and supply go side by side. Of a chunk that
// has no tasks on either side only chunk or takeOrders, and settle, commit or takeCommit are asked.
// At any time, also before `begin`: take, holding, standing, lifted, answerLifted, doubts, doubt, alike, exonerate. `distrust` is the last
// call. Messages are whole, as bytes. "Throws" is about the peer (Breach, Disagreement) and the folder (RootGone). Beside that, each verb
// that writes the archive throws what SQLite throws (archive/failing.ts). Any throw ends the session but where the caller says otherwise.

import type { HistoryState } from "../core/agreement.ts";
import type { Amount, Differing, PlanCounts } from "../core/event.ts";
import type { Problem } from "../core/failure.ts";
import type { Conflict } from "../core/plan/conflict.ts";
import type { Hindrances, Short } from "../core/plan/hindrance.ts";
import type { Doubt } from "../core/soundness.ts";
import type { TreeSum } from "../core/tree/digest.ts";
import type { Path } from "../core/tree/path.ts";
import type { Awaited } from "../engine/engine.ts";
import type { Consent, Halt } from "../guard/guard.ts";
import type { Lifted } from "../guard/kept_home.ts";
import type { HeardNews } from "../history/history_service.ts";
import type { DecidedPlan } from "../plan/forgetting.ts";
import type { RoomMade } from "../plan/scarcity.ts";
import type { BulkType, PeerRequests } from "../wire/message.ts";
import type { Row } from "../wire/rows.ts";
import type { Holding } from "./holding.ts";

/** What stands agreed. */
export interface Standing extends TreeSum {
  /** The number of the last commit; 0: none was made in this history. */
  generation: number;
  /** Listed ones, their paths as spelled. */
  conflicts: Conflict[];
}

/** The same once a commit is made. `done`: so much was agreed by it that a side had to do. */
export interface Committed extends Standing {
  /** Moves, and rows that not both had made by themselves. */
  done: number;
}

/** A message that only the root worker opens was taken in. */
export interface TakenIn {
  /** What it is. */
  type: BulkType;
  /** With it all parts are there. */
  last: boolean;
  /** By so many bytes what is wanted has come further. */
  advanced?: number;
}

/** So much is to be read of large files of which a part has come already; null: all of it is known. */
export type ToRead = Amount | null;

/** How far the contents of a chunk are. */
export interface StageBegun {
  /** What the peer must supply: `want` messages, at least one. */
  messages: Uint8Array[];
  /** How many files that is. */
  wanted: number;
  /** So many bytes of content came with the orders. */
  pushed: number;
  /** There is more to copy of what is here. */
  copies: boolean;
  /** What is to be read before more is wanted. */
  toRead: ToRead;
}

/** The next batch, by how many bytes what is wanted comes further with it, and what is to be read before more goes. */
export type Supplied = [batch: Uint8Array, bytes: number, toRead: ToRead];

/** What alpha knows of both scans, beside beta's changes. */
export interface BothScans {
  /** The ignore rules that each was made with. */
  rules: { own: string; peer: string };
  /** beta's clock minus alpha's, in ms. */
  offset: number;
  /** beta's folder is older than it was (durability/epoch.ts). */
  isSetBack: boolean;
  /** What was renamed less than so many ms ago may yet prove to be a backup. */
  lately: number;
  /** The parts of large files that beta has, by name (stage/staging.ts). */
  parts: ReadonlyMap<string, number>;
  /** What cannot be put into beta's folder. */
  hindrances: Hindrances;
}

/** Nothing is decided yet: beta is sent these messages, at least one, and its digests are waited for. */
export type AskFirst = { kind: "ask"; digests: Uint8Array[] };

/** Nothing is decided yet: beta is asked for so much room, and `hearRoom` is told what it made. */
export type ShortOfRoom = { kind: "short"; short: Short };

/** What came of deciding. `outdated`: nothing, for the own ignore rules are others since the scan, and the cycle begins anew. */
export type Decision = DecidedPlan | AskFirst | ShortOfRoom | { kind: "outdated" };

/** What came of people's no. `plan`: the plan has become to agree on what leads back, and its chunks are next. `unreadable`: nothing, for
 * content that would come back cannot be read now: `unread` says what failed; `reads`: some is being read, and its end is told as a
 * change. It stays halted, and is tried again. */
export type TakenBack = { kind: "plan" } | AskFirst | {
  kind: "unreadable";
  unread: Problem[];
  reads: boolean;
};

/** A chunk of the plan, as it concerns the main thread. */
export interface Chunk {
  /** What is pushed, if anything, and `orders` for beta, at least one. */
  messages: Uint8Array[];
  /** So many bytes of content are pushed. */
  pushed: number;
  /** Beta may begin at once: once this side has prepared, without waiting until both have staged. */
  begins: boolean;
  /** How many tasks this side has in it. */
  own: number;
  /** How many beta has. */
  peer: number;
}

/** A chunk's orders, as beta took them. */
export interface TakenOrders {
  /** Either side has something to do in this chunk. */
  tasks: boolean;
  /** Alpha does not wait until this side has staged: its `transition` is on its way. */
  begins: boolean;
  /** None of it is to be done, since it has to wait for people; null: all of it is. */
  stopped: Halt | null;
  /** What this side was ordered, by kind. */
  counts: PlanCounts;
}

/** What beta tells of its side. */
export interface Described extends Awaited {
  /** The text of this side's ignore rules, by which the changes were made. */
  rules: string;
  /** What has come of large files: see `partToWire`. */
  parts: Row[];
  /** This folder is older than it was (durability/epoch.ts). */
  setBack: boolean;
  /** Files are read first, to know whether they changed. */
  reads: boolean;
  /** What cannot be put here, for alpha to plan without. */
  hindrances: Hindrances;
  /** `changes`, at least one. */
  messages: Uint8Array[];
}

/** What carrying out a chunk came to here. */
export interface ChunkResult {
  /** `results` for alpha, at least one. */
  messages: Uint8Array[];
  /** Told once, and tried again; their paths as spelled. */
  failures: Problem[];
  /** What a person is told once, and nothing waits for. */
  remarks: Problem[];
  /** How many files and links were put in place. */
  files: number;
  /** What these have, added up; a link has none. */
  bytes: number;
}

/** What both sides' results of a chunk come to. */
export interface Settled {
  /** `commit` for beta, at least one. */
  messages: Uint8Array[];
  /** What beta could not do. */
  peerFailures: Problem[];
  /** Content is still to come for tasks that neither were done nor failed. */
  unfinished: boolean;
}

/** What both sides may be asked. */
export interface Endpoint {
  /** Where this side stands, for the peer to find the last commit both have. */
  history(): HistoryState;

  /** Stands at that point of that history: takes commits back, or starts anew with an empty ancestor. Before the first cycle, and again
   * between two where people want the folders merged. `peerBatch`: the last batch the peer knows of, for alpha, who gives them their
   * numbers; as it was where nothing is said. Throws Breach. */
  begin(history: string, generation: number, peerBatch?: number): void;

  /** The ancestor of this pair proved wrong: the next session begins a new history, and takes no digest from the old one. */
  distrust(): void;

  /** After each look: finds out what was done of the last chunk, where this program was stopped in the midst of it. False while files are
   * read for that, and nothing may be told or decided: it is asked again after another look. */
  recall(): boolean;

  /** Takes in a message that only the root worker opens: a batch is staged at once, anything else waits for its verb.
   * Throws Breach. */
  take(bytes: Uint8Array): TakenIn;

  /** What to tell the peer: the requests of this side's person, and what came here of the peer's. */
  tellRequests(): PeerRequests;

  /** Takes in what the peer tells of that. Throws Breach, RootGone; after the latter it may be asked again. */
  hearRequests(requests: PeerRequests): HeardNews;

  /** This side has said yes to these questions of its own guard. */
  approve(consent: Consent): void;

  /** Gets content that is here, and says what the peer must supply. Once the orders of a chunk are at hand. */
  stage(): StageBegun;

  /** Copies on what is here of that. Returns whether there is more to copy. */
  copyOn(): boolean;

  /** Begins to supply what the peer wants, once `want` is in, and says how many files that is. Throws Breach, also where nothing is to
   * leave this folder (W3). */
  supply(): number;

  /** Null when everything wanted was supplied. */
  supplyNext(): Supplied | null;

  /** The peer wants no more for now: what was not supplied is wanted again later. */
  supplyPause(): void;

  /** Writes down what is about to be carried out on both sides, as far as this one knows it; alpha before beta may begin. */
  prepare(): void;

  /** Puts what is staged in place, once that is prepared. What cannot be done is a failure among the results, and throws nothing. */
  transition(): ChunkResult;

  /** Takes over what was seen since of what stayed as agreed. After the last chunk. */
  refresh(): void;

  /** Both sides are in sync. What the last plan and its chunks were, as large as the folder after a first copy, is let go of. */
  rest(): void;

  /** What is agreed by now, with what was learned while supplying. */
  standing(): Standing;

  /** What this side holds, for the proof of sameness. */
  holding(): Holding;

  /** What stays home of what the peer would let travel. */
  lifted(): Lifted;

  /** This side's person has said whether these may travel. */
  answerLifted(paths: readonly Path[], yes: boolean): void;

  /** Files that hold here what nobody wrote, for the peer to look at its own. */
  doubts(): Row[];

  /** The peer's doubts: they are read next. Only what is agreed can be doubted. Throws Breach, RootGone. */
  doubt(rows: readonly Row[]): void;

  /** What the peer doubts and is the same here, once it was read. */
  alike(doubts: readonly Doubt[]): Row[];

  /** What the peer found to be the same there. Returns what was set right by that. Throws Breach, RootGone. */
  exonerate(rows: readonly Row[]): Differing[];
}

/** What alpha alone is asked: it decides, and gives the orders. */
export interface LeadingEndpoint extends Endpoint {
  /** Decides, once beta's changes are in. Asked again with the same where it says "ask" or "short", once that is answered. Throws
   * Disagreement, Breach. */
  decide(scans: BothScans): Decision;

  /** What is waited for here: some of it shows only when it is digested. After `decide`. */
  unsettled(): Awaited;

  /** What beta answered where it is short of room. Before it is decided again. */
  hearRoom(made: RoomMade): void;

  /** `judge` messages, at least one: what beta is to judge of the plan before any of it is ordered. */
  toJudge(): Uint8Array[];

  /** beta's guard asks about the plan, as that question; "": it does not. After beta judged it, or stopped its orders. */
  notePeersHalt(key: string): void;

  /** People have said no to the plan that was decided, and what leads back is to be agreed in the next chunks. `isOwn`: this side's
   * person said so, which is a yes to losing here what this side did; the other's no is none. Asked again where it says "ask", once
   * that is answered. Throws Breach. */
  takeBack(isOwn: boolean): TakenBack;

  /** The next chunk of the plan, which is at hand from then on; null when there is no more. */
  chunk(): Chunk | null;

  /** What both sides' results agree, once beta's are in where the chunk has tasks. Throws Breach. */
  settle(): Settled;

  /** Makes the settled commit in the archive, after it was sent to beta. Throws Breach. */
  commit(): Committed;
}

/** What beta alone is asked: it tells, answers, and does what was ordered. */
export interface FollowingEndpoint extends Endpoint {
  /** What this side did since the ancestor, for alpha, and what is waited for. After a scan; `peerRules` are alpha's ignore rules. */
  describe(peerRules: string): Described;

  /** The `digested` messages, at least one, that answer the `digests` which are in. Throws Breach. */
  digest(): Uint8Array[];

  /** For alpha's content there is too little room here: kept versions make way, where that helps. */
  makeRoom(short: Short): RoomMade;

  /** What of alpha's plan, which is in as `judge`, has to wait for people. Throws Breach. */
  judge(): Halt[];

  /** People have said no, as alpha says. What leads back is judged here like any other order. */
  hearTakenBack(): void;

  /** Makes the `orders` that are in its own: the next chunk is at hand. `consent`: what this side said yes to where alpha asked too early
   * to hear of it. Throws Breach, also where this folder is to stay as it is (W3). */
  takeOrders(consent?: Consent): TakenOrders;

  /** Makes alpha's `commit`, which is in, its own in the archive. Throws Breach. */
  takeCommit(): Committed;
}

/** What the endpoint of each side is asked. */
export interface EndpointOf {
  /** The inviter's. */
  alpha: LeadingEndpoint;
  /** The invitee's. */
  beta: FollowingEndpoint;
}
