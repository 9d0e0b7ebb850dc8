// The meeting of two clients: who passes, who is asked, and what somebody in the middle gets.

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { Breach } from "../../src/core/failure.ts";
import type { KeyStanding } from "../../src/peer/keyring.ts";
import { type Digits, meet, type MeetingOptions, MeetingRefusal } from "../../src/peer/meeting.ts";
import type { Event } from "../../src/core/event.ts";
import { generateKeyPair } from "../../src/wire/channel/keys.ts";
import { decodeWord, encodeWord, type Word } from "../../src/wire/meeting.ts";
import type { SealedChannel } from "../../src/wire/channel/sealed.ts";
import { commitTo, newNonce, sixDigits } from "../../src/wire/channel/six_digits.ts";
import { sealedChannels } from "../support/sealed_channels.ts";
import { soon } from "../support/streams.ts";

type Answer = boolean | "nobody" | "silent";

/** One person at a meeting: what they know, what they would say, and what they saw. */
class Participant {
  readonly events: Event[] = [];
  asked: Digits | undefined;
  takenBack = Promise.withResolvers<void>();
  guesses = 0;

  constructor(
    readonly role: "alpha" | "beta",
    readonly known: KeyStanding["known"] = "no",
    readonly answer: Answer = true,
  ) {}

  get code(): string | undefined {
    const shown = this.events.find((event) => event.event === "verify");
    return shown && "code" in shown ? shown.code : undefined;
  }

