// The meeting of two clients on their sealed channel, before a byte of any folder: known keys pass, unknown ones are compared by
// the two people, a changed one is refused.

import { Breach } from "../core/failure.ts";
import type { Emit } from "../core/event.ts";
import { fingerprint } from "../wire/channel/keys.ts";
import { decodeWord, encodeWord, type Word } from "../wire/meeting.ts";
import type { SealedChannel } from "../wire/channel/sealed.ts";
import { commitTo, keepsCommitment, newNonce, sixDigits } from "../wire/channel/six_digits.ts";
import type { KeyStanding } from "./keyring.ts";

/** What a person compares with the other one. */
export interface Digits {
  peer: string;
  /** Six digits. */
  code: string;
  /** The peer's. */
  fingerprint: string;
  /** That of somebody else, perhaps, who has the peer's name at another server. */
  elsewhere?: string;
}

/** What a meeting needs to know. */
export interface MeetingOptions {
  role: "alpha" | "beta";
  peer: string;
  standing: KeyStanding;
  emit: Emit;
  /** Asks this side's person whether both screens show the same; `signal` says that the answer is not wanted any more.
   * Undefined where nobody can be asked. */
  ask: ((digits: Digits, signal: AbortSignal) => Promise<boolean>) | undefined;
  /** How long the two people may take. */
  patienceMs: number;
  /** From now on this meeting counts as a guess: it must come to an end that the person sees, see `compare`. */
  guessed(): void;
}

/** A word that needs no person is due within this. */
const WORD_MS = 10_000;
/** So much later than its person's time is up, a verdict must be here. */
const GRACE_MS = 5_000;

/** The two do not get to know each other, and why. */
export class MeetingRefusal extends Error {
  override name = "Refusal";
}

/** Resolves when both sides know each other's key, and both people said so where they had to. Rejects with Refusal when they do not,
 * with Breach when the other end breaks the rules, else with what broke the channel. */
export async function meet(channel: SealedChannel, options: MeetingOptions): Promise<void> {
  const { peer, standing, ask } = options;
  const alone = standing.known === "no" && ask === undefined;
  await say(channel, { kind: "meet", knows: alone ? "alone" : standing.known });
  const { knows } = await hear(channel, "meet");
  if (standing.known === "other") throw new MeetingRefusal(otherKey(peer, channel.key, standing.before));
  if (knows === "other") {
    throw new MeetingRefusal(
      `${peer} knows you by another key and refuses this one. If you set up tcpsync anew, ask ${peer} to forget the old ` +
        "key (tcpsync --forget and your name); else somebody may sit in between",
    );
  }
  if (standing.known === "yes" && knows === "yes") return;
  if (alone) {
    throw new MeetingRefusal(
      `this is the first meeting with ${peer}, who shows the fingerprint ${
        fingerprint(channel.key)
      }, and nobody is here to ` +
        "compare six digits: start once on a terminal, or give --trust and the fingerprint that tcpsync --fingerprint prints " +
        "on that computer",
    );
  }
  if (knows === "alone") {
    throw new MeetingRefusal(
      `this is the first meeting with ${peer}, and nobody is there to compare the six digits: ask ${peer} to start once on a ` +
        "terminal, or to give --trust and your fingerprint (tcpsync --fingerprint prints it)",
    );
  }
  await compare(channel, options);
}

/** Once this side's nonce is shown, whoever sits in between can know what this screen is going to show: from then on the
 * meeting is one guess of theirs, and all that is not yes on both sides is the end of it. Else they could break off and guess anew,
 * as often as they like, before anybody sees anything. */
async function compare(channel: SealedChannel, options: MeetingOptions): Promise<void> {
  const { peer, standing, guessed } = options;
  let spent = false;
  const spend = () => {
    spent = standing.known === "no";
    if (spent) guessed();
  };
  try {
    await compareDigits(channel, options, await digitsOf(channel, options.role, spend));
  } catch (error) {
    if (error instanceof MeetingRefusal || !spent) throw error;
    throw new MeetingRefusal(
      `the meeting with ${peer} broke off while the six digits were compared (${
        (error as Error).message
      }), and nothing was ` +
        "exchanged. Invite once more and compare again; if it goes on like this, somebody may sit in between",
    );
  }
}

