// A person at the server who says what a test tells him to, over a sealed channel: the client's side without the client.

import type { ChannelOptions } from "../../src/wire/channel/channel.ts";
import { decodeReply, encodeControl, type Reply, type Request } from "../../src/wire/control.ts";
import { generateKeyPair, type KeyPair } from "../../src/wire/channel/keys.ts";
import { sealChannel, type SealedChannel } from "../../src/wire/channel/sealed.ts";
import { socket } from "../../src/wire/channel/socket.ts";
import { soon } from "./streams.ts";

/** A connection to the server. */
export interface BareClient {
  readonly own: KeyPair;
  channel: SealedChannel;
  say(request: Request): Promise<void>;
  /** The next reply of this kind; others are passed over. */
  hear<K extends Reply["kind"]>(kind: K): Promise<Reply & { kind: K }>;
  /** Waits for the server to close the connection. */
  end(): Promise<void>;
}

/** What a person shows to come in, where it matters, and how he keeps in touch. */
export interface Papers {
  own?: KeyPair;
  process?: string;
  password?: string;
  channel?: ChannelOptions;
}

/** Connects, and says nothing yet. */
export async function connect(
  port: number,
  own: KeyPair = generateKeyPair(),
  options: ChannelOptions = {},
): Promise<BareClient> {
  const stream = socket(await Deno.connect({ hostname: "127.0.0.1", port }));
  const channel = await sealChannel(stream, { ...options, role: "initiator", own, purpose: "server" });
  const next = async () => {
    const bytes = await soon(channel.receive(), () => "a reply");
    return bytes === null ? null : decodeReply(bytes);
  };
  return {
    own,
    channel,
    say: (request) => channel.send(encodeControl(request)),
    async hear<K extends Reply["kind"]>(kind: K) {
      for (let reply = await next(); reply !== null; reply = await next()) {
        if (reply.kind === kind) return reply as Reply & { kind: K };
      }
      throw new Error(`the server closed the connection instead of saying ${kind}`);
    },
    async end() {
      const bytes = () => soon(channel.receive().catch(() => null), () => "the end of a connection");
      while (await bytes() !== null);
      channel.close();
    },
  };
}

let runs = 0;

/** Connects and asks to come in; what the server says to that is still to be heard. */
export async function enter(port: number, name: string, papers: Papers = {}): Promise<BareClient> {
  const { own, process = (++runs).toString(16).padStart(32, "0"), password, channel } = papers;
  const person = await connect(port, own, channel);
  const hello: Request = { kind: "hello", name, process, features: [] };
  await person.say(password === undefined ? hello : { ...hello, password });
  return person;
}

/** Connects and waits until the server has let him in. */
export async function present(port: number, name: string, papers: Papers = {}): Promise<BareClient> {
  const person = await enter(port, name, papers);
  await person.hear("welcome");
  return person;
}

/** The server's refusal of one who asks to come in, and the end of his connection. */
export async function refusal(
  port: number,
  name: string,
  papers: Papers = {},
): Promise<Reply & { kind: "refused" }> {
  const person = await enter(port, name, papers);
  const refused = await person.hear("refused");
  await person.end();
  return refused;
}

/** Tickets for two who are present. */
export async function tickets(
  alpha: BareClient,
  beta: BareClient,
  names = ["alice", "bob"],
): Promise<[string, string]> {
  await alpha.say({ kind: "invite", to: names[1]! });
  await beta.hear("invitation");
  await beta.say({ kind: "answer", from: names[0]!, accept: true });
  const [one, other] = await Promise.all([alpha.hear("ticket"), beta.hear("ticket")]);
  return [one.ticket, other.ticket];
}
