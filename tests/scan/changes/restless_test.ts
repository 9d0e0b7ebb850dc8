// A file that goes on changing while it is sent: when it may be tried again.

import { assert, assertEquals } from "@std/assert";
import type { Path } from "../../../src/core/tree/path.ts";
import type { Stat } from "../../../src/fs/port.ts";
import { Restless } from "../../../src/scan/changes/restless.ts";

const PATH = "vm" as Path;

/** A file that is written every so often, and tried whenever it is due: each try fails at its next change. */
class File {
  readonly restless = new Restless();
  now = 1e12;
  readonly tries: number[] = [];

  /** `pace`: how often it is written, in ms; Infinity: it rests. Looks each 50 ms. */
  go(ms: number, pace: number, act = () => this.restless.failed(PATH, this.#seen, this.now + 1)) {
    for (const until = this.now + ms; this.now < until; this.now += 50) {
      if (this.#time + pace <= this.now) this.#time = this.now;
      this.restless.look(this.now);
      if (this.#seen.mtime === this.#time || !this.restless.isDue(PATH, this.#stat)) continue;
      this.tries.push(this.now);
      this.restless.begun(PATH, this.now);
      this.#seen = this.#stat;
      act();
    }
  }

  pauses(): number[] {
    return this.tries.slice(1).map((at, number) => at - this.tries[number]!);
  }

  #time = 0;
  #seen: Stat = this.#stat;
  get #stat(): Stat {
    const alike = {
      id: 7,
      born: 0,
      changed: 0,
      device: 1,
      links: 1,
      executable: false,
      kind: "file",
    } as const;
    return { ...alike, size: 3, mtime: this.#time, mode: 0o644, owner: 0, group: 0 };
  }
}

Deno.test("a file that is written all the time is tried ever more rarely, to once a minute", () => {
  const file = new File();
  file.go(10 * 60_000, 100);
  const pauses = file.pauses();
  assert(pauses.every((pause, number) => pause >= (pauses[number - 1] ?? 0) - 100), pauses.join());
  assert(pauses[0]! <= 100 && pauses.at(-1)! >= 60_000 && pauses.at(-1)! < 61_000, pauses.join());
  assert(file.tries.length < 20, pauses.join());
});

Deno.test("it is tried when it has rested for a moment, however long its pause has become", () => {
  for (const minutes of [0.1, 1, 10]) {
    const file = new File();
    file.go(minutes * 60_000, 100);
    const count = file.tries.length;
    const from = file.now;
    file.go(60_000, Infinity);
    assert(file.tries[count]! - from <= 5100, `after ${file.tries[count]! - from} ms`);
  }
});

Deno.test("having rested it is new: what is written then goes at once", () => {
  const file = new File();
  file.go(60_000, 100);
  file.go(120_000, Infinity, () => {});
  const from = file.now;
  file.go(100, 50);
  assert(file.tries.at(-1)! - from <= 50);
});

Deno.test("what took long to send rests from it four times as long, or until it is not written any more", () => {
  const file = new File();
  const sent = () => {
    file.restless.sent(PATH, { size: 3, id: 7, mtime: file.now }, file.now + 2000);
    file.now += 2000;
  };
  file.go(60_000, 100, sent);
  assert(file.pauses().every((pause) => pause >= 10_000 && pause < 10_500), file.pauses().join());
});

Deno.test("a disk that tells otherwise of an open file than of its path is not asked again and again", () => {
  const file = new File();
  const stat = {
    id: 7,
    size: 3,
    mtime: 5,
    born: 0,
    changed: 0,
    device: 1,
    links: 1,
    executable: false,
  } as Stat;
  let tries = 0;
  for (const until = file.now + 60_000; file.now < until; file.now += 50) {
    file.restless.look(file.now);
    if (!file.restless.isDue(PATH, stat)) continue;
    tries++;
    file.restless.failed(PATH, stat, file.now);
  }
  assert(tries < 10, `${tries} tries`);
});

Deno.test("a clock that is set back holds nothing up", () => {
  const file = new File();
  file.go(60_000, 100);
  file.now -= 3600_000;
  const from = file.now;
  file.go(100, 50);
  assertEquals(file.tries.at(-1), from);
});

Deno.test("what it was is wanted again and again while it rests: it is tried all the same when its pause is over", () => {
  const restless = new Restless();
  const seen = { id: 7, size: 3, mtime: 1 };
  const stat = { ...seen, mtime: 2, born: 0, changed: 0, device: 1, links: 1, executable: false } as const;
  const file = { ...stat, kind: "file", mode: 0o644, owner: 0, group: 0 } as const;
  let now = 1e12;
  for (let failure = 0; failure < 3; failure++) restless.failed(PATH, seen, now);
  for (const until = now + 4000; now < until; now += 50) {
    restless.look(now);
    if (restless.isDue(PATH, file)) return;
    restless.failed(PATH, seen, now + 1);
  }
  throw new Error("it is never tried again");
});
