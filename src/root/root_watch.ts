// The watch of a root in use: whether it is on, and what of the folder it does not tell of.
//
//   state     input                      → state     done
//   unarmed   arm                        → on        start
//   unarmed   arm, while it is paused    → paused
//   on        pause                      → paused    stop
//   paused    as many resumes as pauses  → on        start; where everything was looked at just now → resting
//   resting   it is time, or arm         → on        start
//   resting   pause                      → paused
//   on        the folder is back         → on        stop, start: the old one may be one of another disk
//   any       close                      → closed    stop
//
// Whatever is not in the table changes nothing, but that pauses are counted while it is unarmed, too. A watch that was started is
// followed by a look at everything once the system watches: what happened in between is then seen by one of them. While much is put in
// place, which pauses it again and again, it rests in between, so that those looks take a share of the time alone.

import type { Unwatched } from "../core/unwatched.ts";
import { NamedTimers } from "../fs/watch/timers.ts";
import type { Planner } from "../fs/watch/planned_watch.ts";
import type { Hint } from "../fs/watch/watch.ts";
import type { Watching, WatchOwner } from "./root.ts";

/** Who is told what the watch tells. */
export interface WatchedRoot extends Pick<Planner, "plan" | "watches"> {
  hint: Hint;
  /** What cannot be watched is another now. */
  unwatched(): void;
  /** The look at everything after a start is not to come before so many ms are over. */
  lookDue(): number;
}

/** One root's watch. */
export class RootWatch {
  readonly #watch: Watching;
  #state: "unarmed" | "armed" | "closed" = "unarmed";
  #pauses = 0;
  readonly #timers = new NamedTimers<"rest">({ keepAlive: false });
  /** What the system refuses to watch, and whether what is watched tells of nothing. */
  #refused: Unwatched | null = null;
  #deaf = false;
  /** Which folders there were when the watch was last told of them: see ScanResult. */
  #folders = 0;

  /** `make` makes the watch, which is off. */
  constructor(make: (hint: Hint, owner: WatchOwner) => Watching, private readonly root: WatchedRoot) {
    this.#watch = make(root.hint, {
      plan: root.plan,
      watches: root.watches,
      lacks: (refused) => this.#note(() => this.#refused = refused),
      deaf: (isDeaf) => this.#note(() => this.#deaf = isDeaf),
    });
  }

  /** It tells of changes, as far as anybody knows. */
  get isOn(): boolean {
    return this.#state === "armed" && this.#pauses === 0 && !this.#timers.has("rest");
  }

  /** What of the folder it does not tell of; null: nothing. */
  get unwatched(): Unwatched | null {
    return this.#deaf ? { why: "deaf", watched: 0, folders: 0 } : this.#refused;
  }

  arm() {
    if (this.isOn || this.#state === "closed") return;
    this.#timers.end("rest");
    this.#state = "armed";
    if (this.isOn) this.#start();
  }

  pause() {
    if (this.isOn) this.#watch.stop();
    this.#timers.end("rest");
    this.#pauses++;
  }

  resume() {
    this.#pauses--;
    if (!this.isOn) return;
    const due = this.root.lookDue();
    if (due > 0) this.#timers.after("rest", due, () => this.#start());
    else this.#start();
  }

  /** The folder was gone and is back. */
  renew() {
    if (!this.isOn) return;
    this.#watch.stop();
    this.#start();
  }

  /** A look found these folders: what is to be watched may be another now. */
  follow(folders: number) {
    if (folders !== this.#folders) this.#watch.follow?.();
    this.#folders = folders;
  }

  close() {
    this.#state = "closed";
    this.#timers.close();
    this.#watch.stop();
  }

  #start() {
    this.#watch.start().then(() => this.root.hint([], true, false));
  }

  #note(note: () => void) {
    const before = JSON.stringify(this.unwatched);
    note();
    if (JSON.stringify(this.unwatched) !== before) this.root.unwatched();
  }
}
