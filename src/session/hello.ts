// The first words of a session: who keeps which root, and whether each is the one that was kept in its folder (RULES S2).
// alpha asks again as long as one is not; nothing else is exchanged before that is settled.

import type { Ability } from "../core/ability.ts";
import { UserError } from "../core/failure.ts";
import { givers, type Mode } from "../core/plan/one_way.ts";
import { OTHER, type SideName } from "../core/side.ts";
import { knowsZstd } from "../wire/compressed.ts";
import type { MessageOf } from "../wire/message.ts";
import { breach } from "../wire/shape.ts";
import { EMPTY_COUNTS } from "../core/event.ts";
import type { Halt } from "../guard/guard.ts";
import { type Answerers, FollowingHalt, type LeadingHalt } from "./halt.ts";
import type { Changes } from "./context.ts";
import type { Root } from "../root/root.ts";
import { type Strangeness, StrangeRoot } from "../root/strange_root.ts";
import type { MessageStream } from "./message_stream.ts";

/** While a folder is not the one that was kept there it is looked at again this often. */
const LOOK_AGAIN_MS = 1000;

/** What both sides say of themselves. */
export interface Stranger {
  stream: MessageStream;
  changes: Changes;
  halt: LeadingHalt | FollowingHalt;
  root: Root | StrangeRoot;
  role: SideName;
  self: string;
  peer: string;
  own: Answerers & { once: boolean; mode: Mode };
  over: Promise<void>;
}

/** What the two know of each other after hello. `merges`: people want the two folders merged like new ones. */
export interface HelloResult {
  root: Root;
  peerRoot: string;
  peerAbility: Ability;
  /** Whose changes alone travel; null: both sides'. */
  giver: SideName | null;
  merges: boolean;
  /** The peer takes word of looks. */
  looks: boolean;
  /** The peer takes what is pushed, and orders that begin at once. */
  pushes: boolean;
  /** The peer supplies by blocks that content marks off. */
  peerCuts: boolean;
  /** Both sides take compressed batches. */
  zstd: boolean;
}

/** The modes of the two do not go together; the text is for both people. */
export class ModeRefusal extends UserError {}

/** Says hello and hears it, until both folders are the ones that were kept there, or people take them as they are. Resolves with
 * null when nobody waits for that. Throws UserError when the two cannot be paired. */
export async function sayHello(stranger: Stranger): Promise<HelloResult | null> {
  const { stream, halt } = stranger;
  await stream.send(await hello(stranger));
  const met = halt instanceof FollowingHalt ? await follow(stranger, halt) : await lead(stranger, halt);
  if (!met) return null;
  const root = await rootOf(stranger.root);
  const { root: peerRoot, ability: peerAbility, looks, pushes, cuts: peerCuts } = met.peer;
  const giver = giverOf(stranger, met.peer);
  const zstd = met.peer.zstd && knowsZstd();
  return { root, peerRoot, peerAbility, peerCuts, giver, merges: met.merges, looks, pushes, zstd };
}

interface Met {
  peer: MessageOf<"hello">;
  merges: boolean;
}

async function lead(stranger: Stranger, halt: LeadingHalt): Promise<Met | null> {
  const { stream, changes, own, over } = stranger;
  let merges = false;
  for (;;) {
    const peer = await hear(stranger);
    halt.meet(peer);
    changes.taken();
    const halts = { own: strangeHalts(stranger, peer), peers: [] };
    const verdict = await halt.judge(halts, EMPTY_COUNTS, own.once);
    if (verdict === "ends") return null;
    if (verdict === "go") {
      await stream.send({ type: "acquainted" });
      return { peer, merges };
    }
    if (verdict === "approved") {
      merges = true;
      await rootOf(stranger.root);
      await halt.end("merged");
    } else await changes.wait(LOOK_AGAIN_MS, over);
    await stream.send(await hello(stranger));
  }
}

