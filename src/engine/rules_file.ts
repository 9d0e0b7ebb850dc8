// The ignore file of a root, read when it is seen anew. While it cannot be read, the rules of before hold and nothing new is sent from
// this side (RULES I6): what it says may be meant for just that.

import type { Entry } from "../core/tree/entry.ts";
import { IGNORE_FILE, type Ignores, rulesProblem } from "../core/ignore/ignore.ts";
import { compareKey, type Path } from "../core/tree/path.ts";
import { MOST_RULES_BYTES, type NoRules, rulesText, UNTIL_SHORTER } from "../core/ignore/rules_text.ts";
import { describeFailure, tryTo } from "../fs/failure.ts";
import type { Disk } from "../fs/port.ts";

/** `lasting`: only a person can mend it. */
export interface RulesProblem {
  reason: string;
  lasting: boolean;
}

/** The rules that hold (kept_home.ts). */
interface HeldRules {
  readonly rules: string;
  readonly ignores: Ignores;
  read(text: string): void;
}

interface RulesGround {
  disk: Disk;
  native: string;
  foldsCase: boolean;
  /** A stop damaged the file: until it is here again, the rules hold as they were. */
  isLost: () => boolean;
}

/** What is to be read; `as` is another for another content, as far as that shows. */
interface RulesSight {
  as: Entry | string | undefined;
  native: string | null;
}

export class RulesFile {
  /** Why the rules are not those that stand in the file now; null when they are. */
  problem: RulesProblem | null = null;
  #waits = false;
  /** What was read last; null before that. */
  #read: RulesSight["as"] | null = null;

  constructor(private readonly held: HeldRules, private readonly ground: RulesGround) {}

  /** What the rules are to be is not known. */
  get isUnread(): boolean {
    return this.problem !== null || this.#waits;
  }

  /** What kept the file from being read is over: the next look reads it. */
  get isEased(): boolean {
    return this.problem?.lasting === false && tryTo(() => this.#textIn(this.ground.native));
  }

  /** `seen`: what the last look saw in the root. Returns whether other rules hold now. */
  look(seen: ReadonlyMap<string, Entry>): boolean {
    this.#waits = false;
    try {
      const sight = this.#sight(seen);
      if (!sight || sight.as === this.#read) return false;
      const text = sight.native === null ? "" : this.#textIn(sight.native);
      this.#read = sight.as;
      return this.#take(text);
    } catch (error) {
      this.#read = null; // Held open by an editor, or closed to this user: tried again with each look.
      const { reason, lasting } = describeFailure(error, IGNORE_FILE);
      this.problem = { reason: sentence({ reason, until: "until it can be read" }), lasting };
      return false;
    }
  }

  #take(text: string | NoRules): boolean {
    if (typeof text !== "string") {
      this.problem = { reason: sentence(text), lasting: true };
      return false;
    }
    const reason = rulesProblem(text);
    if (reason !== null) return this.#take({ reason, until: UNTIL_SHORTER });
    this.problem = null;
    if (text === this.held.rules) return false;
    this.held.read(text);
    return true;
  }

  /** Null when there is nothing to read yet. A file that its own rules ignore is in no snapshot, and holds all the same. */
  #sight(seen: ReadonlyMap<string, Entry>): RulesSight | null {
    const { disk, native, foldsCase, isLost } = this.ground;
    const entry = seen.get(IGNORE_FILE);
    if (entry) return { as: entry, native };
    const stat = disk.stat(native);
    if (!stat) return this.held.rules !== "" && isLost() ? null : { as: undefined, native: null };
    const respelled = foldsCase &&
      [...seen.values()].find(({ name }) => compareKey(name, true) === IGNORE_FILE);
    if (respelled) return { as: respelled, native };
    if (this.held.ignores(IGNORE_FILE as Path, IGNORE_FILE, false)) {
      const { kind, size, mtime, id, changed } = stat;
      return { as: [kind, size, mtime, id, changed].join(" "), native };
    }
    this.#waits = true; // It is being written for the first time.
    return null;
  }

  /** Throws what the disk throws. */
  #textIn(native: string): string | NoRules {
    const { disk } = this.ground;
    if (disk.stat(native)?.kind !== "file") {
      return { reason: "it is no plain file", until: "until it is one" };
    }
    const file = disk.openToRead(native);
    try {
      const bytes = new Uint8Array(MOST_RULES_BYTES + 1); // What is more shows.
      let length = 0;
      for (let count = -1; count !== 0; length += count) count = file.read(bytes.subarray(length));
      return rulesText(bytes.subarray(0, length));
    } finally {
      file.close();
    }
  }
}

function sentence({ reason, until }: NoRules): string {
  return `${reason}: ${until}, the rules of before hold and nothing new is sent from that folder`;
}
