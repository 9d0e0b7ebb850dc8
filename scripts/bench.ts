// Measures tcpsync beside what else keeps folders the same, on the same data in the same run, and cleans up after itself (Linux):
//   deno task bench [--only tree,tiny,large,line,idle,server] [--peers rsync,stunnel,unison,syncthing,mutagen | none]
//     [--tree DIR | --files N] [--tiny N,N] [--large MB] [--mbit N] [--saves N] [--idle SECONDS] [--users N] [--rounds N]
//     [--program PATH]… [--place DIR] [--json FILE] [--page]
// A peer that is not installed is left out and named. PATH is a main.ts or a compiled program; where several are given, the first one
// is compared with the others too. PLACE is a folder on the disk to be measured. Figures are added to those in FILE; with --page they
// go into docs/PERFORMANCE.md. Ratios within one run count, not seconds.
// deno-lint-ignore-file no-console -- a script speaks on the console

import { parseArgs } from "@std/cli/parse-args";
import { dirname } from "@std/path";
import type { Contender } from "./bench/contender.ts";
import { type Corpus, given, makeLarge, makeTiny, makeTree } from "./bench/corpora.ts";
import { graphOf } from "./bench/graph.ts";
import { ours } from "./bench/ours.ts";
import { pageWith } from "./bench/page.ts";
import { MUTAGEN } from "./bench/peers/mutagen.ts";
import { rsync, RSYNC_SEALED } from "./bench/peers/rsync.ts";
import { SYNCTHING } from "./bench/peers/syncthing.ts";
import { UNISON } from "./bench/peers/unison.ts";
import { endAll, printed } from "./bench/programs.ts";
import { merged, type Result, type Row } from "./bench/result.ts";
import { run, type Work } from "./bench/run.ts";
import { tableOf } from "./bench/table.ts";
import { largeFile } from "./bench/works/large.ts";
import { daily, firstCopy, idle } from "./bench/works/tree.ts";
import { idleUsers } from "./bench/works/users.ts";

const PEERS: Record<string, Contender> = {
  rsync: rsync("rsync -a", "-a"),
  stunnel: RSYNC_SEALED,
  unison: UNISON,
  syncthing: SYNCTHING,
  mutagen: MUTAGEN,
};

const VALUES = {
  only: "tree,tiny,large,line,idle,server",
  peers: Object.keys(PEERS).join(),
  tree: "",
  files: "4000",
  tiny: "2000",
  large: "128",
  mbit: "100",
  saves: "20",
  idle: "20",
  users: "100",
  rounds: "3",
  place: "",
  json: "dist/bench.json",
};

const flags = parseArgs(Deno.args, {
  string: [...Object.keys(VALUES), "program"],
  boolean: ["page"],
  collect: ["program"],
  unknown: (flag) => {
    console.error(`no such flag: ${flag} (scripts/bench.ts says which there are)`);
    Deno.exit(3);
  },
});
const text = (name: keyof typeof VALUES) => String(flags[name] ?? VALUES[name]);
const number = (name: keyof typeof VALUES) => Number(text(name));
const list = (name: keyof typeof VALUES) =>
  text(name).split(",").filter((item) => item !== "" && item !== "none");

const place = Deno.makeTempDirSync({
  prefix: "tcpsync-bench-",
  ...text("place") ? { dir: text("place") } : {},
});
const programs = (flags.program as string[]).map((path) => Deno.realPathSync(path));
const self = ours("tcpsync", programs[0] ?? null);
const all = [
  self,
  ...programs.slice(1).map((path) => ours(`tcpsync at ${path}`, path)),
  ...list("peers").map((name) => PEERS[name] ?? fail(`no such peer: ${name}`)),
];

function fail(why: string): never {
  throw new Error(why);
}

const corpora = new Map<string, Promise<Corpus>>();

/** A corpus that is made once, and copied for each contender. */
function made(name: string, make: (path: string) => void): Promise<Corpus> {
  const known = corpora.get(name);
  if (known) return known;
  const path = `${place}/corpora/${name}`;
  make(path);
  const corpus = given(path);
  corpora.set(name, corpus);
  return corpus;
}

const tree = () =>
  text("tree") ? given(text("tree")) : made("tree", (path) => makeTree(path, number("files")));
const usual = { contenders: all, rounds: number("rounds"), rate: null, isCounted: true };

