// Two real folders with their engines and endpoints, talking in one process: the protocol without network and workers.
// Anything may happen between two steps: a person acts, a step fails, a side is killed.

import { assertEquals } from "@std/assert";
import { OTHER, type SideName, SIDES } from "../../src/core/side.ts";
import type { Problem } from "../../src/core/failure.ts";
import type { Disk } from "../../src/fs/port.ts";
import { realDisk } from "../../src/fs/real.ts";
import type { Chunk, Endpoint, Standing } from "../../src/endpoint/endpoint.ts";
import { SessionEndpoint } from "../../src/endpoint/session_endpoint.ts";
import type { DecidedPlan } from "../../src/plan/forgetting.ts";
import type { Halt } from "../../src/guard/guard.ts";
import { joined } from "../../src/guard/halts.ts";
import { RootEngine } from "../../src/engine/engine.ts";
import { DATABASES, type Databases } from "../../src/engine/taking.ts";
import { askAgain } from "../../src/root/offline.ts";
import { HistoryService } from "../../src/history/history_service.ts";
import { meetingPoint } from "../../src/session/common_point.ts";
import { partFromWire } from "../../src/wire/rows.ts";
import { filesIn, kept, temporary, write } from "./folder.ts";

/** What is called before each call to the disk, with "/" in all paths; what it throws, the disk throws. */
export type Hook = (method: string, args: unknown[]) => void;

/** One computer: its folder, its state, and a disk that can be made to fail. */
export class Computer {
  /** From when on files are large to all computers that are opened: see EngineOptions. */
  static readsAtOnce = Infinity;

  readonly folder: string;
  readonly disk: Disk;
  hook: Hook = () => {};
  engine: RootEngine;
  endpoint!: SessionEndpoint;
  /** What takes long is done at once. */
  readonly historyService = new Proxy(new HistoryService(() => this.engine), {
    get: (historyService, method: keyof HistoryService) => {
      const call = historyService[method] as (...args: unknown[]) => unknown;
      return (...args: unknown[]) => askAgain(this.engine, () => call.apply(historyService, args));
    },
  });
  /** Its public key. */
  key: string = crypto.randomUUID();

  readonly state: string;

  #databases: { close(): void }[] = [];
  #booted = 0;

  constructor(place: string, disk: Disk) {
    this.folder = `${place}/folder`;
    this.state = `${place}/state`;
    Deno.mkdirSync(this.folder, { recursive: true });
    this.disk = hooked(disk, (method, args) => this.hook(method, args));
    this.engine = this.#open();
  }

  /** Killed and started again: nothing in memory is left. `stopped` is done in between. */
  restart(stopped: () => void = () => {}) {
    this.kill();
    stopped();
    this.engine = this.#open();
  }

  /** No goodbye, and nothing is flushed. */
  kill() {
    this.hook = () => {};
    for (const database of this.#databases.splice(0)) database.close();
  }

  /** Killed at the call to the disk for which `when` is true: from then on it does nothing more, until it is started again. Returns
   * whether it has come to that. */
  killWhen(when: (method: string) => boolean): () => boolean {
    let dead = false;
    const hook: Hook = (method) => {
      if (!dead && when(method)) {
        dead = true;
        this.kill();
        this.hook = hook;
      }
      if (dead) throw new Cut();
    };
    this.hook = hook;
    return () => dead;
  }

  /** The power is cut, and comes back: `lost` does what that does to the disk. */
  powerCut(lost: () => void) {
    this.#booted += 3_600_000;
    this.restart(lost);
  }

  /** Ends in good order. */
  close() {
    this.hook = () => {};
    this.engine.close();
    this.#databases = [];
  }

  #open(): RootEngine {
    this.#databases = [];
    const keep = <T extends { close(): void }>(database: T): T => {
      this.#databases.push(database);
      return database;
    };
    const databases: Databases = {
      openArchive: (...args) => keep(DATABASES.openArchive(...args)),
      lockRoot: (...args) => keep(DATABASES.lockRoot(...args)),
    };
    const { readsAtOnce } = Computer;
    return new RootEngine(this.disk, this.folder, this.state, {
      databases,
      booted: this.#booted,
      readsAtOnce,
    });
  }

