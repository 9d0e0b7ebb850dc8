// The client itself: one link, a pair for each other person, the roots they share, and when all of it is over.

import { resolve } from "@std/path";
import { Breach, EXIT, UserError } from "../core/failure.ts";
import { foldName, nameProblem } from "../core/names/name.ts";
import type { Mode } from "../core/plan/one_way.ts";
import type { Event, LetGo, Sharing } from "../core/event.ts";
import { overlap } from "../claim/private_folder.ts";
import type { HistoryService } from "../history/history_service.ts";
import type { ReadingNews } from "../root/reading.ts";
import type { Remote } from "../root/rpc.ts";
import type { Root } from "../root/root.ts";
import { StrangeRoot } from "../root/strange_root.ts";
import type { AskHalt } from "../session/halt.ts";
import type { AskLifted } from "../session/lifting.ts";
import type { runSession } from "../session/session.ts";
import { LONGEST_MESSAGE } from "../wire/channel/channel.ts";
import type { Reply, Request } from "../wire/control.ts";
import type { SealedChannel } from "../wire/channel/sealed.ts";
import type { Backoff } from "./link/backoff.ts";
import type { Client, ClientOptions, ClientParts, SessionStatus } from "./client.ts";
import { addressName, type Contact, openData } from "./link/connect.ts";
import type { PairHost, Seat } from "./host.ts";
import { admitServer, type Pins, standingOf } from "./keyring.ts";
import { type LinkListener, ServerLink } from "./link/link.ts";
import { meet } from "./meeting.ts";
import type { PeerPair } from "./pair.ts";
import { Pairs } from "./pairs.ts";
import { Patience } from "./patience.ts";
import { type Lease, Roots } from "./roots.ts";

/** A client as `createClient` makes it: hands what the link hears to the pairs, and what the pairs say to the link. */
export class NetworkClient implements Client, PairHost, LinkListener {
  readonly name: string;
  readonly once: boolean;
  readonly askHalt: AskHalt | undefined;
  readonly askLifted: AskLifted | undefined;
  readonly approves: boolean;
  readonly mode: Mode;
  readonly backoff: Backoff;
  readonly leaveMs: number;
  readonly runSession: typeof runSession;
  readonly #link: ServerLink;
  readonly #contact: Contact;
  readonly #pins: Pins;
  /** The key of the server the link was last up to. */
  #server = new Uint8Array(0);
  readonly #roots: Roots;
  readonly #pairs: Pairs;
  /** The folder in which anyone's invitation is accepted. */
  #anyone: Lease | undefined;
  #patience: Patience | undefined;
  #finishing: Promise<void> | undefined;
  readonly #ended = Promise.withResolvers<number>();

