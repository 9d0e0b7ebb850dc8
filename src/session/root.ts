// A folder taken into use by this process: its lock, its worker (the hands), its watch. Several sessions may share it.

import type { Ability } from "../core/ability.ts";
import type { Path } from "../core/path.ts";
import { confinedTo } from "../fs/confined.ts";
import { realDisk } from "../fs/real.ts";
import { Watch } from "../fs/watch.ts";
import type { Dealing, Partner } from "./dealing.ts";
import { keepApart, placesIn } from "./folder.ts";
import type { Look } from "./hands.ts";
import type { Bench } from "./hands_worker.ts";
import { answerMemory, answerWish, type LinkWish } from "./links.ts";
import { type Remote, RootGone, WorkerLink } from "./remote.ts";

/** What a session hears of its root. */
export interface RootListener {
  /** Something in the root changed. */
  changed(): void;
  /** The root is gone or is another: nothing more can be said of it. */
  gone(reason: string): void;
}

/** An open root. */
export interface Root {
  /** The absolute path a person knows. */
  readonly folder: string;
  readonly identity: string;
  readonly ability: Ability;
  /** Looks at the disk where hints say so; all listeners but `asker` hear of changes. Rejects with RootGone. */
  look(asker?: RootListener): Promise<Look & { rules: string }>;
  /** All listeners but `doer`, who changed what is in the folder, hear of it: a look finds nothing new in that. */
  touched(doer?: RootListener): void;
  /** A session's part in the hands. */
  deal(partner: Partner): Promise<{ dealing: Remote<Dealing>; end(): Promise<void> }>;
  /** Hears of changes until the returned function is called. */
  listen(listener: RootListener): () => void;
  /** Watches from now on, if it does not yet: a short run without anybody waiting for changes does without. */
  armWatch(): void;
  /** While this side's disk is busy with our own writing, watching it costs more than it tells: looks at everything after. */
  pauseWatch(): void;
  resumeWatch(): void;
  /** Ends the worker and the watch and gives the lock back. */
  close(): Promise<void>;
}

/** Files still being written are looked at again after this. */
const SETTLE_MS = 45;
/** A full look now and then, since watches lie; at most this share of the time goes into it. */
const FULL_LOOK_MS = 60_000;
const FULL_LOOK_SHARE = 1 / 200;
/** A root in use for this long is watched in any case. */
const ARM_AFTER_MS = 3_000;

/** Opens `folder` (must exist, be a directory, writable). Throws UserError with one clear line otherwise,
 * also when another process holds it, or the state folder is not apart from it. */
export async function openRoot(folder: string, stateDir: string): Promise<Root> {
  keepApart(folder, stateDir);
  const { worker, memory } = startHands(folder, stateDir);
  const link = new WorkerLink(worker);
  const bench = link.remote<Bench>(0);
  try {
    const opened = await bench.open(folder, stateDir, memory);
    const root = new OpenRoot(link, bench, opened);
    root.start();
    return root;
  } catch (error) {
    link.end();
    throw error;
  }
}

/** The worker of the hands. It reaches the folder and the archives: what else is in the state folder, keys above all, is not
 * for it. `memory`: for the answers to its wishes. */
export function startHands(folder: string, stateDir: string): { worker: Worker; memory: SharedArrayBuffer } {
  const reach = [placesIn(realDisk, folder).folder, `${stateDir}${realDisk.separator}archives`];
  const confined = confinedTo({ read: reach, write: reach });
  const worker = new Worker(new URL("./hands_worker.ts", import.meta.url), confined);
  const memory = answerMemory();
  worker.addEventListener("message", ({ data }: MessageEvent<LinkWish | object>) => {
    if ("link" in data) answerWish(realDisk, folder, data, memory);
  });
  return { worker, memory };
}

