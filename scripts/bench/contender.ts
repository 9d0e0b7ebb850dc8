// What the bench asks of a program that keeps two folders the same: of ours, and of each peer.

import { Line } from "../../tests/support/line.ts";
import { Meter } from "./meter.ts";

/** How often the disk is looked at for what is waited for, in ms. */
const LOOK_MS = 1;
/** The same for a program that is about to listen. */
const LISTENING_MS = 20;

/** Where one contender works in one round: `source` is given, `target` is empty. */
export class Place implements AsyncDisposable {
  readonly source: string;
  readonly target: string;
  readonly meter = new Meter();
  /** Where bytes are counted or throttled; without one processes speak directly. */
  readonly line: Line | null;
  #port = 0;
  #isOver = false;

  /** `rate`: bytes a second each way over a line; Infinity: they are only counted; null: there is no line. */
  constructor(readonly path: string, rate: number | null) {
    this.source = `${path}/source`;
    this.target = `${path}/target`;
    Deno.mkdirSync(this.target, { recursive: true });
    this.line = rate === null ? null : new Line(() => this.#port);
    if (this.line) this.line.rate = rate!;
  }

  /** The port to speak to in place of `port`: that of the line where there is one. A place has one such port. */
  through(port: number): number {
    this.#port = port;
    return this.line?.port ?? port;
  }

  /** Waits until it holds; rejects once the place is given up. */
  async until(holds: () => boolean | Promise<boolean>, everyMs = LOOK_MS): Promise<void> {
    while (!await holds()) {
      if (this.#isOver) throw new Error("it was given up");
      await pause(everyMs);
    }
  }

  /** Waits until somebody listens there. */
  async listening(port: number): Promise<void> {
    const connects = () =>
      Deno.connect({ hostname: "127.0.0.1", port }).then((conn) => (conn.close(), true), () => false);
    await this.until(connects, LISTENING_MS);
  }

  async [Symbol.asyncDispose]() {
    this.#isOver = true;
    await this.line?.[Symbol.asyncDispose]();
    await Deno.remove(this.path, { recursive: true });
  }
}

/** A program at work between the two folders of a place. */
export interface Pairing extends AsyncDisposable {
  /** Starts what it needs and waits until both folders are the same. One that ends by itself does so once more each time. */
  sync(): Promise<void>;
  /** Does something in the folders and waits until it is done in both: `holds` says whether the folders show it. */
  follow(act: () => void, holds: () => boolean): Promise<void>;
  /** Ends what `sync` started. */
  stop(): Promise<void>;
}

export interface Contender {
  readonly name: string;
  /** Whether it goes on by itself once it was started. */
  readonly live: boolean;
  /** Whether it takes changes from both sides. */
  readonly bothWays: boolean;
  /** Which version is here; null: none. */
  version(): Promise<string | null>;
  open(place: Place): Promise<Pairing>;
}

/** What `follow` is for a program that runs to its end each time. */
export async function onceMore(
  sync: () => Promise<void>,
  act: () => void,
  holds: () => boolean,
): Promise<void> {
  act();
  await sync();
  if (!holds()) throw new Error("it ended, and the folders are not the same");
}

/** Lets so many ms pass. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** A port on which nobody listens now. */
export function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  listener.close();
  return listener.addr.port;
}
