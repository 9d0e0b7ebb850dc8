// A server under attack goes on serving: 200 hostile connections (fewer on Windows) while two people keep a folder the same.

import { assert, assertEquals } from "@std/assert";
import { encodeControl, type Request } from "../../src/wire/control.ts";
import { generateKeyPair } from "../../src/wire/channel/keys.ts";
import { Handshake } from "../../src/wire/channel/noise/handshake.ts";
import { PRELUDE } from "../../src/wire/channel/prelude.ts";
import { sealChannel } from "../../src/wire/channel/sealed.ts";
import { type Socket, socket } from "../../src/wire/channel/socket.ts";
import { scenario } from "./harness.ts";
import { WINDOWS } from "../support/system.ts";

const [EACH, SAVES] = WINDOWS ? [10, 8] : [40, 20];
/** What 200 strangers may add to the server's memory at its peak, in MB. */
const MOST_MB = 150;

/** One hostile connection: goes on until it is cut off, or `over`. */
type Attack = (conn: Socket, number: number, over: AbortSignal) => Promise<void>;

async function writeAll(conn: Socket, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await conn.write(bytes.subarray(sent));
}

/** Reads until the server closes the connection. */
async function untilCut(conn: Socket): Promise<void> {
  const buffer = new Uint8Array(4096);
  while (await conn.read(buffer) !== null);
}

/** The first bytes of an honest client. */
function beginning(): Uint8Array {
  const prologue = new Uint8Array([...PRELUDE, ...new TextEncoder().encode("server")]);
  const message = new Handshake({ role: "initiator", own: generateKeyPair(), prologue }).write();
  return new Uint8Array([...PRELUDE, 0, 0, 0, message.length, ...message]);
}

const sealed = (conn: Socket) =>
  sealChannel(conn, { role: "initiator", own: generateKeyPair(), purpose: "server" });

const ATTACKS: Attack[] = [
  async function randomBytes(conn, number) {
    const bytes = crypto.getRandomValues(new Uint8Array(100 + (number * 1237) % 40_000));
    if (number % 2) bytes.set(PRELUDE);
    await writeAll(conn, bytes);
    await untilCut(conn);
  },
  async function slowBytes(conn, _, over) {
    const cut = untilCut(conn);
    for (const byte of beginning()) {
      if (over.aborted) break;
      await conn.write(Uint8Array.of(byte));
      await Promise.race([cut, new Promise((resolve) => setTimeout(resolve, 300))]);
    }
    await cut;
  },
  async function halfAHandshake(conn) {
    await writeAll(conn, beginning());
    await untilCut(conn);
  },
  async function hugeLengths(conn, number) {
    const huge = new Uint8Array(4 + 20_000).fill(255, 0, 4);
    if (number % 2) await writeAll(conn, PRELUDE);
    else (await sealed(conn)).release();
    await writeAll(conn, huge);
    await untilCut(conn);
  },
  async function floodOfInvitations(conn, number, over) {
    const channel = await sealed(conn);
    const say = (request: Request) => channel.send(encodeControl(request));
    const process = number.toString(16).padStart(32, "0");
    await say({ kind: "hello", name: `flood ${1000 + number}`, process, features: [] });
    const to = number % 2 ? "alice" : "bob";
    while (!over.aborted) {
      await say({ kind: "invite", to });
      await say({ kind: "withdraw", to });
    }
  },
];

/** Peak memory of a process in MB, where the system tells. */
function peak(pid: number): number {
  if (Deno.build.os !== "linux") return 0;
  return Math.round(Number(/VmHWM:\s+(\d+)/.exec(Deno.readTextFileSync(`/proc/${pid}/status`))![1]) / 1024);
}

scenario(
  "T9: hostile connections by the hundred change nothing for two people who keep a folder the same",
  async (scene) => {
    const { alice, bob } = await scene.syncedPair();
    const before = peak(scene.server.pid);
    const over = new AbortController();
    const conns: Socket[] = [];
    const attacks = ATTACKS.flatMap((attack) =>
      Array.from({ length: EACH }, async (_, number) => {
        const conn = socket(await Deno.connect({ hostname: "127.0.0.1", port: scene.port }));
        conns.push(conn);
        // Cut off, refused or at the end of its time: all of it is what the server may do.
        await attack(conn, number, over.signal).catch(() => {});
      })
    );
    for (let save = 1; save <= SAVES; save++) {
      alice.folder.write(`from alice ${save}.txt`, `alice ${save}`);
      bob.folder.write(`from bob ${save}.txt`, `bob ${save}`);
      await scene.alike(alice, bob);
    }
    assertEquals(bob.folder.names().length, 2 * SAVES);
    const grown = peak(scene.server.pid) - before;
    over.abort();
    for (const conn of conns) {
      try {
        conn.close();
      } catch {
        // Closed already, by its attacker.
      }
    }
    await Promise.all(attacks);
    assert(grown <= MOST_MB, `the server grew by ${grown} MB`);
    // And it is as open to honest people as before.
    const carol = scene.person("carol", "--wait");
    carol.start();
    await carol.event("connected");
    alice.folder.write("the last.txt", "after all that");
    await scene.alike(alice, bob);
  },
);
