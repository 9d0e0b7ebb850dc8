// Three computers in one process, each pair of which keeps one folder, and whose pairs meet one after the other.

import { assertEquals } from "@std/assert";
import { realDisk } from "../../src/fs/real.ts";
import { Computer, Duo } from "./duo.ts";
import { filesIn, temporary, write } from "./folder.ts";

export const NAMES = ["alice", "bob", "carol"] as const;
export type Name = typeof NAMES[number];

export class Ring {
  readonly #place = temporary();
  readonly #people = Object.fromEntries(
    NAMES.map((name) => [name, new Computer(`${this.#place.path}/${name}`, realDisk)]),
  ) as Record<Name, Computer>;

  constructor(agreed: Record<string, string>) {
    for (const [path, content] of Object.entries(agreed)) this.write("alice", path, content);
    this.settle();
  }

  [Symbol.dispose]() {
    for (const name of NAMES) this.#people[name].kill();
    this.#place[Symbol.dispose]();
  }

  person(who: Name): Computer {
    return this.#people[who];
  }

  at(who: Name, path: string): string {
    return this.#people[who].native(path);
  }

  write(who: Name, path: string, content: string) {
    write(this.at(who, path), content);
  }

  remove(who: Name, path: string) {
    Deno.removeSync(this.at(who, path), { recursive: true });
  }

  /** The one invites the other. */
  meet(one: Name, other: Name) {
    const duo = new Duo("", {}, this.#people[one], this.#people[other]);
    duo.settle();
    duo.disconnect();
  }

  /** The two forget what they agreed on: they meet as if for the first time. */
  forget(one: Name, other: Name) {
    for (const [from, to] of [[one, other], [other, one]] as const) {
      const { archive } = this.#people[from].engine;
      const { engine, key } = this.#people[to];
      archive.restart(archive.pair({ root: engine.identity, key }, false), "");
    }
  }

  /** All of them meet until nothing comes of it. */
  settle() {
    for (let round = 0; round < 3; round++) {
      for (const [one, other] of PAIRS) this.meet(one, other);
    }
  }

  files(who: Name): Record<string, string> {
    return Object.fromEntries(filesIn(this.#people[who].folder));
  }

  check(wanted: Record<string, string>, when: string) {
    for (const name of NAMES) assertEquals(this.files(name), wanted, `${name}: ${when}`);
  }
}

export const PAIRS: readonly (readonly [Name, Name])[] = [
  ["alice", "bob"],
  ["bob", "carol"],
  ["carol", "alice"],
];
