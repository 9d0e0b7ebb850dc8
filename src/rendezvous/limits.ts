// Everything a stranger can make the server hold, bounded in one place.

/** The server's bounds. Times are in milliseconds. */
export interface Limits {
  /** Connections at once, of all kinds; more are closed as they come. */
  connections: number;
  /** Users present at once. */
  users: number;
  /** From connecting to a valid first message. */
  handshakeMs: number;
  /** Invitations one user has sent and nobody has answered. */
  invitations: number;
  /** How long an invitation waits for its answer. */
  invitationMs: number;
  /** How long a ticket waits to be used by both. */
  ticketMs: number;
  /** Bytes waiting to be read by one user; a slower reader is cut off. */
  queuedBytes: number;
  /** How long a relayed pair may say nothing: both clients send heartbeats, so silence means that they are gone. */
  relaySilenceMs: number;
  /** Heartbeat on control connections, and how long silence may last. */
  beatMs: number;
  silenceMs: number;
}

/** What a server is held to unless told otherwise. */
export const LIMITS: Readonly<Limits> = {
  connections: 2048,
  users: 1000,
  handshakeMs: 10_000,
  invitations: 64,
  invitationMs: 10 * 60_000,
  ticketMs: 30_000,
  queuedBytes: 1024 * 1024,
  relaySilenceMs: 60_000,
  beatMs: 10_000,
  silenceMs: 30_000,
};