  constructor(private readonly options: ClientOptions, private readonly parts: ClientParts) {
    const { host, port, name, emit, keyring, password, askPassword } = options;
    requireName(name);
    this.name = name;
    this.once = options.once;
    this.askHalt = options.askHalt;
    this.askLifted = options.askLifted;
    this.approves = options.approves ?? false;
    this.mode = options.mode ?? "two-way";
    this.backoff = parts.peerBackoff;
    this.leaveMs = parts.leaveMs;
    this.runSession = parts.runSession;
    this.#pairs = new Pairs(name, parts.mostPairs, this);
    this.#roots = new Roots((folder) => {
      const told = (news: ReadingNews) => this.tell({ ...news, folder });
      const letGo = (gone: LetGo) => emit({ event: "pruned", folder, ...gone });
      const movedAside = (to: string) => emit({ event: "foreign", folder, moved: to });
      const care = { scrubDays: options.scrubDays ?? 0, told, letGo, movedAside };
      return parts.openRoot(folder, options.stateDir, name, options.keep, care);
    });
    this.#pins = options.pins ?? { peers: [] };
    const { serverBackoff: backoff, channel, dial } = parts;
    const admit = (key: Uint8Array) => this.#admit(key);
    this.#contact = { host, port, own: keyring.identity, dial, channel, admit };
    this.#link = new ServerLink({
      ...this.#contact,
      admit,
      name,
      emit,
      listener: this,
      backoff,
      password,
      askPassword,
    });
  }

  get ended(): Promise<number> {
    return this.#ended.promise;
  }

  async start(): Promise<void> {
    await this.#link.start();
    const { timeout } = this.options;
    if (timeout !== undefined) this.#patience = new Patience(timeout, () => this.#finish(EXIT.incomplete));
  }

  prepare(folder?: string): void {
    const named = this.#folder(folder);
    if (this.parts.keptWith(named, this.options.stateDir).length > 0) this.#roots.prepare(named);
  }

  users(): string[] {
    return this.#pairs.users();
  }

  async invite(peer: string, folder?: string): Promise<void> {
    const pair = this.#pairFor(peer);
    if (pair.busy) throw new UserError(`"${pair.peer}" is already invited or in a session with you`);
    await pair.want("invite", this.#folder(folder));
  }

  async acceptFrom(peer: string, folder?: string): Promise<void> {
    if (peer === "*") return await this.#acceptFromAnyone(this.#folder(folder));
    const pair = this.#pairFor(peer);
    if (!pair.busy) await pair.want("accept", this.#folder(folder));
  }

  pending(): string[] {
    return this.#pairs.pending().map((pair) => pair.peer);
  }

  async accept(peer: string, folder?: string): Promise<void> {
    const accepted = await this.#pairs.pendingOf(peer).accept(this.#folder(folder));
    if (!accepted) throw new UserError(`"${peer}" has withdrawn the invitation`);
  }

  sharing(peer: string, folder?: string): Sharing {
    const named = folder ?? this.#anyone?.root.folder ?? this.options.folder;
    if (named === undefined) return { sharedWith: [] };
    const shared = resolve(named);
    // On this server a name is one person's; of those met on others the key alone says who they are.
    const present = this.#pairs.all().filter(({ sharedFolder }) => {
      return sharedFolder !== undefined && overlap(sharedFolder, shared);
    });
    const now = present.map((pair) => pair.peer).filter((name) => foldName(name) !== foldName(peer));
    const key = this.options.keyring.peer(this.#server, peer)?.toHex();
    const before = this.parts.keptWith(shared, this.options.stateDir).filter((person) => person.key !== key);
    const names = new Map([...before.map(({ name }) => name), ...now].map((name) => [foldName(name), name]));
    return { folder: shared, sharedWith: [...names.values()].sort() };
  }

  // deno-lint-ignore require-await -- an unknown invitation is to be a rejection
  async decline(peer: string): Promise<void> {
    this.#pairs.pendingOf(peer).decline();
  }

  async disconnect(peer?: string): Promise<void> {
    const pairs = peer === undefined ? this.#pairs.all() : [this.#pairs.openWith(peer)];
    await Promise.all(pairs.map((pair) => pair.disconnect()));
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
    return await this.#withRoot(peer, ({ historyService }) => question(historyService));
  }

  async bringBack<T>(
    act: (historyService: Remote<HistoryService>) => Promise<T>,
    peer?: string,
  ): Promise<T> {
    return await this.#withRoot(peer, async (root) => {
      const answer = await act(root.historyService);
      root.touched();
      return answer;
    });
  }

  async verify(rate?: number, peer?: string): Promise<void> {
    await this.#withRoot(peer, (root) => root.verify("own", rate));
  }

  async stopVerifying(peer?: string): Promise<boolean> {
    return await this.#withRoot(peer, (root) => Promise.resolve(root.stopVerifying("own")));
  }

  async close(): Promise<void> {
    await this.#finish();
  }

  // What the link tells.

  up(users: string[]): void {
    this.#setPresent(users, true);
  }

  down(): void {
    this.#pairs.linkDown();
  }

  hear(reply: Reply): void {
    if (this.#finishing !== undefined) return;
    switch (reply.kind) {
      case "roster":
        return this.#setPresent(reply.users, false);
      case "invitation":
        return this.#hearInvitation(reply);
      case "answered":
        return this.#pairs.get(reply.to)?.hearAnswered(reply.state);
      case "ticket":
        return this.#pairs.get(reply.peer)?.hearTicket(reply);
      case "welcome":
      case "refused":
      case "joined":
        throw new Breach("the server said something out of place");
    }
  }

  // What the pairs need.

  emit(event: Event): void {
    this.#patience?.progress();
    this.options.emit(event);
  }

  tell(event: Event): void {
    this.options.emit(event);
  }

  send(request: Request): void {
    this.#link.send(request);
  }

  lease(folder: string): Promise<Lease> {
    return this.#roots.lease(folder);
  }

  async join({ ticket, role, peer, emit, guessed }: Seat, signal: AbortSignal): Promise<SealedChannel> {
    const names = role === "alpha" ? [this.name, peer] : [peer, this.name];
    const appointment = {
      ticket,
      role: role === "alpha" ? "initiator" : "responder",
      purpose: ["session", ...names.map(foldName)].join("\0"),
    } as const;
    const channel = await openData(this.#contact, appointment, signal);
    const close = () => channel.close();
    signal.addEventListener("abort", close);
    if (signal.aborted) close();
    try {
      const { keyring, askDigits, answersDigitsOf } = this.options;
      const ask = answersDigitsOf?.(peer) === false ? undefined : askDigits;
      const shown = { server: this.#server, name: peer, key: channel.key };
      const standing = standingOf(keyring, this.#pins, shown);
      if (standing.pin !== undefined) standing.pin.name = peer; // One key is one person.
      const { meetingMs: patienceMs } = this.parts;
      const meeting = () => meet(channel, { role, peer, standing, emit, ask, patienceMs, guessed });
      await (this.#patience?.hold(meeting) ?? meeting());
      if (standing.remember) keyring.rememberPeer(shown.server, peer, channel.key);
    } catch (error) {
      close();
      throw error;
    } finally {
      signal.removeEventListener("abort", close);
    }
    channel.allow(LONGEST_MESSAGE);
    return channel;
  }

  /** Ends the client when all that was intended has come to an end. */
  settled(): void {
    const pairs = this.#pairs.all();
    if (this.options.stay || pairs.some((pair) => pair.open) || !pairs.some((pair) => pair.settled)) return;
    if (this.#anyone !== undefined && !this.once) return;
    this.#finish();
  }

  fail(bug: unknown): void {
    this.#ended.reject(bug);
  }

  #setPresent(users: string[], always: boolean): void {
    const isNews = this.#pairs.setPresent(users);
    if (always || isNews) this.emit({ event: "roster", users: this.users() });
    this.#pairs.tellPresent();
  }

  #hearInvitation({ from, state }: Reply & { kind: "invitation" }): void {
    const isKnown = this.#pairs.get(from) !== undefined;
    if (!isKnown && (state !== "offered" || !this.#pairs.makeRoom())) return;
    const pair = this.#pairFor(from);
    pair.hearInvitation(state);
    if (pair.pending && this.#anyone !== undefined && !pair.asks) {
      pair.accept(this.#anyone.root.folder).catch((error) => this.fail(error));
    }
  }

  #admit(key: Uint8Array): { first: boolean } {
    const admitted = admitServer(this.options.keyring, this.#pins, addressName(this.options), key);
    this.#server = key.slice();
    return admitted;
  }

  async #acceptFromAnyone(folder: string): Promise<void> {
    const lease = await this.lease(folder);
    if (this.#finishing !== undefined) return await lease.release();
    const before = this.#anyone;
    this.#anyone = lease;
    await before?.release();
    await Promise.all(this.#pairs.pending().map((pair) => pair.accept(folder)));
  }

  /** The pair for a name somebody typed. */
  #pairFor(peer: string): PeerPair {
    requireName(peer);
    return this.#pairs.of(peer);
  }

  /** The folder kept with `peer`, or the only one; where none is open, the one of this client. */
  async #withRoot<T>(peer: string | undefined, use: (root: Root) => Promise<T>): Promise<T> {
    const pairs = peer === undefined ? this.#pairs.all() : [this.#pairs.openWith(peer)];
    const roots = new Set(pairs.flatMap((pair) => pair.root ?? []));
    if (peer === undefined && this.#anyone) roots.add(this.#anyone.root);
    const [root, another] = roots;
    if (another) throw new UserError("Several folders are being kept: say first with whom");
    if (root) return await use(await inUse(root));
    const lease = await this.lease(this.#folder(undefined));
    try {
      return await use(await inUse(lease.root));
    } finally {
      await lease.release();
    }
  }

  /** The folder that is meant. A client that is closing takes up nothing more. */
  #folder(folder: string | undefined): string {
    if (this.#finishing !== undefined) throw new UserError("This client is closing");
    const named = folder ?? this.options.folder;
    if (named === undefined) throw new UserError("No folder is named: say which one is to be kept in sync");
    return resolve(named);
  }

  #finish(code?: number): Promise<void> {
    return this.#finishing ??= this.#end(code).catch((bug) => this.fail(bug));
  }

  async #end(code?: number): Promise<void> {
    this.#patience?.stop();
    const pairs = this.#pairs.all();
    await Promise.all(pairs.map((pair) => pair.close()));
    await this.#anyone?.release();
    await this.#roots.close();
    await this.#link.close();
    const worst = pairs.reduce<number>((worst, pair) => Math.max(worst, pair.code), EXIT.inSync);
    this.#ended.resolve(code ?? worst);
  }
}

/** The root itself, once people have said that a strange one is meant. */
async function inUse(root: Root | StrangeRoot): Promise<Root> {
  const known = root instanceof StrangeRoot ? await root.taken : root;
  if (known) return known;
  throw new UserError(`The folder ${root.folder} is not the one that was kept: nothing is known of it yet`);
}

function requireName(name: string): void {
  const problem = nameProblem(name);
  if (problem !== undefined) throw new UserError(`That cannot be a user's name: ${problem}`);
}