class OpenRoot implements Root {
  readonly folder: string;
  readonly identity: string;
  readonly ability: Ability;
  readonly #watch: Watch;
  readonly #listeners = new Set<RootListener>();
  #armed = false;
  #armTimer: ReturnType<typeof setTimeout> | undefined;
  #paused = 0;
  #looking = false;
  #lookAgain = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #fullTimer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(
    private readonly link: WorkerLink,
    private readonly bench: Remote<Bench>,
    opened: { folder: string; private: string; identity: string; ability: Ability },
  ) {
    this.folder = opened.folder;
    this.identity = opened.identity;
    this.ability = opened.ability;
    this.#watch = new Watch(opened.folder, opened.private, (paths, all) => this.#hint(paths, all));
  }

  start() {
    this.#armTimer = setTimeout(() => this.armWatch(), ARM_AFTER_MS);
    this.#planFullLook(0);
  }

  armWatch() {
    if (this.#armed || this.#closed) return;
    this.#armed = true;
    if (this.#paused === 0) this.#startWatch();
  }

  async look(asker?: RootListener): Promise<Look & { rules: string }> {
    const look = await this.bench.look();
    if (look.changed) this.touched(asker);
    if (look.waiting > 0) this.#lookSoon();
    return look;
  }

  touched(doer?: RootListener) {
    for (const listener of this.#listeners) if (listener !== doer) listener.changed();
  }

  async deal(partner: Partner) {
    const number = await this.bench.deal(partner);
    return { dealing: this.link.remote<Dealing>(number), end: () => this.bench.endDealing(number) };
  }

  listen(listener: RootListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  pauseWatch() {
    if (this.#paused++ === 0 && this.#armed) this.#watch.stop();
  }

  resumeWatch() {
    if (--this.#paused === 0 && this.#armed && !this.#closed) this.#startWatch();
  }

  async close() {
    if (this.#closed) return;
    this.#closed = true;
    this.#watch.stop();
    clearTimeout(this.#timer);
    clearTimeout(this.#fullTimer);
    clearTimeout(this.#armTimer);
    try {
      await this.bench.close();
    } finally {
      this.link.end();
    }
  }

  /** The look at everything comes after the watch is armed: what happens in between is then seen by one of them. */
  #startWatch() {
    this.#watch.start().then(() => this.#hint([], true));
  }

  #hint(paths: string[], all: boolean) {
    if (this.#closed) return;
    this.bench.hint(paths.flatMap((path) => this.#inner(path) ?? []), all).catch(() => {}); // The look below tells.
    this.#lookNow();
  }

  #inner(path: string): Path | null {
    if (!path.startsWith(this.folder)) return null;
    const inner = path.slice(this.folder.length).replace(/^[/\\]+/, "");
    return (inner.includes("\\") && Deno.build.os === "windows"
      ? inner.replaceAll("\\", "/")
      : inner) as Path;
  }

  /** Looks without anybody waiting for it; one look at a time, and one more when hints came meanwhile. */
  #lookNow() {
    if (this.#closed) return;
    this.#lookAgain = this.#looking;
    if (this.#looking) return;
    this.#looking = true;
    this.look().catch((error) => this.#fail(error)).finally(() => {
      this.#looking = false;
      if (this.#lookAgain) this.#lookNow();
    });
  }

  #lookSoon() {
    if (this.#closed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#lookNow(), SETTLE_MS);
  }

  #planFullLook(tookMs: number) {
    if (this.#closed) return;
    this.#fullTimer = setTimeout(async () => {
      const began = performance.now();
      try {
        await this.bench.hint([], true);
        await this.look();
      } catch (error) {
        this.#fail(error);
      }
      this.#planFullLook(performance.now() - began);
    }, Math.max(FULL_LOOK_MS, tookMs / FULL_LOOK_SHARE));
  }

  #fail(error: unknown) {
    if (this.#closed) return;
    const reason = error instanceof Error ? error.message : String(error);
    for (const listener of this.#listeners) {
      listener.gone(error instanceof RootGone ? reason : `the folder cannot be read: ${reason}`);
    }
  }
}
