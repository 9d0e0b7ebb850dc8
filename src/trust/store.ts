// Opens what this computer trusts: client.db or server.db in the state folder.

import { join } from "@std/path";
import { makePrivateFolder } from "../fs/private.ts";
import { TrustFile } from "./file.ts";
import { CLIENT, KnownKeys } from "./known_keys.ts";
import { NameOwners, SERVER } from "./name_owners.ts";

/** Names a server gives out unless told otherwise. */
const NAMES = 10_000;

/** The trust of a role, made with a new identity at first use. Throws UserError when it cannot be used or is damaged;
 * close it at the end. `names`: how many a server gives out at most. */
export function openTrust(stateDir: string, role: "client"): KnownKeys;
export function openTrust(stateDir: string, role: "server", names?: number): NameOwners;
export function openTrust(stateDir: string, role: "client" | "server"): KnownKeys | NameOwners;
export function openTrust(
  stateDir: string,
  role: "client" | "server",
  names = NAMES,
): KnownKeys | NameOwners {
  makePrivateFolder(stateDir);
  const path = join(stateDir, `${role}.db`);
  if (role === "client") return new KnownKeys(new TrustFile(path, CLIENT));
  return new NameOwners(new TrustFile(path, SERVER), names);
}
