// deno-lint-ignore-file no-console
// Measures what sealing costs, side by side in the same run (ratios count, not seconds):
//   deno run -A scripts/bench/sealed.ts WORK [MB] [ROUNDS]
// First bytes alone, from one process through another to a third: an open pipe (socat), a sealed one (stunnel), and two clients
// at our server. Then one large file on a disk: rsync through stunnel, and tcpsync. Needs socat, stunnel and rsync; Linux.

import { createClient } from "../../src/peer/create_client.ts";
import { memoryKeyring } from "../../tests/support/keyring.ts";
import { fakeRoot } from "../../tests/support/network.ts";
import { Program } from "../../tests/scenarios/program.ts";
import type { Channel } from "../../src/wire/channel/channel.ts";

const PIECE = 1024 * 1024;

/** One of two clients whose session is nothing but bytes. The receiver prints the seconds from the first byte to the last. */
async function takePart(
  part: "send" | "receive",
  port: number,
  megabytes: number,
  round: string,
): Promise<void> {
  const send = async (channel: Channel) => {
    const piece = crypto.getRandomValues(new Uint8Array(65_536));
    const message = new Uint8Array(PIECE);
    for (let at = 0; at < PIECE; at += piece.length) message.set(piece, at);
    for (let i = 0; i < megabytes; i++) await channel.send(message);
    await channel.receive();
  };
  const receive = async (channel: Channel) => {
    await channel.receive();
    const began = performance.now();
    for (let i = 1; i < megabytes; i++) await channel.receive();
    console.log((performance.now() - began) / 1000);
    await channel.send(new Uint8Array(1));
  };
  const client = createClient({
    host: "127.0.0.1",
    port,
    name: `${part} ${round}`,
    stateDir: "",
    folder: "/",
    once: true,
    keyring: memoryKeyring(),
    askDigits: () => Promise.resolve(true),
    emit: () => {},
  }, {
    openRoot: (folder) => Promise.resolve(fakeRoot(folder)),
    runSession: async (channel) => {
      await (part === "send" ? send : receive)(channel);
      return { how: "done", reason: "", code: 0 };
    },
  });
  await client.start();
  if (part === "send") await client.invite(`receive ${round}`);
  else await client.acceptFrom(`send ${round}`);
  await client.ended;
}

async function compare(work: string, megabytes: number, rounds: number): Promise<void> {
  await Deno.mkdir(work, { recursive: true });
  await prepareStunnel(work);
  const server = new Program("server", [
    ...["--server", "--host", "127.0.0.1", "--port", "0", "--state", `${work}/server-state`],
  ]);
  const { port } = await server.event("listening");
  for (let round = 1; round <= rounds; round++) {
    const open = await throughSocat(megabytes);
    const sealed = await throughStunnel(work, megabytes);
    const ours = await throughOurs(port, megabytes, `${Date.now()}`);
    console.log(
      `bytes alone: open ${rate(megabytes, open)}, stunnel ${rate(megabytes, sealed)}, tcpsync ${
        rate(megabytes, ours)
      }` +
        `  ratio to stunnel ${(sealed / ours).toFixed(2)}`,
    );
  }
  for (let round = 1; round <= rounds; round++) {
    const folder = `${work}/${Date.now()}`;
    for (const name of ["source", "ours", "theirs"]) {
      await Deno.mkdir(`${folder}/${name}`, { recursive: true });
    }
    await run("sh", "-c", `head -c ${megabytes}M /dev/urandom > ${folder}/source/large.bin`);
    await warm(folder, megabytes);
    const theirs = await rsyncThroughStunnel(work, folder);
    await warm(folder, megabytes);
    let copying = 0;
    const ours = await seconds(async () => copying = await firstCopy(port, work, folder));
    await run("cmp", `${folder}/source/large.bin`, `${folder}/ours/large.bin`);
    console.log(
      `one file of ${megabytes} MB: rsync through stunnel ${rate(megabytes, theirs)}, tcpsync ${
        rate(megabytes, ours)
      }, ${rate(megabytes, copying)} from plan to in sync  ratio ${(theirs / ours).toFixed(2)}`,
    );
    await Deno.remove(folder, { recursive: true });
  }
  await server.stop();
}

const rate = (megabytes: number, seconds: number) => `${(megabytes * 1.048576 / seconds).toFixed(0)} MB/s`;

async function seconds(act: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await act();
  return (performance.now() - began) / 1000;
}

/** Finishes what is still being written, and leaves memory for one more file at hand: a virtual machine whose free memory was
 * given back gets it again page by page, which costs whoever writes next many times the writing. */
async function warm(folder: string, megabytes: number): Promise<void> {
  await run("sync");
  await run("sh", "-c", `head -c ${2 * megabytes}M /dev/zero > ${folder}/scratch && rm ${folder}/scratch`);
}

