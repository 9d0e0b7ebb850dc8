// What is done in a root's worker beside looks and sessions, by timers that are armed from the beginning until the end:
//
//   timer    goes off                                 does
//   prune    each hour                                lets versions go whose time has come
//   prove    after 1 s, sooner while there is more    proves a slice of what was put in place
//   review   2 s after the last one                   sees whether what kept content out is over

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

/** The upkeep of one root. */
export class Upkeep {
  readonly #timers = new NamedTimers<"prune" | "prove" | "review">();

  /** `letGo` hears of each version that is let go; `eased`: something can be put into the folder that could not. */
  constructor(
    private readonly workerHost: Pick<Remote<WorkerHost>, "prune" | "prove" | "review">,
    private readonly letGo: (gone: LetGo) => void,
    private readonly eased: () => void,
  ) {}

  begin() {
    this.#timers.every("prune", PRUNE_EVERY_MS, () => this.#prune());
    this.#proveAfter(PROVE_EVERY_MS);
    this.#planReview();
  }

  end() {
    this.#timers.close();
  }

  async #prune() {
    const letGo = await this.workerHost.prune().catch(() => []); // Another time, then.
    for (const gone of letGo) this.letGo(gone);
  }

  #proveAfter(ms: number) {
    this.#timers.after("prove", ms, async () => {
      const began = performance.now();
      const isMore = await this.workerHost.prove().catch(() => false); // What cannot be proved now stays listed.
      const took = performance.now() - began;
      const soon = took > PROVE_LONG_MS ? PROVE_REST * took : PROVE_ON_MS;
      this.#proveAfter(isMore ? soon : PROVE_EVERY_MS);
    });
  }

  #planReview() {
    this.#timers.after("review", REVIEW_EVERY_MS, async () => {
      if (await this.#review()) this.eased();
      this.#planReview();
    });
  }

  /** Whether something can be put into the folder that could not. */
  async #review(): Promise<boolean> {
    const { isEased, letGo } = await this.workerHost.review().catch(() => ({ isEased: false, letGo: [] })); // The next look tells.
    for (const gone of letGo) this.letGo(gone);
    return isEased;
  }
}
