// One other person, seen from this client: what is intended with them, and where that stands.
//
// The intent says what happens without asking: nothing (`none`), their invitation is accepted (`accept`), or they are
// invited as well (`invite`). `offer` says that an invitation of theirs is open. The phase says where we are:
//
//   phase      input                              → phase
//   quiet      an intent                          → opening    open the folder
//   opening    the folder is open                 → waiting
//   waiting    offer, intent accept or invite     → accepted   answer yes
//   waiting    peer present, intent invite        → invited    invite
//   pausing    the pause is over, or peer left    → waiting
//   pausing    offer                              → accepted   answer yes
//   invited    answered accepted                  → accepted
//   invited    answered declined, expired         → settled    code 3, 2; the intent ends
//   invited    answered absent, busy              → pausing
//   invited    offer                              → invited    (crossed: the server takes our invite as a yes)
//   accepted   ticket                             → session
//   accepted   it was withdrawn or expired        → waiting
//   session    any offer while digits are compared → session   (until the two people have ended it)
//   session    offer, intent accept or invite     → session    answer yes: the peer knows that ours is dead
//   session    ticket after that                  → session    the old one ends, then the new one begins
//   session    it ended lost or parted            → pausing (intent invite), waiting, or accepted (answered yes)
//   session    refused, for want of trust         → settled    code 3; the intent ends
//   session    it ended done, and `once`          → settled
//   session    it ended halted                    → halted     (settled when `once`); the intent ends
//   the link   is down: invited, accepted, pausing → waiting; an offer is void
//   any        disconnect                         → quiet      the intent ends
//
// Whatever is not in the table changes nothing.

import { EXIT } from "../core/failure.ts";
import type { Event } from "../core/event.ts";
import type { Reply } from "../wire/control.ts";
import type { Root } from "../root/root.ts";
import type { StrangeRoot } from "../root/strange_root.ts";
import type { SessionStatus } from "./client.ts";
import { waitBefore } from "./link/backoff.ts";
import type { PairHost } from "./host.ts";
import type { Lease } from "./roots.ts";
import { Run, type RunEnd } from "./run.ts";
import { newSight, observe, statusOf } from "./status.ts";

type Intent = "none" | "accept" | "invite";

type Phase =
  | { at: "quiet" | "opening" | "waiting" | "invited" | "accepted" | "halted" }
  | { at: "pausing"; timer: ReturnType<typeof setTimeout> }
  /** `accepted`: the peer asks anew, was answered yes, and the next ticket is on its way. */
  | { at: "session"; run: Run; accepted: boolean }
  /** Nothing is tried again. `done`: a session ended it, so the peer's further invitations are left alone. */
  | { at: "settled"; code: number; done: boolean };

/** Events that are no progress: they come again and again by themselves, or beside the cycle. */
const NO_PROGRESS: ReadonlySet<Event["event"]> = new Set([
  "verified",
  "waiting",
  "proof",
  "differs",
  "unwatched",
  "watched",
]);

/** One other person. */
export class PeerPair {
  #intent: Intent = "none";
  #phase: Phase = { at: "quiet" };
  #offer = false;
  #present = false;
  #lease: Lease | undefined;
  #folder = "";
  #attempt = 0;
  #sight = newSight();
  #lost = false;
  /** The intent came of the peer's invitation. */
  #answered = false;
  /** The code of the last session that ended by itself. */
  #code: number | undefined;
  /** When the peer's last invitation came. */
  offeredAt = 0;
  /** The person disconnected: from now on the peer's invitations are asked about, whoever else is let in. */
  asks = false;

  constructor(public peer: string, private readonly host: PairHost) {}

  /** An invitation waits for this person's answer. */
  get pending(): boolean {
    return this.#offer && this.#intent === "none";
  }

