// One session's part in the root worker, as endpoint.ts promises it: what is told of the snapshot, the plan's chunks, staging,
// supplying, commits. Speaks wire messages on one side and the disk on the other; the main thread only passes them on.

import { type RoomMade } from "../plan/scarcity.ts";
import { EMPTY_ROOT } from "../core/tree/entry.ts";
import { eitherIgnores } from "../core/ignore/ignore.ts";
import type { Short } from "../core/plan/hindrance.ts";
import { comparePath, type Path } from "../core/tree/path.ts";
import { emptyPlan, type Orders, taskCount } from "../core/plan/plan.ts";
import { entryAt } from "../core/tree/tree.ts";
import { trespass } from "../core/plan/trespass.ts";
import { transition } from "../transition/transition.ts";
import { Versions } from "../transition/versions.ts";
import type { HistoryState } from "../core/agreement.ts";
import { decodeMessage, fitting, inMessages, type PeerRequests } from "../wire/message.ts";
import type { Doubt } from "../core/soundness.ts";
import {
  doubtFromWire,
  doubtToWire,
  moveToWire,
  partToWire,
  pathToWire,
  problemToWire,
  resultFromWire,
  resultToWire,
  type Row,
} from "../wire/rows.ts";
import { breach } from "../wire/shape.ts";
import { decodedBytes } from "../wire/unpack.ts";
import { release } from "../wire/batch.ts";
import { type Consent, Guard, type Halt } from "../guard/guard.ts";
import { RecentHistory } from "../guard/recent_history.ts";
import type { Awaited, RootEngine } from "../engine/engine.ts";
import { ChunkAtHand } from "./chunk_at_hand.ts";
import { commitFromWire, commitToWire } from "./commit.ts";
import { Contents } from "./contents.ts";
import { Decider } from "./decide.ts";
import { NeededDigests } from "./digests.ts";
import type {
  BothScans,
  Chunk,
  ChunkResult,
  Committed,
  Decision,
  Described,
  FollowingEndpoint,
  LeadingEndpoint,
  Settled,
  StageBegun,
  Standing,
  Supplied,
  TakenBack,
  TakenIn,
  TakenOrders,
} from "./endpoint.ts";
import { Hindering } from "../plan/hindering.ts";
import { Inbox } from "./inbox.ts";
import type { Lifted } from "../guard/kept_home.ts";
import { Late } from "./late.ts";
import { HistoryRecorder } from "./recorder.ts";
import {
  countsOf,
  doneOf,
  doubtfulAfter,
  failuresOf,
  judgeToWire,
  ordersFromWire,
  ordersToWire,
} from "../plan/orders.ts";
import { Origins } from "./origins.ts";
import { OwnSide } from "./own_side.ts";
import { Pairing } from "./pairing.ts";
import type { Partner } from "./partner.ts";
import { type HeardNews, HistoryService } from "../history/history_service.ts";
import { trespassed } from "./peer_side.ts";
import { type Agreed, PlannedWork } from "../plan/planned_work.ts";
import type { Differing } from "../core/event.ts";
import type { Holding } from "./holding.ts";
import { Spelling } from "../plan/spelling.ts";
import { Underway } from "../plan/underway.ts";
import { tell } from "./telling.ts";

const LEFT = {
  ignored: "deleted by the other person; the folder stays here for the ignored files in it",
  mounted: "deleted by the other person; the folder stays here, empty, for a disk is mounted there",
};

/** Lets kept versions go for so many bytes of the peer's content, unless fewer than `least` come of it. Returns what those take that are
 * left. */
export type MakeWay = (bytes: number, least: number) => number;

/** One session's part in the engine, whichever side it is: the other's verbs are never asked. */
export class SessionEndpoint implements LeadingEndpoint, FollowingEndpoint {
  readonly #pairing: Pairing;
  readonly #spelling: Spelling;
  readonly #contents: Contents;
  readonly #digesting: NeededDigests;
  readonly #inbox: Inbox;
  readonly #recorder: HistoryRecorder;
  readonly #late: Late;
  readonly #origins: Origins;
  #peerBatch = 0;
  readonly #guard: Guard;
  readonly #own: OwnSide;
  readonly #deciding: Decider;
  readonly #underway = new Underway();
  #goesOn = false;
  readonly #hindering: Hindering;
  #work: PlannedWork;
  #chunk = ChunkAtHand.none();

