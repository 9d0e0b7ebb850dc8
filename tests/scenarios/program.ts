// tcpsync as a process: started with flags, followed by its `--json` events, and never waited for by the clock.

import { complaintsIn } from "../support/complaints.ts";

/** One line of `--json`. */
export interface Told {
  event: string;
  // deno-lint-ignore no-explicit-any -- what a line holds is what the test is about
  [key: string]: any;
}

/** How a process ended. */
export interface Ended {
  code: number;
  err: string;
}

/** Nothing takes this long, on a slow computer neither: a wait that does will never end. Where a watch does not tell of all (Wine,
 * in folders that were renamed), the look at everything comes once a minute. On a computer that is emulated it may: TCPSYNC_TEST_PATIENCE,
 * in seconds. */
const PATIENCE = Deno.env.get("TCPSYNC_TEST_PATIENCE");
const PATIENCE_S = Number(PATIENCE ?? 90);

/** How long to wait, in seconds, for what must come before the look at everything: that one finds whatever nothing else does, so whoever
 * waits longer sees no fault. Where watches tell less (Windows, an emulated computer) that look alone finds some of it. */
export function beforeFullLook(seconds: number): number {
  return PATIENCE !== undefined || Deno.build.os === "windows" ? PATIENCE_S : seconds;
}

/** On an emulated computer the second half of a rename may be told too late: then it is a deletion and a creation (M6). */
export const HALVES_MAY_PART = PATIENCE !== undefined;

/** The command that runs a script of this project. */
export function running(script: string): string[] {
  const path = new URL(script, import.meta.url).pathname.replace(/^\/(?=[A-Za-z]:)/, "");
  return [Deno.execPath(), "run", "-A", "--cached-only", "--no-check", path];
}

const COMPILED = Deno.env.get("TCPSYNC_PROGRAM");

/** The command that runs the program: from its source, or as people have it, where TCPSYNC_PROGRAM names the compiled one. */
export const PROGRAM = COMPILED ? [COMPILED] : running("../../main.ts");

/** The same, from its source, on a computer whose clock is wrong, until it is put right at `until` (ms). */
export function withClock(minutesAhead: number, until = Infinity): string[] {
  return [...running("wrong_clock.ts"), `${minutesAhead} until ${until}`];
}

/** The same, from its source, as a server that passes on about a megabyte a second, in turns. */
export const SLOW_RELAY = running("slow_relay.ts");

/** The same, from its source, where no look at a folder that holds a file "stumble" comes to its end. */
export const STUMBLING = running("stumbling.ts");

/** The same, from its source, on a disk on which a file "rotten" has lost a bit. */
export const ROTTEN = running("rotten.ts");

/** The same, from its source, on a disk that takes long to say what is at a path whose name begins with "far". */
export const FAR = running("far.ts");

export class Program {
  readonly events: Told[] = [];
  readonly ended: Promise<Ended>;
  readonly #child: Deno.ChildProcess;
  #err = "";
  #read = 0;
  #alive = true;
  #news = Promise.withResolvers<void>();

  constructor(readonly name: string, flags: readonly string[], command: readonly string[] = PROGRAM) {
    this.#child = new Deno.Command(command[0]!, {
      args: [...command.slice(1), ...flags, "--json"],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const reading = [this.#readEvents(), this.#readErrors()];
    this.ended = Promise.all([this.#child.status, ...reading]).then(([{ code }]) => {
      this.#alive = false;
      this.#tell();
      return { code, err: complaintsIn(this.#err) };
    });
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** The next event of that name after the last one waited for. */
  async event(name: string, wanted: (told: Told) => boolean = () => true): Promise<Told> {
    for (;;) {
      while (this.#read < this.events.length) {
        const told = this.events[this.#read++]!;
        if (told.event === name && wanted(told)) return told;
      }
      await this.news();
    }
  }

  /** Resolves at the next event; rejects when none can come any more. */
  news(): Promise<void> {
    if (this.#alive) return this.#news.promise;
    return Promise.reject(new Error(`${this.name} has ended and tells nothing more`));
  }

  /** A place in the events, for `since`. Whatever was told before it is not waited for any more. */
  mark(): number {
    return this.#read = this.events.length;
  }

  since(mark: number, name: string): Told[] {
    return this.events.slice(mark).filter(({ event }) => event === name);
  }

  /** No warning, no goodbye. */
  async kill(): Promise<void> {
    if (this.#alive) this.#signal("SIGKILL");
    await this.ended;
  }

  /** Ctrl+C; where a process cannot be sent one, it is killed. */
  async stop(): Promise<Ended> {
    this.#signal(Deno.build.os === "windows" ? "SIGKILL" : "SIGINT");
    return await this.ended;
  }

  /** Whether it was ended, by itself or from outside. */
  get hasEnded(): boolean {
    return !this.#alive;
  }

  /** Takes its time away, as a computer that sleeps does, and gives it back. Not on Windows. */
  freeze() {
    this.#signal("SIGSTOP");
  }
  thaw() {
    this.#signal("SIGCONT");
  }

  /** What it told last, but for what it tells again and again: for whoever has to find out what went wrong. */
  story(): string {
    const news = this.events.filter(({ event }) => event !== "waiting" && event !== "verified");
    const lines = news.slice(-40).map(({ time: _, ...told }) => `  ${JSON.stringify(told)}`);
    return [`${this.name}${this.#alive ? "" : " (ended)"}:`, ...lines, this.#err].join("\n");
  }

  #signal(signal: Deno.Signal) {
    try {
      this.#child.kill(signal);
    } catch (error) {
      if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error; // It has ended by itself.
    }
  }

  async #readEvents() {
    let unread = "";
    for await (const text of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (unread + text).split("\n");
      unread = lines.pop()!;
      this.events.push(...lines.map((line) => JSON.parse(line)));
      if (lines.length > 0) this.#tell();
    }
  }

  async #readErrors() {
    for await (const text of this.#child.stderr.pipeThrough(new TextDecoderStream())) this.#err += text;
  }

  #tell() {
    const { resolve } = this.#news;
    this.#news = Promise.withResolvers();
    this.#news.promise.catch(() => {});
    resolve();
  }
}

/** The promise, or, when nothing comes of it, an error that says what was waited for. */
export async function inTime<T>(promise: Promise<T>, what: string, seconds = PATIENCE_S): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error("it never came")), 1000 * seconds);
  try {
    return await Promise.race([promise, late.promise]);
  } catch (error) {
    throw new Error(`waiting for ${what}: ${(error as Error).message}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