const WORKS: Record<string, () => Promise<Work[]>> = {
  tree: async () => [
    {
      ...usual,
      corpus: await tree(),
      steps: [firstCopy, daily(number("saves"), Math.ceil(number("saves") / 5))],
    },
  ],
  tiny: () =>
    Promise.all(
      list("tiny").map(async (count) => {
        const corpus = await made(`tiny${count}`, (path) => makeTiny(path, Number(count)));
        return { ...usual, corpus, steps: [firstCopy] };
      }),
    ),
  large: async () => [
    {
      ...usual,
      corpus: await made("large", (path) => makeLarge(path, number("large") * 2 ** 20)),
      steps: [largeFile],
    },
  ],
  line: async () => {
    const corpus = await tree();
    const what = `${corpus.what}, over ${number("mbit")} Mbit/s`;
    const rsyncs = list("peers").includes("rsync") ? [PEERS.rsync!, rsync("rsync -az", "-az")] : [];
    return [{
      ...usual,
      corpus: { ...corpus, what },
      contenders: [...all.filter(({ name }) => name.startsWith("tcpsync")), ...rsyncs],
      rate: number("mbit") * 1e6 / 8,
      isCounted: false,
      steps: [firstCopy],
    }];
  },
  idle: async () => [{
    ...usual,
    corpus: await tree(),
    contenders: all.filter(({ live }) => live),
    rounds: 1,
    isCounted: false,
    steps: [idle(number("idle"))],
  }],
};

/** The server alone, without folders. */
async function serverRow(): Promise<Row> {
  const at = { date: new Date().toISOString().slice(0, 10), load: Deno.loadavg()[0]! };
  const values = [await idleUsers(`${place}/server`, number("users"))];
  return {
    work: "server: memory for each idle user",
    of: `${number("users")} users`,
    unit: "KB",
    ...at,
    figures: [{ program: "tcpsync", version: (await self.version())!, values }],
    unmeasured: [],
  };
}

/** The rows of each work as soon as they are known. */
async function* measured(): AsyncGenerator<Row[]> {
  for (const name of list("only")) {
    const say = (what: string) => console.error(`${name}: ${what}`);
    if (name === "server") yield [await serverRow()];
    else {
      const works = WORKS[name] ?? fail(`no such work: ${name}`);
      for (const work of await works()) yield await run(work, `${place}/${name}`, say);
    }
  }
}

/** What this runs on. */
async function machine(): Promise<string> {
  const model = /model name\s*: (.*)/.exec(Deno.readTextFileSync("/proc/cpuinfo"))?.[1] ?? Deno.build.arch;
  const disk = (await printed("df", ["--output=fstype", place])).trim().split("\n").at(-1);
  const memory = Math.round(Deno.systemMemoryInfo().total / 2 ** 30);
  const cores = navigator.hardwareConcurrency;
  return `${cores} cores (${model}), ${memory} GiB of memory, ${disk}, Linux ${Deno.osRelease()}, Deno ${Deno.version.deno}`;
}

function known(path: string): Result | null {
  try {
    return JSON.parse(Deno.readTextFileSync(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** Puts the figures into the pages. */
function publish(result: Result) {
  const docs = new URL("../docs", import.meta.url).pathname;
  const page = `${docs}/PERFORMANCE.md`;
  Deno.writeTextFileSync(page, pageWith(Deno.readTextFileSync(page), result));
  Deno.writeTextFileSync(`${docs}/performance.json`, `${JSON.stringify(result, null, 1)}\n`);
  Deno.writeTextFileSync(`${docs}/performance.svg`, graphOf(result));
}

const removeAll = () => Deno.removeSync(place, { recursive: true });
Deno.addSignalListener("SIGINT", () => {
  endAll();
  removeAll();
  Deno.exit(130);
});

try {
  Deno.mkdirSync(dirname(text("json")), { recursive: true });
  const here = await machine();
  let result = merged(known(text("json")), here, []);
  for await (const rows of measured()) {
    result = merged(result, here, rows);
    // What is measured stays, whatever becomes of the rest.
    Deno.writeTextFileSync(text("json"), `${JSON.stringify(result, null, 1)}\n`);
  }
  if (flags.page) publish(result);
  console.log(tableOf(result));
} finally {
  removeAll();
}
