// One session: one invited pair and one root, over one open channel. Picks the part this side plays and says how it ended.

import { Breach, EXIT, UserError } from "../core/failure.ts";
import type { Channel } from "../wire/channel.ts";
import { lead } from "./alpha.ts";
import { follow } from "./beta.ts";
import type { Emit } from "./event.ts";
import { Changes, Disagreement, getAcquainted, type Party } from "./party.ts";
import { RootGone } from "./remote.ts";
import { Report } from "./report.ts";
import type { Root } from "./root.ts";
import { Talk, TalkOver } from "./talk.ts";

/** What a session needs to know; `alpha` is the inviter's side, `beta` the invitee's. */
export interface SessionOptions {
  role: "alpha" | "beta";
  self: string;
  peer: string;
  root: Root;
  /** End as soon as the two folders are in sync. */
  once: boolean;
  emit: Emit;
  /** Aborting it leaves the session in good order: the peer is told, what was agreed stays. */
  signal: AbortSignal;
}

/** How a session ended. `code` is a RULES E code for what is known of this pair. */
export interface SessionEnd {
  /** done: `once` reached in sync; left: this side's signal; parted: the peer left in good order; lost: the link broke;
   * halted: a safety rule or this side's folder stopped it, and a retry would not help. */
  how: "done" | "left" | "parted" | "lost" | "halted";
  reason: string;
  code: number;
}

/** The peer gets so long to hear our goodbye. */
const GOODBYE_MS = 2000;

/** Runs one session until it ends. Never throws for what the peer or the link does; closes the channel. */
export async function runSession(channel: Channel, options: SessionOptions): Promise<SessionEnd> {
  const { root, signal } = options;
  const changes = new Changes();
  const report = new Report(options.emit, options.peer);
  const over = Promise.withResolvers<void>();
  const talk = new Talk(channel, {
    dirty: () => changes.note(),
    received: (bytes) => report.progress(0, bytes),
    over: () => over.resolve(),
  });
  const leave = () => talk.end(new TalkOver("left", "left"));
  signal.addEventListener("abort", leave, { once: true });
  if (signal.aborted) leave();
  const listener = {
    changed: () => {
      changes.note();
      if (options.role === "beta" && talk.isOpen) talk.send({ type: "dirty" }).catch(() => {}); // The talk's end is told below.
    },
    gone: (reason: string) => talk.end(new RootGone(reason)),
  };
  const forget = root.listen(listener);
  let end: SessionEnd;
  let farewell = `${options.self} left`;
  try {
    end = {
      how: "done",
      reason: "in sync",
      code: await run({ root, listener, talk, report, changes, once: options.once }, options, over.promise),
    };
  } catch (error) {
    end = endOf(error, report);
    if (end.how !== "left") farewell = farewellOf(error);
  }
  forget();
  signal.removeEventListener("abort", leave);
  const how = end.how === "done" || end.how === "left" || end.how === "halted" ? end.how : "error";
  await talk.leave(how, farewell, GOODBYE_MS);
  return end;
}

async function run(
  known: Omit<Party, "dealing">,
  { role, self, peer }: SessionOptions,
  over: Promise<void>,
): Promise<number> {
  const { root, talk, report } = known;
  const { root: peerRoot, ability: peerAbility } = await getAcquainted(talk, root, known.once);
  const { dealing, end } = await root.deal({ role, self, peer, peerRoot, peerAbility });
  talk.handTo((bytes) => dealing.take(bytes));
  try {
    const party = { ...known, dealing };
    report.conflicts((await dealing.standing()).conflicts);
    return role === "alpha" ? await lead(party, over) : await follow(party);
  } catch (error) {
    if (error instanceof Disagreement) await dealing.distrust();
    throw error;
  } finally {
    await talk.handToNobody();
    await end();
  }
}

function endOf(error: unknown, report: Report): SessionEnd {
  const reason = error instanceof Error ? error.message : String(error);
  if (error instanceof TalkOver) {
    if (error.how === "left") return { how: "left", reason: "this side left", code: report.code() };
    if (error.how === "lost") return { how: "lost", reason, code: EXIT.incomplete };
    const how = error.bye?.how === "error" ? "lost" : "parted";
    return { how, reason: reason || "the peer left", code: report.code() };
  }
  if (error instanceof RootGone || error instanceof UserError) {
    report.halted(reason);
    return { how: "halted", reason, code: error instanceof UserError ? error.code : EXIT.incomplete };
  }
  if (error instanceof Breach || error instanceof Disagreement) {
    return { how: "lost", reason, code: EXIT.incomplete };
  }
  return {
    how: "lost",
    reason: `a defect in tcpsync: ${error instanceof Error ? error.stack : reason}`,
    code: EXIT.fatal,
  };
}

/** What the peer hears of a failure. Paths and lines of code are for the person here alone. */
function farewellOf(error: unknown): string {
  if (error instanceof Breach || error instanceof Disagreement) return error.message;
  if (error instanceof RootGone || error instanceof UserError) return "their folder cannot be used";
  return error instanceof TalkOver ? "the connection is over" : "a defect";
}
