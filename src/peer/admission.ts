// Who may come, by key: the server on each connection, and the other person at each meeting.

import { foldName } from "../core/names/name.ts";
import { LONGEST_MESSAGE } from "../wire/channel/channel.ts";
import type { SealedChannel } from "../wire/channel/sealed.ts";
import type { ClientOptions, ClientParts } from "./client.ts";
import type { Seat } from "./host.ts";
import { admitServer, type Pins, standingOf } from "./keyring.ts";
import { addressName, type Contact, openData } from "./link/connect.ts";
import { meet } from "./meeting.ts";

/** Whom one client lets come. */
export class Admission {
  /** How the server is reached, and that only the right one is. */
  readonly contact: Contact & { admit(key: Uint8Array): { first: boolean } };
  readonly #pins: Pins;
  /** The key of the server that was let in last. */
  #server = new Uint8Array(0);

  /** `hold`: time does not count while two people compare digits. */
  constructor(
    private readonly options: ClientOptions,
    private readonly parts: ClientParts,
    private readonly hold: (meeting: () => Promise<void>) => Promise<void>,
  ) {
    const { host, port, keyring } = options;
    const { dial, channel } = parts;
    this.#pins = options.pins ?? { peers: [] };
    this.contact = { host, port, own: keyring.identity, dial, channel, admit: (key) => this.#admit(key) };
  }

  /** The key by which `peer` of this server is known; undefined where it is not. */
  keyOf(peer: string): Uint8Array | undefined {
    return this.options.keyring.peer(this.#server, peer);
  }

  /** See `PairHost`. */
  async join(seat: Seat, signal: AbortSignal): Promise<SealedChannel> {
    const channel = await openData(this.contact, this.#appointment(seat), signal);
    const close = () => channel.close();
    signal.addEventListener("abort", close);
    if (signal.aborted) close();
    try {
      await this.#meet(channel, seat);
    } catch (error) {
      close();
      throw error;
    } finally {
      signal.removeEventListener("abort", close);
    }
    channel.allow(LONGEST_MESSAGE);
    return channel;
  }

  #appointment({ ticket, role, peer }: Seat) {
    const { name } = this.options;
    const names = role === "alpha" ? [name, peer] : [peer, name];
    const purpose = ["session", ...names.map(foldName)].join("\0");
    return { ticket, role: role === "alpha" ? "initiator" : "responder", purpose } as const;
  }

  /** Rejects as `meet` does. Whoever was met is known from then on. */
  async #meet(channel: SealedChannel, { role, peer, emit, guessed }: Seat): Promise<void> {
    const { keyring, askDigits, answersDigitsOf } = this.options;
    const ask = answersDigitsOf?.(peer) === false ? undefined : askDigits;
    const shown = { server: this.#server, name: peer, key: channel.key };
    const standing = standingOf(keyring, this.#pins, shown);
    if (standing.pin !== undefined) standing.pin.name = peer; // One key is one person.
    const patienceMs = this.parts.meetingMs;
    await this.hold(() => meet(channel, { role, peer, standing, emit, ask, patienceMs, guessed }));
    if (standing.remember) keyring.rememberPeer(shown.server, peer, channel.key);
  }

  #admit(key: Uint8Array): { first: boolean } {
    const admitted = admitServer(this.options.keyring, this.#pins, addressName(this.options), key);
    this.#server = key.slice();
    return admitted;
  }
}
