// A client: one user at one server, the invitations it sends and answers, and the sessions that come of them.

import type { Mode } from "../core/plan/one_way.ts";
import type { Emit, Sharing } from "../core/event.ts";
import type { AskHalt } from "../session/halt.ts";
import type { AskLifted } from "../session/lifting.ts";
import type { HistoryService } from "../history/history_service.ts";
import type { Remote } from "../root/rpc.ts";
import { openRoot } from "../root/opening.ts";
import { runSession } from "../session/session.ts";
import type { Person } from "../archive/known_roots.ts";
import type { ChannelOptions } from "../wire/channel/channel.ts";
import type { KeepLimits } from "../transition/retention.ts";
import type { Backoff } from "./link/backoff.ts";
import { type Dial } from "./link/connect.ts";
import type { Keyring, Pins } from "./keyring.ts";
import type { Digits } from "./meeting.ts";
import type { FolderStatus } from "./status.ts";

/** How a client is set up; see `Client`. */
export interface ClientOptions {
  host: string;
  port: number;
  name: string;
  /** Holds archives. */
  stateDir: string;
  keyring: Keyring;
  /** Believed without asking; none unless given. */
  pins?: Pins;
  /** The server's, if it has one. */
  password?: string;
  /** Asks this person something; undefined where nobody is there to be asked. */
  askPassword?: (wrong: boolean) => Promise<string | undefined>;
  /** Whether both screens show the same digits; `signal` takes the question back. */
  askDigits?: (digits: Digits, signal: AbortSignal) => Promise<boolean>;
  /** Of whom `askDigits` has an answer at all; of everybody, unless given. */
  answersDigitsOf?: (peer: string) => boolean;
  /** What is to become of a halt; undefined where nobody is there to be asked. */
  askHalt?: AskHalt;
  /** Whether what was ignored here may travel; undefined likewise. */
  askLifted?: AskLifted;
  /** Every halt about which people would be asked is answered with yes; default: none is. */
  approves?: boolean;
  /** Which changes this person wants to travel; both sides' unless given. */
  mode?: Mode;
  /** The folder sessions use when none is named. */
  folder?: string;
  /** End each session when it is in sync, and the client when all of its sessions have. */
  once: boolean;
  /** Seconds without progress after which the client ends with code 2; undefined: never. */
  timeout?: number;
  /** The client outlives what it intends, whatever becomes of that: only `close` (or `timeout`) ends it. For the shell. */
  stay?: boolean;
  /** How long versions stay; 30 days unless given. */
  keep?: KeepLimits;
  /** In quiet hours all content is read again within so many days; 0, and unless given: never. */
  scrubDays?: number;
  emit: Emit;
}

/** What the shell and the flags drive. */
export interface Client {
  /** Connects and stays connected (reconnecting with back-off) until closed. Rejects with UserError when the first
   * attempt cannot succeed (unreachable, name in use or refused). */
  start(): Promise<void>;
  /** Opens a folder that was shared before while the server is still being reached; without a name, the one that is used then. What is
   * wrong with it is told when it is used. */
  prepare(folder?: string): void;
  /** Users present besides oneself, sorted. */
  users(): string[];
  /** Invites `peer` and keeps the pair together: waits for the peer to come, invites again after a loss. */
  invite(peer: string, folder?: string): Promise<void>;
  /** From now on accepts `peer`'s invitations without asking; `"*"` accepts anyone's. */
  acceptFrom(peer: string, folder?: string): Promise<void>;
  /** Names with an invitation waiting for this person's answer, oldest first. */
  pending(): string[];
  accept(peer: string, folder?: string): Promise<void>;
  /** What sharing with `peer` means: in `folder`, or in the one that is used when none is named. */
  sharing(peer: string, folder?: string): Sharing;
  decline(peer: string): Promise<void>;
  /** Ends the session with `peer` (withdraws or forgets an invitation too); without a name, all of them. */
  disconnect(peer?: string): Promise<void>;
  status(): SessionStatus[];
  /** Asks something of a folder's history: of the one kept with `peer`, or the only one. Rejects with UserError when no folder or several
   * are meant, and as the history does. */
  askHistory<T>(question: (historyService: Remote<HistoryService>) => Promise<T>, peer?: string): Promise<T>;
  /** The same, for what changes something: sessions take it up at once. */
  bringBack<T>(act: (historyService: Remote<HistoryService>) => Promise<T>, peer?: string): Promise<T>;
  /** Reads everything that is kept with `peer`, or in the only folder, and has the other side do so: `rate` bytes a second at most.
   * What is found comes as events. Resolves when this side's reading is over; rejects with UserError as `askHistory` does. */
  verify(rate?: number, peer?: string): Promise<void>;
  /** Stops that on both sides; false when nothing is read here. */
  stopVerifying(peer?: string): Promise<boolean>;
  /** The names in dispute, as far as the sessions have told. */
  conflicts(): string[];
  /** Resolves when the client has ended by itself or by `close`, with the exit code. */
  readonly ended: Promise<number>;
  close(): Promise<void>;
}

/** One session in `/status`. */
export interface SessionStatus extends Omit<FolderStatus, "state"> {
  peer: string;
  folder: string;
  /** waiting: for the peer to come; invited: asked, no answer yet; lost: link broken, being mended; the rest: status.ts. */
  state: "waiting" | "invited" | "lost" | FolderStatus["state"];
}

/** What a client is made of besides its options; tests put others in. */
export interface ClientParts {
  openRoot: typeof openRoot;
  runSession: typeof runSession;
  /** With whom a folder was kept before, or one in it or around it. */
  keptWith(folder: string, stateDir: string): Person[];
  dial: Dial;
  /** Between two attempts to reach the server, and between two invitations of the same peer. */
  serverBackoff: Backoff;
  peerBackoff: Backoff;
  channel: ChannelOptions;
  /** How long a session may take to leave in good order. */
  leaveMs: number;
  /** How long two people may take to compare six digits. */
  meetingMs: number;
  /** Of how many people something is known at once. */
  mostPairs: number;
}
