// The invitee's part: it follows. Answers what alpha asks, in alpha's order.

import { Disagreement, EXIT } from "../core/failure.ts";
import { UNHINDERED } from "../core/plan/hindrance.ts";
import { haltToWire } from "../guard/halts.ts";
import type { FollowingEndpoint } from "../endpoint/endpoint.ts";
import { hindrancesToWire, shortFromWire } from "../plan/hindrances.ts";
import type { MessageOf } from "../wire/message.ts";
import { planCountsFromWire, problemFromWire, writingFromWire } from "../wire/rows.ts";
import type { Remote } from "../root/rpc.ts";
import type { FollowingHalt } from "./halt.ts";
import { MANY_TASKS, scanIfThere, type SessionContext, stageBoth } from "./context.ts";
import type { Incoming } from "./message_stream.ts";
import { compareHoldings, holdingMessage } from "./sameness.ts";
import { hearUnwatched, sayUnwatched } from "./unwatched.ts";
import { hearRequests, tellRequests } from "./peer_requests.ts";

/** beta's context. */
export interface FollowingContext extends SessionContext {
  readonly endpoint: Remote<FollowingEndpoint>;
  readonly halt: FollowingHalt;
}

/** Follows until the message stream is over (rejects) or, with `once` on either side, both are in sync. Returns the E code. */
export async function follow(context: FollowingContext): Promise<number> {
  await agreeOnHistory(context);
  const follower = new Follower(context);
  try {
    for (;;) {
      const code = await follower.hear(await context.stream.next());
      if (code !== null) return code;
    }
  } finally {
    follower.end();
  }
}

/** Does what one message of alpha's asks for. What gives a number says with which code the session is over. */
class Follower {
  readonly #watch: OwnWatch;
  /** A request of alpha's person that came with the last look has files read first. */
  #isRequestRead = false;

  constructor(private readonly context: FollowingContext) {
    this.#watch = new OwnWatch(context);
  }

  end() {
    this.#watch.resume();
  }

  async hear(message: Incoming): Promise<number | null> {
    switch (message.type) {
      case "insync":
        return await this.#inSync(message);
      case "halted":
        return this.#halted(message);
      case "orders":
        return await this.#takeOrders();
      default:
        await this.#goOn(message);
        return null;
    }
  }

  /** Takes messages that never end the session. */
  async #goOn(message: Incoming) {
    const { context } = this;
    const { stream, endpoint } = context;
    switch (message.type) {
      case "look":
        return await this.#look(message);
      case "scan":
        return await tellLook(context, message.ignore, this.#isRequestRead);
      case "digests":
        await stream.sendAll(await endpoint.digest());
        return context.root.digest();
      case "plan":
        return this.#plan(message);
      case "resumed":
        return await this.#resumed(message);
      case "judge":
        return await this.#judge();
      case "short":
        return await stream.send({ type: "room", ...await endpoint.makeRoom(shortFromWire(message)) });
      case "begin":
        return await begin(context, message);
      case "wait":
        return this.#wait(message);
      case "holding":
        return await this.#holding(message);
      default:
        stream.refuse(message.type);
    }
  }

