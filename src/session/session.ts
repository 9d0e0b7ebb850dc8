// One session: one invited pair and one root, over one open channel. Picks the part this side plays and says how it ended.

import { archiveFailure } from "../archive/failing.ts";
import { Breach, Disagreement, EXIT, RootGone, UserError } from "../core/failure.ts";
import type { Channel } from "../wire/channel/channel.ts";
import { BatchSender } from "../wire/batch_sender.ts";
import type { MessageOf } from "../wire/message.ts";
import { MOST_PROBLEMS } from "../wire/rows.ts";
import type { Mode } from "../core/plan/one_way.ts";
import { ModeRefusal, sayHello, type Stranger } from "./hello.ts";
import { lead } from "./alpha.ts";
import { follow } from "./beta.ts";
import type { Emit, ProofCounts } from "../core/event.ts";
import { type AskHalt, FollowingHalt, HaltScreen, LeadingHalt } from "./halt.ts";
import { type AskLifted, Lifting } from "./lifting.ts";
import { Changes, type SessionContext } from "./context.ts";
import { Proofs } from "./proofs.ts";
import { Reads } from "./tally.ts";
import { Report } from "./report.ts";
import type { OpenedEndpoint, Root, RootListener } from "../root/root.ts";
import type { StrangeRoot } from "../root/strange_root.ts";
import { MessageStream, StreamOver } from "./message_stream.ts";

/** What a session needs to know; `alpha` is the inviter's side, `beta` the invitee's. */
export interface SessionOptions {
  role: "alpha" | "beta";
  self: string;
  peer: string;
  /** The peer's public key, in hex. */
  peerKey: string;
  root: Root | StrangeRoot;
  /** End as soon as the two folders are in sync. */
  once: boolean;
  emit: Emit;
  /** Asks this side's person about a halt; undefined where nobody is there to be asked. */
  askHalt?: AskHalt | undefined;
  /** Asks this side's person about what was ignored here (I4); undefined likewise. */
  askLifted?: AskLifted | undefined;
  /** Every halt about which people would be asked gets this side's yes (S3). */
  approves: boolean;
  /** Which changes this side's person wants to travel. */
  mode: Mode;
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
  const { signal, role, self, peer, once, askHalt, approves, mode } = options;
  const changes = new Changes();
  // Alpha's own are as many as there are; of what beta hears there may be no end.
  const report = new Report(options.emit, peer, role === "beta" ? MOST_PROBLEMS : Infinity);
  const proofs = new Proofs(options.emit, peer);
  const lifting = new Lifting(report, peer, options.askLifted);
  const over = Promise.withResolvers<void>();
  const stream = new MessageStream(channel, {
    dirty: () => changes.note(),
    answered: (answer) => halt.hear(answer),
    proves: (message) => proofs.hear(message),
    digesting: (counts) => report.digesting(peer, counts),
    looking: (count) => report.looking(peer, count),
    received: (bytes) => report.progress(0, bytes),
    over: () => over.resolve(),
  });
  const ask = approves ? undefined : askHalt; // A yes that is given is not asked for.
  const own = { once, asks: ask !== undefined, approves, mode };
  const [alpha, beta] = role === "alpha" ? [self, peer] : [peer, self];
  const screen = new HaltScreen(report, { alpha, beta, peer }, approves, ask);
  const halt = role === "alpha"
    ? new LeadingHalt(stream, changes, screen, own)
    : new FollowingHalt(stream, screen, own);
  const leave = () => stream.end(new StreamOver("left", "left"));
  signal.addEventListener("abort", leave, { once: true });
  if (signal.aborted) leave();
  let end: SessionEnd;
  let farewell = `${self} left`;
  let how: MessageOf<"bye">["how"] = "error";
  try {
    const stranger = { ...options, stream, changes, halt, own, over: over.promise };
    const code = await run(stranger, report, proofs, lifting);
    end = { how: "done", reason: code === EXIT.incomplete ? "it is not in sync" : "in sync", code };
  } catch (error) {
    end = endOf(error, report);
    if (end.how !== "left") farewell = farewellOf(error);
    if (isDistrust(error)) how = "distrust";
  }
  screen.close();
  lifting.close();
  signal.removeEventListener("abort", leave);
  if (end.how === "done" || end.how === "left" || end.how === "halted") how = end.how;
  await stream.leave(how, farewell, GOODBYE_MS);
  return end;
}

