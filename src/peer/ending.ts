// When all is over: a client ends once nothing is left of what was intended, when `--timeout` is up, or when it is closed.

import { EXIT } from "../core/failure.ts";
import { Patience } from "./patience.ts";
import type { PeerPair } from "./pair.ts";

/** What decides when a client ends; see `ClientOptions`. */
export interface EndingOptions {
  once: boolean;
  timeout?: number;
  stay?: boolean;
}

/** The end of one client, which comes once. */
export class Ending {
  readonly #ended = Promise.withResolvers<number>();
  #patience: Patience | undefined;
  #ending: Promise<void> | undefined;

  /** `close` ends whatever goes on, and gives the exit code of how it went. */
  constructor(private readonly options: EndingOptions, private readonly close: () => Promise<number>) {}

  /** Resolves with the exit code when everything has ended. Rejects with what was told to `fail`. */
  get ended(): Promise<number> {
    return this.#ended.promise;
  }

  /** Whether the end has begun: nothing more is taken up. */
  get hasBegun(): boolean {
    return this.#ending !== undefined;
  }

  /** From now on the time without progress counts, where there is a timeout. */
  count(): void {
    const { timeout } = this.options;
    if (timeout !== undefined) this.#patience = new Patience(timeout, () => this.begin(EXIT.incomplete));
  }

  /** Something came further. */
  progress(): void {
    this.#patience?.progress();
  }

  /** Time does not count while `act` runs: a person is asked something. */
  async hold<T>(act: () => Promise<T>): Promise<T> {
    return await (this.#patience?.hold(act) ?? act());
  }

  /** What was intended with one of these has come to its end: with the last of them the client ends. `isOpenToAnyone`: others may still
   * come, who are wanted unless it is for once. */
  settled(pairs: readonly Pick<PeerPair, "open" | "settled">[], isOpenToAnyone: boolean): void {
    if (this.options.stay || pairs.some((pair) => pair.open) || !pairs.some((pair) => pair.settled)) return;
    if (isOpenToAnyone && !this.options.once) return;
    this.begin();
  }

  /** Ends the client, with `code` or with that of how it went. Resolves when it has ended. */
  begin(code?: number): Promise<void> {
    return this.#ending ??= this.#end(code).catch((bug) => this.fail(bug));
  }

  /** A bug: nothing that a peer or a link does leads here. */
  fail(bug: unknown): void {
    this.#ended.reject(bug);
  }

  async #end(code?: number): Promise<void> {
    this.#patience?.stop();
    const howItWent = await this.close();
    this.#ended.resolve(code ?? howItWent);
  }
}
