// Events as a person reads them: calm, each thing told once, a transfer in one line that is rewritten.

import { EXIT } from "../core/failure.ts";
import type { Emit, Event, PlanCounts } from "../core/event.ts";
import { printable } from "./escape.ts";
import type { Terminal } from "./output.ts";
import { leftLines } from "./history/lines.ts";
import { historyWords } from "./history/words.ts";
import { createProgress } from "./progress.ts";
import { createProofScreen } from "./verify/screen.ts";
import { ToldOnce } from "./told.ts";
import { words } from "./words.ts";

/** A plan this big is told when it begins; a smaller one only when it is done. */
const BIG_PLAN = { entries: 100, bytes: 2_000_000 };

/** A screen over `terminal`. An arriving invitation is not told here: whoever answers it tells it. */
export function createScreen(terminal: Terminal, now: () => number = () => performance.now()): Emit {
  const told = new ToldOnce();
  const plans = new Map<string, PlanCounts>();
  const settled = new Map<string, string>();
  const keptHome = new Map<string, string>();
  /** With whom, and whose files are read. */
  const read = new Set<string>();
  const progress = createProgress(terminal, now);
  const proof = createProofScreen(terminal, now);
  let self: string | undefined;
  let present: Set<string> | undefined;

  return (event) => {
    switch (event.event) {
      case "listening":
        terminal.line(words.listening(event.host, event.port));
        return terminal.line(words.ownFingerprint(event.fingerprint));
      case "connected":
        told.forget("server");
        present = undefined;
        self = event.user;
        terminal.line(words.connected(printable(event.user)));
        return event.first ? terminal.line(words.firstServer(event.fingerprint)) : undefined;
      case "roster":
        return roster(event.users);
      case "invitation": {
        const text = invitationLine(event);
        return text === undefined ? undefined : terminal.line(text);
      }
      case "verify":
        return terminal.line(
          event.asked
            ? words.verify(printable(event.peer), event.code, event.fingerprint)
            : words.verifyOther(printable(event.peer), event.code),
        );
      case "refused":
        progress.end(event.peer);
        return terminal.line(words.refused(printable(event.peer), printable(event.reason)));
      case "oneway": {
        const [peer, from] = [printable(event.peer), printable(event.from)];
        const isNew = told.add(`oneway ${event.peer}`, event.from) === "new";
        return isNew ? terminal.line(words.oneWay(peer, from)) : undefined;
      }
      case "plan":
        return plan(event);
      case "progress":
        return progress.show(event);
      case "digesting":
        return digesting(event);
      case "waiting":
        return progress.end(event.peer);
      case "insync":
        return insync(event);
      case "conflict":
        return once(
          "conflict",
          event.peer,
          `${event.path}\0${event.kept}`,
          words.conflict(printable(event.path), printable(event.kept), printable(event.of)),
        );
      case "problem":
        return once(
          "problem",
          event.peer,
          `${event.path}\0${event.reason}`,
          words.problem(
            words.inFolder(printable(event.path), event.whose && printable(event.whose)),
            printable(event.reason),
            event.retry,
          ),
        );
      case "proof":
      case "differs":
        return proof(event);
      case "ignored-lifted": {
        const line = words.keptHome(printable(event.peer), event.paths.map(printable), event.count);
        if (keptHome.get(event.peer) !== line) terminal.line(line);
        keptHome.set(event.peer, line);
        return;
      }
      case "unwatched": {
        const line = words.unwatched(printable(event.whose), event);
        return told.add(`unwatched ${event.whose}`, event.why) === "new" ? terminal.line(line) : undefined;
      }
      case "watched":
        told.forget(`unwatched ${event.whose}`);
        return terminal.line(words.watched(printable(event.whose)));
      case "halted":
        progress.end(event.peer);
        settled.delete(event.peer); // What is in sync after that is news.
        terminal.line(words.halted(printable(event.peer), printable(event.reason)));
        if (event.plan && entriesOf(event.plan) > 0) {
          terminal.line(words.haltedPlan(event.plan, (event.paths ?? []).map(printable)));
        }
        if (event.plan && !event.asked && event.needs) {
          const [there, here] = [true, false].map((is) =>
            event.needs!.some((who) => (who === event.peer) === is)
          );
          const needs = { here: here!, there: there! };
          terminal.line(words.haltedUnasked(printable(event.peer), needs));
        }
        return;
      case "resumed":
        return terminal.line(words.resumed(printable(event.peer), event.how));
      case "foreign":
        return terminal.line(words.foreign(printable(event.folder), printable(event.moved)));
      case "pruned":
        return terminal.line(
          event.why === "age"
            ? words.pastTheirTime(printable(event.folder), event.batches, event.until)
            : words.madeWay({ ...event, folder: printable(event.folder), paths: event.paths.map(printable) }),
        );
      case "undone": {
        const { peer, batch, whose, back, left } = event;
        if (whose === peer && back + left.length === 0) return; // There was nothing to do.
        const tell = whose === peer ? historyWords.undoneThere : historyWords.undoneHere;
        terminal.line(tell(batch, printable(peer), back));
        return leftLines(left, whose === peer ? whose : undefined).forEach((line) => terminal.line(line));
      }
      case "lost":
        return lost(event);
      case "end":
        progress.endAll();
        // 0 needs no word; what led to 3 has been told.
        if (event.code === EXIT.unresolved) terminal.line(words.endedUnresolved);
        if (event.code === EXIT.incomplete) terminal.line(words.endedIncomplete);
        return;
    }
  };

  function once(kind: "conflict" | "problem", peer: string, what: string, text: string): void {
    const how = told.add(`${kind} ${peer}`, what);
    if (how === "new") terminal.line(text);
    if (how === "full") terminal.line(words.tooManyToTell(kind, printable(peer)));
  }

  function roster(users: string[]): void {
    const others = new Set(users.filter((user) => user !== self));
    if (present === undefined && self !== undefined) {
      terminal.line(words.present([...others].map(printable)));
    } else {
      const before = present ?? new Set<string>();
      for (const user of others) if (!before.has(user)) terminal.line(words.came(printable(user)));
      for (const user of before) if (!others.has(user)) terminal.line(words.left(printable(user)));
    }
    present = others;
  }

  function insync(event: Event & { event: "insync" }): void {
    const { peer, digest, files, bytes, conflicts, problems } = event;
    const plan = plans.get(peer);
    plans.delete(peer);
    progress.end(peer);
    told.forget(`lost ${peer}`);
    if (conflicts === 0) told.forget(`conflict ${peer}`);
    if (problems === 0) told.forget(`problem ${peer}`);
    const state = JSON.stringify([digest, files, bytes, conflicts, problems]);
    if (plan === undefined && settled.get(peer) === state) return;
    settled.set(peer, state);
    terminal.line(words.insync(printable(peer), event, plan));
  }

  /** That files are read is told once, until they all are. */
  function digesting(event: Event & { event: "digesting" }): void {
    const { peer, whose, files, ofFiles, ofBytes } = event;
    const key = `${peer}\0${whose}`;
    if (!read.has(key)) terminal.line(words.reads(printable(peer), printable(whose), ofFiles, ofBytes));
    read.add(key);
    if (files === ofFiles) read.delete(key);
    progress.show(event);
  }

  function plan(event: Event & { event: "plan" }): void {
    const entries = entriesOf(event);
    if (entries === 0) return;
    plans.set(event.peer, event);
    if (entries > BIG_PLAN.entries || event.bytes > BIG_PLAN.bytes) {
      const from = event.from !== undefined && words.oneWayFrom(printable(event.from));
      terminal.line(words.plan(printable(event.peer) + (from ? ` (${from})` : ""), event));
    }
  }

  /** One line an outage, however often the mending is tried. */
  function lost({ what, peer = "", reason, retry }: Event & { event: "lost" }): void {
    if (what === "peer") progress.end(peer);
    settled.delete(peer); // What is in sync then is news again.
    if (told.add(what === "server" ? what : `lost ${peer}`, reason) !== "new") return;
    if (what === "server") terminal.line(words.lostServer(printable(reason), retry));
    else terminal.line(words.lostPeer(printable(peer), printable(reason), retry));
  }
}

function entriesOf(plan: PlanCounts): number {
  return plan.create + plan.update + plan.delete + plan.move + plan.conflict;
}

function invitationLine(event: Event & { event: "invitation" }): string | undefined {
  if ("from" in event) {
    const from = printable(event.from);
    switch (event.state) {
      case "offered":
        return undefined;
      case "accepted":
        return words.youAccepted(from);
      case "declined":
        return words.youDeclined(from);
      case "withdrawn":
        return words.theyWithdrew(from);
      case "expired":
        return words.theirsExpired(from);
    }
  }
  const to = printable(event.to);
  switch (event.state) {
    case "offered":
      return words.youInvited(to);
    case "accepted":
      return words.theyAccepted(to);
    case "declined":
      return words.theyDeclined(to);
    case "withdrawn":
      return words.youWithdrew(to);
    case "expired":
      return words.yoursExpired(to);
  }
}
