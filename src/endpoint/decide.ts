// Alpha's part of a session in the engine: out of what both sides did it makes the plan, and has it judged.

import { type Damage, forget, toAgreeFirst } from "../plan/forgetting.ts";
import { type DirectoryEntry, isContent, knownDigest } from "../core/tree/entry.ts";
import type { Hindrances, Short } from "../core/plan/hindrance.ts";
import { emptyPlan, type Plan, taskCount } from "../core/plan/plan.ts";
import { Disagreement } from "../core/failure.ts";
import type { Path } from "../core/tree/path.ts";
import { reconcile } from "../core/plan/reconcile.ts";
import { emptiedOf, type Loss, lossesOf, MOST_FILES, takingBack } from "../core/plan/safety.ts";
import { type Side, takenBy } from "../core/side.ts";
import { entryAt } from "../core/tree/tree.ts";
import type { MessageOf } from "../wire/message.ts";
import type { BothScans, Decision, TakenBack } from "./endpoint.ts";
import { askForDigests, type NeededDigests } from "./digests.ts";
import { emptied, type Guard, type Halt, withSameWay } from "../guard/guard.ts";
import type { RootEngine } from "../engine/engine.ts";
import { type RoomMade, Scarcity } from "../plan/scarcity.ts";
import type { Late } from "./late.ts";
import { partName } from "../stage/staging.ts";
import { countsOf, firstPaths } from "../plan/orders.ts";
import type { Origins } from "./origins.ts";
import type { OwnSide } from "./own_side.ts";
import type { Pairing } from "./pairing.ts";
import type { Partner } from "./partner.ts";
import { type PeerSide, peerSideFrom } from "./peer_side.ts";
import type { LateChunk } from "../plan/planned_work.ts";
import { RenamedLately } from "../plan/renamed.ts";
import type { Spelling } from "../plan/spelling.ts";

/** What beta sent, and what is known beside it. */
export interface Arrived extends Omit<BothScans, "rules" | "parts"> {
  /** What beta did since the ancestor; none when it is known already. */
  changes: readonly MessageOf<"changes">[];
  /** Its answers to the questions of the last time; none at first. */
  digested: readonly MessageOf<"digested">[];
  /** The parts of large files that have come already, on either side, by name (staging.ts). */
  parts: Record<"own" | "peers", ReadonlyMap<string, number>>;
}

/** A plan's paths that a person gets to see. */
const FIRST_PATHS = 5;

/** What deciding rests on. */
export interface Grounds {
  /** Of alpha's root. */
  engine: RootEngine;
  /** Who the two are, and whose changes travel. */
  partner: Partner;
  /** The ancestor both have, and what is ignored. */
  pairing: Pairing;
  /** What alpha's person did. */
  own: OwnSide;
  /** Whose failures are told as problems, and what is still being made. */
  digesting: NeededDigests;
  /** How paths are shown. */
  spelling: Spelling;
  /** Judges what would be lost in alpha's folder. */
  guard: Guard;
  /** What is to be agreed before anything is planned. */
  late: Late;
  /** Whose content is older, where several people keep the root. */
  origins: Origins;
  /** This side's own, and how it makes room. */
  hindrances(): Hindrances;
  /** Lets kept versions go here, for content of beta's; see `FollowingEndpoint.makeRoom`. */
  makeRoom(short: Short): RoomMade;
}

/** How many bytes of the content that is to come to a path have come already. */
function partOf(parts: ReadonlyMap<string, number>, path: Path): number {
  return parts.size === 0 ? 0 : parts.get(partName(path)) ?? 0;
}

/** Makes alpha's plan anew each cycle, and keeps what of the question before is needed to judge the answer. */
export class Decider {
  /** The plan as it was last decided. */
  plan: Plan = emptyPlan();
  /** What is to be agreed before there is a plan (late.ts). */
  late: LateChunk | null = null;
  #peerSide: PeerSide | null = null;
  #peerIsSetBack = false;
  readonly #renamed = new RenamedLately();
  /** What people are asked about that would be lost in beta's folder, and the question. */
  #askedThere: ReadonlyMap<Path, Loss> | null = null;
  #keyThere = "";
  readonly #scarcity = new Scarcity();

  /** Nothing is known of beta before the first `decide`. */
  constructor(private readonly grounds: Grounds) {}

