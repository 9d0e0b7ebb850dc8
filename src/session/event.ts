// What a client or server tells the person or script in front of it: the closed union behind `--json` and the screen.
// A new event goes here first; cli/ prints it, session/, peer/ and rendezvous/ emit it.

/** Where an invitation stands. */
export type InvitationState = "offered" | "accepted" | "declined" | "withdrawn" | "expired";

/** Counts of what a plan is going to do, both sides together; bytes are content that has to travel. */
export interface PlanCounts {
  create: number;
  update: number;
  delete: number;
  move: number;
  conflict: number;
  bytes: number;
}

/** Events carry `peer` where they belong to one session. Paths are raw names: whoever prints them escapes them. */
export type Event =
  | { event: "listening"; host: string; port: number; fingerprint: string }
  /** `fingerprint` is the server's; `first`: it was met for the first time and is remembered. */
  | { event: "connected"; user: string; fingerprint: string; first: boolean }
  | { event: "roster"; users: string[] }
  | { event: "invitation"; from: string; state: InvitationState }
  | { event: "invitation"; to: string; state: InvitationState }
  /** Not both know each other: the six digits are compared; `fingerprint` is the peer's. `asked`: by this side's person, who
   * does not know the peer; else only the peer's person is asked. */
  | { event: "verify"; peer: string; code: string; fingerprint: string; asked: boolean }
  /** The two do not trust each other, and nothing is exchanged. */
  | { event: "refused"; peer: string; reason: string }
  | ({ event: "plan"; peer: string } & PlanCounts)
  | {
    event: "progress";
    peer: string;
    files: number;
    bytes: number;
    ofFiles: number;
    ofBytes: number;
  }
  | {
    event: "insync";
    peer: string;
    digest: string;
    files: number;
    bytes: number;
    conflicts: number;
    problems: number;
  }
  | { event: "conflict"; peer: string; path: string; kept: string; of: string }
  | { event: "problem"; peer: string; path: string; reason: string; retry: boolean }
  | { event: "halted"; peer: string; reason: string; plan?: PlanCounts }
  /** A link broke and is being mended: `what` is "server" or "peer"; `retry` is in seconds, absent when nothing is retried. */
  | { event: "lost"; what: "server" | "peer"; peer?: string; reason: string; retry?: number }
  | { event: "end"; code: number };

/** Receives events, synchronously, in order. Must not throw. */
export type Emit = (event: Event) => void;
