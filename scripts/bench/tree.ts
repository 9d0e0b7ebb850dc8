// deno-lint-ignore-file no-console
// Measures tcpsync on a real tree, side by side with an rsync daemon in the same run (ratios count, not seconds):
//   deno run -A scripts/bench/tree.ts SOURCE WORK [ROUNDS]
// SOURCE is a folder with many files, WORK an empty folder on the same disk. Needs rsync; Linux. Ends by itself.

import { Program, type Told } from "../../tests/scenarios/program.ts";

const SAVES = 50;

const [source, work, rounds = "2"] = Deno.args;
if (!source || !work) {
  console.error("usage: deno run -A scripts/bench/tree.ts SOURCE WORK [ROUNDS]");
  Deno.exit(3);
}

/** Seconds that `act` takes. */
async function seconds(act: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await act();
  return (performance.now() - began) / 1000;
}

async function run(command: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(command, { args, stdin: "null" }).output();
  if (!success) throw new Error(`${command} ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
}

function show(what: string, ours: number, theirs?: number) {
  const beside = theirs === undefined
    ? ""
    : `  rsync ${theirs.toFixed(2)} s  ratio ${(ours / theirs).toFixed(2)}`;
  console.log(`${what}: tcpsync ${ours.toFixed(2)} s${beside}`);
}

/** Peak memory of a process, in MB. */
function peak(program: Program): number {
  const status = Deno.readTextFileSync(`/proc/${program.pid}/status`);
  return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)![1]) / 1024);
}

class Bench {
  port = 0;
  server: Program | undefined;
  alice!: Program;
  bob!: Program;

  /** Each round's people are new ones, to a server of their own. */
  async serve(round: string) {
    await this.server?.stop();
    this.server = new Program("server", [
      ...["--server", "--host", "127.0.0.1", "--port", "0", "--state", `${round}/server-state`],
    ]);
    this.port = (await this.server.event("listening")).port;
  }

  /** Starts both on their folders. */
  start(round: string, ...flags: string[]) {
    const common = ["--connect", `127.0.0.1:${this.port}`, "--yes", ...flags];
    const state = (name: string) => ["--name", name, "--state", `${round}/${name}-state`];
    this.bob = new Program("bob", [
      ...common,
      ...state("bob"),
      "--folder",
      `${round}/ours`,
      "--accept-from",
      "alice",
    ]);
    this.alice = new Program("alice", [
      ...common,
      ...state("alice"),
      "--folder",
      `${round}/source`,
      "--invite",
      "bob",
    ]);
  }

  /** Runs both until in sync. */
  async once(round: string): Promise<number> {
    return await seconds(async () => {
      this.start(round, "--once");
      for (const { code, err } of await Promise.all([this.alice.ended, this.bob.ended])) {
        if (code !== 0) throw new Error(`ended with ${code}: ${err}`);
      }
    });
  }

  /** Seconds from `act` until both say they are in sync again. */
  async settled(act: () => Promise<unknown>): Promise<number> {
    for (const person of [this.alice, this.bob]) person.mark();
    return await seconds(async () => {
      await act();
      const told = await Promise.all([this.alice.event("insync"), this.bob.event("insync")]) as Told[];
      if (told[0]!.digest !== told[1]!.digest) throw new Error("the digests differ");
    });
  }
}

/** Milliseconds from a save of a small file to its content on the other side, sorted. */
async function latencies(from: string, to: string): Promise<number[]> {
  const took: number[] = [];
  for (let save = 0; save < SAVES; save++) {
    const text = `save ${save} ${crypto.randomUUID()}\n`;
    const began = performance.now();
    await Deno.writeTextFile(from, text);
    while (await Deno.readTextFile(to).catch(() => "") !== text) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    took.push(performance.now() - began);
    await new Promise((resolve) => setTimeout(resolve, 100 + Math.random() * 100)); // saves of a person, not a burst
  }
  return took.sort((one, other) => one - other);
}

const conf = `${work}/rsyncd.conf`;
const rsyncPort = 7843;
await Deno.mkdir(work, { recursive: true });
const bench = new Bench();
let round = "";
for (let number = 1; number <= Number(rounds); number++) {
  round = `${work}/${Date.now()}`;
  for (const name of ["ours", "theirs"]) await Deno.mkdir(`${round}/${name}`, { recursive: true });
  await bench.serve(round);
  await run("cp", "-a", source, `${round}/source`);
  await Deno.writeTextFile(
    conf,
    `port = ${rsyncPort}\naddress = 127.0.0.1\nuse chroot = no\n[source]\npath = ${round}/source\nread only = yes\n`,
  );
  const daemon = new Deno.Command("rsync", { args: ["--daemon", "--no-detach", `--config=${conf}`] }).spawn();
  await new Promise((resolve) => setTimeout(resolve, 500));
  const rsync = () =>
    seconds(() =>
      run(
        "rsync",
        "-a",
        "--delete",
        "--exclude=.tcpsync",
        `rsync://127.0.0.1:${rsyncPort}/source/`,
        `${round}/theirs/`,
      )
    );
  await run("sync");
  const theirs = await rsync();
  await run("sync");
  show("first copy", await bench.once(round), theirs);
  for (let again = 0; again < 3; again++) {
    show("again, nothing changed", await bench.once(round), await rsync());
  }
  daemon.kill();
  await daemon.status;
}

bench.start(round);
await Promise.all([bench.alice.event("insync"), bench.bob.event("insync")]);
await new Promise((resolve) => setTimeout(resolve, 3000)); // both have armed their watches and looked again
for (const [from, to] of [["source", "ours"], ["ours", "source"]]) {
  const took = await latencies(`${round}/${from}/bench.txt`, `${round}/${to}/bench.txt`);
  const at = (share: number) => took[Math.floor(share * (took.length - 1))]!.toFixed(0);
  console.log(
    `save → seen (${from} → ${to}, ${SAVES} saves): median ${at(0.5)} ms, 90 % ${at(0.9)} ms, worst ${
      at(1)
    } ms`,
  );
}
const largest = [...Deno.readDirSync(`${round}/source`)].filter((entry) =>
  entry.isDirectory && !entry.name.startsWith(".")
)
  .map(({ name }) => name);
const folder = largest.includes("drivers") ? "drivers" : largest[0]!;
show(
  `rename of ${folder}/`,
  await bench.settled(() => Deno.rename(`${round}/source/${folder}`, `${round}/source/${folder}-renamed`)),
);
const [one, other] = largest.filter((name) => name !== folder);
show(
  `${one}/ deleted by alice, ${other}/ by bob`,
  await bench.settled(() =>
    Promise.all([run("rm", "-r", `${round}/source/${one}`), run("rm", "-r", `${round}/ours/${other}`)])
  ),
);
await run("diff", "-r", "--no-dereference", "--exclude=.tcpsync", `${round}/source`, `${round}/ours`);
console.log("both folders are the same, byte by byte");
console.log(
  `peak memory: alice ${peak(bench.alice)} MB, bob ${peak(bench.bob)} MB, server ${peak(bench.server!)} MB`,
);
await Promise.all([bench.alice.stop(), bench.bob.stop()]);
await bench.server!.stop();
