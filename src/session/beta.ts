// The invitee's part: it follows. Answers what alpha asks, in alpha's order.

import { problemFromWire } from "../wire/rows.ts";
import { Disagreement, MANY_TASKS, type Party, stageBoth } from "./party.ts";

/** Follows until the talk is over (rejects) or, with `once` on either side, both are in sync. Returns the E code. */
export async function follow(party: Party): Promise<number> {
  const { talk, dealing, report, root } = party;
  await agreeOnHistory(party);
  const watch = new OwnWatch(party);
  try {
    for (;;) {
      const message = await talk.next();
      switch (message.type) {
        case "look":
          watch.resume();
          // Nobody waits for this one: it goes on while alpha looks too. What goes wrong is told by the next.
          root.look(party.listener).catch(() => {});
          break;
        case "scan": {
          const look = await root.look(party.listener);
          await talk.send({ type: "scanned", ignore: look.rules, waiting: look.waiting });
          await talk.send(...await dealing.describe(message.ignore));
          break;
        }
        case "digests":
          await talk.send(...await dealing.digest());
          break;
        case "plan": {
          const [create, update, removals, move, conflict, bytes, own] = message.counts;
          report.plan(
            {
              create: create!,
              update: update!,
              delete: removals!,
              move: move!,
              conflict: conflict!,
              bytes: bytes!,
            },
            message.problems.map(problemFromWire),
          );
          if (create! + update! + removals! + move! > 0) report.outOfSync();
          if (own! > MANY_TASKS) watch.pause();
          break;
        }
        case "orders":
          await carryOut(party);
          break;
        case "insync": {
          watch.resume();
          await dealing.refresh();
          const standing = await dealing.standing();
          if (standing.digest !== message.digest) throw new Disagreement();
          report.inSync(standing, message.problems.map(problemFromWire));
          if (party.once) return report.code();
          root.armWatch();
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

async function agreeOnHistory({ talk, dealing }: Party) {
  await talk.expect("history");
  await talk.send({ type: "history", time: Date.now(), ...await dealing.history() });
  const { history, generation } = await talk.expect("begin");
  await dealing.begin(history, generation);
  await talk.send({ type: "begun" });
}

async function carryOut(party: Party) {
  const { talk, dealing, report } = party;
  const { tasks } = await dealing.takeOrders();
  if (tasks) {
    await stageBoth(party);
    await talk.send({ type: "staged" });
    await talk.expect("transition");
    const done = await dealing.carryOut();
    party.root.touched(party.listener);
    report.progress(done.files, 0);
    report.problems(done.failures);
    await talk.send(...done.messages);
  }
  await talk.expect("commit");
  const standing = await dealing.takeCommit();
  report.conflicts(standing.conflicts);
  await talk.send({ type: "committed", generation: standing.generation, digest: standing.digest });
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