  async #look(message: MessageOf<"look">) {
    const { root, report, changes, peer, listener } = this.context;
    this.#watch.resume();
    changes.taken();
    report.watching(peer, hearUnwatched(message));
    this.#isRequestRead = (await hearRequests(this.context, message)).reads;
    // Nobody waits for this one: it goes on while alpha looks too. What goes wrong is told by the next.
    root.scan(listener).catch(() => {});
  }

  #plan(message: MessageOf<"plan">) {
    const { counts, tasks } = planCountsFromWire(message.counts);
    const { paths, problems, goesOn, done } = message;
    this.context.report.plan(counts, paths, problems.map(problemFromWire), goesOn, done);
    if (tasks > MANY_TASKS) this.#watch.pause();
  }

  #halted(message: MessageOf<"halted">): number | null {
    const { halt, once } = this.context;
    halt.show(message);
    return once && !message.open ? EXIT.incomplete : null;
  }

  async #resumed(message: MessageOf<"resumed">) {
    const { halt, endpoint } = this.context;
    const { consent } = halt;
    halt.end(message);
    if (message.how === "approved") await endpoint.approve(consent);
    if (message.how === "back") await endpoint.hearTakenBack();
  }

  async #judge() {
    const { halt, endpoint, stream } = this.context;
    halt.plan = await endpoint.judge();
    await stream.send({ type: "judged", halts: halt.plan.map(haltToWire) });
  }

  async #takeOrders(): Promise<number | null> {
    const { once, halt } = this.context;
    const isDone = await followChunk(this.context);
    return !isDone && once && !halt.canSayYes ? EXIT.incomplete : null;
  }

  async #inSync(message: MessageOf<"insync">): Promise<number | null> {
    const { endpoint, report, reads, root, once } = this.context;
    this.#watch.resume();
    reads.rest();
    await endpoint.refresh();
    await endpoint.rest();
    const standing = await endpoint.standing();
    if (standing.digest !== message.digest) throw new Disagreement();
    report.inSync(standing, message.problems.map(problemFromWire));
    if (once) return report.code();
    root.armWatch();
    return null;
  }

  #wait({ retry, problems, writing }: MessageOf<"wait">) {
    this.#watch.resume();
    this.context.reads.rest();
    this.context.report.waiting(retry, problems.map(problemFromWire), writing.map(writingFromWire));
  }

  async #holding(message: MessageOf<"holding">) {
    const { endpoint, stream, report } = this.context;
    const own = await endpoint.holding();
    await stream.send(holdingMessage(own));
    report.verified(compareHoldings(own, message));
  }
}

/** Says what is to be seen here, if the root is there. `peerRules`: the other side's ignore rules; `reads`: some files are read first. */
async function tellLook(context: FollowingContext, peerRules: string, reads: boolean) {
  const { stream, endpoint, report, root, halt } = context;
  const look = await scanIfThere(context);
  report.watching(context.self, root.unwatched);
  const said = {
    ...{ unwatched: sayUnwatched(root.unwatched), halts: halt.requests.map(haltToWire) },
    ...await tellRequests(context),
  };
  if (!look) {
    const nothing = { ignore: "", waiting: 0, writing: [], reads: false, parts: [], setBack: false };
    const unhindered = hindrancesToWire(UNHINDERED);
    return await stream.send({
      type: "scanned",
      ...{ time: Date.now(), ...nothing, ...unhindered, gone: true, ...said },
    });
  }
  const { rules: ignore, messages, hindrances, ...told } = await endpoint.describe(peerRules);
  if (told.reads) root.digest();
  const seen = { ignore, ...told, reads: told.reads || reads, ...hindrancesToWire(hindrances), gone: false };
  await stream.send({ type: "scanned", time: Date.now(), ...seen, ...said });
  await stream.sendAll(messages);
}

async function agreeOnHistory({ stream, endpoint }: SessionContext) {
  await stream.expect("history");
  await stream.send({ type: "history", ...await endpoint.history() });
  await begin({ stream, endpoint }, await stream.expect("begin"));
}

async function begin(
  { stream, endpoint }: Pick<SessionContext, "stream" | "endpoint">,
  at: MessageOf<"begin">,
) {
  await endpoint.begin(at.history, at.generation);
  await stream.send({ type: "begun" });
}

/** False where this side's guard has let none of it be done. */
async function followChunk(context: FollowingContext): Promise<boolean> {
  const { stream, endpoint, report, halt } = context;
  const { tasks, begins, stopped, counts } = await endpoint.takeOrders(halt.consent);
  if (stopped) halt.stop(stopped, counts);
  else halt.pass();
  if (tasks) {
    await stageBoth(context);
    await stream.send({ type: "staged", halts: stopped ? [haltToWire(stopped)] : [] });
    if (begins || !stopped) await stream.expect("transition");
    if (stopped) return false;
    await endpoint.prepare();
    const done = await endpoint.transition();
    context.root.touched(context.listener);
    report.problems(done.remarks);
    report.problems(done.failures);
    await stream.sendAll(done.messages);
  }
  await stream.expect("commit");
  const standing = await endpoint.takeCommit();
  report.progress(standing.done, 0);
  report.conflicts(standing.conflicts);
  await stream.send({ type: "committed", generation: standing.generation, digest: standing.digest });
  return true;
}

/** Pauses the watch of the root at most once, and resumes it as often as asked. */
class OwnWatch {
  #paused = false;

  constructor(private readonly context: SessionContext) {}

  pause() {
    if (!this.#paused) this.context.root.pauseWatch();
    this.#paused = true;
  }

  resume() {
    if (this.#paused) this.context.root.resumeWatch();
    this.#paused = false;
  }
}
