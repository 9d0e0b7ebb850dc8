// The inviter's part: it leads. A cycle: look, hear what the peer did, decide, carry the plan out in chunks, commit each.

import { EXIT } from "../core/failure.ts";
import type { Problem } from "../core/plan.ts";
import { fitting } from "../wire/message.ts";
import { problemToWire } from "../wire/rows.ts";
import type { Decision, Standing } from "./dealing.ts";
import { meetingPoint } from "./history.ts";
import { Disagreement, MANY_TASKS, type Party, stageBoth } from "./party.ts";

/** A failed task is tried again after this, twice as long each time. */
const RETRY_FIRST_MS = 250;
const RETRY_LONGEST_MS = 30_000;
/** With `once`, a task that failed this often is reported as it stands. */
const ONCE_TRIES = 5;
/** A plan is dropped for a new one when a change has waited this long. */
const REPLAN_AFTER_MS = 1000;
/** Files still being written are looked at again after this, twice as long each time: the root itself looks meanwhile, and
 * tells when one has settled. */
const SOON_MS = 60;
const SOON_LONGEST_MS = 2000;

/** How a cycle left things. */
interface Outcome {
  /** Nothing was there to do, and nothing is waiting. */
  inSync: boolean;
  failures: Problem[];
  problems: Problem[];
  waiting: boolean;
  /** Content of some tasks is still to come. */
  unfinished: boolean;
}

/** Leads until the talk is over (rejects) or, with `once` on either side, both are in sync. Returns the E code. */
export async function lead(party: Party, over: Promise<void>): Promise<number> {
  const offset = await agreeOnHistory(party);
  let tries = 0;
  let waits = 0;
  for (;;) {
    const outcome = await cycle(party, offset);
    if (!outcome.waiting) waits = 0;
    if (outcome.unfinished) continue;
    tries = outcome.failures.length > 0 ? tries + 1 : 0;
    const settled = outcome.inSync || tries >= ONCE_TRIES;
    if (settled && !party.changes.pending) {
      await tellInSync(party, [...outcome.problems, ...outcome.failures]);
      if (party.once) return outcome.failures.length > 0 ? EXIT.incomplete : party.report.code();
    }
    if (settled) party.root.armWatch();
    if (outcome.inSync) await party.changes.wait(Infinity, over);
    else if (tries > 0) {
      await party.changes.wait(Math.min(RETRY_FIRST_MS * 2 ** (tries - 1), RETRY_LONGEST_MS), over);
    } else if (outcome.waiting) {
      await party.changes.wait(Math.min(SOON_MS * 2 ** waits++, SOON_LONGEST_MS), over);
    }
  }
}

/** Finds where both archives stand together. Returns beta's clock minus ours, in ms. */
async function agreeOnHistory({ talk, dealing }: Party): Promise<number> {
  const own = await dealing.history();
  const asked = Date.now();
  await talk.send({ type: "history", time: asked, ...own });
  const peer = await talk.expect("history");
  const offset = peer.time - (asked + Date.now()) / 2;
  const generation = meetingPoint(own, peer);
  const begin = generation === null
    ? { history: crypto.randomUUID(), generation: 0 }
    : { history: own.history, generation };
  await talk.send({ type: "begin", ...begin });
  await dealing.begin(begin.history, begin.generation);
  await talk.expect("begun");
  return offset;
}

async function cycle(party: Party, offset: number): Promise<Outcome> {
  const { talk, dealing, report, changes } = party;
  changes.taken();
  const { decision, waiting } = await decide(party, offset);
  const tasks = decision.own + decision.peer;
  report.plan(decision.counts, decision.problems);
  const { create, update, delete: removals, move, conflict, bytes } = decision.counts;
  await talk.send({
    type: "plan",
    counts: [create, update, removals, move, conflict, bytes, decision.peer],
    problems: fitting(decision.problems.map(problemToWire)),
  });
  if (tasks > 0) report.outOfSync();
  const failures = [...decision.unread];
  let unfinished = false;
  if (decision.own > MANY_TASKS) party.root.pauseWatch();
  const owed: Owed = { standing: null };
  try {
    for (let chunk = await dealing.chunk(); chunk; chunk = await dealing.chunk()) {
      const done = await carryOut(party, chunk, owed);
      failures.push(...done.failures);
      unfinished ||= done.unfinished;
      if (changes.age > REPLAN_AFTER_MS) break;
    }
    await collect(party, owed);
  } finally {
    if (decision.own > MANY_TASKS) party.root.resumeWatch();
  }
  await dealing.refresh();
  const inSync = tasks === 0 && failures.length === 0 && !waiting;
  return { inSync, failures, problems: decision.problems, waiting, unfinished };
}

/** Looks on both sides and decides; asks for digests where they decide. */
async function decide(party: Party, offset: number): Promise<{ decision: Decision; waiting: boolean }> {
  const { talk, dealing, root } = party;
  await talk.send({ type: "look" });
  const own = await root.look(party.listener);
  await talk.send({ type: "scan", ignore: own.rules });
  const peer = await talk.expect("scanned");
  await talk.expect("changes");
  let decision = await dealing.decide(peer.ignore, offset);
  while (decision.digests.length > 0) {
    await talk.send(...decision.digests);
    await talk.expect("digested");
    decision = await dealing.decide(peer.ignore, offset);
  }
  return { decision, waiting: own.waiting + peer.waiting > 0 };
}

/** What the last commit led to here, until beta has said where it led there. */
interface Owed {
  standing: Standing | null;
}

/** One chunk on both sides: stage, transition, commit. Beta's word on the commit is only awaited in the next chunk, so that
 * both commit at the same time; the two are never more than one commit apart. */
async function carryOut(
  party: Party,
  chunk: { messages: Uint8Array[]; own: number; peer: number },
  owed: Owed,
): Promise<Pick<Outcome, "failures" | "unfinished">> {
  const { talk, dealing, report } = party;
  const failures: Problem[] = [];
  await talk.send(...chunk.messages);
  if (chunk.own + chunk.peer > 0) {
    await stageBoth(party);
    await collect(party, owed);
    await talk.expect("staged");
    await talk.send({ type: "transition" });
    const done = await dealing.carryOut();
    party.root.touched(party.listener);
    await talk.expect("results");
    report.progress(done.files, 0);
    failures.push(...done.failures);
  } else await collect(party, owed);
  const { messages, peerFailures, unfinished } = await dealing.settle();
  failures.push(...peerFailures);
  await talk.send(...messages);
  owed.standing = await dealing.commit();
  report.problems(failures);
  report.conflicts(owed.standing.conflicts);
  return { failures, unfinished };
}

/** Both sides must hold the same ancestor after every commit: anything else is a defect, and the history ends here. */
async function collect({ talk }: Party, owed: Owed) {
  if (!owed.standing) return;
  const { digest } = await talk.expect("committed");
  if (owed.standing.digest !== digest) throw new Disagreement();
  owed.standing = null;
}

async function tellInSync({ talk, dealing, report }: Party, problems: Problem[]) {
  const standing = await dealing.standing();
  await talk.send({
    type: "insync",
    digest: standing.digest,
    conflicts: standing.conflicts.length,
    problems: fitting(problems.map(problemToWire)),
  });
  report.inSync(standing, problems);
}
