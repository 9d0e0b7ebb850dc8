// The link to the server: one control connection after the other, so that to the rest of the client there is one.
//
//   state     input                      → state    done
//   down      start, or the wait is over → dialing  connect, say hello
//   dialing   welcome                    → up       event connected; `up` with the users present
//   dialing   a password is missing      → dialing  ask the person, if one is there; once more when it is wrong
//   dialing   first attempt fails        → closed   `start` rejects with what a person can do about it
//   dialing   later attempt fails        → down     event lost; wait, longer each time
//   up        a message                  → up       `hear`
//   up        the connection ends        → down     event lost; `down`; wait
//   any       close                      → closed

import { UserError } from "../../core/failure.ts";
import type { Emit } from "../../core/event.ts";
import type { Channel } from "../../wire/channel/channel.ts";
import { decodeReply, encodeControl, type Refusal, type Reply, type Request } from "../../wire/control.ts";
import { fingerprint } from "../../wire/channel/keys.ts";
import { pause } from "../../root/pace.ts";
import { type Backoff, waitBefore } from "./backoff.ts";
import { addressName, type Contact, openControl } from "./connect.ts";

/** Who is told what happens on the link. */
export interface LinkListener {
  up(users: string[]): void;
  down(): void;
  hear(reply: Reply): void;
}

/** How a link is set up. */
export interface LinkOptions extends Omit<Contact, "admit"> {
  name: string;
  emit: Emit;
  listener: LinkListener;
  backoff: Backoff;
  /** As in `Contact`; `first` says that the server was met for the first time. */
  admit(key: Uint8Array): { first: boolean };
  password: string | undefined;
  /** Asks the person for the server's password; undefined where nobody is there, or gives none. */
  askPassword: ((wrong: boolean) => Promise<string | undefined>) | undefined;
}

/** Between two attempts of which the next will fail as well, unless somebody does something. */
const HOPELESS_MS = 60_000;

/** Another key or a wrong password: trying often helps nobody, and wrong passwords make neighbours wait. */
function needsSomebody(error: unknown): boolean {
  if (error instanceof UserError) return true;
  return error instanceof LinkRefused &&
    ["password", "wrong", "wait", "owned", "alike"].includes(error.reason);
}

/** The server let this client not in. */
class LinkRefused extends Error {
  constructor(readonly reason: Refusal, readonly retry = 0) {
    super(reason);
  }
}

/** A link that mends itself until closed. */
export class ServerLink {
  readonly #closing = new AbortController();
  readonly #hello: Request & { kind: "hello" };
  readonly #contact: Contact;
  #first = false;
  #channel: Channel | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(private readonly options: LinkOptions) {
    const process = crypto.randomUUID().replaceAll("-", "");
    const { name, password } = options;
    this.#hello = { kind: "hello", name, process, features: [], ...(password !== undefined && { password }) };
    // A first connection that was refused for want of a password was the first all the same.
    this.#contact = { ...options, admit: (key) => this.#first = options.admit(key).first || this.#first };
  }

  get isUp(): boolean {
    return this.#channel !== undefined;
  }

  /** Resolves when the client has been welcomed. Rejects with UserError when the first attempt fails. */
  async start(): Promise<void> {
    let channel: Channel;
    try {
      channel = await this.#connectWithPassword();
    } catch (error) {
      throw error instanceof UserError ? error : new UserError(explain(error as Error, this.options));
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

  /** Asks for the password as long as the person gives one and it is not the right one. */
  async #connectWithPassword(): Promise<Channel> {
    for (;;) {
      try {
        return await this.#connect();
      } catch (error) {
        const reason = error instanceof LinkRefused ? error.reason : undefined;
        if (reason !== "password" && reason !== "wrong") throw error;
        const password = await this.options.askPassword?.(reason === "wrong");
        if (password === undefined || this.#closing.signal.aborted) throw error;
        this.#hello.password = password;
      }
    }
  }

  async #connect(): Promise<Channel> {
    const { signal } = this.#closing;
    const { channel, reply } = await openControl(this.#contact, this.#hello, signal);
    if (reply.kind === "welcome" && !signal.aborted) {
      this.#channel = channel;
      const server = fingerprint(channel.key);
      this.options.emit({
        event: "connected",
        user: this.options.name,
        fingerprint: server,
        first: this.#first,
      });
      this.#first = false;
      this.options.listener.up(reply.users);
      return channel;
    }
    channel.close();
    if (reply.kind === "refused") throw new LinkRefused(reply.reason, reply.retry);
    throw new Error("the server gave a strange answer");
  }

  async #stayConnected(first: Channel): Promise<void> {
    const { signal } = this.#closing;
    let reason = await this.#listen(first);
    let hopeless = false;
    for (let attempt = 0; !signal.aborted; attempt++) {
      const wait = hopeless ? HOPELESS_MS : waitBefore(attempt, this.options.backoff);
      this.options.emit({ event: "lost", what: "server", reason, retry: wait / 1000 });
      await pause(wait, signal);
      try {
        reason = await this.#listen(await this.#connect());
        attempt = -1;
        hopeless = false;
      } catch (error) {
        hopeless = needsSomebody(error);
        reason = error instanceof LinkRefused
          ? explainRefusal(error, addressName(this.options), this.options.name)
          : (error as Error).message;
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

function explain(error: Error, options: LinkOptions): string {
  const server = addressName(options);
  if (error instanceof LinkRefused) return explainRefusal(error, server, options.name);
  if (error instanceof Deno.errors.ConnectionRefused) {
    return `Cannot reach a server at ${server}: nothing listens there. Is the server running, and is the port right?`;
  }
  return `Cannot reach a server at ${server}: ${error.message}`;
}

function explainRefusal({ reason, retry }: LinkRefused, server: string, name: string): string {
  switch (reason) {
    case "taken":
      return `The name "${name}" is in use on the server ${server}. Choose another with --name`;
    case "owned":
      return `The name "${name}" belongs to another computer on the server ${server}. Choose another with --name, or ask the ` +
        `server's owner to free it (tcpsync --server --forget "${name}")`;
    case "alike":
      return `The name "${name}" looks like a name somebody else has on the server ${server}. Choose another with --name`;
    case "full":
      return `The server ${server} is full. Try again later`;
    case "password":
      return `The server ${server} wants a password. Put it in a file and name that with --password-file, or start on a terminal`;
    case "wrong":
      return `The password is not that of the server ${server}. Ask its owner for the right one`;
    case "wait":
      return `There were too many wrong passwords for the server ${server} from here. Try again in ${retry} seconds`;
    case "ticket":
      return `The server ${server} gave a strange answer`;
  }
}