async function run(
  stranger: Stranger & Pick<SessionOptions, "peerKey">,
  report: Report,
  proofs: Proofs,
  lifting: Lifting,
): Promise<number> {
  const met = await sayHello(stranger);
  if (!met) return EXIT.incomplete;
  const { root, peerRoot, peerAbility, peerCuts, giver, merges, looks, pushes, zstd } = met;
  const { role, self, peer, peerKey, stream, changes, halt, own: { once }, over } = stranger;
  const flow = giver === null ? "both" : giver === role ? "out" : "in";
  if (flow !== "both") report.oneWay(flow === "out" ? self : peer);
  const reads = new Reads((howFar) => tellReads(stranger, report, howFar));
  const listener = listenerFor(stranger, { report, reads, proofs }, looks);
  const forget = root.listen(listener);
  const partner = { self, peer, peerRoot, peerKey, peerAbility, peerCuts, giver, pushes };
  const shared = {
    self,
    peer,
    flow,
    root,
    listener,
    stream,
    batches: new BatchSender(stream, zstd),
    report,
    reads,
    lifting,
    changes,
    once,
    pushes,
    over,
  } as const;
  try {
    if (halt instanceof LeadingHalt) {
      const opened = await root.openEndpoint({ ...partner, role: "alpha" });
      return await cycles(
        shared,
        opened,
        proofs,
        () => lead({ ...shared, halt, endpoint: opened.endpoint }, merges),
      );
    }
    const opened = await root.openEndpoint({ ...partner, role: "beta" });
    return await cycles(
      shared,
      opened,
      proofs,
      () => follow({ ...shared, halt, endpoint: opened.endpoint }),
    );
  } finally {
    forget();
  }
}

/** Hands the endpoint what comes for it, as long as this side takes part in the cycles, and ends it. */
async function cycles(
  { root, stream, report }: Pick<SessionContext, "root" | "stream" | "report">,
  { endpoint, end }: OpenedEndpoint,
  proofs: Proofs,
  takePart: () => Promise<number>,
): Promise<number> {
  stream.handTo((bytes) => endpoint.take(bytes));
  proofs.begin({ root, stream, endpoint });
  try {
    report.conflicts((await endpoint.standing()).conflicts);
    return await takePart();
  } catch (error) {
    if (isDistrust(error)) await endpoint.distrust();
    throw error;
  } finally {
    proofs.end();
    await stream.handToNobody();
    await end();
  }
}

/** How far it is with what is read here, for both people. */
function tellReads(
  { self, stream }: Stranger,
  report: Report,
  { files, bytes, ofFiles, ofBytes }: ProofCounts,
) {
  const counts = [files, bytes, ofFiles, ofBytes];
  report.digesting(self, counts);
  stream.tell({ type: "digesting", counts });
}

function listenerFor(
  { self, stream, changes }: Stranger,
  { report, reads, proofs }: { report: Report; reads: Reads; proofs: Proofs },
  looks: boolean,
): RootListener {
  return {
    changed: () => {
      changes.note();
      stream.tell({ type: "dirty" });
    },
    digesting: ({ files, bytes, ofFiles, ofBytes }) => {
      const left = files < ofFiles ? { files: ofFiles - files, bytes: ofBytes - bytes } : null;
      reads.take("digests", left, { files, bytes });
    },
    looking: ({ files, over }) => {
      report.looking(self, { files, over });
      if (looks) stream.tell({ type: "looking", files, over });
    },
    failed: (reason: string) => stream.end(new UserError(reason, EXIT.incomplete)),
    read: (news) => proofs.read(news),
    verifies: (rate) => proofs.verifies(rate),
  };
}

/** One side found that the archives disagree: both set theirs aside. */
function isDistrust(error: unknown): boolean {
  return error instanceof Disagreement || (error instanceof StreamOver && error.bye?.how === "distrust");
}

function endOf(error: unknown, report: Report): SessionEnd {
  const reason = error instanceof Error ? error.message : String(error);
  if (error instanceof StreamOver) {
    if (error.how === "left") return { how: "left", reason: "this side left", code: report.code() };
    if (error.how === "lost") return { how: "lost", reason, code: EXIT.incomplete };
    const how = error.bye?.how === "error" || isDistrust(error) ? "lost" : "parted";
    return { how, reason: reason || "the peer left", code: report.code() };
  }
  if (error instanceof UserError) {
    report.halted(reason);
    return { how: "halted", reason, code: error.code };
  }
  // The next session looks again, and waits for as long as that is so.
  if (error instanceof RootGone) return { how: "lost", reason, code: EXIT.incomplete };
  if (error instanceof Breach || error instanceof Disagreement) {
    return { how: "lost", reason, code: EXIT.incomplete };
  }
  const failing = archiveFailure(reason);
  if (failing) return { how: "lost", reason: failing, code: EXIT.incomplete };
  return {
    how: "lost",
    reason: `a defect in tcpsync: ${error instanceof Error ? error.stack : reason}`,
    code: EXIT.fatal,
  };
}

/** What the peer hears of a failure. Paths and lines of code are for the person here alone. */
function farewellOf(error: unknown): string {
  const isForBoth = [Breach, Disagreement, ModeRefusal].some((kind) => error instanceof kind);
  if (error instanceof Error && isForBoth) return error.message;
  if (error instanceof RootGone || error instanceof UserError) return "their folder cannot be used";
  if (archiveFailure(error)) return "their computer cannot write what was agreed";
  return error instanceof StreamOver ? "the connection is over" : "a defect";
}
