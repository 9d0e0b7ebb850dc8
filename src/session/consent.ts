// What alpha does about a plan that needs people's consent, once it is known what they say.

import { EMPTY_COUNTS, type PlanCounts } from "../core/event.ts";
import type { DecidedPlan } from "../plan/forgetting.ts";
import type { Halt } from "../guard/guard.ts";
import type { Halts, LeadingHalt } from "./halt.ts";
import { joined } from "../guard/halts.ts";
import type { SessionContext } from "./context.ts";
import type { LeadingEndpoint } from "../endpoint/endpoint.ts";
import type { Remote } from "../root/rpc.ts";

/** alpha's context: it decides, and leads in a halt too. */
export interface LeadingContext extends SessionContext {
  readonly endpoint: Remote<LeadingEndpoint>;
  readonly halt: LeadingHalt;
}

/** Whether the plan at hand may be carried out (`go`), something else has been begun instead (`again`), or nothing is to be done,
 * for now (`stay`) or at all (`ends`). Where people want a loss taken back, the plan at hand is then the first step of that. */
export async function consent(
  context: LeadingContext,
  halts: Halts,
  counts: PlanCounts,
): Promise<"go" | "stay" | "ends" | "again"> {
  const verdict = await context.halt.judge(halts, counts, context.once);
  if (verdict === "approved") {
    if (joined([...halts.own, ...halts.peers])!.asks === "merge") return await mergeAnew(context);
    await context.endpoint.approve(halts.own.map(({ key }) => key));
    await context.halt.end("approved");
    return "again"; // Judged anew, and what the other asked for is heard again.
  }
  return verdict === "back" ? await takeBack(context) : verdict;
}

/** A decision for the time in which `name`'s folder cannot be looked at. */
export function decisionWithout(name: string) {
  const reason =
    `${name}'s folder is gone, or is not the one it was, or cannot be read now: when that is over, this goes on by itself`;
  const decision: DecidedPlan = {
    kind: "plan",
    ...{ counts: EMPTY_COUNTS, come: 0, paths: [], problems: [], unread: [], own: 0, peer: 0 },
    ...{ halts: [], mayBeMuch: false, again: false, held: false, goesOn: false, reads: false },
  };
  const gone: Halt = { key: `gone ${name}`, reason, asks: "nothing", needs: [], paths: [] };
  return { decision, halts: { own: [gone], peers: [] }, waiting: false, reads: false, writing: [] };
}

/** Both archives forget what was agreed: the folders are merged, and nothing is deleted (C6). */
export async function beginAnew({ stream, endpoint }: SessionContext) {
  const history = crypto.randomUUID();
  await stream.send({ type: "begin", history, generation: 0 });
  await endpoint.begin(history, 0);
  await stream.expect("begun");
}

async function mergeAnew(context: LeadingContext): Promise<"again"> {
  await beginAnew(context);
  await context.halt.end("merged");
  return "again";
}

/** What cannot be read now, or not in a moment, is tried again: then it stays halted. */
async function takeBack(context: LeadingContext): Promise<"go" | "stay"> {
  const { stream, endpoint, report, halt } = context;
  const isOwn = halt.isNoOfOwn;
  let step = await endpoint.takeBack(isOwn);
  while (step.kind === "ask") {
    await stream.sendAll(step.digests);
    await stream.expect("digested");
    step = await endpoint.takeBack(isOwn);
  }
  if (step.kind === "unreadable") {
    report.problems(step.unread);
    if (step.reads) context.root.digest();
    return "stay";
  }
  await halt.end("back");
  return "go";
}
