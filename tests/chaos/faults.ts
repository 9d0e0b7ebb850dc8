// What goes wrong around people at work: processes, network, disks. A fault begins, lasts for some of their acts, and ends.

import { hold } from "../scenarios/held.ts";
import type { Random } from "../fuzz/random.ts";
import type { SmallDisk } from "../support/small_disk.ts";
import { unprivileged } from "../support/unprivileged.ts";
import { allow } from "./user.ts";
import { type SideName, SIDES } from "./model.ts";
import type { Arena } from "./arena.ts";
import { WINDOWS } from "../support/system.ts";

/** One that lasts. */
interface Lasting {
  /** What it has to itself meanwhile: a process, the network, a disk. */
  on: readonly string[];
  acts: number;
  end: () => void | Promise<void>;
}

interface Kind {
  on: (side: SideName) => readonly string[];
  /** Begins it; returns how it ends. */
  begin: (arena: Arena, side: SideName, random: Random) => Ending | Promise<Ending>;
}
type Ending = () => void | Promise<void>;

export class Faults {
  readonly #lasting = new Set<Lasting>();
  readonly #kinds: string[];

  constructor(private readonly arena: Arena, private readonly random: Random) {
    this.#kinds = Object.keys(KINDS).filter((name) => isPossible(name, arena));
  }

  /** Begins one; returns which, or null when the one it chose cannot be just now. */
  async begin(): Promise<string | null> {
    const name = this.random.pick(this.#kinds);
    const side = this.random.pick(SIDES);
    const acts = 1 + this.random.small(15);
    const kind = KINDS[name]!;
    const on = kind.on(side);
    if ([...this.#lasting].some((other) => other.on.some((what) => on.includes(what)))) return null;
    const end = await kind.begin(this.arena, side, this.random);
    this.#lasting.add({ on, acts, end });
    return name;
  }

  /** One more act was done: what lasted long enough ends. */
  async pass() {
    for (const fault of this.#lasting) if (fault.acts-- <= 0) await this.#end(fault);
  }

  async endAll() {
    // The server first: a client that starts without one gives up.
    const order = [...this.#lasting].sort((one, other) =>
      Number(other.on.includes("server")) - Number(one.on.includes("server"))
    );
    for (const fault of order) await this.#end(fault);
  }

  async #end(fault: Lasting) {
    this.#lasting.delete(fault);
    await fault.end();
  }
}

const nothing = () => {};

const KINDS: Record<string, Kind> = {
  "client killed": {
    on: (side) => [side],
    begin: async (arena, side) => {
      await arena.end(side, "kill");
      return () => arena.start(side);
    },
  },
  "both clients killed at once": {
    on: () => SIDES,
    begin: async (arena) => {
      await Promise.all(SIDES.map((side) => arena.end(side, "kill")));
      return () => SIDES.forEach((side) => arena.start(side));
    },
  },
  "client stopped": {
    on: (side) => [side],
    begin: async (arena, side) => {
      await arena.end(side, "stop");
      return () => arena.start(side);
    },
  },
  "client frozen": {
    on: (side) => [side],
    begin: (arena, side) => {
      arena.freeze(side);
      return () => arena.thaw(side);
    },
  },
  "server killed": {
    on: () => ["server"],
    begin: async (arena) => {
      await arena.scene.server.kill();
      return () => arena.serve();
    },
  },
  "server frozen": {
    on: () => ["server"],
    begin: (arena) => {
      arena.scene.server.freeze();
      return () => arena.scene.server.thaw();
    },
  },
  "everything killed at once": {
    on: () => ["server", ...SIDES],
    begin: async (arena) => {
      await Promise.all([arena.scene.server.kill(), ...SIDES.map((side) => arena.end(side, "kill"))]);
      return async () => {
        await arena.serve();
        SIDES.forEach((side) => arena.start(side));
      };
    },
  },
  "connections cut": {
    on: () => [],
    begin: ({ line }) => {
      line.cut();
      return nothing;
    },
  },
  "cut at some byte": {
    on: () => ["cut"],
    begin: ({ line }, _, random) => {
      line.cutAfter(random.small(random.pick([1_000, 100_000])));
      return () => line.cutAfter(Infinity);
    },
  },
  "network stalled": {
    on: () => ["network"],
    begin: ({ line }) => {
      line.stall();
      return () => line.resume();
    },
  },
  "network slow": {
    on: () => ["network"],
    begin: ({ line }, _, random) => {
      line.delay = 1 + random.below(40);
      return () => {
        line.delay = 0;
      };
    },
  },
  "connections refused": {
    on: () => ["door"],
    begin: ({ line }) => {
      line.refuses = true;
      line.cut();
      return () => {
        line.refuses = false;
      };
    },
  },
  "disk full": {
    on: () => ["disk"],
    begin: ({ disk }, _, random) => {
      disk!.fill(random.pick([0, 5_000, 100_000]));
      return () => disk!.free();
    },
  },
  "file held open": {
    on: (side) => [`${side}'s file`],
    begin: ({ users }, side) => {
      try {
        const held = hold(users[side].at(users[side].someFile()));
        return () => held[Symbol.dispose]();
      } catch {
        return nothing; // Others were there first, or it is gone.
      }
    },
  },
  "folder without permission": {
    on: (side) => [`${side}'s permissions`],
    begin: ({ users }, side) => {
      const user = users[side];
      try {
        Deno.chmodSync(user.at(user.someFolder()), 0);
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory)) {
          throw error;
        }
      }
      // Wherever it was moved meanwhile.
      return () => allow(user.root);
    },
  },
};

/** What cannot be done on this system is left out; `leftOut` says so. */
function isPossible(name: string, arena: { disk: SmallDisk | null }): boolean {
  if (name === "disk full") return arena.disk !== null;
  if (name === "folder without permission") return unprivileged() !== null;
  if (name === "file held open") return WINDOWS;
  return !(WINDOWS && name.endsWith("frozen"));
}

export function leftOut(disk: boolean): string[] {
  return Object.keys(KINDS).filter((name) =>
    name === "disk full" ? !disk : !isPossible(name, { disk: null })
  );
}
