// Everything a stranger can make the server hold or do, bounded in one place.
//
// What somebody makes the server hold before he is let in, and for `handshakeMs` at most: buffers to read into, to write from
// and to put his first message together in, 40 KiB when measured, so 80 MiB with all `connections` open. One who was let in: 50 KiB more to
// read into, 260 KiB to write from once he was sent a long roster, and `queuedBytes` if he does not read. A relayed pair: 64 KiB,
// and 512 KiB once much has passed.

import { LONGEST_FIRST, LONGEST_REQUEST } from "../wire/control.ts";

/** The server's bounds. Times are in milliseconds. A network is an IPv4 address or the /64 of an IPv6 address; the wider ones
 * that it lies in have a few times as much for all in them (address.ts). */
export interface Limits {
  /** Connections at once, of all kinds; more are closed as they come. */
  connections: number;
  /** Connections at once from one network: many people can be behind one address, and each has some. Data connections of
   * those who were invited from there are as many more. */
  connectionsPerNetwork: number;
  /** Connections taken from one network at once, and then one each so often; others wait, and `handshakeMs` at most. A
   * handshake keeps the server busy for two milliseconds. */
  arrivals: number;
  arrivalMs: number;
  /** Users present at once. */
  users: number;
  /** Names nobody had before, which people of one network take at once, and then one each so often: there is an end of them. */
  newNames: number;
  newNameMs: number;
  /** From connecting to a valid first message. */
  handshakeMs: number;
  /** Bytes of the first message, and of each that comes after it. */
  firstBytes: number;
  requestBytes: number;
  /** Bytes taken at once from a connection that is not relayed, and then one each so often; what comes faster waits
   * unread. A client says a few dozen bytes now and then; a flood of the smallest frames would keep the server busy. */
  burstBytes: number;
  byteMs: number;
  /** Invitations one user has sent and nobody has answered. */
  invitations: number;
  /** Invitations one user sends at once, and then one each so often: what somebody invited does about it costs more than
   * the inviting. So it is for each network, too, a few times as much. */
  invites: number;
  inviteMs: number;
  /** How long an invitation waits for its answer. */
  invitationMs: number;
  /** Pairs that have got tickets and not met yet: whom one user has invited, a few times as many from each network, and
   * in all. */
  meetings: number;
  meetingsInAll: number;
  /** How long a ticket waits to be used by both. */
  ticketMs: number;
  /** Bytes waiting to be read by one user, with what holding them costs; a slower reader is cut off. Half of it is not for
   * invitations: who is asked by many is not to be cut off for it. */
  queuedBytes: number;
  /** The pause after a roster was sent, for each user present: the more there are, the more is sent, and the longer it is. */
  rosterMs: number;
  /** Wrong passwords that cost a network nothing; the first wait after them, and the longest. */
  freeGuesses: number;
  guessMs: number;
  longestGuessMs: number;
  /** Wrong passwords in all within `guessMemoryMs` after which a network has but one that costs nothing. */
  guessesInAll: number;
  /** How long after the last of them wrong passwords are forgotten, and of how many networks they are known. */
  guessMemoryMs: number;
  guessers: number;
  /** How long a relayed pair may say nothing: both clients send heartbeats, so silence means that they are gone. */
  relaySilenceMs: number;
  /** Heartbeat on control connections, and how long silence may last. */
  beatMs: number;
  silenceMs: number;
}

/** What a server is held to unless told otherwise. */
export const LIMITS: Readonly<Limits> = {
  connections: 2048,
  connectionsPerNetwork: 256,
  arrivals: 256,
  arrivalMs: 20,
  users: 1000,
  newNames: 128,
  newNameMs: 10 * 60_000,
  handshakeMs: 10_000,
  firstBytes: LONGEST_FIRST,
  requestBytes: LONGEST_REQUEST,
  burstBytes: LONGEST_REQUEST,
  byteMs: 1,
  invitations: 64,
  invites: 64,
  inviteMs: 1000,
  invitationMs: 10 * 60_000,
  meetings: 64,
  meetingsInAll: 4096,
  ticketMs: 30_000,
  queuedBytes: 256 * 1024,
  rosterMs: 1,
  freeGuesses: 3,
  guessMs: 1000,
  longestGuessMs: 60_000,
  guessesInAll: 100,
  guessMemoryMs: 15 * 60_000,
  guessers: 10_000,
  relaySilenceMs: 60_000,
  beatMs: 10_000,
  silenceMs: 30_000,
};
