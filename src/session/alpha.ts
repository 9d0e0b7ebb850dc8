// The inviter's part: it leads. A cycle: look, hear what the peer did, decide, carry the plan out in chunks, commit each.

import { Disagreement, type Problem } from "../core/failure.ts";
import { REMADE_MS } from "../scan/remade.ts";
import { fitting } from "../wire/message.ts";
import { partFromWire, planCountsToWire, problemToWire } from "../wire/rows.ts";
import { clockOffset } from "./clocks.ts";
import { consent, decisionWithout, type LeadingContext } from "./consent.ts";
import type { Halt } from "../guard/guard.ts";
import type { Halts } from "./halt.ts";
import { haltFromWire, joined } from "../guard/halts.ts";
import type { AskFirst, Chunk, ShortOfRoom, Standing } from "../endpoint/endpoint.ts";
import type { DecidedPlan } from "../plan/forgetting.ts";
import { hindrancesFromWire, shortToWire } from "../plan/hindrances.ts";
import { meetingPoint } from "./common_point.ts";
import { MANY_TASKS, scanIfThere, type SessionContext, stageBoth } from "./context.ts";
import { NOTHING_DONE, type Outcome, Rest } from "./idle.ts";
import { hearUnwatched, sayUnwatched } from "./unwatched.ts";
import { hearRequests, tellRequests } from "./peer_requests.ts";

/** A plan is dropped for a new one when a change has waited this long. */
const REPLAN_AFTER_MS = 1000;

/** Leads until the message stream is over (rejects) or, with `once` on either side, both are in sync. `merges`: whatever was agreed before
 * is forgotten (C6). Returns the E code. */
export async function lead(context: LeadingContext, merges: boolean): Promise<number> {
  await agreeOnHistory(context, merges);
  const rest = new Rest(context);
  for (;;) {
    const outcome = await cycle(context);
    const code = outcome.unfinished ? null : await rest.after(outcome);
    if (code !== null) return code;
  }
}

/** Finds where both archives stand together. */
async function agreeOnHistory({ stream, endpoint }: SessionContext, merges: boolean): Promise<void> {
  const own = await endpoint.history();
  await stream.send({ type: "history", ...own });
  const peer = await stream.expect("history");
  const generation = merges ? null : meetingPoint(own, peer);
  const begin = generation === null
    ? { history: crypto.randomUUID(), generation: 0 }
    : { history: own.history, generation };
  await stream.send({ type: "begin", ...begin });
  await endpoint.begin(begin.history, begin.generation, peer.batch);
  await stream.expect("begun");
}

async function cycle(context: LeadingContext): Promise<Outcome> {
  const { stream, endpoint, report, changes } = context;
  changes.taken();
  const began = performance.now();
  const decided = await decide(context);
  changes.spare(performance.now() - began);
  // The ignore rules changed while both looked, or the peer had a request: nothing was decided.
  if (!decided) return { ...NOTHING_DONE, unfinished: true };
  const { decision, halts, waiting, reads, writing } = decided;
  const consented = await consent(context, halts, decision.counts);
  if (consented === "again") return { ...NOTHING_DONE, unfinished: true };
  if (consented !== "go") return { ...NOTHING_DONE, halted: consented };
  const tasks = decision.own + decision.peer;
  const { counts, come, paths, problems, goesOn } = decision;
  report.plan(counts, paths, problems, goesOn, [0, come]);
  await stream.send({
    type: "plan",
    counts: planCountsToWire({ counts, tasks: decision.peer }),
    goesOn,
    done: report.done,
    paths,
    problems: fitting(problems.map(problemToWire)),
  });
  let failures = decision.unread;
  let unfinished = decision.again;
  if (decision.own > MANY_TASKS) context.root.pauseWatch();
  const owed: Owed = { standing: null };
  try {
    for (let chunk = await endpoint.chunk(); chunk; chunk = await endpoint.chunk()) {
      const done = await leadChunk(context, chunk, owed);
      if (done.stopped.length > 0) return await stopped(context, done.stopped, decision);
      failures = failures.concat(done.failures);
      unfinished ||= done.unfinished;
      // What was cut short for a change goes on after it.
      if (changes.urgent && (changes.age > REPLAN_AFTER_MS || done.unfinished)) break;
      // What failed of something that others stand behind as well: the next plan leaves all of that out.
      if (done.failures.some(({ stuck, repeats }) => stuck && !repeats)) break;
    }
    await collect(context, owed);
  } finally {
    if (decision.own > MANY_TASKS) context.root.resumeWatch();
  }
  await endpoint.refresh();
  const isDone = tasks === 0 && failures.length === 0 && !reads;
  const stands = { inSync: isDone && !waiting, onlyWaits: isDone && waiting };
  return { ...stands, failures, problems, waiting, reads, writing, unfinished };
}

/** What both sides see, and what follows from it. */
interface Decided extends Pick<Outcome, "waiting" | "writing" | "reads"> {
  decision: DecidedPlan;
  halts: Halts;
}

/** Looks on both sides and decides; asks for digests where they decide, and for room. Null when the ignore rules changed meanwhile, or a
 * request of the peer was done. */
