// The client as the shell and the flags drive it. What becomes of their wishes is decided in the files beside it: which folder is meant
// (folders.ts), who may come (admission.ts), what goes on with whom (pairs.ts), what the server says (server_news.ts), and when all is
// over (ending.ts).

import { EXIT, UserError } from "../core/failure.ts";
import type { Event, Sharing } from "../core/event.ts";
import type { HistoryService } from "../history/history_service.ts";
import type { Remote } from "../root/rpc.ts";
import type { Root } from "../root/root.ts";
import { Admission } from "./admission.ts";
import type { Client, ClientOptions, ClientParts, SessionStatus } from "./client.ts";
import { Ending } from "./ending.ts";
import { ClientFolders } from "./folders.ts";
import type { PairHost } from "./host.ts";
import { ServerLink } from "./link/link.ts";
import type { PeerPair } from "./pair.ts";
import { Pairs, requireName } from "./pairs.ts";
import { ServerNews } from "./server_news.ts";

/** A client as `createClient` makes it. */
export class NetworkClient implements Client {
  readonly #ending: Ending;
  readonly #folders: ClientFolders;
  readonly #admission: Admission;
  readonly #pairs: Pairs;
  readonly #link: ServerLink;

  constructor(private readonly options: ClientOptions, parts: ClientParts) {
    const { name, emit, password, askPassword } = options;
    requireName(name);
    const isClosing = () => this.#ending.hasBegun;
    this.#ending = new Ending(options, () => this.#closeAll());
    this.#folders = new ClientFolders(options, parts, isClosing);
    this.#admission = new Admission(options, parts, (meeting) => this.#ending.hold(meeting));
    this.#pairs = new Pairs(name, parts.mostPairs, this.#hostOfPairs(parts));
    const listener = new ServerNews(this.#pairs, {
      emit: (event) => this.#emit(event),
      isClosing,
      folderForAnyone: () => this.#folders.anyones?.folder,
      fail: (bug) => this.#ending.fail(bug),
    });
    const { contact } = this.#admission;
    const backoff = parts.serverBackoff;
    this.#link = new ServerLink({ ...contact, name, emit, listener, backoff, password, askPassword });
  }

  get ended(): Promise<number> {
    return this.#ending.ended;
  }

  async start(): Promise<void> {
    await this.#link.start();
    this.#ending.count();
  }

  prepare(folder?: string): void {
    this.#folders.prepare(this.#folders.meant(folder));
  }

  users(): string[] {
    return this.#pairs.users();
  }

  async invite(peer: string, folder?: string): Promise<void> {
    const pair = this.#pairs.of(peer);
    if (pair.busy) throw new UserError(`"${pair.peer}" is already invited or in a session with you`);
    await pair.want("invite", this.#folders.meant(folder));
  }

  async acceptFrom(peer: string, folder?: string): Promise<void> {
    if (peer === "*") return await this.#acceptFromAnyone(this.#folders.meant(folder));
    const pair = this.#pairs.of(peer);
    if (!pair.busy) await pair.want("accept", this.#folders.meant(folder));
  }

  pending(): string[] {
    return this.#pairs.pending().map((pair) => pair.peer);
  }

  async accept(peer: string, folder?: string): Promise<void> {
    const accepted = await this.#pairs.pendingOf(peer).accept(this.#folders.meant(folder));
    if (!accepted) throw new UserError(`"${peer}" has withdrawn the invitation`);
  }

  sharing(peer: string, folder?: string): Sharing {
    const shown = { name: peer, key: this.#admission.keyOf(peer) };
    return this.#folders.sharing(shown, folder, this.#pairs.all());
  }

  // deno-lint-ignore require-await -- an unknown invitation is to be a rejection
  async decline(peer: string): Promise<void> {
    this.#pairs.pendingOf(peer).decline();
  }

  async disconnect(peer?: string): Promise<void> {
    await Promise.all(this.#pairsMeant(peer).map((pair) => pair.disconnect()));
  }

  status(): SessionStatus[] {
    return this.#pairs.all().map((pair) => pair.status()).filter((line) => line !== undefined);
  }

  conflicts(): string[] {
    return [...new Set(this.#pairs.all().flatMap((pair) => [...pair.conflicts]))].sort();
  }

  async askHistory<T>(
    question: (historyService: Remote<HistoryService>) => Promise<T>,
    peer?: string,
  ): Promise<T> {
    return await this.#useRoot(peer, ({ historyService }) => question(historyService));
  }

  async bringBack<T>(
    act: (historyService: Remote<HistoryService>) => Promise<T>,
    peer?: string,
  ): Promise<T> {
    return await this.#useRoot(peer, async (root) => {
      const answer = await act(root.historyService);
      root.touched();
      return answer;
    });
  }

  async verify(rate?: number, peer?: string): Promise<void> {
    await this.#useRoot(peer, (root) => root.verify("own", rate));
  }

  async stopVerifying(peer?: string): Promise<boolean> {
    return await this.#useRoot(peer, (root) => Promise.resolve(root.stopVerifying("own")));
  }

  async close(): Promise<void> {
    await this.#ending.begin();
  }

  async #acceptFromAnyone(folder: string): Promise<void> {
    if (!await this.#folders.openToAnyone(folder)) return;
    await Promise.all(this.#pairs.pending().map((pair) => pair.accept(folder)));
  }

  /** The folder kept with `peer`, or the only one; where none is open, the one of this client. */
  async #useRoot<T>(peer: string | undefined, act: (root: Root) => Promise<T>): Promise<T> {
    const roots = this.#pairsMeant(peer).map((pair) => pair.root);
    if (peer === undefined) roots.push(this.#folders.anyones);
    return await this.#folders.use(roots.filter((root) => root !== undefined), act);
  }

  /** The pair with `peer`, or all. Throws UserError where there is nothing between the two. */
  #pairsMeant(peer: string | undefined): PeerPair[] {
    return peer === undefined ? this.#pairs.all() : [this.#pairs.openWith(peer)];
  }

  /** What pairs ask of the client, and who of it answers. */
  #hostOfPairs({ peerBackoff, leaveMs, runSession }: ClientParts): PairHost {
    const { name, once, askHalt, askLifted, approves = false, mode = "two-way", emit } = this.options;
    return {
      own: { self: name, once, askHalt, askLifted, approves, mode },
      backoff: peerBackoff,
      leaveMs,
      runSession,
      emit: (event) => this.#emit(event),
      tell: emit,
      send: (request) => this.#link.send(request),
      lease: (folder) => this.#folders.lease(folder),
      sharing: (peer, folder) => this.sharing(peer, folder),
      join: (seat, signal) => this.#admission.join(seat, signal),
      settled: () => this.#ending.settled(this.#pairs.all(), this.#folders.anyones !== undefined),
      fail: (bug) => this.#ending.fail(bug),
    };
  }

  #emit(event: Event): void {
    this.#ending.progress();
    this.options.emit(event);
  }

  /** Ends all sessions, then what they used. Gives the worst of their exit codes. */
  async #closeAll(): Promise<number> {
    const pairs = this.#pairs.all();
    const closing = pairs.map((pair) => pair.close());
    this.#folders.stopLooking(); // The sessions are ending: none takes it for news of its folder.
    await Promise.all(closing);
    await this.#folders.close();
    await this.#link.close();
    return pairs.reduce<number>((worst, pair) => Math.max(worst, pair.code), EXIT.inSync);
  }
}
