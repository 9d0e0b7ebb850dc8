// Where the program plays with others: a server, a folder for everybody's things, and bob as a client in this process.

import { join } from "@std/path";
import { removePath } from "../../src/fs/folder.ts";
import { type Client, type ClientOptions } from "../../src/peer/client.ts";
import { createClient } from "../../src/peer/create_client.ts";
import { type ServerOptions, startServer } from "../../src/rendezvous/server.ts";
import type { Event } from "../../src/core/event.ts";
import { fingerprint, generateKeyPair } from "../../src/wire/channel/keys.ts";
import { memoryKeyring } from "../support/keyring.ts";
import { memoryNames } from "../support/names.ts";
import { within } from "./within.ts";

export interface Company {
  address: string;
  /** The server's fingerprint. */
  server: string;
  /** A path below the company's own folder. */
  path(...parts: string[]): string;
  bob: Client;
  /** Resolves with the first event of bob's, past or to come, for which `wanted` holds. */
  heard(wanted: (event: Event) => boolean): Promise<Event>;
}

/** What is different from usual: bob says yes to the digits, and the server has no password. */
export interface Setting {
  server?: Partial<ServerOptions>;
  bob?: Partial<ClientOptions>;
}

export async function inCompany(
  play: (company: Company) => Promise<void>,
  setting: Setting = {},
): Promise<void> {
  const base = Deno.makeTempDirSync({ prefix: "tcpsync-live-" });
  const path = (...parts: string[]) => join(base, ...parts);
  for (const folder of ["alice", "bob"]) Deno.mkdirSync(path(folder));
  const own = generateKeyPair();
  const serverOptions = { own, names: memoryNames(), emit: () => {}, ...setting.server };
  const server = await startServer({ host: "127.0.0.1", port: 0, ...serverOptions });
  const events: Event[] = [];
  let wake = () => {};
  const { host, port } = server;
  const bob = createClient({
    ...{ host, port, name: "bob", stateDir: path("bob's state"), folder: path("bob") },
    ...{ once: false, stay: true, keyring: memoryKeyring(), askDigits: () => Promise.resolve(true) },
    emit(event) {
      events.push(event);
      wake();
    },
    ...setting.bob,
  });
  const heard = async (wanted: (event: Event) => boolean) => {
    for (;;) {
      const event = events.find(wanted);
      if (event) return event;
      await within(new Promise<void>((resolve) => wake = resolve), () => JSON.stringify(events, null, 1));
    }
  };
  await bob.start();
  try {
    await play({ address: `${host}:${port}`, server: fingerprint(own.publicKey), path, bob, heard });
  } finally {
    await bob.close();
    await server.close();
    await removePath(base);
  }
}

export const inSync = (event: Event) => event.event === "insync";
