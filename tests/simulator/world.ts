// What is common to one simulation: clock, chance, network, the server, and what was seen and went wrong.

import { createHash } from "node:crypto";
import { type Server, startServer } from "../../src/rendezvous/server.ts";
import type { Event } from "../../src/core/event.ts";
import { keyPairOf } from "../../src/wire/channel/keys.ts";
import { Random } from "../fuzz/random.ts";
import { memoryKeyring } from "../support/keyring.ts";
import { memoryNames } from "../support/names.ts";
import { Clock, Life } from "./virtual_clock.ts";
import { SimulatedComputer } from "./computer.ts";
import { Network } from "./virtual_network.ts";
import { type Habit, SECOND_GENERATION, someHabits, THIRD_GENERATION } from "./personality.ts";

const keyOf = (byte: number) => keyPairOf(new Uint8Array(32).fill(byte));
const KEYS = { server: keyOf(1), alice: keyOf(2), bob: keyOf(3) };

/** What no honest pair of programs says to each other, whatever befalls them. */
const DEFECT =
  /a defect|The peer s|from the peer|archives disagree|nobody wanted|than wanted|\bis due\b|can be$/;

export class World {
  readonly random: Random;
  readonly clock: Clock;
  readonly network: Network;
  readonly alice: SimulatedComputer;
  readonly bob: SimulatedComputer;
  /** Every content that stood whole on a disk by a person's hand. */
  readonly whole = new Set<string>();
  /** Contents both people have. */
  readonly common: string[] = [];
  readonly largest: number;
  /** Disks, watches and habits may be of the second generation. */
  readonly isSecond: boolean;
  readonly isThird: boolean;
  readonly readsAtOnce: number;
  readonly habits: readonly Habit[];
  /** Nothing fails: then everything that is told of reaches the program. */
  isQuiet = false;
  /** What a person made has to be in a folder, and not among kept versions alone. */
  isStrict: boolean;
  /** All that happened, where it is wanted. */
  readonly log: string[] | undefined;
  /** From now on nothing is wrong with disks and programs, so nothing may need a person. */
  calm = false;
  /** An archive was lost or put back: then the two may well disagree. */
  tampered = false;
  #failure: Error | undefined;
  readonly #hash = createHash("sha256");
  #server: Server | undefined;
  #serverLife: Life | undefined;
  readonly #names = memoryNames();

  constructor(seed: number, place: string, logs: boolean) {
    this.random = new Random(seed);
    this.isSecond = this.isStrict = seed >= SECOND_GENERATION;
    this.isThird = seed >= THIRD_GENERATION;
    this.readsAtOnce = this.isThird && seed % 2 === 1 ? 0 : Infinity;
    this.habits = this.isSecond ? someHabits(this.random) : [];
    this.log = logs ? [] : undefined;
    this.clock = new Clock(this.random);
    this.network = new Network(this.clock, this.random);
    this.network.slowest = this.random.pick([5, 20, 300]);
    this.largest = this.random.below(6) === 0 ? 700_000 : 3_000;
    for (let count = 0; count < 3; count++) this.common.push(`common ${count} `.repeat(3 + count * 5));
    const [alice, bob] = [memoryKeyring(KEYS.alice), memoryKeyring(KEYS.bob)];
    alice.rememberPeer(KEYS.server.publicKey, "bob", KEYS.bob.publicKey);
    bob.rememberPeer(KEYS.server.publicKey, "alice", KEYS.alice.publicKey);
    this.alice = new SimulatedComputer("alice", "bob", this, `${place}/alice`, alice);
    this.bob = new SimulatedComputer("bob", "alice", this, `${place}/bob`, bob);
  }

  get both(): SimulatedComputer[] {
    return [this.alice, this.bob];
  }

  get digest(): string {
    return this.#hash.copy().digest("hex");
  }

  trace(line: string): void {
    const timed = `${this.clock.elapsed} ${line}`;
    this.#hash.update(timed);
    this.log?.push(timed);
  }

  hear(computer: SimulatedComputer, event: Event): void {
    const { fingerprint: _, ...shown } = event as Event & { fingerprint?: string };
    this.trace(`${computer.name} ${JSON.stringify(shown)}`);
    if ("reason" in event && event.event === "lost" && DEFECT.test(event.reason)) {
      if (!this.tampered) this.fail(`${computer.name}: ${event.reason}`);
    }
  }

  /** A person had to see to something. */
  trouble(name: string, reason: string): void {
    if (this.calm) this.fail(`${name} needed its person though nothing was wrong: ${reason}`);
  }

  fail(reason: string): void {
    this.trace(`FAILED ${reason}`);
    this.#failure ??= new Error(reason);
  }

  /** Lets time pass; throws when something went wrong meanwhile. */
  async runTo(time: number): Promise<void> {
    await this.clock.runTo(time);
    if (this.#failure) throw this.#failure;
  }

  startServer(): void {
    if (this.#serverLife) return;
    const life = this.#serverLife = new Life("server");
    this.clock.as(life, () => {
      const started = startServer({
        host: "server",
        port: 7420,
        own: KEYS.server,
        names: this.#names,
        emit: () => {},
        listen: this.network.listen,
      });
      started.then((server) => this.#server = server, (error) => this.fail(`the server: ${error.stack}`));
    });
  }

  killServer(): void {
    const life = this.#serverLife;
    if (!life) return;
    life.dead = true;
    this.#serverLife = this.#server = undefined;
    this.network.hangUp(life);
  }

  /** Ends everything; what is left of the programs has run out when it resolves. */
  async end(): Promise<void> {
    for (const computer of this.both) computer.kill();
    this.killServer();
    await this.clock.runTo(this.clock.elapsed);
  }
}
