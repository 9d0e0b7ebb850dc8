// Which folder: the one that is meant where none is named, the one anyone may share, and with whom each is shared.

import { resolve } from "@std/path";
import { UserError } from "../core/failure.ts";
import { foldName } from "../core/names/name.ts";
import type { LetGo, Sharing } from "../core/event.ts";
import { overlap } from "../claim/private_folder.ts";
import type { ReadingNews } from "../root/reading.ts";
import type { Root } from "../root/root.ts";
import { StrangeRoot } from "../root/strange_root.ts";
import type { ClientOptions, ClientParts } from "./client.ts";
import { type Lease, Roots } from "./roots.ts";

/** Somebody with whom a folder may be shared now. */
interface Sharer {
  peer: string;
  sharedFolder: string | undefined;
}

/** The folders of one client. */
export class ClientFolders {
  readonly #roots: Roots;
  /** The folder in which anyone's invitation is accepted. */
  #anyone: Lease | undefined;

  /** `isClosing`: a client that is closing takes up nothing more. */
  constructor(
    private readonly options: ClientOptions,
    private readonly parts: ClientParts,
    private readonly isClosing: () => boolean,
  ) {
    const { stateDir, name, keep, scrubDays = 0, emit } = options;
    this.#roots = new Roots((folder) => {
      const told = (news: ReadingNews) => emit({ ...news, folder });
      const letGo = (gone: LetGo) => emit({ event: "pruned", folder, ...gone });
      const movedAside = (to: string) => emit({ event: "foreign", folder, moved: to });
      return parts.openRoot(folder, stateDir, name, keep, { scrubDays, told, letGo, movedAside });
    });
  }

  /** The folder that is meant. Throws UserError where none is, and when the client is closing. */
  meant(folder?: string): string {
    if (this.isClosing()) throw new UserError("This client is closing");
    const named = folder ?? this.options.folder;
    if (named === undefined) throw new UserError("No folder is named: say which one is to be kept in sync");
    return resolve(named);
  }

  /** Begins to open a folder that was shared before. */
  prepare(folder: string): void {
    if (this.#keptWith(folder).length > 0) this.#roots.prepare(folder);
  }

  lease(folder: string): Promise<Lease> {
    return this.#roots.lease(folder);
  }

  /** The root that anyone may share; undefined where people are asked. */
  get anyones(): Root | StrangeRoot | undefined {
    return this.#anyone?.root;
  }

  /** From now on anyone may share this folder. False when the client began to close meanwhile. */
  async openToAnyone(folder: string): Promise<boolean> {
    const lease = await this.lease(folder);
    if (this.isClosing()) {
      await lease.release();
      return false;
    }
    const before = this.#anyone;
    this.#anyone = lease;
    await before?.release();
    return true;
  }

  /** What sharing with `peer`, who has that key if any is known, means: in `folder`, or in the one that is used when none is named.
   * `sharers`: who may have a share now. */
  sharing(
    peer: { name: string; key: Uint8Array | undefined },
    folder: string | undefined,
    sharers: Sharer[],
  ): Sharing {
    const named = folder ?? this.anyones?.folder ?? this.options.folder;
    if (named === undefined) return { sharedWith: [] };
    const shared = resolve(named);
    // On this server a name is one person's; of those met on others the key alone says who they are.
    const present = sharers.filter(({ sharedFolder }) => {
      return sharedFolder !== undefined && overlap(sharedFolder, shared);
    });
    const now = present.map(({ peer }) => peer).filter((name) => foldName(name) !== foldName(peer.name));
    const key = peer.key?.toHex();
    const before = this.#keptWith(shared).filter((person) => person.key !== key);
    const names = new Map([...before.map(({ name }) => name), ...now].map((name) => [foldName(name), name]));
    return { folder: shared, sharedWith: [...names.values()].sort() };
  }

  /** Asks something of the one root among `open`; where none is open, of the one of this client. Rejects with UserError where there are
   * several, or none is known. */
  async use<T>(open: Iterable<Root | StrangeRoot>, act: (root: Root) => Promise<T>): Promise<T> {
    const [root, another] = new Set(open);
    if (another) throw new UserError("Several folders are being kept: say first with whom");
    if (root) return await act(await inUse(root));
    const lease = await this.lease(this.meant());
    try {
      return await act(await inUse(lease.root));
    } finally {
      await lease.release();
    }
  }

  /** All of them are about to be closed: a look that goes on in one ends. */
  stopLooking(): void {
    this.#roots.stopLooking();
  }

  /** Closes what no pair has a lease of. */
  async close(): Promise<void> {
    await this.#anyone?.release();
    await this.#roots.close();
  }

  #keptWith(folder: string) {
    return this.parts.keptWith(folder, this.options.stateDir);
  }
}

/** The root itself, once people have said that a strange one is meant. */
async function inUse(root: Root | StrangeRoot): Promise<Root> {
  const known = root instanceof StrangeRoot ? await root.taken : root;
  if (known) return known;
  throw new UserError(`The folder ${root.folder} is not the one that was kept: nothing is known of it yet`);
}
