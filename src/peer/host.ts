// What one pair needs of the client it belongs to.

import type { Emit, Event, Sharing } from "../core/event.ts";
import type { SessionEnd, SessionOptions } from "../session/session.ts";
import type { SealedChannel } from "../wire/channel/sealed.ts";
import type { Channel } from "../wire/channel/channel.ts";
import type { Request } from "../wire/control.ts";
import type { Backoff } from "./link/backoff.ts";
import type { Lease } from "./roots.ts";

/** What a client needs to take its place in a session. */
export interface Seat {
  ticket: string;
  role: "alpha" | "beta";
  peer: string;
  emit: Emit;
  /** The two people have begun to compare: see `MeetingOptions.guessed`. */
  guessed(): void;
}

/** What this side's person brings into every session. */
export type OwnPart = Pick<
  SessionOptions,
  "self" | "once" | "askHalt" | "askLifted" | "approves" | "mode"
>;

/** The client, seen from one of its pairs. */
export interface PairHost {
  readonly own: OwnPart;
  /** Between two invitations of the same peer. */
  readonly backoff: Backoff;
  /** How long a session may take to leave in good order. */
  readonly leaveMs: number;
  /** Emits something that counts as progress. */
  emit: Emit;
  /** Emits something that does not. */
  tell(event: Event): void;
  send(request: Request): void;
  lease(folder: string): Promise<Lease>;
  /** See `Client`. */
  sharing(peer: string, folder?: string): Sharing;
  /** The channel a ticket is good for, sealed and after the meeting with `peer`. Rejects with Refusal when the two do not come
   * to trust each other. */
  join(seat: Seat, signal: AbortSignal): Promise<SealedChannel>;
  runSession(channel: Channel, options: SessionOptions): Promise<SessionEnd>;
  /** What was intended with somebody has come to its end. */
  settled(): void;
  /** A bug: nothing that a peer or a link does leads here. */
  fail(bug: unknown): void;
}
