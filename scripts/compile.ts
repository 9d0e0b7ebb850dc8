// Makes the one program of everything: `deno task compile [windows|linux|macos]`; without a name, for this system.
// deno-lint-ignore-file no-console -- a script speaks on the console

import { join } from "@std/path";
import { bundle, bundleOf } from "./bundle.ts";
import { drawIcon } from "./icon.ts";
import { findWorkers } from "./workers.ts";

const TARGETS: Record<string, string> = {
  windows: "x86_64-pc-windows-msvc",
  linux: "x86_64-unknown-linux-gnu",
  macos: "aarch64-apple-darwin",
};

/** What `src/cli/place.ts` asks of the environment, and what tells the prompts how a terminal looks. */
const ENVIRONMENT = [
  ...["HOME", "USER", "LOGNAME", "XDG_STATE_HOME", "USERPROFILE", "USERNAME", "LOCALAPPDATA"],
  ...["TERM", "COLORTERM", "TERM_PROGRAM", "WT_SESSION", "NO_COLOR"],
];

/** What the program may do, and what for. It starts no other program and loads no foreign code. The runtime grants these to
 * all its commands alike: what one of them does not need it gives up (`src/cli/confine.ts`), and workers get less. */
export const PERMISSIONS: Record<string, string> = {
  "--no-prompt": "what is not allowed is an error, never a question in the middle of a screen",
  "--allow-read": "the folder is the one the person names; only who may read and write all may make links",
  "--allow-write": "the same",
  "--allow-net": "the server, and the other person's computer, are where the person says",
  "--deny-import": "no code from the network, which is allowed from some hosts unless denied",
  "--allow-sys=networkInterfaces,osUptime,statfs":
    "the server's screen tells under which addresses it is reached; a start of the computer since tells what may be lost; " +
    "how much room there is decides what is asked for; what kind of disk a folder is on tells whether changes made elsewhere are heard of",
  [`--allow-env=${ENVIRONMENT.join(",")}`]:
    "where state belongs, the person's name, and how the terminal looks",
  "--ignore-env": "other variables do not exist, instead of being refused: the prompts ask for many",
};

/** Where the bundles are put. What a compiled program says of a failure names their lines, and above these they name the modules. */
const BUNDLES = "dist/bundle";

/** The arguments of `deno compile`; `workers` are the bundles that run as such. */
export function compileArguments(target: string, workers: string[], icon: string, output: string): string[] {
  return [
    "compile",
    "--no-check", // Bundles have no types any more.
    // The cache of compiled code would lie in the system's folder for temporary files under a name that everybody knows, and on a computer
    // with several users that folder is everybody's.
    "--no-code-cache",
    ...Object.keys(PERMISSIONS),
    ...workers.map((worker) => `--include=${worker}`),
    ...(target.includes("windows") ? [`--icon=${icon}`] : []),
    `--target=${target}`,
    `--output=${output}`,
    `${BUNDLES}/main.js`,
  ];
}

/** What to tell when `deno compile` failed, if it was for want of the part it downloads. */
export function missingPart(complaint: string): string | null {
  // deno-lint-ignore no-control-regex
  const plain = complaint.replace(/\x1b\[[\d;]*m/g, "");
  const [address] = /https?:\/\/\S+\/denort-[^\s)]+/.exec(plain) ?? [];
  if (!address) return null;
  const [, reason] = /(dns error|connection refused|timed out|certificate|\b[45]\d\d\b)/i.exec(plain) ?? [];
  return `Cannot compile: the run-time part that deno compile needs cannot be had from ${address}` +
    `${reason ? ` (${reason})` : ""}. Connect to that host, or set DENORT_BIN to a copy of it.`;
}

function fail(message: string): never {
  console.error(`compile: ${message}`);
  Deno.exit(1);
}

function targetOf(name: string | undefined): string {
  const own = Deno.build.os === "darwin" ? "macos" : Deno.build.os;
  if (name === undefined || name === own) return Deno.build.target;
  return TARGETS[name] ?? fail(`${name} is no system to compile for: write windows, linux or macos`);
}

async function compile(name: string | undefined): Promise<void> {
  const target = targetOf(name);
  const output = join("dist", target.includes("windows") ? "tcpsync.exe" : "tcpsync");
  const icon = join("dist", "tcpsync.ico");
  Deno.mkdirSync("dist", { recursive: true });
  Deno.writeFileSync(icon, drawIcon());
  const workers = findWorkers("src");
  await bundle(["main.ts"], workers, BUNDLES).catch((error: Error) => fail(error.message));
  const bundles = workers.map((worker) => `${BUNDLES}/${bundleOf(worker)}`);
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: compileArguments(target, bundles, icon, output),
    stdout: "inherit",
    stderr: "piped",
  }).output();
  Deno.removeSync(icon);
  const told = new TextDecoder().decode(stderr);
  if (!success) fail(missingPart(told) ?? `deno compile failed\n${told}`);
  console.log(`${output} (${target}, ${(Deno.statSync(output).size / 1e6).toFixed(0)} MB)`);
}

if (import.meta.main) await compile(Deno.args[0]);
