// Signs a folder anew for as long as this program uses it, where its disk cannot lock (presence.ts).

import { renewFile } from "../fs/renewed_file.ts";
import type { PrivatePlaces } from "./private_folder.ts";
import { markIn, RENEW_MS, signed } from "./presence.ts";

/** Whoever waits for as long finds nobody there, so to have been stopped for longer may have cost the folder. */
export class Heartbeat {
  #count = 0;
  #timer: ReturnType<typeof setInterval>;
  #beating = false;

  /** `mark` is that of this run, `name` its user's; `lost` is called when another program has taken the folder. */
  constructor(
    private readonly places: PrivatePlaces,
    private readonly mark: string,
    private readonly name: string,
    private readonly lost: () => void,
  ) {
    this.#timer = setInterval(() => this.#beat(), RENEW_MS);
    this.#beat();
  }

  stop() {
    clearInterval(this.#timer);
  }

  async #beat() {
    if (this.#beating) return;
    this.#beating = true;
    try {
      const text = signed(this.mark, ++this.#count, this.name);
      const isOurs = await renewFile(this.places.presence, (present) => markIn(present) === this.mark, text);
      if (isOurs) return;
      this.stop();
      this.lost();
    } catch {
      // The folder is gone, or its disk is full or does not answer: looks at it tell.
    } finally {
      this.#beating = false;
    }
  }
}
