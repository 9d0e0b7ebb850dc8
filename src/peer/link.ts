// The link to the server: one control connection after the other, so that to the rest of the client there is one.
//
//   state     input                      → state    done
//   down      start, or the wait is over → dialing  connect, say hello
//   dialing   welcome                    → up       event connected; `up` with the users present
//   dialing   first attempt fails        → closed   `start` rejects with what a person can do about it
//   dialing   later attempt fails        → down     event lost; wait, longer each time
//   up        a message                  → up       `hear`
//   up        the connection ends        → down     event lost; `down`; wait
//   any       close                      → closed

import { UserError } from "../core/failure.ts";
import type { Emit } from "../session/event.ts";
import type { Channel, ChannelOptions } from "../wire/channel.ts";
import { decodeReply, encodeControl, type Refusal, type Reply, type Request } from "../wire/control.ts";
import { type Backoff, pause, waitBefore } from "./backoff.ts";
import { type Address, openControl } from "./connect.ts";

/** Who is told what happens on the link. */
export interface LinkListener {
  up(users: string[]): void;
  down(): void;
  hear(reply: Reply): void;
}

/** How a link is set up. */
export interface LinkOptions extends Address {
  name: string;
  emit: Emit;
  listener: LinkListener;
  backoff: Backoff;
  channel: ChannelOptions;
}

/** The server let this client not in; `reason` says why. */
class Refused extends Error {
  constructor(readonly reason: Refusal) {
    super(reason === "taken" ? "the name is in use" : "the server is full");
  }
}

/** A link that mends itself until closed. */
export class Link {
  readonly #closing = new AbortController();
  readonly #hello: Request & { kind: "hello" };
  #channel: Channel | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(private readonly options: LinkOptions) {
    const process = crypto.randomUUID().replaceAll("-", "");
    this.#hello = { kind: "hello", name: options.name, process, features: [] };
  }

  get isUp(): boolean {
    return this.#channel !== undefined;
  }

  /** Resolves when the client has been welcomed. Rejects with UserError when the first attempt fails. */
  async start(): Promise<void> {
    let channel: Channel;
    try {
      channel = await this.#connect();
    } catch (error) {
      throw new UserError(explain(error as Error, this.options));
    }
    this.#running = this.#stayConnected(channel);
  }

  /** Says something to the server; while the link is down it is lost, and the listener says it again when it is up. */
  send(request: Request): void {
    const channel = this.#channel;
    channel?.send(encodeControl(request)).catch(() => channel.close()); // Which `#listen` notices, and mends.
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#channel?.close();
    await this.#running;
  }

  async #connect(): Promise<Channel> {
    const { signal } = this.#closing;
    const { channel, reply } = await openControl(this.options, this.#hello, this.options.channel, signal);
    if (reply.kind === "welcome" && !signal.aborted) {
      this.#channel = channel;
      this.options.emit({ event: "connected", user: this.options.name });
      this.options.listener.up(reply.users);
      return channel;
    }
    channel.close();
    if (reply.kind === "refused") throw new Refused(reply.reason);
    throw new Error("the server gave a strange answer");
  }

  async #stayConnected(first: Channel): Promise<void> {
    const { signal } = this.#closing;
    let reason = await this.#listen(first);
    for (let attempt = 0; !signal.aborted; attempt++) {
      const wait = waitBefore(attempt, this.options.backoff);
      this.options.emit({ event: "lost", what: "server", reason, retry: wait / 1000 });
      await pause(wait, signal);
      try {
        reason = await this.#listen(await this.#connect());
        attempt = -1;
      } catch (error) {
        reason = (error as Error).message;
      }
    }
  }

  /** Hears the server until the connection ends; gives the reason. */
  async #listen(channel: Channel): Promise<string> {
    try {
      for (let bytes = await channel.receive(); bytes !== null; bytes = await channel.receive()) {
        this.options.listener.hear(decodeReply(bytes));
      }
      return "the server closed the connection";
    } catch (error) {
      return (error as Error).message;
    } finally {
      channel.close();
      this.#channel = undefined;
      this.options.listener.down();
    }
  }
}

function explain(error: Error, { host, port, name }: LinkOptions): string {
  const server = `${host}:${port}`;
  if (error instanceof Refused) {
    return error.reason === "taken"
      ? `The name "${name}" is in use on the server ${server}. Choose another with --name`
      : `The server ${server} is full. Try again later`;
  }
  if (error instanceof Deno.errors.ConnectionRefused) {
    return `Cannot reach a server at ${server}: nothing listens there. Is the server running, and is the port right?`;
  }
  return `Cannot reach a server at ${server}: ${error.message}`;
}
