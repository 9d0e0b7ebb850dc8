// Opens connections to the server: the only place that dials.

import { lookup } from "node:dns";
import type { Channel, ChannelOptions } from "../../wire/channel/channel.ts";
import type { Stream } from "../../wire/channel/frame.ts";
import { decodeReply, encodeControl, LONGEST_CONTROL, type Reply, type Request } from "../../wire/control.ts";
import type { KeyPair } from "../../wire/channel/keys.ts";
import { LONGEST_MEETING } from "../../wire/meeting.ts";
import { sealChannel, type SealedChannel, type SealOptions } from "../../wire/channel/sealed.ts";
import { connectToAny } from "./side_by_side.ts";
import { type Connection, type Socket, socket } from "../../wire/channel/socket.ts";

/** Where the server is. */
export interface Address {
  host: string;
  port: number;
}

/** An address as people write it and servers are remembered by: `host:port` or `[::1]:7420`. */
export function addressName({ host, port }: Address): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`.toLowerCase();
}

/** Opens a connection. Rejects with what the system says, or when `signal` aborts. */
export type Dial = (address: Address, signal: AbortSignal) => Promise<Connection>;

/** Over the system's TCP, to whichever address of the host answers first. `addresses`: those of a name, the best first. */
export function dialTcp(addresses: (host: string) => Promise<string[]> = addressesOf): Dial {
  return async ({ host, port }, signal) => {
    const open = (hostname: string, signal: AbortSignal) => Deno.connect({ hostname, port, signal });
    const hosts = await Promise.race([addresses(host), aborted(signal)]);
    return await connectToAny(hosts, open, (late) => late.close(), signal);
  };
}

/** Rejects when `signal` aborts: to ask for a name may take long. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
}

/** Asks the system, which looks into its hosts file, too: older run-times try the first address of a name alone. The name itself where
 * that finds none, so that the system says why. */
function addressesOf(host: string): Promise<string[]> {
  return new Promise((resolve) => {
    lookup(host, { all: true, verbatim: true }, (_, found) => {
      resolve(found?.length > 0 ? found.map(({ address }) => address) : [host]);
    });
  });
}

/** Who connects, where to, and on what terms. */
export interface Contact extends Address {
  own: KeyPair;
  dial: Dial;
  channel: ChannelOptions;
  /** Throws when a server with this key is not to be talked to. It is asked before anything is said. */
  admit(key: Uint8Array): void;
}

/** How long connecting, sealing, and each first answer of the server, may take. A partner has 30 s to bring his ticket. */
const DIAL_MS = 10_000;
const SEAL_MS = 10_000;
const WELCOME_MS = 10_000;
const JOINED_MS = 40_000;

/** The control connection, and the server's answer to `hello`. */
export async function openControl(
  contact: Contact,
  hello: Request & { kind: "hello" },
  signal: AbortSignal,
): Promise<{ channel: SealedChannel; reply: Reply }> {
  const channel = await openToServer(contact, contact.channel, signal);
  return { channel, reply: await ask(channel, hello, WELCOME_MS, signal) };
}

/** What is needed to come together with one other client. */
export interface Appointment {
  ticket: string;
  /** The initiator is the inviter. */
  role: "initiator" | "responder";
  /** What both hold to be true of their channel: else they do not come together. */
  purpose: string;
}

/** A data connection: a channel to the person who holds the other ticket of the pair, sealed by the two. It takes short messages
 * until it is allowed more. */
export async function openData(
  contact: Contact,
  { ticket, role, purpose }: Appointment,
  signal: AbortSignal,
): Promise<SealedChannel> {
  // No heartbeats before `joined`: one sent too late would land in the partner's stream.
  const door = await openToServer(contact, { beatMs: Infinity, silenceMs: JOINED_MS }, signal);
  const reply = await ask(door, { kind: "join", ticket }, JOINED_MS, signal);
  if (reply.kind !== "joined") {
    door.close();
    throw new Error("the other person did not come to the meeting");
  }
  const options = { ...contact.channel, role, purpose, own: contact.own, longest: LONGEST_MEETING };
  return await seal(door.release(), options, signal, "the other person does not answer");
}

async function openToServer(
  contact: Contact,
  channel: ChannelOptions,
  signal: AbortSignal,
): Promise<SealedChannel> {
  const stream = await connect(contact, signal);
  const options = {
    ...channel,
    role: "initiator",
    purpose: "server",
    own: contact.own,
    longest: LONGEST_CONTROL,
  } as const;
  const sealed = await seal(stream, options, signal, "the server does not answer");
  try {
    contact.admit(sealed.key);
    return sealed;
  } catch (error) {
    sealed.close();
    throw error;
  }
}

async function seal(
  stream: Stream,
  options: SealOptions,
  signal: AbortSignal,
  silence: string,
): Promise<SealedChannel> {
  return await within(SEAL_MS, signal, () => stream.close(), async (patience) => {
    try {
      return await sealChannel(stream, options);
    } catch (error) {
      throw patience.aborted ? new Error(silence) : error;
    }
  });
}

async function connect(contact: Contact, signal: AbortSignal): Promise<Socket> {
  return await within(DIAL_MS, signal, () => {}, async (patience) => {
    try {
      return socket(await contact.dial(contact, patience));
    } catch (error) {
      throw patience.aborted ? new Error("the server does not answer") : error;
    }
  });
}

/** Says the first word on a channel and gives the answer. The channel is closed when there is none. */
async function ask(channel: Channel, request: Request, ms: number, signal: AbortSignal): Promise<Reply> {
  return await within(ms, signal, () => channel.close(), async (patience) => {
    try {
      await channel.send(encodeControl(request));
      const answer = await channel.receive();
      if (answer !== null) return decodeReply(answer);
      throw new Error(patience.aborted ? "the server does not answer" : "the server closed the connection");
    } catch (error) {
      channel.close();
      throw error;
    }
  });
}

/** Runs `act` with a signal that aborts with `signal`, or after `ms`; `end` ends at that moment what `act` waits for. */
async function within<T>(
  ms: number,
  signal: AbortSignal,
  end: () => void,
  act: (patience: AbortSignal) => Promise<T>,
): Promise<T> {
  if (signal.aborted) end();
  signal.throwIfAborted();
  const patience = new AbortController();
  const abort = () => {
    patience.abort();
    end();
  };
  const timer = setTimeout(abort, ms);
  signal.addEventListener("abort", abort);
  try {
    return await act(patience.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
}
