// Makes a client of its parts, as they are outside of tests.

import { realDisk } from "../fs/real.ts";
import { openRoot } from "../root/opening.ts";
import { runSession } from "../session/session.ts";
import { keptWith } from "../root/strange_root.ts";
import { dialTcp } from "./link/connect.ts";
import { NetworkClient } from "./network_client.ts";
import { type Client, type ClientOptions, type ClientParts } from "./client.ts";

const PARTS: ClientParts = {
  openRoot,
  runSession,
  keptWith: (folder, stateDir) => keptWith(realDisk, folder, stateDir),
  dial: dialTcp(),
  serverBackoff: { first: 250, longest: 10_000 },
  peerBackoff: { first: 200, longest: 10_000 },
  channel: {},
  leaveMs: 3_000,
  meetingMs: 5 * 60_000,
  mostPairs: 2000,
};

/** Makes a client; nothing happens before `start`. Throws UserError for a name that cannot be. */
export function createClient(options: ClientOptions, parts: Partial<ClientParts> = {}): Client {
  return new NetworkClient(options, { ...PARTS, ...parts });
}
