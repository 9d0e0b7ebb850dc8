// Takes a folder into use: its lock, its worker (the engine), its watch.

import { archiveOf, archivesIn, filesOf } from "../archive/known_roots.ts";
import { BOOT_TIME } from "../fs/boot.ts";
import { confinedTo, type Reach } from "../fs/confined.ts";
import { realDisk } from "../fs/real.ts";
import { PlannedParts } from "../fs/watch/planned_watch.ts";
import { type Hint, Watch, WATCH_PARTS } from "../fs/watch/watch.ts";
import { type WorkerHost } from "./worker_host.ts";
import type { Partner } from "../endpoint/partner.ts";
import { KEEP, type KeepLimits } from "../transition/retention.ts";
import { keepApart, placesIn, readIdentity, usable } from "../claim/private_folder.ts";
import { takeOver } from "../claim/foreign.ts";
import { Heartbeat } from "../claim/heartbeat.ts";
import { signLock } from "../claim/lock.ts";
import { answerLinkRequest, answerMemory, type LinkRequest } from "./links.ts";
import { type LookNews, Looks } from "./looks.ts";
import { type Care, NO_CARE } from "./reading.ts";
import { recordRoot, strangenessOf, StrangeRoot } from "./strange_root.ts";
import { WorkerLink } from "./rpc.ts";
import { type Root, type WatchOwner } from "./root.ts";
import { rootOver } from "./open_root.ts";

/** Where each watched folder costs, what is watched is planned. */
const PLANNED = Deno.build.os === "linux";

/** Opens `folder` (must exist, be a directory, writable) for the user `name`, unless another root was kept in it (S2). Throws
 * UserError with one clear line otherwise, also when another process holds it, or the state folder is not apart from it. `keep`:
 * how long versions stay; `care`: what becomes of content in quiet hours, and who hears of what is let go. */
export async function openRoot(
  folder: string,
  stateDir: string,
  name: string,
  keep: KeepLimits = KEEP,
  care: Care = NO_CARE,
): Promise<Root | StrangeRoot> {
  keepApart(folder, stateDir);
  const look = () => strangenessOf(realDisk, folder, stateDir);
  const take = () => takeRoot(folder, stateDir, name, keep, care);
  return look() ? new StrangeRoot(folder, look, take) : await take();
}

async function takeRoot(
  folder: string,
  stateDir: string,
  name: string,
  keep: KeepLimits,
  care: Care,
): Promise<Root> {
  const moved = takeOver(realDisk, folder, stateDir);
  if (moved !== null) care.movedAside(moved);
  const identity = usable(folder, () => readIdentity(realDisk, placesIn(realDisk, folder))) ??
    crypto.randomUUID();
  const { worker, memory, looks } = startEngine(folder, stateDir, identity);
  const link = new WorkerLink(worker);
  try {
    const how = { links: memory, looks: looks.memory, keep, booted: BOOT_TIME, fresh: identity };
    const opened = await link.remote<WorkerHost>(0).open(folder, stateDir, how);
    const places = placesIn(realDisk, folder);
    const { presence } = opened;
    if (presence === null) signLock(places, realDisk, name);
    const sign = presence === null
      ? undefined
      : (lost: () => void) => new Heartbeat(places, presence, name, lost);
    const begun = ({ peer: name, peerKey: key }: Partner) =>
      recordRoot(realDisk, folder, stateDir, opened.identity, { name, key });
    const watch = (hint: Hint, owner: WatchOwner) => {
      const parts = PLANNED ? new PlannedParts(owner) : WATCH_PARTS;
      return new Watch(opened.folder, opened.private, hint, parts, (isDeaf) => owner.deaf(isDeaf));
    };
    return rootOver(link, opened, { watch, begun, care, sign, looks });
  } catch (error) {
    link.end();
    throw error;
  }
}

/** What the engine of a root may use: its folder and its archive. What else is in the state folder, keys above all, is not for them. */
export function reachOfEngine(folder: string, stateDir: string, identity: string): Reach {
  const reach = [placesIn(realDisk, folder).folder, ...filesOf(archiveOf(realDisk, stateDir, identity))];
  return { read: reach, write: reach, sys: ["statfs"] };
}

/** The worker of the engine. `identity`: what its root has, or is to have; `memory`: for the answers to its requests;
 * `looks`: what it says of looks. */
export function startEngine(
  folder: string,
  stateDir: string,
  identity: string,
): { worker: Worker; memory: SharedArrayBuffer; looks: Looks } {
  realDisk.makePrivateDirectory(archivesIn(realDisk, stateDir));
  const confined = confinedTo(reachOfEngine(folder, stateDir, identity));
  const worker = new Worker(new URL("./root_worker.ts", import.meta.url), confined);
  const memory = answerMemory();
  const looks = new Looks();
  worker.addEventListener("message", ({ data }: MessageEvent<LinkRequest | LookNews | object>) => {
    if ("link" in data) answerLinkRequest(realDisk, folder, data, memory);
    if ("looked" in data) looks.hear(data);
  });
  return { worker, memory, looks };
}