  /** Meets the pair in the archive, making it when it is new; which history both go on with is told by `begin`. `makeWay`: see there. */
  constructor(
    private readonly engine: RootEngine,
    private readonly partner: Partner,
    private readonly historyService = new HistoryService(() => engine),
    private readonly makeWay: MakeWay = () => 0,
  ) {
    const folds = engine.ability.foldsCase || partner.peerAbility.foldsCase;
    const pair = engine.archive.pair({ root: partner.peerRoot, key: partner.peerKey }, folds);
    engine.meet(folds);
    this.#pairing = new Pairing(engine, pair, folds);
    this.#inbox = new Inbox(partner.role);
    this.#recorder = new HistoryRecorder(engine.archive.historyEntries, pair, partner.peer);
    const { archive } = engine;
    const lately = new RecentHistory(archive.historyEntries, () => archive.pairsWithPeerOf(pair), folds);
    this.#guard = new Guard(archive.losses(pair), lately, partner);
    this.#spelling = new Spelling({
      here: () => this.#own.view(),
      peer: () => this.#deciding.peerTree,
      agreed: () => this.#pairing.ancestor,
    });
    this.#digesting = new NeededDigests(engine, this.#spelling, partner);
    this.#contents = new Contents({
      ...{ engine, pair, spelling: this.#spelling, peerCuts: partner.peerCuts },
      view: () => this.#own.view(),
      judge: () => this.#hindering.judge(),
    });
    this.#hindering = this.#hinderingOf(this.#contents);
    this.#own = new OwnSide(engine, this.#pairing, this.#contents, this.#digesting, partner.self);
    this.#origins = new Origins(engine, this.#pairing);
    this.#late = new Late({
      ...{ engine, pairing: this.#pairing, recorder: this.#recorder, digesting: this.#digesting },
      view: () => this.#own.view(),
    });
    this.#deciding = this.#decider();
    this.#work = this.#planned();
  }

  /** Judges what of the peer's content cannot be put here. */
  #hinderingOf(contents: Contents): Hindering {
    const { engine } = this;
    const { place, staging, copies } = contents;
    return new Hindering({
      ...{ disk: engine.disk, root: engine.places.folder, trials: place },
      ...{ staging, view: () => this.#own.view() },
      beside: { of: (task) => contents.bytesBeside(task), in: (folder) => copies.bytesIn(folder) },
      native: (path) => {
        const spelled = this.#spelling.here(path);
        return spelled === null ? null : engine.native(spelled);
      },
      inside: () => {
        const paths = engine.mounts.inside.map((path) => comparePath(path, this.#pairing.folds));
        return paths.filter((path) => this.#spelling.here(path) !== null);
      },
    });
  }

  #decider(): Decider {
    const { engine, partner } = this;
    return new Decider({
      ...{ engine, partner, pairing: this.#pairing, own: this.#own },
      ...{ digesting: this.#digesting, spelling: this.#spelling, guard: this.#guard },
      ...{ late: this.#late, origins: this.#origins },
      hindrances: () => this.#hindering.told(),
      makeRoom: (short) => this.makeRoom(short),
    });
  }

  /** The session is over: nothing it began goes on. The archive stays open, it is the engine's. */
  close() {
    this.#contents.close();
    this.#digesting.close();
  }

  /** See Endpoint. */
  history(): HistoryState {
    return { ...this.engine.archive.history(this.#pairing.pair), batch: this.#recorder.last };
  }

  /** See Endpoint. */
  begin(history: string, generation: number, peerBatch = this.#peerBatch) {
    this.#peerBatch = peerBatch;
    const { archive } = this.engine;
    const state = this.history();
    if (state.history !== history) archive.restart(this.#pairing.pair, history);
    else if (generation > state.generation || generation < state.oldest) {
      breach(`generation ${generation} where ${state.oldest} to ${state.generation} can be`);
    } else if (state.generation !== generation) archive.rollBack(this.#pairing.pair, generation);
    this.#pairing.reload();
    this.#late.forget();
    this.#guard.drop();
  }

  /** See Endpoint. */
  distrust() {
    this.engine.archive.restart(this.#pairing.pair, "");
    this.engine.forgetDigests();
  }

  /** See Endpoint. */
  take(bytes: Uint8Array): TakenIn {
    const message = decodeMessage(bytes);
    if (message.type === "batch") {
      const advanced = this.#contents.staging.accept(message.bytes);
      release(bytes);
      return { type: "batch", last: true, advanced };
    }
    if (message.type === "push") {
      if (this.partner.role === "alpha") breach("what is pushed is for beta");
      this.#contents.takePushed(message.bytes);
      return { type: "push", last: true };
    }
    return this.#inbox.put(message, decodedBytes(bytes.subarray(1)));
  }

  /** See Endpoint. */
  recall(): boolean {
    return this.#late.recall();
  }

  /** See FollowingEndpoint. */
  describe(peerRules: string): Described {
    this.#pairing.setRules(this.engine.rules, peerRules);
    this.#contents.forgetKept();
    this.#digesting.clear();
    this.#own.refresh();
    const { chunk, done } = this.#late.told();
    const doings = this.#own.doings();
    this.#origins.notice(doings);
    const lineage = this.#origins.tell();
    const { rows, withheld } = tell(doings.changes, this.partner.self);
    const problems = [...this.#own.problems(), ...this.#spelling.shown(withheld)].map(problemToWire);
    const ancestor = this.#pairing.sum().digest;
    const damaged = this.#pairing.damaged().map(pathToWire);
    const messages = inMessages(
      { moves: doings.moves.map(moveToWire), problems, damaged, done, lineage, rows },
      (part) => ({ type: "changes", ancestor, chunk, ...part }),
    );
    const { rules, epoch: { isSetBack: setBack } } = this.engine;
    const parts = fitting([...this.#contents.parts()].map(partToWire));
    const reads = this.#digesting.waits;
    const hindrances = this.#hindering.told();
    return { rules, setBack, hindrances, messages, parts, reads, ...this.engine.unsettled() };
  }

  /** See LeadingEndpoint. */
  decide({ rules, parts: peers, ...known }: BothScans): Decision {
    const changes = this.#inbox.take("changes");
    if (rules.own !== this.engine.rules) return { kind: "outdated" };
    this.#pairing.setRules(rules.own, rules.peer);
    this.#own.refresh();
    const digested = this.#inbox.take("digested");
    const parts = { own: this.#contents.parts(), peers };
    const decision = this.#deciding.decide({ ...known, changes, digested, parts });
    if (decision.kind !== "plan") return decision;
    this.#underway.cut(this.#work);
    if (!decision.again) this.#goesOn = this.#underway.goesOn(this.#deciding.plan);
    this.#work = this.#planned();
    this.#contents.forgetKept();
    if (decision.again) return decision;
    this.#recorder.begin(this.#peerBatch, this.#goesOn);
    return { ...decision, goesOn: this.#goesOn };
  }

  /** See FollowingEndpoint. */
  makeRoom(short: Short): RoomMade {
    const wanted = this.#hindering.wants(short);
    const kept = short.missing > 0 ? this.makeWay(short.missing, wanted) : 0;
    return { room: this.#hindering.ownRoom(), kept };
  }

  /** See LeadingEndpoint. */
  hearRoom(made: RoomMade) {
    this.#deciding.hearRoom(made);
  }

  /** Whether anything cannot be put here now, or does not leave for rules that cannot be read now: then `isEased` may come. */
  get isHindered(): boolean {
    return this.#hindering.hinders || this.engine.rulesProblem?.lasting === false;
  }

  /** Whether something can be put here that could not be when the peer was last told, or may leave that stayed for rules nobody could
   * read. */
  isEased(): boolean {
    return this.#hindering.review() || this.engine.areRulesEased;
  }

  /** See LeadingEndpoint. */
  toJudge(): Uint8Array[] {
    return judgeToWire(this.#deciding.plan.beta, this.engine.epoch.isSetBack);
  }

  /** See LeadingEndpoint. */
  notePeersHalt(key: string) {
    this.#deciding.notePeersHalt(key);
  }

  /** See FollowingEndpoint. */
  judge(): Halt[] {
    const messages = this.#inbox.take("judge");
    const orders = ordersFromWire(messages, this.#separator);
    const isSetBack = messages.some(({ setBack }) => setBack);
    return this.#shownHalts(this.#guard.judgePlan(orders, this.#own.ground(), isSetBack));
  }

  /** See Endpoint. */
  tellRequests(): PeerRequests {
    return this.historyService.say(this.#pairing.pair);
  }

  /** See Endpoint. */
  hearRequests(requests: PeerRequests): HeardNews {
    const asked: number[] = [];
    const news = this.historyService.hear(this.#pairing.pair, requests, (batch, orders, view) => {
      const ground = { ...this.#own.ground(), view };
      const halt = this.#guard.judgeUndo(batch, orders, ground);
      if (halt) asked.push(batch);
      else this.#guard.note(orders, ground);
      return halt;
    });
    this.#guard.retain(asked);
    return { ...news, halts: news.halts.flatMap((halt) => this.#shownHalts(halt)) };
  }

  /** See Endpoint. */
  approve(consent: Consent) {
    this.#guard.approve(consent);
  }

  /** See FollowingEndpoint. */
  hearTakenBack() {
    this.#guard.drop();
    this.historyService.decline(this.#pairing.pair);
  }

  /** See LeadingEndpoint. */
  takeBack(isOwn: boolean): TakenBack {
    this.historyService.decline(this.#pairing.pair);
    const step = this.#deciding.takeBack(this.#inbox.take("digested"), isOwn);
    if (step.kind === "plan") this.#work = this.#planned();
    return step;
  }

  /** See Endpoint. */
  rest() {
    this.#underway.cut(this.#work);
    this.#deciding.rest();
    this.#work = this.#planned();
    this.#chunk = ChunkAtHand.none();
    this.#guard.settle();
    this.#contents.rest();
    this.engine.archive.digested.clear();
    this.engine.epoch.rest(Date.now());
  }

  /** See FollowingEndpoint. */
  digest(): Uint8Array[] {
    return this.#digesting.answer(this.#inbox.take("digests"), () => this.#own.view());
  }

  /** See LeadingEndpoint. */
  chunk(): Chunk | null {
    const orders = this.#work.next();
    if (!orders) return null;
    const [own, peer] = [taskCount(orders.alpha), taskCount(orders.beta)];
    this.#chunk = new ChunkAtHand(crypto.randomUUID(), orders.alpha, orders.beta);
    const isBeside = this.#goesOn && !this.#underway.has(orders);
    const begins = this.partner.pushes && own === 0 && peer > 0;
    const idle = own + peer === 0;
    const head = { batch: this.#recorder.use(isBeside), chunk: this.#chunk.name, idle, begins };
    const trees = { own: this.#own.view(), peers: this.#deciding.peerTree ?? EMPTY_ROOT };
    const lineage = this.#origins.forOrders(orders.beta, orders.alpha, trees);
    const messages = ordersToWire(orders.beta, head, lineage);
    const push = this.partner.pushes ? this.#contents.push(orders.beta) : null;
    // Before the orders: once these are whole, it is there.
    return {
      messages: push ? [push.message, ...messages] : messages,
      pushed: push?.bytes ?? 0,
      begins,
      own,
      peer,
    };
  }

  /** See FollowingEndpoint. */
  takeOrders(consent: Consent = []): TakenOrders {
    const messages = this.#inbox.take("orders");
    const orders = ordersFromWire(messages, this.#separator);
    const { role, giver } = this.partner;
    if (giver === role && taskCount(orders) > 0) breach("orders for a folder that only gives");
    const crossed = trespass(orders, this.#own.view(), this.#pairing.told);
    if (crossed !== null) trespassed(crossed);
    this.#origins.expect(messages.flatMap(({ lineage }) => lineage), this.#separator);
    const counts = countsOf({ ...emptyPlan(), beta: orders });
    const stopped = this.#stop(orders, consent);
    this.#recorder.take(messages[0]?.batch ?? 0);
    this.#chunk = new ChunkAtHand(messages[0]?.chunk ?? "", stopped ? emptyPlan().beta : orders);
    const tasks = stopped !== null || messages.some(({ idle }) => !idle);
    return { tasks, begins: messages.some(({ begins }) => begins), stopped, counts };
  }

  /** Whatever alpha asked before, or did not ask. */
  #stop(orders: Orders, consent: Consent): Halt | null {
    if (taskCount(orders) === 0) return null;
    const halt = this.#guard.judgePlan(orders, this.#own.ground());
    const [shown] = this.#shownHalts(halt);
    if (!halt || !shown) return null;
    if (halt.asks === "mass" && (consent === "*" || consent.includes(halt.key))) {
      this.#guard.approve([halt.key]);
      return null;
    }
    return shown;
  }

  #shownHalts(halt: Halt | null): Halt[] {
    return halt ? [{ ...halt, paths: halt.paths.map((path) => this.#spelling.show(path as Path)) }] : [];
  }

  /** See Endpoint. */
  stage(): StageBegun {
    const begun = this.#contents.stage(this.#chunk.orders);
    const { isCopying: copies, staging: { toSurvey: toRead } } = this.#contents;
    return { ...begun, copies, toRead };
  }

  /** See Endpoint. */
  copyOn(): boolean {
    return this.#contents.copyOn();
  }

  /** See Endpoint. */
  supply(): number {
    const wants = this.#inbox.take("want");
    const { role, giver } = this.partner;
    const isTaker = giver !== null && giver !== role;
    if (isTaker && wants.some(({ rows }) => rows.length > 0)) breach("wants of a folder that only receives");
    return this.#contents.supply(wants);
  }

  /** See Endpoint. */
  supplyNext(): Supplied | null {
    return this.#contents.supplyNext();
  }

  /** See Endpoint. */
  supplyPause() {
    this.#contents.supplyPause();
  }

  /** See Endpoint. */
  prepare() {
    const { name, orders } = this.#chunk;
    const now = this.#chunk.begun = Date.now();
    this.#guard.note(orders, { view: this.#own.view(), now });
    this.#late.begin({
      ...{ chunk: name, batch: this.#recorder.current, time: now },
      ...{ orders, staged: this.#contents.staging.staged },
      terms: this.partner.role === "alpha" ? this.#work.terms() : null,
    });
  }

  /** See Endpoint. */
  transition(): ChunkResult {
    this.#contents.passOnLearned();
    const { engine } = this;
    const { orders, begun } = this.#chunk;
    const { staging, copies } = this.#contents;
    const left: { path: Path; why: keyof typeof LEFT }[] = [];
    const view = this.#own.view();
    const wanted = { view, staged: staging.staged };
    engine.flusher.expect(this.#pairing.pair, orders, wanted, begun);
    copies.begin();
    const versions = new Versions(engine.disk, engine.places.versions, begun, copies);
    const { results: carried, snapshot, moved } = transition(orders, {
      disk: engine.disk,
      native: engine.native,
      ability: engine.ability,
      view,
      snapshot: engine.snapshot,
      staging,
      versions,
      isDoubtful: engine.isDoubtful,
      rights: engine.rights,
      ignores: eitherIgnores(this.#pairing.ignores, engine.ignores),
      home: engine.home.guard(this.#pairing.pair),
      mounts: engine.mounts,
      copies,
      leave: (path, why) => left.push({ path, why }),
      kept: (digest, native, entry) => this.#contents.keep(digest, native, entry),
    });
    engine.flusher.settle(this.#pairing.pair, orders, carried);
    engine.takeOver(snapshot, moved);
    const results = this.#hindering.note(orders, carried);
    for (const { path } of left) this.#pairing.leave(path);
    this.#late.carriedOut(results, {
      ...{ orders, results, before: view, after: this.#own.view() },
      ...{ ancestor: this.#pairing.ancestor, kept: versions.kept },
    });
    this.#origins.placed(orders, results, view, this.#own.view());
    staging.end();
    this.#chunk.results = results;
    engine.doubt(doubtfulAfter(orders, results, this.#spelling));
    return {
      messages: inMessages({ rows: results.map(resultToWire) }, (part) => ({ type: "results", ...part })),
      failures: this.#spelling.shown(failuresOf(orders, results, this.partner.self, this.partner.peer)),
      remarks: this.#spelling.shown(left.map(({ path, why }) => ({
        ...{ path, reason: LEFT[why], lasting: true },
        whose: this.partner.self,
      }))),
      ...doneOf(orders, results),
    };
  }

  /** See LeadingEndpoint. */
  settle(): Settled {
    this.#contents.passOnLearned();
    const results = this.#inbox.take("results").flatMap(({ rows }) => rows.map(resultFromWire));
    const chunk = this.#chunk;
    const agreed = this.#work.settle({ alpha: chunk.results, beta: results });
    const conflicts = this.#work.agreedConflicts(agreed.rows);
    chunk.commit = { ...agreed, generation: this.history().generation + 1, conflicts };
    return {
      messages: commitToWire(chunk.commit),
      peerFailures: this.#spelling.shown(
        failuresOf(chunk.peers, results, this.partner.peer, this.partner.self),
      ),
      unfinished: chunk.results.length + results.length < chunk.tasks,
    };
  }

  /** See FollowingEndpoint. */
  takeCommit(): Committed {
    const messages = this.#inbox.take("commit");
    this.#contents.passOnLearned();
    this.#chunk.commit = commitFromWire(messages, this.#separator);
    return this.commit();
  }

  /** See LeadingEndpoint. */
  commit(): Committed {
    const expected = this.history().generation + 1;
    const { commit } = this.#chunk;
    if (commit?.generation !== expected) breach(`commit ${commit?.generation ?? 0} where ${expected} is due`);
    const { snapshot } = this.engine;
    const { ancestor } = this.#pairing;
    const historyEntries = this.#recorder.agreed({
      ...commit,
      ancestor,
      view: this.#pairing.view(snapshot),
    });
    this.engine.epoch.use();
    this.#pairing.commit(commit, commit.conflicts, snapshot, historyEntries);
    const { moves, rows }: Agreed = commit;
    return { ...this.standing(), done: moves.length + rows.filter(({ both }) => !both).length };
  }

  /** See Endpoint. */
  holding(): Holding {
    this.#own.refresh();
    const { generation } = this.history();
    const { snapshot, sinceScan: looked, sinceMuteScan: mute, scrub } = this.engine;
    const read = scrub.since(Date.now());
    return { ...this.#pairing.sum(), generation, apart: this.#pairing.apart(snapshot), looked, read, mute };
  }

  /** See Endpoint. */
  doubts(): Row[] {
    const { ancestor, folds } = this.#pairing;
    return this.engine.scrub.doubtful.flatMap(({ path, content }) => {
      const key = comparePath(path, folds);
      return entryAt(ancestor, key)?.kind === "file" ? [doubtToWire({ path: key, content })] : [];
    });
  }

  /** See Endpoint. */
  doubt(rows: readonly Row[]) {
    if (!this.engine.hasScanned) this.engine.scan();
    for (const row of rows) {
      const { path, content } = doubtFromWire(row, this.#separator);
      const spelled = this.#spelling.here(path);
      if (spelled !== null && entryAt(this.#pairing.ancestor, path)?.kind === "file") {
        this.engine.scrub.doubt(spelled, content);
      }
    }
  }

  /** See Endpoint. */
  alike(doubts: readonly Doubt[]): Row[] {
    const { folds } = this.#pairing;
    return doubts.map(({ path, content }) => doubtToWire({ path: comparePath(path, folds), content }));
  }

  /** See Endpoint. */
  exonerate(rows: readonly Row[]): Differing[] {
    if (!this.engine.hasScanned) this.engine.scan();
    const doubts = rows.map((row) => doubtFromWire(row, this.#separator));
    return doubts.flatMap(({ path, content }) => {
      const spelled = this.#spelling.here(path);
      return spelled === null ? [] : this.engine.scrub.exonerate(spelled, content) ?? [];
    });
  }

  /** See Endpoint. */
  standing(): Standing {
    this.#contents.passOnLearned();
    return {
      ...this.#pairing.sum(),
      generation: this.history().generation,
      conflicts: this.#pairing.conflicts().map(({ path, kept, of }) => ({
        path: this.#spelling.show(path),
        kept: this.#spelling.show(kept),
        of,
      })),
    };
  }

  /** See Endpoint. */
  refresh() {
    this.#own.refresh();
  }

  /** See Endpoint. */
  lifted(): Lifted {
    return this.engine.home.lifted(this.#pairing.pair);
  }

  /** See Endpoint. */
  answerLifted(paths: readonly Path[], yes: boolean) {
    this.engine.doubt(this.engine.home.answer(this.#pairing.pair, paths, yes));
  }

  /** See LeadingEndpoint. */
  unsettled(): Awaited {
    return this.engine.unsettled();
  }

  #planned(): PlannedWork {
    const isAgreed = (path: Path) => entryAt(this.#pairing.ancestor, path) !== null;
    const since = this.#goesOn ? this.#underway.began : Infinity;
    const known = { now: Date.now(), since, folds: this.#pairing.folds, isAgreed };
    const { plan, late } = this.#deciding;
    return late ? PlannedWork.late(late, known) : new PlannedWork(plan, known);
  }

  get #separator() {
    return this.engine.disk.separator;
  }
}