async function run(command: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(command, { args, stdin: "null" }).output();
  if (!success) throw new Error(`${command} ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
}

/** Starts a program that goes on until it is disposed of. */
function background(command: string, ...args: string[]): Disposable {
  const child = new Deno.Command(command, { args, stdin: "null", stdout: "null", stderr: "null" }).spawn();
  return { [Symbol.dispose]: () => child.kill() };
}

/** Waits until somebody listens there. */
async function listening(...ports: number[]): Promise<void> {
  for (const port of ports) {
    for (;;) {
      try {
        (await Deno.connect({ hostname: "127.0.0.1", port })).close();
        break;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }
}

const address = (port: number) => `127.0.0.1:${port}`;

/** Seconds for so many MB of zeros through a chain that begins at `from` and ends at a sink on `to`. */
async function pour(megabytes: number, from: number): Promise<number> {
  return await seconds(() =>
    run("sh", "-c", `head -c ${megabytes}M /dev/zero | socat -u -b 1048576 - TCP:${address(from)}`)
  );
}

async function throughSocat(megabytes: number): Promise<number> {
  using _sink = background(
    "socat",
    "-u",
    "-b",
    "1048576",
    "TCP-LISTEN:7901,bind=127.0.0.1,reuseaddr,fork",
    "OPEN:/dev/null",
  );
  using _relay = background(
    "socat",
    "-b",
    "1048576",
    "TCP-LISTEN:7902,bind=127.0.0.1,reuseaddr,fork",
    "TCP:127.0.0.1:7901",
  );
  await listening(7901, 7902);
  return await pour(megabytes, 7902);
}

/** Two ends of stunnel: 7911 → sealed → 7912 → the sink on 7913, and 7921 → sealed → 7922 → an rsync daemon on 7923. */
async function prepareStunnel(work: string): Promise<void> {
  const request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"];
  await run("openssl", ...request, "-keyout", `${work}/key.pem`, "-out", `${work}/cert.pem`);
  const common = `foreground = yes\npid =\n`;
  const service = (name: string, from: number, to: number, more: string) =>
    `[${name}]\naccept = ${address(from)}\nconnect = ${address(to)}\n${more}`;
  const keys = `cert = ${work}/cert.pem\nkey = ${work}/key.pem\n`;
  await Deno.writeTextFile(
    `${work}/near.conf`,
    common + service("bytes", 7911, 7912, "client = yes\n") + service("rsync", 7921, 7922, "client = yes\n"),
  );
  await Deno.writeTextFile(
    `${work}/far.conf`,
    common + service("bytes", 7912, 7913, keys) + service("rsync", 7922, 7923, keys),
  );
}

async function throughStunnel(work: string, megabytes: number): Promise<number> {
  using _sink = background(
    "socat",
    "-u",
    "-b",
    "1048576",
    "TCP-LISTEN:7913,bind=127.0.0.1,reuseaddr,fork",
    "OPEN:/dev/null",
  );
  using _far = background("stunnel", `${work}/far.conf`);
  using _near = background("stunnel", `${work}/near.conf`);
  await listening(7913, 7912, 7911);
  return await pour(megabytes, 7911);
}

async function throughOurs(port: number, megabytes: number, round: string): Promise<number> {
  const part = (name: string) =>
    new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--quiet",
        "-A",
        new URL(import.meta.url).pathname,
        name,
        String(port),
        String(megabytes),
        round,
      ],
      stdin: "null",
      stderr: "inherit",
    }).output();
  const [{ stdout }] = await Promise.all([part("receive"), part("send")]);
  return Number(new TextDecoder().decode(stdout));
}

async function rsyncThroughStunnel(work: string, folder: string): Promise<number> {
  const conf = `${work}/rsyncd.conf`;
  await Deno.writeTextFile(
    conf,
    `port = 7923\naddress = 127.0.0.1\nuse chroot = no\n[source]\npath = ${folder}/source\nread only = yes\n`,
  );
  using _daemon = background("rsync", "--daemon", "--no-detach", `--config=${conf}`);
  using _far = background("stunnel", `${work}/far.conf`);
  using _near = background("stunnel", `${work}/near.conf`);
  await listening(7923, 7922, 7921);
  return await seconds(() => run("rsync", "-aW", `rsync://${address(7921)}/source/`, `${folder}/theirs/`));
}

/** Gives the seconds from the plan to in sync: the rest is starting and meeting. Both people keep their keys from round to
 * round: on the server a name belongs to the key that used it first. */
async function firstCopy(port: number, work: string, folder: string): Promise<number> {
  const start = (name: string, root: string, ...flags: string[]) =>
    new Program(name, [
      ...["--connect", address(port), "--name", name, "--folder", `${folder}/${root}`, "--once", "--yes"],
      ...["--state", `${work}/${name}-state`, ...flags],
    ]);
  const bob = start("bob", "ours", "--accept-from", "alice");
  const alice = start("alice", "source", "--invite", "bob");
  for (const { code, err } of await Promise.all([alice.ended, bob.ended])) {
    if (code !== 0) throw new Error(`ended with ${code}: ${err}`);
  }
  const at = (name: string) => Date.parse(bob.events.find(({ event }) => event === name)!.time);
  return (at("insync") - at("plan")) / 1000;
}

const [first, ...rest] = Deno.args;

if (first === "send" || first === "receive") {
  await takePart(first, Number(rest[0]), Number(rest[1]), rest[2]!);
} else if (first !== undefined) {
  await compare(first, Number(rest[0] ?? 1000), Number(rest[1] ?? 3));
} else {
  console.error("usage: deno run -A scripts/bench/sealed.ts WORK [MB] [ROUNDS]");
  Deno.exit(3);
}