  /** Whether a second intent would change nothing. */
  get busy(): boolean {
    const { at } = this.#phase;
    return this.open && at !== "halted" && (at !== "waiting" || this.#intent === "invite");
  }

  /** Whether something goes on with this person, or is waited for. */
  get open(): boolean {
    return this.#phase.at !== "quiet" && this.#phase.at !== "settled";
  }

  /** Nothing is lost when this is forgotten: the peer is gone, nothing goes on, and the person wanted nothing by himself. */
  get forgettable(): boolean {
    const { at } = this.#phase;
    return !this.#present && !this.#offer && !this.asks &&
      (at === "quiet" || (at === "waiting" && this.#answered));
  }

  get settled(): boolean {
    return this.#phase.at === "settled";
  }

  /** What is known about how it went, as an exit code. */
  get code(): number {
    return (this.#phase.at === "settled" ? this.#phase.code : this.#code) ?? EXIT.inSync;
  }

  /** The folder at hand, once it is open. */
  get root(): Root | StrangeRoot | undefined {
    return this.#lease?.root;
  }

  /** The folder, once this person was invited to it, or is let in. */
  get sharedFolder(): string | undefined {
    return this.open && !["opening", "waiting"].includes(this.#phase.at) ? this.#folder : undefined;
  }

  /** The names in dispute. */
  get conflicts(): Iterable<string> {
    return this.#sight.disputed;
  }

  /** What `/status` says; undefined when nothing is intended with this person. */
  status(): SessionStatus | undefined {
    const { at } = this.#phase;
    if (at === "quiet" || at === "settled") return undefined;
    return {
      ...statusOf(this.#sight, Date.now()),
      peer: this.peer,
      folder: this.#folder,
      state: this.#state(),
    };
  }

  /** Takes up an intent. Rejects with UserError when the folder cannot be used; then nothing is intended. */
  async want(intent: "accept" | "invite", folder: string): Promise<void> {
    const opening: Phase = { at: "opening" };
    this.#intent = intent;
    this.#answered = false;
    this.asks = false;
    this.#folder = folder;
    this.#enter(opening);
    try {
      await this.#release(); // Of a halted session, perhaps in another folder.
      const lease = await this.host.lease(folder);
      if (this.#phase !== opening) return await lease.release(); // The intent was taken back meanwhile.
      this.#lease = lease;
    } catch (error) {
      if (this.#phase === opening) await this.leave();
      throw error;
    }
    this.#enter({ at: "waiting" });
    this.#next();
  }

  /** Answers an invitation with yes, and later ones too. False when it was withdrawn while the folder was opened. */
  async accept(folder: string): Promise<boolean> {
    await this.want("accept", folder);
    this.#answered = true;
    if (this.#phase.at !== "waiting") return true;
    await this.leave();
    return false;
  }

  /** Answers an invitation with no. */
  decline(): void {
    this.#offer = false;
    this.host.send({ kind: "answer", from: this.peer, accept: false });
    this.host.emit({ event: "invitation", from: this.peer, state: "declined" });
  }

  /** The person wants nothing more of this peer: tells the peer, ends everything, and asks from now on. */
  async disconnect(): Promise<void> {
    this.asks = true;
    if (this.#offer) this.decline();
    if (this.#phase.at === "invited") {
      this.host.send({ kind: "withdraw", to: this.peer });
      this.host.emit({ event: "invitation", to: this.peer, state: "withdrawn" });
    }
    await this.leave();
  }

  /** The client ends: an intent of which no session came is broken off (RULES E0). */
  async close(): Promise<void> {
    if (this.#intent !== "none") this.#code ??= EXIT.incomplete;
    await this.leave();
  }

  /** Ends the session in good order and intends nothing more. */
  async leave(): Promise<void> {
    const phase = this.#phase;
    this.#intent = "none";
    this.#offer = false;
    if (phase.at === "session") {
      phase.accepted = false;
      const code = await phase.run.leave();
      if (this.#phase !== phase) return;
      this.#code = code;
    }
    if (phase.at !== "settled") this.#enter({ at: "quiet" });
    await this.#release();
  }

  /** The link is up and the peer is on the roster, or not. */
  setPresent(present: boolean): void {
    if (present === this.#present) return;
    this.#present = present;
    this.#attempt = 0;
    if (this.#phase.at === "pausing") this.#enter({ at: "waiting" });
    this.#next();
  }

  /** The link is down: what the server was to answer will not be answered. */
  linkDown(): void {
    if (this.pending) this.host.emit({ event: "invitation", from: this.peer, state: "withdrawn" });
    this.#offer = false;
    this.#notAccepted();
    if (this.#phase.at === "invited") this.#enter({ at: "waiting" });
    this.setPresent(false);
  }

  /** What the server says of the peer's invitation. */
  hearInvitation(state: (Reply & { kind: "invitation" })["state"]): void {
    if (state === "offered") {
      if (this.#phase.at === "invited") return;
      if (this.#phase.at === "settled" && this.#phase.done) return;
      this.#offer = true;
      this.offeredAt = performance.now();
      const sharing = this.host.sharing(this.peer, this.#intent === "none" ? undefined : this.#folder);
      this.host.emit({ event: "invitation", from: this.peer, state, ...sharing });
      return this.#next();
    }
    const known = this.#offer || this.#accepted;
    this.#offer = false;
    if (known) this.host.emit({ event: "invitation", from: this.peer, state });
    if (state === "accepted") return;
    this.#notAccepted();
    this.#next();
  }

  /** What the server says of our invitation. */
  hearAnswered(state: (Reply & { kind: "answered" })["state"]): void {
    if (this.#phase.at !== "invited") return;
    if (state === "absent" || state === "busy") return void this.#pause();
    this.host.emit({ event: "invitation", to: this.peer, state });
    if (state === "accepted") return this.#enter({ at: "accepted" });
    this.#settle(state === "declined" ? EXIT.fatal : EXIT.incomplete, false);
  }

  /** Both said yes. A ticket nobody waits for is left to expire. */
  hearTicket({ role, ticket }: Reply & { kind: "ticket" }): void {
    if (this.#lease === undefined || !this.#accepted) return;
    if (this.#phase.at === "session" && this.#phase.run.comparing) return;
    const previous = this.#phase.at === "session" ? this.#phase.run : undefined;
    previous?.cut();
    this.#sight = newSight(this.#sight);
    this.#lost = false;
    const run = new Run(this.host, {
      role,
      peer: this.peer,
      root: this.#lease.root,
      emit: (e) => this.#hear(e),
    });
    this.#enter({ at: "session", run, accepted: false });
    run.start(ticket, previous).then((end) => this.#ended(run, end), (bug) => this.host.fail(bug));
  }

  #hear(event: Event): void {
    observe(this.#sight, event, Date.now());
    if (event.event === "insync") this.#attempt = 0;
    if (NO_PROGRESS.has(event.event)) this.host.tell(event);
    else this.host.emit(event);
  }

  #ended(run: Run, end: RunEnd): void {
    const phase = this.#phase;
    if (phase.at !== "session" || phase.run !== run || run.leaving) return;
    this.#code = end.code;
    if (end.how === "refused") {
      this.asks = true; // A server that tries again and again is to be seen, also by one who accepts from anyone.
      this.host.emit({ event: "refused", peer: this.peer, reason: end.reason });
      return this.#settle(end.code, false);
    }
    if (end.how === "halted") {
      this.#intent = "none";
      this.#sight.state = "halted";
      return this.host.own.once ? this.#settle(end.code, true) : this.#enter({ at: "halted" });
    }
    if (end.how === "done" && this.host.own.once) return this.#settle(end.code, true);
    this.#lost = true;
    this.#enter({ at: phase.accepted ? "accepted" : "waiting" });
    const again = this.#intent === "invite" && this.#present && !phase.accepted;
    const retry = again ? { retry: this.#pause() / 1000 } : {};
    this.host.tell({ event: "lost", what: "peer", peer: this.peer, reason: end.reason, ...retry });
    this.#next();
  }

  /** Does what the intent asks for here and now. */
  #next(): void {
    const phase = this.#phase;
    if (this.#intent === "none" || (phase.at === "session" && phase.run.comparing)) return;
    if (this.#offer && (phase.at === "waiting" || phase.at === "pausing" || phase.at === "session")) {
      this.#offer = false;
      if (phase.at === "session") phase.accepted = true;
      else this.#enter({ at: "accepted" });
      this.host.send({ kind: "answer", from: this.peer, accept: true });
    } else if (this.#intent === "invite" && phase.at === "waiting" && this.#present) {
      this.#enter({ at: "invited" });
      this.host.send({ kind: "invite", to: this.peer });
      this.host.emit({ event: "invitation", to: this.peer, state: "offered" });
    }
  }

  /** Both have said yes, and a ticket is on its way. */
  get #accepted(): boolean {
    return this.#phase.at === "accepted" || (this.#phase.at === "session" && this.#phase.accepted);
  }

  #notAccepted(): void {
    if (this.#phase.at === "session") this.#phase.accepted = false;
    else if (this.#phase.at === "accepted") this.#enter({ at: "waiting" });
  }

  #pause(): number {
    const wait = waitBefore(this.#attempt++, this.host.backoff);
    const timer = setTimeout(() => {
      this.#enter({ at: "waiting" });
      this.#next();
    }, wait);
    this.#enter({ at: "pausing", timer });
    return wait;
  }

  #settle(code: number, done: boolean): void {
    this.#intent = "none";
    this.#enter({ at: "settled", code, done });
    this.#release().then(() => this.host.settled(), (bug) => this.host.fail(bug));
  }

  #enter(phase: Phase): void {
    if (this.#phase.at === "pausing") clearTimeout(this.#phase.timer);
    this.#phase = phase;
  }

  async #release(): Promise<void> {
    const lease = this.#lease;
    this.#lease = undefined;
    await lease?.release();
  }

  #state(): SessionStatus["state"] {
    switch (this.#phase.at) {
      case "session":
        return this.#sight.state;
      case "halted":
        return "halted";
      case "invited":
        return this.#lost ? "lost" : "invited";
      default:
        return this.#lost ? "lost" : "waiting";
    }
  }
}