  /** The outcome in a word; the channel is closed when it did not go well. */
  async meet(channel: SealedChannel, patienceMs = 60_000): Promise<string> {
    try {
      await soon(meet(channel, this.#options(patienceMs)), () => `the end of ${this.role}'s meeting`);
      return "met";
    } catch (error) {
      channel.close();
      if (error instanceof MeetingRefusal) return "refused: " + error.message;
      return `${(error as Error).name}: ${(error as Error).message}`;
    }
  }

  #options(patienceMs: number): MeetingOptions {
    const { known } = this;
    const ask = (digits: Digits, signal: AbortSignal) => {
      this.asked = digits;
      signal.addEventListener("abort", () => this.takenBack.resolve());
      return this.answer === "silent"
        ? new Promise<boolean>(() => {})
        : Promise.resolve(this.answer === true);
    };
    return {
      role: this.role,
      peer: this.role === "alpha" ? "bob" : "alice",
      standing: known === "other"
        ? { known, remember: false, before: generateKeyPair().publicKey }
        : { known, remember: true },
      emit: (event) => void this.events.push(event),
      ask: this.answer === "nobody" ? undefined : ask,
      patienceMs,
      guessed: () => void this.guesses++,
    };
  }
}

async function meeting(alice: Participant, bob: Participant, patienceMs?: number): Promise<[string, string]> {
  const [toBob, toAlice] = await sealedChannels();
  const outcomes = await Promise.all([alice.meet(toBob, patienceMs), bob.meet(toAlice, patienceMs)]);
  toBob.close();
  toAlice.close();
  return outcomes;
}

const YES = true, NO = false;
/** alice knows, alice says; bob knows, bob says → how it ends for each. */
const CASES: [string, [KeyStanding["known"], Answer], [KeyStanding["known"], Answer], RegExp, RegExp][] = [
  ["two who know each other meet without a word", ["yes", NO], ["yes", NO], /^met$/, /^met$/],
  ["two strangers who both say yes meet", ["no", YES], ["no", YES], /^met$/, /^met$/],
  ["one who is known is not asked by his side", ["yes", "nobody"], ["no", YES], /^met$/, /^met$/],
  ["one no ends it for both", ["no", NO], ["no", YES], /^refused: .*you said/, /^refused: alice did not say/],
  ["the other no as well", ["no", YES], ["no", NO], /^refused: bob did not say/, /^refused: .*you said/],
  ["two noes too", ["no", NO], ["no", NO], /^refused/, /^refused/],
  [
    "a changed key is refused loudly",
    ["other", YES],
    ["no", YES],
    /^refused: bob has another key.*--forget \\*"bob/,
    /^refused: alice knows you by another key/,
  ],
  [
    "even by one who was known",
    ["yes", YES],
    ["other", YES],
    /^refused: bob knows you/,
    /^refused: alice has another key/,
  ],
  [
    "nobody there to compare",
    ["no", "nobody"],
    ["no", YES],
    /^refused: .*nobody is here.*--trust/,
    /^refused: .*nobody is there.*--trust/,
  ],
];

for (const [what, [aliceKnows, aliceSays], [bobKnows, bobSays], forAlice, forBob] of CASES) {
  Deno.test(`meeting: ${what}`, async () => {
    const [alice, bob] = [
      new Participant("alpha", aliceKnows, aliceSays),
      new Participant("beta", bobKnows, bobSays),
    ];
    const [a, b] = await meeting(alice, bob);
    assertMatch(a, forAlice);
    assertMatch(b, forBob);
    assertEquals(alice.code, bob.code);
  });
}

Deno.test("meeting: known keys show no digits and ask nobody", async () => {
  const [alice, bob] = [new Participant("alpha", "yes"), new Participant("beta", "yes")];
  await meeting(alice, bob);
  assertEquals([...alice.events, ...bob.events], []);
});

Deno.test("meeting: who does not answer in time has said no", async () => {
  const [alice, bob] = [new Participant("alpha", "no", "silent"), new Participant("beta")];
  const [a, b] = await meeting(alice, bob, 30);
  assertMatch(a, /^refused: nobody compared/);
  assertMatch(b, /^refused: alice did not say/);
});

Deno.test("meeting: a question that has lost its sense is taken back", async () => {
  const [alice, bob] = [new Participant("alpha", "no", "silent"), new Participant("beta", "no", NO)];
  const [a] = await meeting(alice, bob);
  assertMatch(a, /^refused: bob did not say/);
  await soon(alice.takenBack.promise, () => "the end of the question");
});

/** Whoever sits between two people: two channels, one to each, and both handshakes are honest. */
async function between(): Promise<
  { alice: SealedChannel; toAlice: SealedChannel; bob: SealedChannel; toBob: SealedChannel }
> {
  const [alice, toAlice] = await sealedChannels();
  const [toBob, bob] = await sealedChannels();
  return { alice, toAlice, bob, toBob };
}

Deno.test("T17: somebody in the middle who passes everything on is noticed: the commitment does not hold", async () => {
  const { alice, toAlice, bob, toBob } = await between();
  const passOn = async (from: SealedChannel, to: SealedChannel) => {
    for (let bytes = await from.receive(); bytes !== null; bytes = await from.receive()) await to.send(bytes);
    to.close();
  };
  void passOn(toAlice, toBob).catch(() => {});
  void passOn(toBob, toAlice).catch(() => {});
  const [a, b] = [new Participant("alpha"), new Participant("beta")];
  const [, forBob] = await Promise.all([a.meet(alice), b.meet(bob)]);
  assertMatch(forBob, /^refused: .*broke off.*did not keep its commitment/);
  toAlice.close();
  toBob.close();
});

Deno.test("T17: somebody in the middle who plays both parts shows them different digits, over many runs", async () => {
  const runs = 300;
  let same = 0;
  for (let run = 0; run < runs; run++) {
    const { alice, toAlice, bob, toBob } = await between();
    const [a, b] = [new Participant("alpha", "no", NO), new Participant("beta", "no", NO)];
    const [middleA, middleB] = [new Participant("beta", "no", YES), new Participant("alpha", "no", YES)];
    await Promise.all([a.meet(alice), middleA.meet(toAlice), b.meet(bob), middleB.meet(toBob)]);
    assertMatch(`${a.code} ${b.code}`, /^\d{6} \d{6}$/);
    if (a.code === b.code) same++;
    // The middle sees each screen's digits: what it could not do is choose them.
    assertEquals([middleA.code, middleB.code], [a.code, b.code]);
  }
  assert(same <= 1, `${same} of ${runs} were the same`);
});

Deno.test("T17: somebody in the middle who chooses last cannot search for the same digits", async () => {
  // It finishes with bob first and knows his digits, then searches for the nonce that shows alice the same. To know what that
  // nonce does it needs hers, which she shows only afterwards: so it guesses hers, and searches for nothing.
  let same = 0;
  for (let run = 0; run < 100; run++) {
    const { alice, toAlice, bob, toBob } = await between();
    const [b, middle] = [new Participant("beta", "no", NO), new Participant("alpha")];
    await Promise.all([b.meet(bob), middle.meet(toBob)]);
    const a = new Participant("alpha", "no", NO);
    const outcome = a.meet(alice);
    const hear = async <K extends Word["kind"]>(kind: K) => {
      const word = decodeWord((await toAlice.receive())!);
      assertEquals(word.kind, kind);
      return word as Word & { kind: K };
    };
    const say = (word: Word) => toAlice.send(encodeWord(word));
    await say({ kind: "meet", knows: "no" });
    await hear("meet");
    const { commitment } = await hear("commitment");
    const guess = newNonce();
    let own = newNonce();
    for (let i = 0; i < 50 && sixDigits(toAlice.binding, guess, own) !== b.code; i++) own = newNonce();
    await say({ kind: "nonce", nonce: own });
    const { nonce } = await hear("nonce");
    assertEquals(commitment, commitTo(nonce, toAlice.binding));
    await hear("verdict");
    assertEquals(a.code, sixDigits(toAlice.binding, nonce, own));
    if (a.code === b.code) same++;
    toAlice.close();
    await outcome;
  }
  assert(same <= 1, `${same} of 100 were the same`);
});

const STRANGE: [string, (channel: SealedChannel) => Promise<void>][] = [
  ["bytes of no shape", (channel) => channel.send(Uint8Array.of(0xc1))],
  ["another word first", (channel) => channel.send(encodeWord({ kind: "verdict", same: true }))],
  ["a nonce before the commitment", async (channel) => {
    await channel.send(encodeWord({ kind: "meet", knows: "no" }));
    await channel.send(encodeWord({ kind: "nonce", nonce: newNonce() }));
  }],
  ["a verdict before the digits", async (channel) => {
    await channel.send(encodeWord({ kind: "meet", knows: "no" }));
    await channel.send(encodeWord({ kind: "verdict", same: true }));
  }],
  ["a short nonce", async (channel) => {
    await channel.send(encodeWord({ kind: "meet", knows: "no" }));
    await channel.send(encodeWord({ kind: "commitment", commitment: new Uint8Array(31) }));
  }],
];

for (const [what, speak] of STRANGE) {
  Deno.test(`meeting: ${what} is a breach, and nobody is asked`, async () => {
    const [stranger, own] = await sealedChannels();
    const bob = new Participant("beta");
    const outcome = bob.meet(own);
    await speak(stranger);
    assertMatch(await outcome, /^Breach/);
    assertEquals(bob.asked, undefined);
    stranger.close();
  });
}

Deno.test("meeting: a link that breaks meanwhile is a lost link, not a refusal", async () => {
  const [gone, own] = await sealedChannels();
  const outcome = new Participant("beta").meet(own);
  gone.close();
  assertMatch(await outcome, /^Error: (the other end left|broken pipe)/);
});

Deno.test("meeting: words of no shape are a breach", async () => {
  for (const bytes of [Uint8Array.of(), Uint8Array.of(0x80), Uint8Array.of(0xc1), new Uint8Array(50)]) {
    await assertRejects(() => Promise.resolve().then(() => decodeWord(bytes)), Breach);
  }
});