async function follow(stranger: Stranger, halt: FollowingHalt): Promise<Met | null> {
  const { stream, own } = stranger;
  let peer = await hear(stranger);
  for (;;) {
    const message = await stream.next();
    halt.plan = strangeHalt(stranger.self, stranger.role, strangenessOf(stranger)); // Whatever alpha says of it.
    switch (message.type) {
      case "hello":
        refuse(stranger, peer = message);
        await stream.send(await hello(stranger));
        break;
      case "halted":
        halt.show(message);
        if (own.once && !message.open) return null;
        break;
      case "resumed":
        halt.end(message); // Not without this side's yes.
        if (message.how === "merged") await rootOf(stranger.root);
        break;
      case "acquainted":
        if (halt.plan.length > 0) breach("acquainted with a folder that is not the one kept here");
        return { peer, merges: false };
      default:
        stream.refuse(message.type);
    }
  }
}

async function hello(stranger: Stranger): Promise<MessageOf<"hello">> {
  const { root, own } = stranger;
  const strange = strangenessOf(stranger);
  const { identity, ability } = strange ? UNKNOWN : await rootOf(root);
  const takes = { looks: true, pushes: true, cuts: true, zstd: knowsZstd() };
  return { type: "hello", root: identity, ability, strange: strange ?? "", ...own, ...takes };
}

const UNKNOWN = {
  identity: "",
  ability: { foldsCase: false, executable: false, links: false, windowsNames: false, longestPath: 0 },
};

/** Takes a strange root into use. */
async function rootOf(root: Root | StrangeRoot): Promise<Root> {
  return root instanceof StrangeRoot ? await root.accept() : root;
}

async function hear(stranger: Stranger): Promise<MessageOf<"hello">> {
  const peer = await stranger.stream.expect("hello");
  refuse(stranger, peer);
  return peer;
}

function refuse(stranger: Stranger, peer: MessageOf<"hello">) {
  refuseCopy(stranger, peer);
  giverOf(stranger, peer);
}

/** Throws ModeRefusal. */
function giverOf({ role, own: { mode } }: Stranger, peer: MessageOf<"hello">): SideName | null {
  if (peer.mode === "" && mode !== "two-way") {
    throw new ModeRefusal(
      `One side has --mode ${mode}, and the other's tcpsync is older and knows no modes: bring that up to date, or leave --mode out`,
    );
  }
  const modes = { [role]: mode, [OTHER[role]]: peer.mode || "two-way" } as Record<SideName, Mode>;
  const [giver, another] = givers(modes);
  if (another) {
    throw new ModeRefusal(
      `Both sides have --mode ${mode}, so nothing would travel: leave it out on one side`,
    );
  }
  return giver ?? null;
}

function refuseCopy({ root }: Stranger, peer: MessageOf<"hello">) {
  if (root instanceof StrangeRoot || peer.root !== root.identity) return;
  throw new UserError(
    `The two folders carry the same identity, one is a copy of the other: delete the folder .tcpsync in one of them (here: ${root.folder})`,
  );
}

function strangenessOf({ root }: Stranger): Strangeness | null {
  return root instanceof StrangeRoot ? root.strangeness() : null;
}

/** alpha: what is wrong with either folder. */
function strangeHalts(stranger: Stranger, { strange }: MessageOf<"hello">): Halt[] {
  const own = strangeHalt(stranger.self, "alpha", strangenessOf(stranger));
  return [...own, ...strangeHalt(stranger.peer, "beta", strange || null)];
}

function strangeHalt(name: string, side: SideName, strangeness: Strangeness | null): Halt[] {
  if (!strangeness) return [];
  const reason = sayStrange(name, strangeness);
  return [{ key: `strange ${reason}`, reason, asks: "merge", needs: [side], paths: [] }];
}

function sayStrange(name: string, strangeness: Strangeness): string {
  return strangeness === "none"
    ? `${name}'s folder is not the one that was kept there: it carries no identity (is its drive connected?)`
    : `${name}'s folder is another one than was kept there`;
}
