// The other person's program, changed. It comes the honest way through server, invitation, ticket, sealing and meeting; then either
// an honest session goes on in it, with single messages replaced, added or left out, or everything is said by hand (`Wire`).

import { type Client } from "../../src/peer/client.ts";
import { createClient } from "../../src/peer/create_client.ts";
import type { Event } from "../../src/core/event.ts";
import { runSession, type SessionEnd, type SessionOptions } from "../../src/session/session.ts";
import { StrangeRoot } from "../../src/root/strange_root.ts";
import type { Channel } from "../../src/wire/channel/channel.ts";
import { encodeMessage, type Message, type MessageOf } from "../../src/wire/message.ts";
import type { Folder } from "../scenarios/persons_folder.ts";
import { messageIn, Wire } from "./hostile_wire.ts";
import { identityOf, memoryKeyring } from "./keyring.ts";
import { soon } from "./streams.ts";

/** By type, what takes the place of a message: another one, several, or none at all. A long message comes in parts. */
export type Hooks = { [T in Message["type"]]?: (message: MessageOf<T>) => Message | readonly Message[] };

/** How a program was changed. */
export interface Changed {
  /** What it says. */
  says?: Hooks;
  /** What it takes the other end to have said. */
  hears?: Hooks;
}

/** Where it is done: a scene, mostly. */
interface Place {
  port: number;
  folder(name: string): Folder;
}

interface Role {
  name?: string;
  /** alpha invites that person, beta accepts their invitation. */
  invites?: string;
  accepts?: string;
}

/** Starts one whose sessions are honest but for these changes: its folder is `place.folder(name)`. */
export async function changedPeer(place: Place, role: Role, changed: Changed): Promise<HostilePeer> {
  return await new HostilePeer(place, role, changed).start();
}

/** Starts one whose sessions are played by hand, on `wire()`. */
export async function peerByHand(place: Place, role: Role): Promise<HostilePeer> {
  return await new HostilePeer(place, role, null).start();
}

/** Somebody at the server; gone when it is disposed of. */
export class HostilePeer implements AsyncDisposable {
  readonly folder: Folder;
  readonly events: Event[] = [];
  readonly #client: Client;
  readonly #wires: Wire[] = [];
  #channel: Channel | undefined;
  #news = Promise.withResolvers<void>();

  constructor(place: Place, private readonly role: Role, private readonly changed: Changed | null) {
    const name = role.name ?? "mallory";
    this.folder = place.folder(name);
    this.#client = createClient({
      ...{ host: "127.0.0.1", port: place.port, name, folder: this.folder.path },
      ...{
        stateDir: place.folder(`${name}-state`).path,
        keyring: memoryKeyring(identityOf(name)),
        once: false,
      },
      askDigits: () => Promise.resolve(true),
      emit: (event) => {
        this.events.push(event);
        this.#tell();
      },
    }, { runSession: (channel, options) => this.#session(channel, options) });
  }

  async start(): Promise<this> {
    await this.#client.start();
    const { invites, accepts } = this.role;
    if (invites !== undefined) await this.#client.invite(invites);
    if (accepts !== undefined) await this.#client.acceptFrom(accepts);
    return this;
  }

  /** The wire of the session at hand or of the next one, for who plays by hand. */
  async wire(): Promise<Wire> {
    await this.#until(() => this.#wires.length > 0, "a session");
    return this.#wires.pop()!;
  }

  /** Says something beside what the session at hand says. */
  async say(...messages: Message[]): Promise<void> {
    await this.#until(() => this.#channel !== undefined, "a session");
    await Promise.all(messages.map((message) => this.#channel!.send(encodeMessage(message))));
  }

  /** The first event of that name that is as wanted. */
  async event<E extends Event["event"]>(
    name: E,
    wanted: (event: Event & { event: E }) => boolean = () => true,
  ) {
    const found = () =>
      this.events.find((event) => event.event === name && wanted(event as Event & { event: E }));
    await this.#until(() => found() !== undefined, name);
    return found() as Event & { event: E };
  }

  async [Symbol.asyncDispose]() {
    for (const wire of this.#wires) wire.channel.close();
    this.#channel?.close();
    await this.#client.close();
  }

  async #session(channel: Channel, options: SessionOptions): Promise<SessionEnd> {
    this.#channel = channel;
    if (this.changed !== null) {
      this.#tell();
      return await runSession(tampered(channel, this.changed), options);
    }
    options.signal.addEventListener("abort", () => channel.close());
    const identity = options.root instanceof StrangeRoot ? crypto.randomUUID() : options.root.identity;
    const wire = new Wire(channel, options.role, identity);
    this.#wires.push(wire);
    this.#tell();
    const reason = await wire.over;
    return { how: options.signal.aborted ? "left" : "lost", reason, code: 2 };
  }

  async #until(holds: () => boolean, what: string) {
    const told = () => `${what}; told: ${this.events.map((event) => JSON.stringify(event)).join("\n")}`;
    while (!holds()) await soon(this.#news.promise, told);
  }

  #tell() {
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }
}

/** A channel on which messages are changed on their way. */
export function tampered(channel: Channel, { says = {}, hears = {} }: Changed): Channel {
  const heard: Uint8Array[] = [];
  return {
    async send(bytes) {
      await Promise.all(rewritten(bytes, says).map((message) => channel.send(message)));
    },
    async receive() {
      for (;;) {
        const next = heard.shift();
        if (next) return next;
        const bytes = await channel.receive();
        if (bytes === null) return null;
        heard.push(...rewritten(bytes, hears));
      }
    },
    close: () => channel.close(),
  };
}

function rewritten(bytes: Uint8Array, hooks: Hooks): Uint8Array[] {
  const message = messageIn(bytes);
  const hook = hooks[message.type] as ((message: Message) => Message | readonly Message[]) | undefined;
  return hook ? [hook(message)].flat().map((said) => encodeMessage(said)) : [bytes];
}
