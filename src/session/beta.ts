// The invitee's part: it follows. Answers what alpha asks, in alpha's order.

import { Disagreement, EXIT } from "../core/failure.ts";
import { UNHINDERED } from "../core/plan/hindrance.ts";
import { haltToWire } from "../guard/halts.ts";
import { hindrancesToWire } from "../plan/hindrances.ts";
import type { MessageOf } from "../wire/message.ts";
import { problemFromWire, writingFromWire } from "../wire/rows.ts";
import type { FollowingHalt } from "./halt.ts";
import { countsFromWire } from "../plan/orders.ts";
import { lookIfThere, MANY_TASKS, type Party, stageBoth } from "./context.ts";
import { compareHoldings, holdingMessage } from "./sameness.ts";
import { hearUnwatched, sayUnwatched } from "./unwatched.ts";
import { hearWishes, sayWishes } from "./peer_requests.ts";

/** beta's party. */
export type FollowingParty = Party & { readonly halt: FollowingHalt };

/** Follows until the talk is over (rejects) or, with `once` on either side, both are in sync. Returns the E code. */
export async function follow(party: FollowingParty): Promise<number> {
  const { talk, dealing, report, root, halt } = party;
  await agreeOnHistory(party);
  const watch = new OwnWatch(party);
  let isWishRead = false;
  try {
    for (;;) {
      const message = await talk.next();
      switch (message.type) {
        case "look":
          watch.resume();
          party.changes.taken();
          report.watching(party.peer, hearUnwatched(message));
          isWishRead = (await hearWishes(party, message)).reads;
          // Nobody waits for this one: it goes on while alpha looks too. What goes wrong is told by the next.
          root.look(party.listener).catch(() => {});
          break;
        case "scan":
          await tellLook(party, message.ignore, isWishRead);
          break;
        case "digests":
          await talk.sendAll(await dealing.digest());
          root.digest();
          break;
        case "plan": {
          const counts = countsFromWire(message.counts);
          const { paths, problems, goesOn, done } = message;
          report.plan(counts, paths, problems.map(problemFromWire), goesOn, done);
          if (message.counts.at(-1)! > MANY_TASKS) watch.pause();
          break;
        }
        case "halted":
          halt.show(message);
          if (party.once && !message.open) return EXIT.incomplete;
          break;
        case "resumed": {
          const { consent } = halt;
          halt.end(message);
          if (message.how === "approved") await dealing.approve(consent);
          if (message.how === "back") await dealing.hearTakenBack();
          break;
        }
        case "judge":
          halt.plan = await dealing.judge();
          await talk.send({ type: "judged", halts: halt.plan.map(haltToWire) });
          break;
        case "short":
          await talk.send({ type: "room", ...await dealing.makeRoom(message) });
          break;
        case "begin":
          await begin(party, message);
          break;
        case "orders":
          if (!await carryOut(party) && party.once && !halt.canSayYes) return EXIT.incomplete;
          break;
        case "insync": {
          watch.resume();
          await dealing.refresh();
          await dealing.rest();
          const standing = await dealing.standing();
          if (standing.digest !== message.digest) throw new Disagreement();
          report.inSync(standing, message.problems.map(problemFromWire));
          if (party.once) return report.code();
          root.armWatch();
          break;
        }
        case "wait":
          watch.resume();
          report.waiting(
            message.retry,
            message.problems.map(problemFromWire),
            message.writing.map(writingFromWire),
          );
          break;
        case "holding": {
          const own = await dealing.holding();
          await talk.send(holdingMessage(own));
          report.verified(compareHoldings(own, message));
          break;
        }
        default:
          talk.refuse(message.type);
      }
    }
  } finally {
    watch.resume();
  }
}

/** Says what is to be seen here, if the root is there. `peerRules`: the other side's ignore rules; `reads`: some files are read first. */
async function tellLook(party: FollowingParty, peerRules: string, reads: boolean) {
  const { talk, dealing, report, root, halt } = party;
  const look = await lookIfThere(party);
  report.watching(party.self, root.unwatched);
  const said = {
    ...{ unwatched: sayUnwatched(root.unwatched), halts: halt.wishes.map(haltToWire) },
    ...await sayWishes(party),
  };
  if (!look) {
    const nothing = { ignore: "", waiting: 0, writing: [], reads: false, parts: [], setBack: false };
    const unhindered = hindrancesToWire(UNHINDERED);
    return await talk.send({
      type: "scanned",
      ...{ time: Date.now(), ...nothing, ...unhindered, gone: true, ...said },
    });
  }
  const { rules: ignore, messages, hindrances, ...told } = await dealing.describe(peerRules);
  if (told.reads) root.digest();
  const seen = { ignore, ...told, reads: told.reads || reads, ...hindrancesToWire(hindrances), gone: false };
  await talk.send({ type: "scanned", time: Date.now(), ...seen, ...said });
  await talk.sendAll(messages);
}

async function agreeOnHistory({ talk, dealing }: Party) {
  await talk.expect("history");
  await talk.send({ type: "history", ...await dealing.history() });
  await begin({ talk, dealing }, await talk.expect("begin"));
}

async function begin({ talk, dealing }: Pick<Party, "talk" | "dealing">, at: MessageOf<"begin">) {
  await dealing.begin(at.history, at.generation);
  await talk.send({ type: "begun" });
}

/** False where this side's guard has let none of it be done. */
async function carryOut(party: FollowingParty): Promise<boolean> {
  const { talk, dealing, report, halt } = party;
  const { tasks, stopped, counts } = await dealing.takeOrders(halt.consent);
  if (stopped) halt.stop(stopped, counts);
  else halt.pass();
  if (tasks) {
    await stageBoth(party);
    await talk.send({ type: "staged", halts: stopped ? [haltToWire(stopped)] : [] });
    if (stopped) return false;
    await talk.expect("transition");
    await dealing.prepare();
    const done = await dealing.carryOut();
    party.root.touched(party.listener);
    report.problems(done.remarks);
    report.problems(done.failures);
    await talk.sendAll(done.messages);
  }
  await talk.expect("commit");
  const standing = await dealing.takeCommit();
  report.progress(standing.done, 0);
  report.conflicts(standing.conflicts);
  await talk.send({ type: "committed", generation: standing.generation, digest: standing.digest });
  return true;
}

/** Pauses the watch of the root at most once, and resumes it as often as asked. */
class OwnWatch {
  #paused = false;

  constructor(private readonly party: Party) {}

  pause() {
    if (!this.#paused) this.party.root.pauseWatch();
    this.#paused = true;
  }

  resume() {
    if (this.#paused) this.party.root.resumeWatch();
    this.#paused = false;
  }
}
