// What the server says, as the link tells it: who is here, and to each pair what concerns it.

import { Breach } from "../core/failure.ts";
import type { Emit } from "../core/event.ts";
import type { Reply } from "../wire/control.ts";
import type { LinkListener } from "./link/link.ts";
import type { Pairs } from "./pairs.ts";

/** What hearing the server leads to, beyond the pairs. */
export interface ServerNewsOptions {
  /** Emits something that counts as progress. */
  emit: Emit;
  /** A client that is closing listens to nothing more. */
  isClosing(): boolean;
  /** The folder in which anyone's invitation is accepted; undefined where people are asked. */
  folderForAnyone(): string | undefined;
  /** A bug. */
  fail(bug: unknown): void;
}

/** Passes on to the pairs of one client what its server says. */
export class ServerNews implements LinkListener {
  constructor(private readonly pairs: Pairs, private readonly options: ServerNewsOptions) {}

  up(users: string[]): void {
    this.#hearPresent(users, true);
  }

  down(): void {
    this.pairs.linkDown();
  }

  hear(reply: Reply): void {
    if (this.options.isClosing()) return;
    switch (reply.kind) {
      case "roster":
        return this.#hearPresent(reply.users, false);
      case "invitation":
        return this.#hearInvitation(reply);
      case "answered":
        return this.pairs.get(reply.to)?.hearAnswered(reply.state);
      case "ticket":
        return this.pairs.get(reply.peer)?.hearTicket(reply);
      case "welcome":
      case "refused":
      case "joined":
        throw new Breach("the server said something out of place");
    }
  }

  #hearPresent(users: string[], isAlwaysTold: boolean): void {
    const isNews = this.pairs.setPresent(users);
    if (isAlwaysTold || isNews) this.options.emit({ event: "roster", users: this.pairs.users() });
    this.pairs.tellPresent();
  }

  #hearInvitation({ from, state }: Reply & { kind: "invitation" }): void {
    const isKnown = this.pairs.get(from) !== undefined;
    if (!isKnown && (state !== "offered" || !this.pairs.makeRoom())) return;
    const pair = this.pairs.of(from);
    pair.hearInvitation(state);
    const folder = this.options.folderForAnyone();
    if (pair.pending && folder !== undefined && !pair.asks) {
      pair.accept(folder).catch((bug) => this.options.fail(bug));
    }
  }
}
