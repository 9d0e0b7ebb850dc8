// deno-lint-ignore-file no-console
// Measures what two clients cost while nothing happens, of several copies of this program at the same time (ratios count, not seconds):
//   deno run -A scripts/bench/idle.ts SOURCE WORK SECONDS MAIN…
// SOURCE is a folder with many files, WORK an empty folder, each MAIN the main.ts of a copy. Linux. Ends by itself.

import { Program } from "../../tests/scenarios/program.ts";

const [source, work, seconds, ...mains] = Deno.args;
if (!source || !work || !seconds || mains.length === 0) {
  console.error("usage: deno run -A scripts/bench/idle.ts SOURCE WORK SECONDS MAIN…");
  Deno.exit(3);
}
/** A program just in sync has things to prove to itself: what it costs then is no idleness. */
const QUIET_MS = 90_000;
/** Of the kernel's clock for processes, in ms. */
const TICK_MS = 10;

interface Person {
  main: string;
  name: string;
  program: Program;
}

async function start(main: string, number: number): Promise<Person[]> {
  const place = `${work}/${number}`;
  const command = [Deno.execPath(), "run", "-A", "--cached-only", "--no-check", main];
  await new Deno.Command("mkdir", { args: ["-p", `${place}/bob`] }).output();
  await new Deno.Command("cp", { args: ["-a", source!, `${place}/alice`] }).output();
  const state = (name: string) => ["--state", `${place}/${name}-state`];
  const own = ["--server", "--host", "127.0.0.1", "--port", "0"];
  const server = new Program("server", [...own, ...state("server")], command);
  const { port } = await server.event("listening");
  const common = ["--connect", `127.0.0.1:${port}`, "--yes"];
  const hasScrub = (await Deno.readTextFile(main.replace(/main\.ts$/, "README.md"))).includes("--scrub-days");
  const person = (name: string, ...flags: string[]): Person => {
    const its = ["--name", name, "--folder", `${place}/${name}`, ...state(name)];
    const all = [...common, ...its, ...flags, ...hasScrub ? ["--scrub-days", "0"] : []];
    return { main, name, program: new Program(name, all, command) };
  };
  const people = [person("bob", "--accept-from", "alice"), person("alice", "--invite", "bob")];
  await Promise.all(people.map(({ program }) => program.event("insync")));
  return [...people, { main, name: "server", program: server }];
}

/** What a process has computed so far, in ms, and what it holds, in MB. */
function cost({ program: { pid } }: Person): { ms: number; megabytes: number } {
  const fields = Deno.readTextFileSync(`/proc/${pid}/stat`).split(") ")[1]!.split(" ");
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return {
    ms: (Number(fields[11]) + Number(fields[12])) * TICK_MS,
    megabytes: Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1024),
  };
}

const people: Person[] = [];
for (const [number, main] of mains.entries()) people.push(...await start(main, number));
await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
const before = people.map(cost);
await new Promise((resolve) => setTimeout(resolve, Number(seconds) * 1000));
for (const [number, person] of people.entries()) {
  const { ms, megabytes } = cost(person);
  const share = (ms - before[number]!.ms) / Number(seconds) / 10;
  console.log(`${person.main} ${person.name}: ${share.toFixed(2)} % of a core, ${megabytes} MB`);
}
await Promise.all(people.map(({ program }) => program.stop()));
