// What the tests of the network rooms share: an event log to wait on, and clients whose sessions only say hello.

import { type Client, type ClientOptions, type ClientParts } from "../../src/peer/client.ts";
import { createClient } from "../../src/peer/create_client.ts";
import type { Limits } from "../../src/rendezvous/limits.ts";
import { type Server, type ServerOptions, startServer } from "../../src/rendezvous/server.ts";
import type { Event } from "../../src/core/event.ts";
import type { Root } from "../../src/root/root.ts";
import type { SessionEnd, SessionOptions } from "../../src/session/session.ts";
import type { Channel } from "../../src/wire/channel/channel.ts";
import { generateKeyPair } from "../../src/wire/channel/keys.ts";
import { memoryNames } from "./names.ts";
import { identityOf, memoryKeyring } from "./keyring.ts";
import { soon } from "./streams.ts";

/** What has been told, and a way to wait for what will be. */
export class EventLog {
  readonly events: Event[] = [];
  #seen = 0;
  #wake = Promise.withResolvers<void>();

  readonly emit = (event: Event): void => {
    this.events.push(event);
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  };

  /** The first event after the last one waited for that has all of these properties. */
  async next(wanted: { event: Event["event"] } & Record<string, unknown>): Promise<Event> {
    for (;;) {
      while (this.#seen < this.events.length) {
        const event = this.events[this.#seen++]!;
        if (matches(event, wanted)) return event;
      }
      await soon(this.#wake.promise, () => `${show(wanted)}; so far: ${this.events.map(show).join("\n")}`);
    }
  }

  count(wanted: { event: Event["event"] } & Record<string, unknown>): number {
    return this.events.filter((event) => matches(event, wanted)).length;
  }
}

function matches(event: Event, wanted: Record<string, unknown>): boolean {
  return Object.entries(wanted).every(([key, value]) => show(event[key as keyof Event]) === show(value));
}

function show(value: unknown): string {
  return JSON.stringify(value);
}

/** The key of all servers in tests, so that one that is started again is the same. */
export const SERVER_KEY = generateKeyPair();

/** A server on a free port of this computer. */
export function testServer(
  limits: Partial<Limits> = {},
  log = new EventLog(),
  port = 0,
  options: Partial<ServerOptions> = {},
): Promise<Server> {
  const names = memoryNames();
  return startServer({
    host: "127.0.0.1",
    port,
    own: SERVER_KEY,
    names,
    emit: log.emit,
    limits,
    ...options,
  });
}

/** A client with a log of its own, and with roots that only count. */
export interface TestClient extends Client {
  readonly log: EventLog;
  /** The folders open now. */
  readonly open: string[];
  /** Waits until the client has ended by itself. */
  code(): Promise<number>;
}

/** A client, not yet started; in its sessions the two only say hello. */
export function testClient(
  server: { port: number },
  name: string,
  options: Partial<ClientOptions> = {},
  parts: Partial<ClientParts> = {},
): TestClient {
  const log = new EventLog();
  const open: string[] = [];
  const client = createClient(
    {
      host: "127.0.0.1",
      port: server.port,
      name,
      stateDir: "state",
      folder: "folder",
      once: false,
      keyring: memoryKeyring(identityOf(name)),
      askDigits: () => Promise.resolve(true),
      emit: log.emit,
      ...options,
    },
    {
      openRoot: (folder) => Promise.resolve(countingRoot(folder, open)),
      runSession: sayHello,
      keptWith: () => [],
      serverBackoff: { first: 10, longest: 50 },
      peerBackoff: { first: 10, longest: 50 },
      ...parts,
    },
  );
  return Object.assign(client, {
    log,
    open,
    code: () => soon(client.ended, () => `the end of ${name}; so far: ${log.events.map(show).join("\n")}`),
  });
}

/** A started client. */
export async function startedClient(...args: Parameters<typeof testClient>): Promise<TestClient> {
  const client = testClient(...args);
  await client.start();
  return client;
}

function countingRoot(folder: string, open: string[]): Root {
  open.push(folder);
  return fakeRoot(folder, () => open.splice(open.indexOf(folder), 1));
}

/** A root as the network rooms know it: they ask it for its folder, and close it. */
export function fakeRoot(folder: string, closed: () => void = () => {}): Root {
  const close = () => Promise.resolve(closed());
  return { folder, close, stopLooking: () => {} } as Partial<Root> as Root;
}

/** A session in which both say their names; `insync` tells the part played in place of a digest. */
export async function sayHello(channel: Channel, options: SessionOptions): Promise<SessionEnd> {
  const { role, peer, once, emit, signal } = options;
  const say = (word: string) => channel.send(new TextEncoder().encode(word));
  const hear = async () => {
    const message = await channel.receive();
    return message && new TextDecoder().decode(message);
  };
  const leave = () => void say("bye").catch(() => {}).then(() => channel.close());
  if (signal.aborted) leave();
  else signal.addEventListener("abort", leave);
  try {
    await say(options.self);
    const greeting = await hear();
    if (greeting === null) return { how: "lost", reason: "no hello", code: 2 };
    if (greeting !== peer) return { how: "halted", reason: `${greeting} is not ${peer}`, code: 2 };
    emit({ event: "insync", peer, digest: role, files: 1, bytes: 1, conflicts: 0, problems: 0 });
    if (once) await say("bye");
    const farewell = await hear();
    if (signal.aborted) return { how: "left", reason: "left", code: 0 };
    if (once) return { how: "done", reason: "in sync", code: 0 };
    if (farewell === "bye") return { how: "parted", reason: `${peer} left`, code: 0 };
    return { how: "lost", reason: "the connection broke", code: 2 };
  } catch (error) {
    return { how: signal.aborted ? "left" : "lost", reason: (error as Error).message, code: 2 };
  } finally {
    signal.removeEventListener("abort", leave);
    channel.close();
  }
}

/** One after the other. */
export async function closeAll(...all: { close(): Promise<void> }[]): Promise<void> {
  for (const one of all) await one.close();
}
