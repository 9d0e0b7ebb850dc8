// One session's life on this side: its data connection, the session over it, and the ways to end it.

import { EXIT } from "../core/failure.ts";
import type { Emit } from "../core/event.ts";
import type { Root } from "../root/root.ts";
import type { StrangeRoot } from "../root/strange_root.ts";
import type { SessionEnd } from "../session/session.ts";
import type { SealedChannel } from "../wire/channel/sealed.ts";
import type { PairHost } from "./host.ts";
import { MeetingRefusal } from "./meeting.ts";

/** What a run needs to know of its pair. */
export interface RunOptions {
  role: "alpha" | "beta";
  peer: string;
  root: Root | StrangeRoot;
  emit: Emit;
}

/** How a run ended. refused: the two do not trust each other, and a retry would not help. */
export type RunEnd = SessionEnd | { how: "refused"; reason: string; code: number };

/** One session, from the ticket on. */
export class Run {
  readonly #abort = new AbortController();
  readonly #finished = Promise.withResolvers<RunEnd>();
  #channel: SealedChannel | undefined;
  #comparing = false;

  constructor(private readonly host: PairHost, private readonly options: RunOptions) {}

  /** Whether the session was asked to end: then its end is told to nobody. */
  get leaving(): boolean {
    return this.#abort.signal.aborted;
  }

  /** Two people are comparing digits: it is for them to end it, and for no newer ticket. */
  get comparing(): boolean {
    return this.#comparing;
  }

  /** Runs to the end. A previous session of the pair is over before this one touches the root. */
  async start(ticket: string, previous: Run | undefined): Promise<RunEnd> {
    try {
      if (previous !== undefined) await previous.#finished.promise;
      this.#finished.resolve(await this.#run(ticket));
    } catch (bug) {
      this.#finished.reject(bug);
    }
    return await this.#finished.promise;
  }

  /** Ends it in good order, or by force after a while; gives its code. */
  async leave(): Promise<number> {
    const force = setTimeout(() => this.#channel?.close(), this.host.leaveMs);
    this.#abort.abort();
    try {
      return (await this.#finished.promise).code;
    } finally {
      clearTimeout(force);
    }
  }

  /** Ends the session at once: the other end is already in another one. */
  cut(): void {
    this.#abort.abort();
    this.#channel?.close();
  }

  async #run(ticket: string): Promise<RunEnd> {
    const { signal } = this.#abort;
    const { role, peer, emit } = this.options;
    try {
      const guessed = () => this.#comparing = true;
      this.#channel = await this.host.join({ ticket, role, peer, emit, guessed }, signal);
      this.#comparing = false;
    } catch (error) {
      const reason = (error as Error).message;
      if (signal.aborted) return { how: "left", reason, code: EXIT.incomplete };
      if (error instanceof MeetingRefusal) return { how: "refused", reason, code: EXIT.fatal };
      return { how: "lost", reason, code: EXIT.incomplete };
    }
    const peerKey = this.#channel.key.toHex();
    const { own, runSession } = this.host;
    return await runSession(this.#channel, { ...this.options, ...own, peerKey, signal });
  }
}
