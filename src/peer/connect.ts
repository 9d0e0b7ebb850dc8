// Opens connections to the server: the only place that dials.

import { type Channel, type ChannelOptions, openChannel } from "../wire/channel.ts";
import { decodeReply, encodeControl, LONGEST_CONTROL, type Reply, type Request } from "../wire/control.ts";
import { type Socket, socket } from "../wire/socket.ts";

/** Where the server is. */
export interface Address {
  host: string;
  port: number;
}

/** How long connecting, and each first answer of the server, may take. A partner has 30 s to bring his ticket. */
const DIAL_MS = 10_000;
const WELCOME_MS = 10_000;
const JOINED_MS = 40_000;

/** The control connection, and the server's answer to `hello`. */
export async function openControl(
  address: Address,
  hello: Request & { kind: "hello" },
  options: ChannelOptions,
  signal: AbortSignal,
): Promise<{ channel: Channel; reply: Reply }> {
  const channel = openChannel(await dial(address, signal), { ...options, longest: LONGEST_CONTROL });
  const reply = await ask(channel, hello, WELCOME_MS, signal);
  return { channel, reply };
}

/** A data connection: a channel to the person who holds the other ticket of the pair. */
export async function openData(
  address: Address,
  ticket: string,
  options: ChannelOptions,
  signal: AbortSignal,
): Promise<Channel> {
  const conn = await dial(address, signal);
  // No heartbeats before `joined`: one sent too late would land in the partner's stream.
  const door = openChannel(conn, { longest: LONGEST_CONTROL, beatMs: Infinity, silenceMs: JOINED_MS });
  const reply = await ask(door, { kind: "join", ticket }, JOINED_MS, signal);
  if (reply.kind === "joined") return openChannel(door.release(), options);
  door.close();
  throw new Error("the other person did not come to the meeting");
}

async function dial({ host, port }: Address, signal: AbortSignal): Promise<Socket> {
  return await within(DIAL_MS, signal, async (patience) => {
    try {
      return socket(await Deno.connect({ hostname: host, port, signal: patience }));
    } catch (error) {
      throw patience.aborted ? new Error("the server does not answer") : error;
    }
  });
}

/** Says the first word on a channel and gives the answer. The channel is closed when there is none. */
async function ask(channel: Channel, request: Request, ms: number, signal: AbortSignal): Promise<Reply> {
  return await within(ms, signal, async (patience) => {
    patience.addEventListener("abort", () => channel.close());
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

/** Runs `act` with a signal that aborts with `signal`, or after `ms`. */
async function within<T>(
  ms: number,
  signal: AbortSignal,
  act: (patience: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const patience = new AbortController();
  const abort = () => patience.abort();
  const timer = setTimeout(abort, ms);
  signal.addEventListener("abort", abort);
  try {
    return await act(patience.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
}
