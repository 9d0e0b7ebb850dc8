// Mutagen as a peer: a daemon of its own between two local folders, so nothing crosses a wire and nothing is sealed.

import { type Background, background, printed, versionOf } from "../programs.ts";
import { type Contender, type Pairing, type Place } from "../contender.ts";

const SESSION = "bench";

export const MUTAGEN: Contender = {
  name: "mutagen (local)",
  live: true,
  bothWays: true,
  version: () => versionOf("mutagen", "version"),
  open: (place) => Promise.resolve(new MutagenPair(place)),
};

class MutagenPair implements Pairing {
  readonly #env: Record<string, string>;
  #daemon: Background | null = null;
  #known = false;

  constructor(private readonly place: Place) {
    this.#env = { MUTAGEN_DATA_DIRECTORY: `${place.path}/mutagen` };
  }

  async sync() {
    const { source, target, meter } = this.place;
    this.#daemon = background("mutagen", ["daemon", "run"], this.#env);
    meter.add("daemon", this.#daemon.pid);
    await this.place.until(() => this.#say("sync", "list").then(() => true, () => false), 20);
    if (!this.#known) await this.#say("sync", "create", "--name", SESSION, source, target);
    this.#known = true;
    await this.#say("sync", "flush", SESSION);
  }

  /** A flush is a cycle from its beginning to its end. */
  async follow(act: () => void, holds: () => boolean) {
    act();
    do await this.#say("sync", "flush", SESSION); while (!holds());
  }

  async stop() {
    await this.#daemon?.stop();
    this.#daemon = null;
  }

  [Symbol.asyncDispose]() {
    return this.stop();
  }

  async #say(...args: string[]) {
    await printed("mutagen", args, this.#env);
  }
}