  /** beta's folder, as beta told of it. */
  get peerTree(): DirectoryEntry | undefined {
    return this.#peerSide?.tree;
  }

  /** Both sides are in sync: nothing is planned. */
  rest() {
    this.plan = emptyPlan();
    this.late = null;
  }

  /** Makes the plan, or says what that takes first. Throws Disagreement, Breach. */
  decide(
    { changes, digested, offset, isSetBack, lately, parts, hindrances }: Arrived,
  ): Exclude<Decision, { kind: "outdated" }> {
    this.#peerIsSetBack = isSetBack;
    if (changes.length > 0) this.#takePeerSide(changes);
    this.#takePeerDigests(digested);
    this.late = this.grounds.late.chunk(this.#peerSide!.done);
    if (this.late) return toAgreeFirst([]);
    const forgetting = forget(this.#damage());
    if (forgetting) {
      this.plan = forgetting.plan;
      return forgetting.decision;
    }
    const { digesting, own, spelling } = this.grounds;
    this.#reconcile(offset);
    if (digesting.own(this.plan.unknown.alpha)) this.#reconcile(offset);
    const { unknown } = this.plan;
    const asked = unknown.beta.filter((path) => !digesting.isAsked(path, "peers"));
    if (asked.length > 0) return { kind: "ask", digests: askForDigests(asked) };
    const unread = spelling.shown(digesting.missing([...unknown.alpha, ...unknown.beta]));
    const reads = digesting.waits;
    digesting.clear();
    const held = this.#renamed.hold(this.plan, Date.now(), lately);
    const short = this.#withhold(hindrances);
    if (short) return { kind: "short", short };
    const counts = countsOf(
      this.plan,
      (side, path) => partOf(parts[side === "alpha" ? "own" : "peers"], path),
    );
    const arePartsHere = parts.own.size + parts.peers.size > 0;
    return {
      kind: "plan",
      counts,
      come: arePartsHere ? countsOf(this.plan).bytes - counts.bytes : 0,
      paths: firstPaths(this.plan, FIRST_PATHS).map((path) => spelling.show(path)),
      halts: this.#judge(),
      mayBeMuch: this.#mayBeMuch(),
      problems: [
        ...spelling.shown(this.plan.problems),
        ...unread,
        ...own.problems(),
        ...this.#peerSide!.problems,
      ],
      unread,
      own: taskCount(this.plan.alpha),
      peer: taskCount(this.plan.beta),
      again: false,
      held,
      goesOn: false,
      reads,
    };
  }

  /** People have said no. The plan becomes to agree on what leads back; first the digests that takes have to be known.
   * `isOwn`: see LeadingEndpoint. Throws Breach. */
  takeBack(digested: readonly MessageOf<"digested">[], isOwn: boolean): TakenBack {
    this.#takePeerDigests(digested);
    const { digesting, guard, own, pairing, spelling } = this.grounds;
    const trees = { alpha: own.doings().tree, beta: this.#peerSide!.tree };
    const kept = {
      alpha: guard.kept(this.plan.alpha, trees.alpha),
      beta: this.#askedThere && withSameWay(this.#askedThere, this.#lossesThere()),
    };
    const taken = takingBack(this.plan, kept, pairing.ancestor, trees);
    const isAsked = ({ by, present }: typeof taken[number]) =>
      digesting.isAsked(present, by === "alpha" ? "own" : "peers");
    const unknown = taken.filter((one) =>
      one.new?.kind === "file" && knownDigest(one.new) === "" && !isAsked(one)
    );
    const asked = unknown.filter(({ by }) => by === "beta").map(({ present }) => present);
    if (asked.length > 0) return { kind: "ask", digests: askForDigests(asked) };
    if (digesting.own(unknown.map(({ present }) => present))) return this.takeBack([], isOwn);
    const unread = taken.filter(isAsked).map(({ present }) => present);
    if (unread.length > 0) {
      const step: TakenBack = {
        kind: "unreadable",
        unread: spelling.shown(digesting.missing(unread)),
        reads: digesting.waits,
      };
      digesting.clear();
      return step;
    }
    guard.drop();
    guard.approveLossOf(
      taken.flatMap(({ planned, by, new: entry }) =>
        isOwn && by === "alpha" && isContent(entry) ? [[planned, entry]] : []
      ),
    );
    this.plan = { ...emptyPlan(), agreed: taken };
    return { kind: "plan" };
  }

  /** beta has made room, as far as it can. */
  hearRoom(made: RoomMade) {
    this.#scarcity.beta.hear(made);
  }

  /** Leaves out of the plan what cannot be done. Returns what beta is to be asked first. */
  #withhold(peers: Hindrances): Short | null {
    const { own, partner: { self, peer }, hindrances, makeRoom } = this.grounds;
    const here = { side: "alpha", tree: own.doings().tree, owner: self, other: peer } as const;
    const there = { side: "beta", tree: this.#peerSide!.tree, owner: peer, other: self } as const;
    return this.#scarcity.withhold(
      this.plan,
      { ...here, hindrances: hindrances() },
      { ...there, hindrances: peers },
      makeRoom,
    );
  }

  #reconcile(offset: number) {
    const { engine, partner, pairing, own, origins } = this.grounds;
    const doings = own.doings();
    origins.notice(doings);
    const { tree, moves, problems } = this.#peerSide!;
    const lineages = origins.lineages(doings.tree, tree);
    const alpha: Side = {
      ...{ ...doings, ability: engine.ability, owner: partner.self },
      ...(lineages && { lineage: lineages.own }),
      taken: takenBy(own.twins(), engine.ability, pairing.folds),
    };
    const beta: Side = {
      ...{ tree, moves, ability: partner.peerAbility, owner: partner.peer },
      ...(lineages && { lineage: lineages.peers }),
      taken: takenBy(problems, partner.peerAbility, pairing.folds),
    };
    const terms = { offset, giver: partner.giver, ignores: pairing.ignores };
    this.plan = reconcile(pairing.ancestor, alpha, beta, terms);
  }

  /** Nothing is planned on ancestors that differ: a change to one is another change to the other. Throws Disagreement. */
  #takePeerSide(messages: readonly MessageOf<"changes">[]) {
    const { pairing } = this.grounds;
    if (messages[0]!.ancestor !== pairing.sum().digest) throw new Disagreement();
    const { origins } = this.grounds;
    origins.hear(messages.flatMap(({ lineage }) => lineage));
    const side = peerSideFrom(messages, pairing.ancestor, pairing.told);
    this.#peerSide = { ...side, tree: origins.dated(side.tree) };
  }

