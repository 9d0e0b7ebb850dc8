// What is done in a root's worker beside looks and sessions, by timers:
//
//   timer    goes off                                 does
//   prune    each hour                                lets versions go whose time has come
//   prove    after 1 s, sooner while there is more    proves a slice of what was put in place
//   review   2 s after the last one                   sees whether what kept content out is over
//
// The last two rest once there is nothing for them to do, until something goes on in the root (`stir`): nobody is woken for nothing.

import type { LetGo } from "../core/event.ts";
import { NamedTimers } from "../fs/watch/timers.ts";
import type { Remote } from "./rpc.ts";
import type { WorkerHost } from "./worker_host.ts";

/** Versions whose time has come are let go this often. */
const PRUNE_EVERY_MS = 3600_000;
/** What was put in place is proved now and then, a slice at a time with pauses between. */
const PROVE_EVERY_MS = 1_000;
const PROVE_ON_MS = 10;
/** After a slice longer than PROVE_LONG_MS, the engine is left alone for PROVE_REST times as long. A slice takes long on a slow disk, and
 * in very deep folders, where the runtime needs long to open a file. */
const PROVE_LONG_MS = 40;
const PROVE_REST = 4;
/** What keeps content out is looked at this often: it may be over. */
const REVIEW_EVERY_MS = 2_000;

/** Work that is done again and again while there is any. */
class Recurring {
  #isOn = false;
  #isStirred = false;

  /** `act` says in how many ms it is to be done again; null: not before something is stirred. */
  constructor(
    private readonly wait: (ms: number, act: () => void) => void,
    private readonly act: () => Promise<number | null>,
  ) {}

  /** There may be something to do, in so many ms. What was stirred while it is done counts as well. */
  stir(ms: number) {
    this.#isStirred = true;
    if (this.#isOn) return;
    this.#isOn = true;
    this.#after(ms);
  }

  #after(ms: number) {
    this.wait(ms, async () => {
      this.#isStirred = false;
      const next = await this.act();
      if (next !== null || this.#isStirred) this.#after(next ?? ms);
      else this.#isOn = false;
    });
  }
}

/** The upkeep of one root. */
export class Upkeep {
  readonly #timers = new NamedTimers<"prune" | "prove" | "review">();
  readonly #proving = new Recurring((ms, act) => this.#timers.after("prove", ms, act), () => this.#prove());
  readonly #reviewing = new Recurring(
    (ms, act) => this.#timers.after("review", ms, act),
    () => this.#review(),
  );

  /** `letGo` hears of each version that is let go; `eased`: something can be put into the folder that could not. */
  constructor(
    private readonly workerHost: Pick<Remote<WorkerHost>, "prune" | "prove" | "review">,
    private readonly letGo: (gone: LetGo) => void,
    private readonly eased: () => void,
  ) {}

  begin() {
    this.#timers.every("prune", PRUNE_EVERY_MS, () => this.#prune());
    this.stir();
  }

  /** Something goes on in the root. */
  stir() {
    this.#proving.stir(PROVE_EVERY_MS);
    this.#reviewing.stir(REVIEW_EVERY_MS);
  }

  end() {
    this.#timers.close();
  }

  async #prune() {
    const letGo = await this.workerHost.prune().catch(() => []); // Another time, then.
    for (const gone of letGo) this.letGo(gone);
  }

  async #prove(): Promise<number | null> {
    const began = performance.now();
    const more = await this.workerHost.prove().catch(() => "later"); // What cannot be proved now stays listed.
    if (more !== "now") return more === "later" ? PROVE_EVERY_MS : null;
    const took = performance.now() - began;
    return took > PROVE_LONG_MS ? PROVE_REST * took : PROVE_ON_MS;
  }

  async #review(): Promise<number | null> {
    const review = await this.workerHost.review().catch(() => null);
    if (!review) return REVIEW_EVERY_MS; // The next look tells what is wrong.
    for (const gone of review.letGo) this.letGo(gone);
    if (review.isEased) this.eased();
    return review.isHindered ? REVIEW_EVERY_MS : null;
  }
}