  /** Looks at everything; what is to be read first is. */
  look() {
    this.engine.hint([], true);
    this.engine.scan();
    if (!this.engine.rereads) return;
    while (!this.engine.workOn(1000).over);
    this.engine.scan();
  }

  native(path: string): string {
    return `${this.folder}/${path}`;
  }
}

function hooked(disk: Disk, hook: Hook): Disk {
  return new Proxy(disk, {
    get(disk, method) {
      const call = Reflect.get(disk, method);
      if (typeof call !== "function") return call;
      return (...args: unknown[]) => {
        hook(String(method), args.map((arg) => typeof arg === "string" ? arg.replaceAll("\\", "/") : arg));
        return call(...args);
      };
    },
  });
}

/** Thrown out of a cycle by `onStep` to end it there. */
export class Cut extends Error {}

/** With all reasons to halt, of both sides, as one. */
export type Decided = DecidedPlan & { halt: Halt | null };

export interface CycleEnd {
  decision: Decided;
  failures: Problem[];
  remarks: Problem[];
  tasks: number;
}

export class Duo {
  readonly alpha: Computer;
  readonly beta: Computer;
  /** What the two are called, from the next session on. */
  readonly names: Record<SideName, string> = { alpha: "alpha", beta: "beta" };
  /** Called before each step of the protocol. */
  onStep: (step: string) => void = () => {};
  /** What takes long to read is read to its end before anything is decided. */
  readsAll = true;
  /** What is here is copied to its end, however long that takes. */
  copiesAll = true;
  /** How many batches each side supplies in one chunk at most. */
  budget = Infinity;
  /** For so long, in ms, what was renamed may turn out to be a backup that a program made (M8). */
  lately = 0;
  /** Whose changes alone travel, from the next session on. */
  giver: SideName | null = null;
  /** Why beta let nothing of the last orders be done. */
  stopped: Halt | null = null;
  /** Whether both people let travel what they are asked about (I4). */
  lets = true;
  #remarks: Problem[] = [];

  /** Both on the real disk, unless others are given. */
  /** `alpha`, `beta`: computers that are in other pairs already. */
  constructor(place: string, disks: Partial<Record<SideName, Disk>> = {}, alpha?: Computer, beta?: Computer) {
    this.alpha = alpha ?? new Computer(`${place}/alpha`, disks.alpha ?? realDisk);
    this.beta = beta ?? new Computer(`${place}/beta`, disks.beta ?? realDisk);
    this.connect();
  }

  [Symbol.dispose]() {
    for (const side of SIDES) this[side].kill();
  }

  /** A new session, as after a lost connection. */
  connect() {
    for (const side of SIDES) {
      const { engine, historyService } = this[side];
      const { engine: peer, key: peerKey } = this[OTHER[side]];
      const partner = { role: side, self: this.names[side], peer: this.names[OTHER[side]], peerKey };
      this[side].endpoint = new SessionEndpoint(engine, {
        ...partner,
        ...{
          peerRoot: peer.identity,
          peerAbility: peer.ability,
          peerCuts: true,
          giver: this.giver,
          pushes: true,
        },
      }, historyService);
    }
    const [own, peer] = [this.alpha.endpoint.history(), this.beta.endpoint.history()];
    const generation = meetingPoint(own, peer);
    const begin = generation === null
      ? { history: crypto.randomUUID(), generation: 0 }
      : { history: own.history, generation };
    for (const side of SIDES) {
      this.onStep(`begin ${side}`);
      this[side].endpoint.begin(begin.history, begin.generation, peer.batch);
    }
  }

  disconnect() {
    for (const side of SIDES) this[side].endpoint.close();
  }

  /** Both computers start again. */
  restart() {
    for (const side of SIDES) this[side].restart();
    this.connect();
  }

  /** Cycles until there is nothing to do. */
  settle(hints = true) {
    for (let cycles = 0; cycles < 10; cycles++) {
      const { tasks, decision } = this.cycle(hints);
      if (this.stopped) throw new Error(`beta halts: ${this.stopped.reason}`);
      if (tasks === 0 && !decision.again) return;
    }
    throw new Error("does not come to rest");
  }