  #takePeerDigests(answers: readonly MessageOf<"digested">[]) {
    if (answers.length === 0) return;
    const tree = this.grounds.digesting.takeAnswers(answers, this.#peerSide!.tree);
    this.#peerSide = { ...this.#peerSide!, tree };
  }

  /** What a stop damaged of what is agreed. */
  #damage(): Damage[] {
    const { pairing, partner: { self, peer } } = this.grounds;
    const agreed = this.#peerSide!.damaged.filter((path) => entryAt(pairing.ancestor, path));
    return [{ whose: self, paths: pairing.damaged() }, { whose: peer, paths: agreed }];
  }

  /** beta's guard asks about the plan, as that question; "": it does not. */
  notePeersHalt(key: string) {
    if (key === "") this.#askedThere = null;
    else if (key !== this.#keyThere || !this.#askedThere) this.#askedThere = this.#lossesThere();
    this.#keyThere = key;
  }

  /** This side's guard is asked, and whether the other folder is there. */
  #judge(): Halt[] {
    const { guard, own, pairing, partner: { peer }, spelling } = this.grounds;
    const halt = guard.judgePlan(this.plan.alpha, own.ground(), this.#peerIsSetBack);
    const gone = emptiedOf(this.#peerSide!.tree, pairing.ancestor);
    return [
      ...halt ? [{ ...halt, paths: halt.paths.map((path) => spelling.show(path)) }] : [],
      ...gone > 0 ? [emptied(peer, "beta", gone)] : [],
    ];
  }

  #mayBeMuch(): boolean {
    const lost = this.#lossesThere().size;
    return lost > (this.grounds.engine.epoch.isSetBack ? 0 : MOST_FILES);
  }

  #lossesThere(): Map<Path, Loss> {
    return lossesOf(this.plan.beta, this.#peerSide!.tree);
  }
}
