// Two real folders with their hands and dealings, talking in one process: the protocol without network and workers.
// Anything may happen between two steps: a person acts, a step fails, a side is killed.

import { assertEquals } from "@std/assert";
import type { Problem } from "../../src/core/plan.ts";
import type { Disk } from "../../src/fs/port.ts";
import { realDisk } from "../../src/fs/real.ts";
import { type Chunk, Dealing, type Decision, type Standing } from "../../src/session/dealing.ts";
import { Hands } from "../../src/session/hands.ts";
import { meetingPoint } from "../../src/session/history.ts";
import { filesIn, kept } from "./folder.ts";

export const SIDES = ["alpha", "beta"] as const;
export type SideName = typeof SIDES[number];
const OTHER = { alpha: "beta", beta: "alpha" } as const;

/** What is called before each call to the disk, with "/" in all paths; what it throws, the disk throws. */
export type Hook = (method: string, args: unknown[]) => void;

/** One computer: its folder, its state, and a disk that can be made to fail. */
export class Computer {
  readonly folder: string;
  readonly disk: Disk;
  hook: Hook = () => {};
  hands: Hands;
  dealing!: Dealing;

  constructor(private readonly place: string) {
    this.folder = `${place}/folder`;
    Deno.mkdirSync(this.folder, { recursive: true });
    this.disk = hooked((method, args) => this.hook(method, args));
    this.hands = new Hands(this.disk, this.folder, `${place}/state`);
  }

  /** As after a kill: nothing in memory is left. */
  restart() {
    this.close();
    this.hands = new Hands(this.disk, this.folder, `${this.place}/state`);
  }

  close() {
    this.hook = () => {};
    this.hands.close();
  }

  native(path: string): string {
    return `${this.folder}/${path}`;
  }
}

function hooked(hook: Hook): Disk {
  return new Proxy(realDisk, {
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

export interface CycleEnd {
  decision: Decision;
  failures: Problem[];
  tasks: number;
}

export class Duo {
  readonly alpha: Computer;
  readonly beta: Computer;
  /** Called before each step of the protocol. */
  onStep: (step: string) => void = () => {};
  /** How many batches each side supplies in one chunk at most. */
  budget = Infinity;

  constructor(place: string) {
    this.alpha = new Computer(`${place}/alpha`);
    this.beta = new Computer(`${place}/beta`);
    this.connect();
  }

  [Symbol.dispose]() {
    for (const side of SIDES) this[side].close();
  }

  /** A new session, as after a lost connection. */
  connect() {
    for (const side of SIDES) {
      const { hands } = this[side];
      const peer = this[OTHER[side]].hands;
      this[side].dealing = new Dealing(hands, {
        role: side,
        self: side,
        peer: OTHER[side],
        peerRoot: peer.identity,
        peerAbility: peer.ability,
      });
    }
    const [own, peer] = [this.alpha.dealing.history(), this.beta.dealing.history()];
    const generation = meetingPoint(own, peer);
    const begin = generation === null
      ? { history: crypto.randomUUID(), generation: 0 }
      : { history: own.history, generation };
    for (const side of SIDES) {
      this.onStep(`begin ${side}`);
      this[side].dealing.begin(begin.history, begin.generation);
    }
  }

  disconnect() {
    for (const side of SIDES) this[side].dealing.close();
  }

  /** Both computers start again. */
  restart() {
    for (const side of SIDES) this[side].restart();
    this.connect();
  }

  /** Cycles until there is nothing to do. */
  settle(hints = true) {
    for (let cycles = 0; cycles < 10; cycles++) if (this.cycle(hints).tasks === 0) return;
    throw new Error("does not come to rest");
  }

  /** One cycle. `hints`: everything is looked at; otherwise only what the hands themselves think of. */
  cycle(hints = true): CycleEnd {
    const decision = this.decide(hints);
    const failures: Problem[] = [];
    const { dealing } = this.alpha;
    for (let chunk = dealing.chunk(); chunk; chunk = dealing.chunk()) failures.push(...this.carryOut(chunk));
    this.onStep("refresh");
    for (const side of SIDES) this[side].dealing.refresh();
    return { decision, failures, tasks: decision.own + decision.peer };
  }

  decide(hints = true): Decision {
    const { alpha, beta } = this;
    for (const side of SIDES) {
      this.onStep(`look ${side}`);
      if (hints) this[side].hands.hint([], true);
      this[side].hands.look();
    }
    give(beta.dealing.describe(alpha.hands.rules), alpha.dealing);
    this.onStep("decide");
    let decision = alpha.dealing.decide(beta.hands.rules, 0);
    while (decision.digests.length > 0) {
      give(decision.digests, beta.dealing);
      this.onStep("digest");
      give(beta.dealing.digest(), alpha.dealing);
      decision = alpha.dealing.decide(beta.hands.rules, 0);
    }
    return decision;
  }

  carryOut(chunk: Chunk): Problem[] {
    const { alpha: { dealing: alpha }, beta: { dealing: beta } } = this;
    const failures: Problem[] = [];
    give(chunk.messages, beta);
    const { tasks } = beta.takeOrders();
    if (tasks) {
      this.stage();
      this.onStep("transition alpha");
      failures.push(...alpha.carryOut().failures);
      this.onStep("transition beta");
      give(beta.carryOut().messages, alpha);
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
      give(this[side].dealing.stage(), this[OTHER[side]].dealing);
    }
    for (const side of SIDES) {
      const { dealing } = this[side];
      this.onStep(`supply ${side}`);
      dealing.supply();
      for (let count = 0; count < this.budget; count++) {
        const batch = dealing.supplyNext();
        if (!batch) break;
        this[OTHER[side]].dealing.take(batch);
        this.onStep(`batch ${side}`);
      }
      dealing.supplyPause();
    }
  }

  /** Both folders hold the same, and say so. */
  checkInSync() {
    assertEquals(filesIn(this.alpha.folder), filesIn(this.beta.folder));
    assertEquals(this.alpha.dealing.standing(), this.beta.dealing.standing());
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

function give(messages: Uint8Array[], to: Dealing) {
  for (const bytes of messages) to.take(bytes);
}
