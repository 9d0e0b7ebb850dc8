// Reading content again concerns both sides: one person asks, both folders are read, and each screen tells of both. And where a file
// holds what nobody wrote, the other side is asked what its own holds: the same on both is no bad disk, but a wrong digest of ours.
// All of this goes beside the cycle, at any time.

import { type MessageStream, type ProofMessage } from "./message_stream.ts";
import { fitting, type Message, type MessageOf } from "../wire/message.ts";
import { differingFromWire, differingToWire, type Row } from "../wire/rows.ts";
import { Breach } from "../core/failure.ts";
import type { Endpoint } from "../endpoint/endpoint.ts";
import type { Differing, Emit } from "../core/event.ts";
import type { ReadingNews } from "../root/reading.ts";
import type { Remote } from "../root/rpc.ts";
import type { Root } from "../root/root.ts";

/** So many paths are told of one reading. */
const MOST_TOLD = 1000;

/** How many messages are kept that come while this side still prepares, or reads already. */
const MOST_EARLY = 4;

/** What a session's proofs work with, once it has begun. */
export interface ProofGround {
  root: Root;
  stream: MessageStream;
  endpoint: Remote<Endpoint>;
}

export class Proofs {
  #ground: ProofGround | null = null;
  readonly #early: ProofMessage[] = [];
  /** The peer's person asks for what is read here. */
  #isAskedFor = false;
  /** Everything is being read, whoever asked first; what it found and the peer does not know, and how much may be told. */
  #isReading = false;
  #untold: Differing[] = [];
  #room = MOST_TOLD;
  /** This side's person asked the peer: `room` is how many more paths the peer may tell. */
  #asked: { room: number } | null = null;
  #isAnswering = false;
  #isExonerating = false;
  /** So many requests of the peer wait for the reading to be over. */
  #waiting = 0;

  constructor(private readonly emit: Emit, private readonly peer: string) {}

  begin(ground: ProofGround) {
    this.#ground = ground;
    this.#doubt(ground);
    for (const message of this.#early.splice(0)) this.hear(message);
  }

  end() {
    if (this.#isAskedFor) this.#ground?.root.stopVerifying("peer");
    this.#ground = null;
  }

  /** This side's person asks that both read everything, or that both stop. */
  verifies(rate: number | undefined | null): void {
    if (rate !== null) this.#asked = { room: MOST_TOLD };
    this.#send({ type: "prove", on: rate !== null, rate: rate ?? 0 });
  }

  /** What is told of reading here. */
  read(news: ReadingNews): void {
    if (news.event === "differs") {
      if (news.what === "disk" && this.#ground) this.#doubt(this.#ground);
      if (this.#isReading && this.#room-- > 0) this.#untold.push(news);
      return;
    }
    const { state, files, bytes, ofFiles, ofBytes } = news;
    this.#isReading = state === "reading";
    if (this.#isAskedFor) {
      const rows = fitting(this.#untold.map(differingToWire));
      this.#untold = [];
      this.#send({ type: "proof", state, counts: [files, bytes, ofFiles, ofBytes], rows });
    }
    if (this.#isReading) return;
    this.#isAskedFor = false;
    this.#untold = [];
    this.#room = MOST_TOLD;
  }

  /** What the peer says. Throws Breach. */
  hear(message: ProofMessage): void {
    const ground = this.#ground;
    if (!ground) return void (this.#early.length < MOST_EARLY && this.#early.push(message));
    switch (message.type) {
      case "prove":
        return this.#prove(message, ground);
      case "proof":
        return this.#show(message, ground);
      case "doubt":
        return void this.#answer(message.rows, ground);
      case "vouch":
        return this.#exonerate(message.rows, ground);
    }
  }

  #prove({ on, rate }: MessageOf<"prove">, { root }: ProofGround) {
    if (!on) {
      if (this.#isAskedFor) root.stopVerifying("peer");
      return;
    }
    if (this.#waiting >= MOST_EARLY) return; // All of them are one reading.
    this.#waiting++;
    this.#isAskedFor = true;
    root.verify("peer", rate || undefined).catch(() => this.#isAskedFor = false) // A look tells what is wrong with the root.
      .finally(() => this.#waiting--);
  }

  #show({ state, counts, rows }: MessageOf<"proof">, { root: { folder } }: ProofGround) {
    const [files = 0, bytes = 0, ofFiles = 0, ofBytes = 0] = counts;
    const { peer, emit } = this;
    if (!this.#asked) return; // Nobody here has asked for it.
    const told = rows.slice(0, this.#asked.room);
    this.#asked.room -= told.length;
    for (const row of told) emit({ event: "differs", folder, peer, ...differingFromWire(row) });
    emit({ event: "proof", folder, peer, state, files, bytes, ofFiles, ofBytes });
    if (state !== "reading") this.#asked = null;
  }

  /** Asks the peer what its own of the unsound files hold. */
  #doubt({ endpoint }: ProofGround) {
    endpoint.doubts()
      .then((rows) => rows.length > 0 && this.#send({ type: "doubt", rows })).catch(() => {}); // The root is closing.
  }

  /** Reads what the peer doubts, and says what is the same here. One such question at a time. */
  async #answer(rows: Row[], { root, endpoint, stream }: ProofGround) {
    if (this.#isAnswering) return;
    this.#isAnswering = true;
    try {
      await endpoint.doubt(rows);
      const alike = await endpoint.alike(await root.readDoubted());
      if (alike.length > 0) await stream.send({ type: "vouch", rows: alike });
    } catch (error) {
      if (error instanceof Breach) stream.end(error); // Whatever else it is, a look tells.
    } finally {
      this.#isAnswering = false;
    }
  }

  /** Takes one answer at a time, too: nobody asked for more. */
  #exonerate(rows: Row[], { root, endpoint, stream }: ProofGround) {
    if (this.#isExonerating) return;
    this.#isExonerating = true;
    const { folder } = root;
    endpoint.exonerate(rows).then((setRight) => {
      for (const found of setRight) this.emit({ event: "differs", folder, ...found });
      if (setRight.length > 0) root.touched();
    }).catch((error) => error instanceof Breach && stream.end(error)).finally(() =>
      this.#isExonerating = false
    );
  }

  #send(message: Message) {
    this.#ground?.stream.send(message).catch(() => {}); // The stream's end is told where it is noticed.
  }
}
