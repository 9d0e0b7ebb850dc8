// A rogue server that brings everybody it meets together, and sits in the middle of it.

import { decodeRequest, encodeControl, type Reply, type Request } from "../../src/wire/control.ts";
import { generateKeyPair, type KeyPair } from "../../src/wire/channel/keys.ts";
import { decodeWord, encodeWord, type Word } from "../../src/wire/meeting.ts";
import { sealChannel, type SealedChannel } from "../../src/wire/channel/sealed.ts";
import { commitTo, newNonce } from "../../src/wire/channel/six_digits.ts";
import { socket } from "../../src/wire/channel/socket.ts";
import type { Stream } from "../../src/wire/channel/frame.ts";

/** A running rogue. */
export interface Middle extends AsyncDisposable {
  port: number;
  own: KeyPair;
  /** Data connections that came. */
  readonly meetings: number;
  /** Offers alice's invitation to bob once more. */
  offerAgain(): Promise<void>;
}

const TICKETS = { alice: "a".repeat(32), bob: "b".repeat(32) };

/** alice invites bob there. `passOn`: it only joins their streams, like an honest one; `breaksOff`: it leaves each of them when
 * it knows what their screens are going to say; `called`: what each is told the other's name is. */
export async function middle(
  options: { passOn?: boolean; breaksOff?: boolean; called?: { alice: string; bob: string } } = {},
): Promise<Middle> {
  const { passOn = false, breaksOff = false, called = { alice: "alice", bob: "bob" } } = options;
  const own = generateKeyPair();
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const streams: Stream[] = [];
  const users = new Map<string, SealedChannel>();
  const doors = new Map<string, Stream>();
  let meetings = 0;
  const say = (channel: SealedChannel | undefined, reply: Reply) => channel?.send(encodeControl(reply));
  const roster = () =>
    ["alice", "bob", called.alice, called.bob].filter((name, i, all) => all.indexOf(name) === i);

  const obey = async (request: Request) => {
    const [alice, bob] = [users.get("alice"), users.get("bob")];
    if (request.kind === "invite") {
      await say(bob, { kind: "invitation", from: called.alice, state: "offered" });
    }
    if (request.kind !== "answer") return;
    await say(alice, { kind: "answered", to: called.bob, state: "accepted" });
    await say(alice, { kind: "ticket", peer: called.bob, role: "alpha", ticket: TICKETS.alice });
    await say(bob, { kind: "ticket", peer: called.alice, role: "beta", ticket: TICKETS.bob });
  };

  const serve = async (conn: Deno.TcpConn) => {
    const stream = socket(conn);
    streams.push(stream);
    const channel = await sealChannel(stream, { role: "responder", own, purpose: "server" });
    for (let bytes = await channel.receive(); bytes !== null; bytes = await channel.receive()) {
      const request = decodeRequest(bytes);
      if (request.kind === "hello") {
        users.set(request.name, channel);
        await say(channel, { kind: "welcome", users: roster(), features: [] });
      } else if (request.kind === "join") {
        await say(channel, { kind: "joined" });
        doors.set(request.ticket, channel.release());
        meetings++;
        if (doors.size === 2) await (passOn ? joinStreams : breaksOff ? knowAndLeave : playBoth)(doors);
        return;
      } else {
        await obey(request);
      }
    }
  };

  const accepting = (async () => {
    for await (const conn of listener) void serve(conn).catch(() => {});
  })();
  await Promise.resolve();
  return {
    port: listener.addr.port,
    own,
    get meetings() {
      return meetings;
    },
    async offerAgain() {
      await say(users.get("bob"), { kind: "invitation", from: called.alice, state: "offered" });
    },
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const stream of streams) stream.close();
      await accepting;
    },
  };
}

async function joinStreams(doors: Map<string, Stream>): Promise<void> {
  const [a, b] = [...doors.values()] as [Stream, Stream];
  const copy = async (from: Stream, to: Stream) => {
    const buffer = new Uint8Array(70_000);
    for (let n = await from.read(buffer); n !== null; n = await from.read(buffer)) {
      for (let sent = 0; sent < n;) sent += await to.write(buffer.subarray(sent, n));
    }
    to.close();
  };
  await Promise.all([copy(a, b), copy(b, a)]);
}

/** Ends both handshakes with a key of its own, and meets each of them in the other's name. */
async function playBoth(doors: Map<string, Stream>): Promise<void> {
  const own = generateKeyPair();
  const purpose = ["session", "alice", "bob"].join("\0");
  const [toAlice, toBob] = await Promise.all([
    sealChannel(doors.get(TICKETS.alice)!, { role: "responder", own, purpose }),
    sealChannel(doors.get(TICKETS.bob)!, { role: "initiator", own, purpose }),
  ]);
  await Promise.allSettled([meetAlice(toAlice), meetBob(toBob)]);
}

async function knowAndLeave(doors: Map<string, Stream>): Promise<void> {
  const own = generateKeyPair();
  const purpose = ["session", "alice", "bob"].join("\0");
  const [toAlice, toBob] = await Promise.all([
    sealChannel(doors.get(TICKETS.alice)!, { role: "responder", own, purpose }),
    sealChannel(doors.get(TICKETS.bob)!, { role: "initiator", own, purpose }),
  ]);
  const nonce = newNonce();
  await word(toBob, { kind: "meet", knows: "no" });
  await hear(toBob, "meet");
  await word(toBob, { kind: "commitment", commitment: commitTo(nonce, toBob.binding) });
  await hear(toBob, "nonce");
  toBob.close();
  await word(toAlice, { kind: "meet", knows: "no" });
  for (const due of ["meet", "commitment"]) await hear(toAlice, due);
  await word(toAlice, { kind: "nonce", nonce });
  await hear(toAlice, "nonce");
  toAlice.close();
}

async function meetAlice(channel: SealedChannel): Promise<void> {
  await word(channel, { kind: "meet", knows: "no" });
  for (const due of ["meet", "commitment"]) await hear(channel, due);
  await word(channel, { kind: "nonce", nonce: newNonce() });
  await hear(channel, "nonce");
  await word(channel, { kind: "verdict", same: true });
  await hear(channel, "verdict");
}

async function meetBob(channel: SealedChannel): Promise<void> {
  const nonce = newNonce();
  await word(channel, { kind: "meet", knows: "no" });
  await hear(channel, "meet");
  await word(channel, { kind: "commitment", commitment: commitTo(nonce, channel.binding) });
  await hear(channel, "nonce");
  await word(channel, { kind: "nonce", nonce });
  await word(channel, { kind: "verdict", same: true });
  await hear(channel, "verdict");
}

async function word(channel: SealedChannel, word: Word): Promise<void> {
  await channel.send(encodeWord(word));
}

async function hear(channel: SealedChannel, due: string): Promise<void> {
  const bytes = await channel.receive();
  if (bytes === null || decodeWord(bytes).kind !== due) throw new Error(`no ${due}`);
}