async function decide(context: LeadingContext): Promise<Decided | null> {
  const { stream, endpoint, report, root } = context;
  const { unwatched } = root;
  report.watching(context.self, unwatched);
  await stream.send({ type: "look", unwatched: sayUnwatched(unwatched), ...await tellRequests(context) });
  const look = await scanIfThere(context);
  if (!look) return decisionWithout(context.self);
  const asked = Date.now();
  await stream.send({ type: "scan", ignore: look.rules });
  const peer = await stream.expect("scanned");
  const offset = clockOffset(asked, peer.time, Date.now());
  report.watching(context.peer, hearUnwatched(peer));
  if (peer.gone) return decisionWithout(context.peer);
  await stream.expect("changes");
  const scans = {
    rules: { own: look.rules, peer: peer.ignore },
    offset,
    isSetBack: peer.setBack,
    lately: REMADE_MS,
    parts: new Map(peer.parts.map(partFromWire)),
    hindrances: hindrancesFromWire(peer),
  };
  let decision = await endpoint.decide(scans);
  // What both sides undid is to be one plan.
  const requested = await hearRequests(context, peer);
  if (requested.acted) return null;
  while (decision.kind === "ask" || decision.kind === "short") {
    await askBeta(context, decision);
    decision = await endpoint.decide(scans);
  }
  if (decision.kind === "outdated") return null;
  const here = await endpoint.unsettled();
  const writing = [
    ...here.writing.map((path) => ({ path, whose: context.self })),
    ...peer.writing.map((path) => ({ path, whose: context.peer })),
  ];
  const own = [...context.halt.requests, ...decision.halts];
  const peers = [...peer.halts.map(haltOfBeta), ...await judgedThere(context, decision)];
  const waiting = here.waiting + peer.waiting > 0 || decision.held;
  if (decision.reads) root.digest();
  return {
    decision,
    halts: { own, peers },
    waiting,
    reads: decision.reads || peer.reads || requested.reads,
    writing,
  };
}

/** Asks beta for what alpha must know before it can decide. */
async function askBeta({ stream, endpoint }: LeadingContext, first: AskFirst | ShortOfRoom) {
  switch (first.kind) {
    case "ask":
      await stream.sendAll(first.digests);
      await stream.expect("digested");
      break;
    case "short":
      await stream.send({ type: "short", ...shortToWire(first.short) });
      await endpoint.hearRoom(await stream.expect("room"));
      break;
  }
}

const haltOfBeta = (row: unknown) => haltFromWire(row, "beta");

/** What beta's guard says of a plan that might be too much there. */
async function judgedThere(
  { stream, endpoint, halt }: LeadingContext,
  { mayBeMuch }: DecidedPlan,
): Promise<Halt[]> {
  if (!mayBeMuch && !halt.isHalted) return [];
  await stream.sendAll(await endpoint.toJudge());
  const halts = (await stream.expect("judged")).halts.map(haltOfBeta);
  await endpoint.notePeersHalt(joined(halts)?.key ?? "");
  return halts;
}

/** beta's guard let nothing of the orders be done, and alpha did nothing either: it is as if beta had been asked before. */
async function stopped(context: LeadingContext, peers: Halt[], { counts }: DecidedPlan): Promise<Outcome> {
  await context.endpoint.notePeersHalt(joined(peers)!.key);
  const consented = await consent(context, { own: [], peers }, counts);
  return consented === "stay" || consented === "ends"
    ? { ...NOTHING_DONE, halted: consented }
    : { ...NOTHING_DONE, unfinished: true };
}

/** Where alpha stands after the last commit, until beta has said where it stands. */
interface Owed {
  standing: Standing | null;
}

/** One chunk on both sides: stage, transition, commit. Where alpha has nothing to do in it, it does not wait for beta to stage. Beta's word
 * on the commit is only awaited in the next chunk, so that both commit at the same time; the two are never more than one commit apart. */
async function leadChunk(
  context: LeadingContext,
  chunk: Chunk,
  owed: Owed,
): Promise<Pick<Outcome, "failures" | "unfinished"> & { stopped: Halt[] }> {
  const { stream, endpoint, report } = context;
  let failures: Problem[] = [];
  await stream.sendAll(chunk.messages);
  if (chunk.pushed > 0) report.progress(0, chunk.pushed);
  if (chunk.own + chunk.peer > 0) {
    if (chunk.begins) {
      await collect(context, owed);
      await begin(context);
    }
    await stageBoth(context);
    await collect(context, owed);
    const stopped = (await stream.expect("staged")).halts.map(haltOfBeta);
    if (stopped.length > 0) return { failures: [], unfinished: false, stopped };
    if (!chunk.begins) await begin(context);
    const done = await endpoint.transition();
    context.root.touched(context.listener);
    await stream.expect("results");
    report.problems(done.remarks);
    failures = done.failures;
  } else await collect(context, owed);
  const { messages, peerFailures, unfinished } = await endpoint.settle();
  failures = failures.concat(peerFailures);
  await stream.sendAll(messages);
  const committed = await endpoint.commit();
  owed.standing = committed;
  report.progress(committed.done, 0);
  report.problems(failures);
  report.conflicts(owed.standing.conflicts);
  return { failures, unfinished, stopped: [] };
}

/** What is about to be done is written down here before beta does any of it. */
async function begin({ stream, endpoint }: LeadingContext) {
  await endpoint.prepare();
  await stream.send({ type: "transition" });
}

/** Both sides must hold the same ancestor after every commit: anything else is a defect, and the history ends here. */
async function collect({ stream }: SessionContext, owed: Owed) {
  if (!owed.standing) return;
  const { digest } = await stream.expect("committed");
  if (owed.standing.digest !== digest) throw new Disagreement();
  owed.standing = null;
}
