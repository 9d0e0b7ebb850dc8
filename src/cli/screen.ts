// Events as a person reads them: calm, each thing told once, a transfer in one line that is rewritten.
//
// What is told depends on what was told before. Remembered is, for the server or for each peer:
//
//   remembered          from                       until                        what it changes
//   who is present      roster                     connected                    only who came and left is told
//   an outage           lost                       connected; insync            a further try is not told
//   a state in sync     insync                     halted, lost                 the same state is not told again
//   a plan              plan with entries          insync                       told with the state that it led to
//   a conflict          conflict                   insync without conflicts     it is not told again
//   a problem           problem                    insync without problems      it is not told again
//   one way             oneway                     -                            it is not told again
//   kept home           ignored-lifted             another one                  the same line is not told again
//   unwatched folders   unwatched                  watched                      the same cause is not told again
//   a long look         looking                    it is over                   only the rewritten line changes
//   files being read    digesting                  all of them are read         only the rewritten line changes
//   a transfer          progress                   it is whole; refused, waiting, insync, halted, lost, end
//
// `verified` and `mended` have no line: the status and the next `insync` show them.

import { EXIT } from "../core/failure.ts";
import type { Emit, Event, PlanCounts } from "../core/event.ts";
import { printable } from "./escape.ts";
import type { Terminal } from "./output.ts";
import { leftLines } from "./history/lines.ts";
import { historyWords } from "./history/words.ts";
import { createProgress, type Progress } from "./progress.ts";
import { createProofScreen } from "./verify/screen.ts";
import { ToldOnce } from "./told.ts";
import { words } from "./words.ts";

/** A plan this big is told when it begins; a smaller one only when it is done. */
const BIG_PLAN = { entries: 100, bytes: 2_000_000 };

/** The events of one kind. */
type Of<Kind extends Event["event"]> = Event & { event: Kind };

/** What tells each event. */
type Tellers = { [Kind in Event["event"]]: (event: Of<Kind>) => void };

/** A screen over `terminal`. An arriving invitation is not told here: whoever answers it tells it. */
export function createScreen(terminal: Terminal, now: () => number = () => performance.now()): Emit {
  const screen = new Screen(terminal, now);
  return (event) => screen.tell(event);
}

class Screen {
  readonly #told = new ToldOnce();
  /** What is planned with each peer, until it is in sync. */
  readonly #plans = new Map<string, PlanCounts>();
  /** The state in sync that was told last of each peer. */
  readonly #settled = new Map<string, string>();
  readonly #keptHome = new Map<string, string>();
  /** With whom, and whose files are read. */
  readonly #read = new Set<string>();
  readonly #progress: Progress;
  readonly #proof: ReturnType<typeof createProofScreen>;
  #self: string | undefined;
  #present: Set<string> | undefined;