async function compareDigits(channel: SealedChannel, options: MeetingOptions, code: string): Promise<void> {
  const { peer, standing, emit, patienceMs } = options;
  const { elsewhere } = standing;
  const digits: Digits = {
    ...{ peer, code, fingerprint: fingerprint(channel.key) },
    ...(elsewhere && { elsewhere: fingerprint(elsewhere) }),
  };
  emit({ event: "verify", ...digits, asked: standing.known !== "yes" });
  const over = new AbortController();
  // The other side's person has as long as ours; then its verdict is due as well.
  const limit = setTimeout(() => channel.close(), patienceMs + GRACE_MS);
  // Who knows the other already has nothing to ask: the digits are shown for the other's sake.
  const verdict = standing.known === "yes"
    ? Promise.resolve("same" as const)
    : ownVerdict(digits, options, over);
  let said = false;
  const saying = verdict.then(async (verdict) => {
    await say(channel, { kind: "verdict", same: verdict === "same" });
    said = true;
    if (verdict === "late") {
      throw new MeetingRefusal(`nobody compared the six digits in time: nothing was exchanged with ${peer}`);
    }
    if (verdict === "different") {
      throw new MeetingRefusal(elsewhere ? anotherElsewhere(peer, elsewhere) : notTheSame(peer));
    }
  });
  const hearing = hear(channel, "verdict", Infinity).then(({ same }) => {
    if (!same) {
      throw new MeetingRefusal(`${peer} did not say that the six digits are the same: nothing was exchanged`);
    }
  });
  // Heard from on, so that one who leaves while the other person still thinks is noticed.
  const closing = hearing.then(() => hear(channel, "met", Infinity)).then(() => {
    if (!said) throw new Breach("the other end took a verdict as given that was not");
  });
  try {
    await Promise.race([Promise.all([saying, hearing]), closing.then(() => saying)]);
    await say(channel, { kind: "met" });
    await closing;
  } finally {
    clearTimeout(limit);
    over.abort();
    for (const rest of [saying, hearing, closing]) rest.catch(() => {}); // One of them told what to tell.
  }
}

/** What this side's person says, or `late`. */
async function ownVerdict(
  digits: Digits,
  { ask, patienceMs }: MeetingOptions,
  over: AbortController,
): Promise<"same" | "different" | "late"> {
  const late = Promise.withResolvers<"late">();
  const timer = setTimeout(() => late.resolve("late"), patienceMs);
  over.signal.addEventListener("abort", () => late.resolve("late"));
  const asking = ask!(digits, over.signal).then((same) => same ? "same" as const : "different" as const);
  try {
    return await Promise.race([asking, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** `spend` is called just before this side's nonce is shown. */
async function digitsOf(channel: SealedChannel, role: "alpha" | "beta", spend: () => void): Promise<string> {
  const { binding } = channel;
  const own = newNonce();
  if (role === "alpha") {
    await say(channel, { kind: "commitment", commitment: commitTo(own, binding) });
    const { nonce } = await hear(channel, "nonce");
    spend();
    await say(channel, { kind: "nonce", nonce: own });
    return sixDigits(binding, own, nonce);
  }
  const { commitment } = await hear(channel, "commitment");
  spend();
  await say(channel, { kind: "nonce", nonce: own });
  const { nonce } = await hear(channel, "nonce");
  if (!keepsCommitment(commitment, nonce, binding)) {
    throw new Breach("the other end did not keep its commitment: somebody may sit in between");
  }
  return sixDigits(binding, nonce, own);
}

async function say(channel: SealedChannel, word: Word): Promise<void> {
  await channel.send(encodeWord(word));
}

/** The next word, which is due within `ms`. */
async function hear<K extends Word["kind"]>(
  channel: SealedChannel,
  kind: K,
  ms = WORD_MS,
): Promise<Word & { kind: K }> {
  const limit = ms === Infinity ? undefined : setTimeout(() => channel.close(), ms);
  try {
    const bytes = await channel.receive();
    if (bytes === null) throw new Error("the other computer left before the meeting was over");
    const word = decodeWord(bytes);
    if (word.kind !== kind) throw new Breach(`a ${kind} was due, and a ${word.kind} arrived`);
    return word as Word & { kind: K };
  } finally {
    clearTimeout(limit);
  }
}

const notTheSame = (peer: string) =>
  `you said that the six digits are not the same: nothing was exchanged with ${peer}`;

function anotherElsewhere(peer: string, elsewhere: Uint8Array): string {
  return `${peer} is known by another key from another server (${
    fingerprint(elsewhere)
  }), and you did not say that the six ` +
    `digits are the same: nothing was exchanged. If this is ${peer} all the same, compare them, or give --trust and the ` +
    "fingerprint that tcpsync --fingerprint prints there";
}

function otherKey(peer: string, now: Uint8Array, before: Uint8Array): string {
  return `${peer} has another key than last time: ${fingerprint(now)} now, ${
    fingerprint(before)
  } before. Either ${peer} set ` +
    `up tcpsync anew, or somebody else uses the name or sits in between. Ask ${peer} what tcpsync --fingerprint prints; if ` +
    `it is the new one, forget the old one (tcpsync --forget "${peer}") and invite again`;
}