  /** One cycle. `hints`: everything is looked at; otherwise only what the engine itself thinks of. */
  cycle(hints = true): CycleEnd {
    const decision = this.decide(hints);
    const failures: Problem[] = [];
    this.#remarks = [];
    const { endpoint } = this.alpha;
    this.stopped = null;
    for (let chunk = endpoint.chunk(); chunk && !this.stopped; chunk = endpoint.chunk()) {
      failures.push(...this.carryOut(chunk));
    }
    this.onStep("refresh");
    for (const side of SIDES) this[side].endpoint.refresh();
    return { decision, failures, remarks: this.#remarks, tasks: decision.own + decision.peer };
  }

  decide(hints = true): Decided {
    const { alpha, beta } = this;
    const requested = this.exchangeRequests();
    for (const side of SIDES) {
      this.onStep(`look ${side}`);
      if (hints) this[side].engine.hint([], true);
      this[side].engine.scan();
      if (this.lets) this.#letTravel(this[side]);
      while (!this[side].endpoint.recall()) {
        this.#readAll(this[side]);
        this[side].engine.scan();
      }
    }
    const told = beta.endpoint.describe(alpha.engine.rules);
    give(told.messages, alpha.endpoint);
    this.onStep("decide");
    const scans = {
      rules: { own: alpha.engine.rules, peer: told.rules },
      offset: 0,
      isSetBack: beta.engine.epoch.isSetBack,
      lately: this.lately,
      parts: new Map(told.parts.map(partFromWire)),
      hindrances: told.hindrances,
    };
    let decision = alpha.endpoint.decide(scans);
    while (decision.kind !== "plan") {
      if (decision.kind === "outdated") throw new Error("the rules changed between two calls");
      if (decision.kind === "short") {
        this.onStep("room");
        alpha.endpoint.hearRoom(beta.endpoint.makeRoom(decision.short));
      } else {
        give(decision.digests, beta.endpoint);
        this.onStep("digest");
        give(beta.endpoint.digest(), alpha.endpoint);
      }
      decision = alpha.endpoint.decide(scans);
    }
    if ((decision.reads || told.reads) && this.readsAll) {
      this.#readBoth();
      return this.decide(hints);
    }
    const halt = joined([...requested, ...decision.halts, ...decision.mayBeMuch ? this.judge() : []]);
    return { ...decision, reads: decision.reads || told.reads, halt };
  }

  #readBoth() {
    for (const side of SIDES) this.#readAll(this[side]);
  }