  readonly #tellers: Tellers = {
    listening: (event) => this.#listening(event),
    connected: (event) => this.#connected(event),
    roster: (event) => this.#roster(event.users),
    invitation: (event) => this.#invitation(event),
    verify: (event) => this.#verify(event),
    refused: (event) => this.#refused(event),
    oneway: (event) => this.#oneWay(event),
    plan: (event) => this.#plan(event),
    progress: (event) => this.#progress.show(event),
    looking: (event) => this.#progress.show(event),
    digesting: (event) => this.#digesting(event),
    waiting: (event) => this.#progress.end(event.peer),
    insync: (event) => this.#inSync(event),
    verified: () => {},
    proof: (event) => this.#proof(event),
    differs: (event) => this.#proof(event),
    conflict: (event) => this.#conflict(event),
    problem: (event) => this.#problem(event),
    mended: () => {},
    "ignored-lifted": (event) => this.#ignoredLifted(event),
    unwatched: (event) => this.#unwatched(event),
    watched: (event) => this.#watched(event),
    halted: (event) => this.#halted(event),
    resumed: (event) => this.#line(words.resumed(printable(event.peer), event.how)),
    foreign: (event) => this.#line(words.foreign(printable(event.folder), printable(event.moved))),
    pruned: (event) => this.#pruned(event),
    undone: (event) => this.#undone(event),
    lost: (event) => this.#lost(event),
    end: (event) => this.#end(event.code),
  };

  constructor(private readonly terminal: Terminal, now: () => number) {
    this.#progress = createProgress(terminal, now);
    this.#proof = createProofScreen(terminal, now);
  }

  tell(event: Event): void {
    const teller = this.#tellers[event.event] as (event: Event) => void;
    teller(event);
  }

  #line(text: string): void {
    this.terminal.line(text);
  }

  #listening({ host, port, fingerprint }: Of<"listening">): void {
    this.#line(words.listening(host, port));
    this.#line(words.ownFingerprint(fingerprint));
  }

  #connected({ user, first, fingerprint }: Of<"connected">): void {
    this.#told.forget("server");
    this.#present = undefined;
    this.#self = user;
    this.#line(words.connected(printable(user)));
    if (first) this.#line(words.firstServer(fingerprint));
  }

  #roster(users: string[]): void {
    const others = new Set(users.filter((user) => user !== this.#self));
    if (this.#present === undefined && this.#self !== undefined) {
      this.#line(words.present([...others].map(printable)));
    } else {
      const before = this.#present ?? new Set<string>();
      for (const user of others) if (!before.has(user)) this.#line(words.came(printable(user)));
      for (const user of before) if (!others.has(user)) this.#line(words.left(printable(user)));
    }
    this.#present = others;
  }

  #invitation(event: Of<"invitation">): void {
    const text = invitationLine(event);
    if (text !== undefined) this.#line(text);
  }

  #verify({ asked, peer, code, fingerprint }: Of<"verify">): void {
    const other = printable(peer);
    this.#line(asked ? words.verify(other, code, fingerprint) : words.verifyOther(other, code));
  }

  #refused({ peer, reason }: Of<"refused">): void {
    this.#progress.end(peer);
    this.#line(words.refused(printable(peer), printable(reason)));
  }

  #oneWay({ peer, from }: Of<"oneway">): void {
    const isNew = this.#told.add(`oneway ${peer}`, from) === "new";
    if (isNew) this.#line(words.oneWay(printable(peer), printable(from)));
  }

  #plan(event: Of<"plan">): void {
    const entries = entriesOf(event);
    if (entries === 0) return;
    this.#plans.set(event.peer, event);
    if (entries > BIG_PLAN.entries || event.bytes > BIG_PLAN.bytes) {
      const from = event.from !== undefined && words.oneWayFrom(printable(event.from));
      this.#line(words.plan(printable(event.peer) + (from ? ` (${from})` : ""), event));
    }
  }

  /** That files are read is told once, until they all are. */
  #digesting(event: Of<"digesting">): void {
    const { peer, whose, files, ofFiles, ofBytes } = event;
    const key = `${peer}\0${whose}`;
    if (!this.#read.has(key)) this.#line(words.reads(printable(peer), printable(whose), ofFiles, ofBytes));
    this.#read.add(key);
    if (files === ofFiles) this.#read.delete(key);
    this.#progress.show(event);
  }

  #inSync(event: Of<"insync">): void {
    const { peer, digest, files, bytes, conflicts, problems } = event;
    const plan = this.#plans.get(peer);
    this.#plans.delete(peer);
    this.#progress.end(peer);
    this.#told.forget(`lost ${peer}`);
    if (conflicts === 0) this.#told.forget(`conflict ${peer}`);
    if (problems === 0) this.#told.forget(`problem ${peer}`);
    const state = JSON.stringify([digest, files, bytes, conflicts, problems]);
    if (plan === undefined && this.#settled.get(peer) === state) return;
    this.#settled.set(peer, state);
    this.#line(words.insync(printable(peer), event, plan));
  }

  #conflict({ peer, path, kept, of }: Of<"conflict">): void {
    const text = words.conflict(printable(path), printable(kept), printable(of));
    this.#once("conflict", peer, `${path}\0${kept}`, text);
  }

  #problem({ peer, path, reason, retry, whose }: Of<"problem">): void {
    const place = words.inFolder(printable(path), whose && printable(whose));
    this.#once("problem", peer, `${path}\0${reason}`, words.problem(place, printable(reason), retry));
  }

  #once(kind: "conflict" | "problem", peer: string, what: string, text: string): void {
    const how = this.#told.add(`${kind} ${peer}`, what);
    if (how === "new") this.#line(text);
    if (how === "full") this.#line(words.tooManyToTell(kind, printable(peer)));
  }

  #ignoredLifted({ peer, paths, count }: Of<"ignored-lifted">): void {
    const line = words.keptHome(printable(peer), paths.map(printable), count);
    if (this.#keptHome.get(peer) !== line) this.#line(line);
    this.#keptHome.set(peer, line);
  }

  #unwatched(event: Of<"unwatched">): void {
    const isNew = this.#told.add(`unwatched ${event.whose}`, event.why) === "new";
    if (isNew) this.#line(words.unwatched(printable(event.whose), event));
  }

  #watched({ whose }: Of<"watched">): void {
    this.#told.forget(`unwatched ${whose}`);
    this.#line(words.watched(printable(whose)));
  }

  #halted({ peer, reason, plan, paths = [], asked, needs }: Of<"halted">): void {
    this.#progress.end(peer);
    this.#settled.delete(peer); // What is in sync after that is news.
    this.#line(words.halted(printable(peer), printable(reason)));
    if (plan && entriesOf(plan) > 0) this.#line(words.haltedPlan(plan, paths.map(printable)));
    if (plan && !asked && needs) {
      const there = needs.includes(peer);
      const here = needs.some((who) => who !== peer);
      this.#line(words.haltedUnasked(printable(peer), { here, there }));
    }
  }

  #pruned(event: Of<"pruned">): void {
    const folder = printable(event.folder);
    this.#line(
      event.why === "age"
        ? words.pastTheirTime(folder, event.batches, event.until)
        : words.madeWay({ ...event, folder, paths: event.paths.map(printable) }),
    );
  }

  #undone({ peer, batch, whose, back, left }: Of<"undone">): void {
    const isThere = whose === peer;
    if (isThere && back + left.length === 0) return; // There was nothing to do.
    const told = isThere ? historyWords.undoneThere : historyWords.undoneHere;
    this.#line(told(batch, printable(peer), back));
    for (const line of leftLines(left, isThere ? whose : undefined)) this.#line(line);
  }

  /** One line an outage, however often the mending is tried. */
  #lost({ what, peer = "", reason, retry }: Of<"lost">): void {
    if (what === "peer") this.#progress.end(peer);
    this.#settled.delete(peer); // What is in sync then is news again.
    if (this.#told.add(what === "server" ? what : `lost ${peer}`, reason) !== "new") return;
    if (what === "server") this.#line(words.lostServer(printable(reason), retry));
    else this.#line(words.lostPeer(printable(peer), printable(reason), retry));
  }

  /** 0 needs no word, and what led to 3 has been told. */
  #end(code: number): void {
    this.#progress.endAll();
    if (code === EXIT.unresolved) this.#line(words.endedUnresolved);
    if (code === EXIT.incomplete) this.#line(words.endedIncomplete);
  }
}

function entriesOf(plan: PlanCounts): number {
  return plan.create + plan.update + plan.delete + plan.move + plan.conflict;
}

function invitationLine(event: Of<"invitation">): string | undefined {
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