  #readAll({ engine }: Computer) {
    while (!engine.workOn(1000).over);
  }

  /** beta judges alpha's plan. */
  judge(): Halt[] {
    const { alpha, beta } = this;
    give(alpha.endpoint.toJudge(), beta.endpoint);
    this.onStep("judge");
    const halts = beta.endpoint.judge();
    alpha.endpoint.notePeersHalt(joined(halts)?.key ?? "");
    return halts;
  }

  #letTravel({ endpoint, engine }: Computer) {
    const { asked } = endpoint.lifted();
    if (asked.length === 0) return;
    endpoint.answerLifted(asked, true);
    engine.scan();
  }

  /** People have said no to what alpha's decision halts for: alpha's own (`isOwn`), or beta's alone. Returns what cannot be read to
   * take it back. */
  takeBack(isOwn = true): Problem[] {
    const { alpha, beta } = this;
    for (;;) {
      const step = alpha.endpoint.takeBack(isOwn);
      if (step.kind === "plan") return [];
      if (step.kind === "ask") {
        give(step.digests, beta.endpoint);
        give(beta.endpoint.digest(), alpha.endpoint);
      } else if (step.reads && this.readsAll) this.#readBoth();
      else return step.unread;
    }
  }

  /** Both sides hear what the other's person asks for, and what came of the own requests. */
  exchangeRequests(): Halt[] {
    return [...SIDES, ...SIDES].flatMap((side, number) => {
      const said = this[side].endpoint.tellRequests();
      this.onStep(`requests of ${side}`);
      const hears = this[OTHER[side]];
      let news = hears.endpoint.hearRequests(said);
      while (this.readsAll && news.reads) {
        this.#readAll(hears);
        news = hears.endpoint.hearRequests(said);
      }
      const { halts } = news;
      return number < SIDES.length ? [] : halts;
    });
  }

  carryOut(chunk: Chunk): Problem[] {
    const { alpha: { endpoint: alpha }, beta: { endpoint: beta } } = this;
    const failures: Problem[] = [];
    give(chunk.messages, beta);
    if (chunk.pushed > 0) this.onStep("batch alpha");
    const { tasks, stopped } = beta.takeOrders();
    this.stopped = stopped;
    if (stopped) return [];
    if (tasks) {
      const prepare = () => {
        this.onStep("prepare");
        alpha.prepare();
      };
      if (chunk.begins) prepare();
      this.stage();
      if (!chunk.begins) prepare();
      this.onStep("transition alpha");
      const here = alpha.transition();
      beta.prepare();
      this.onStep("transition beta");
      const there = beta.transition();
      failures.push(...here.failures);
      this.#remarks.push(...here.remarks, ...there.remarks);
      give(there.messages, alpha);
    }
    this.onStep("settle");
    const { messages, peerFailures } = alpha.settle();
    give(messages, beta);
    failures.push(...peerFailures);
    const standing: Partial<Record<SideName, Standing>> = {};
    this.onStep("commit alpha");
    standing.alpha = alpha.commit();
    this.onStep("commit beta");
    standing.beta = beta.takeCommit();
    assertEquals(standing.alpha, standing.beta, "the two sides agreed on different things");
    return failures;
  }

  stage() {
    for (const side of SIDES) {
      this.onStep(`stage ${side}`);
      const { messages, copies } = this[side].endpoint.stage();
      give(messages, this[OTHER[side]].endpoint);
      while (copies && this.copiesAll && this[side].endpoint.copyOn());
    }
    for (const side of SIDES) {
      const { endpoint } = this[side];
      this.onStep(`supply ${side}`);
      endpoint.supply();
      for (let count = 0; count < this.budget; count++) {
        const supplied = endpoint.supplyNext();
        if (!supplied) break;
        this[OTHER[side]].endpoint.take(supplied[0]);
        this.onStep(`batch ${side}`);
      }
      endpoint.supplyPause();
    }
  }

  /** Both folders hold the same, and say so. */
  checkInSync() {
    assertEquals(filesIn(this.alpha.folder), filesIn(this.beta.folder));
    assertEquals(this.alpha.endpoint.standing(), this.beta.endpoint.standing());
  }

  /** Every content in the folders and the kept versions. */
  contents(): Set<string> {
    const found = new Set(SIDES.flatMap((side) => [
      ...filesIn(this[side].folder).values(),
      ...kept(this[side].folder).values(),
    ]));
    found.delete("/");
    return found;
  }
}

function give(messages: Uint8Array[], to: Endpoint) {
  for (const bytes of messages) to.take(bytes);
}

/** Two folders, in sync with what `agreed` says, which `side` had before; removed when they are disposed of. */
export function duoWith(
  agreed: Record<string, string> = {},
  side: SideName = "alpha",
  disks: Partial<Record<SideName, Disk>> = {},
) {
  const place = temporary();
  const duo = new Duo(place.path, disks);
  for (const [path, content] of Object.entries(agreed)) write(duo[side].native(path), content);
  duo.settle();
  return Object.assign(duo, {
    [Symbol.dispose]() {
      Duo.prototype[Symbol.dispose].call(duo);
      place[Symbol.dispose]();
    },
  });
}

/** Two folders in sync with `agreed`, then with what `act` does, which is one batch. */
export function duoAfter(agreed: Record<string, string>, act: (duo: Duo) => void) {
  const duo = duoWith(agreed);
  act(duo);
  duo.settle();
  return duo;
}

/** What a side's person does in the folder, by paths with "/". */
export function remove(duo: Duo, side: SideName, path: string) {
  Deno.removeSync(duo[side].native(path), { recursive: true });
}
export function rename(duo: Duo, side: SideName, from: string, to: string) {
  Deno.renameSync(duo[side].native(from), duo[side].native(to));
}
