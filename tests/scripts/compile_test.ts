// How the one program is made: what goes into it, what it may do, and what is told when it cannot be made.

import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { bundleOf, withBundledWorkers } from "../../scripts/bundle.ts";
import { compileArguments, missingPart, PERMISSIONS } from "../../scripts/compile.ts";
import { drawIcon } from "../../scripts/icon.ts";
import { findWorkers, sourceFiles } from "../../scripts/workers.ts";

const root = new URL("../../", import.meta.url).pathname.replace(/^\/(?=[A-Za-z]:)/, "");

Deno.test("compile: every module that is started as a worker is found", () => {
  const found = findWorkers(`${root}src`).map((path) => path.replaceAll("\\", "/").replace(/.*\/src\//, ""));
  assertEquals(found.sort(), ["fs/watch/watch_worker.ts", "root/root_worker.ts"]);
  const starts = sourceFiles(`${root}src`).filter((path) =>
    Deno.readTextFileSync(path).includes("new Worker(")
  );
  const told = starts.filter((path) =>
    /new URL\("[^"]+", import\.meta\.url\)/.test(Deno.readTextFileSync(path))
  );
  assertEquals(starts, told, "each names its worker in the form that is looked for");
});

Deno.test("compile: a bundle starts the bundles of workers, wherever in the project they are", () => {
  const workers = ["src/fs/watch/watch_worker.ts", "src\\root\\root_worker.ts"];
  const bundled = (text: string) => withBundledWorkers(text, workers);
  assertEquals(
    bundled(
      'new Worker(new URL("./root_worker.ts", import.meta.url), a); new URL(\n"../watch/watch_worker.ts",import.meta.url)',
    ),
    'new Worker(new URL("./src/root/root_worker.js", import.meta.url), a); ' +
      'new URL(\n"./src/fs/watch/watch_worker.js",import.meta.url)',
  );
  assertEquals(workers.map(bundleOf), ["src/fs/watch/watch_worker.js", "src/root/root_worker.js"]);
  assertThrows(() => bundled('new URL("./other_worker.ts", import.meta.url)'), Error, "0 workers");
});

Deno.test("compile: the program may not start others, and reads only the variables it names", () => {
  const args = compileArguments("x86_64-unknown-linux-gnu", ["dist/a_worker.js"], "i.ico", "dist/tcpsync");
  assert(args.includes("--include=dist/a_worker.js"));
  assert(args.includes("--no-code-cache"), "no code is taken from the folder for temporary files");
  for (const refused of ["-A", "--allow-all", "--allow-run", "--allow-ffi", "--allow-env", "--allow-sys"]) {
    assert(!args.includes(refused), refused);
  }
  assert(!args.some((arg) => /^--(allow-(run|ffi|import|scripts)|unsafely)/.test(arg)));
  assert(!args.some((arg) => arg.startsWith("--icon")), "only Windows programs hold an icon");
  assert(compileArguments("x86_64-pc-windows-msvc", [], "i.ico", "x").includes("--icon=i.ico"));
});

/** What the program says, from source, with its permissions but for those that begin with `without`. */
async function outcomeWithout(without: string, ...flags: string[]): Promise<string> {
  const permissions = Object.keys(PERMISSIONS).filter((flag) => !flag.startsWith(without));
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "--cached-only", ...permissions, `${root}main.ts`, ...flags],
    env: { NO_COLOR: "1" },
  }).output();
  return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
}

const CLIENT = ["--connect", "127.0.0.1:1", "--name", "a", "--folder", root, "--wait"];

const NEEDED: { permission: string; flags: string[]; refused: RegExp }[] = [
  { permission: "--allow-read", flags: [...CLIENT, "--state", root], refused: /Requires read access/ },
  { permission: "--allow-write", flags: ["--demo"], refused: /Requires write access/ },
  { permission: "--allow-net", flags: ["--demo"], refused: /Requires net access/ },
  { permission: "--allow-env", flags: CLIENT, refused: /No home folder/ },
];

for (const { permission, flags, refused } of NEEDED) {
  Deno.test(`compile: without ${permission} the program cannot do its work`, async () => {
    assertMatch(await outcomeWithout(permission, ...flags), refused);
  });
}

Deno.test("compile: each permission has its reason, and those that can be narrow are", () => {
  for (const [flag, reason] of Object.entries(PERMISSIONS)) assert(reason !== "", flag);
  const kinds = Object.keys(PERMISSIONS).filter((flag) => flag.startsWith("--allow-")).map((flag) =>
    flag.replace(/(?<==).*/, "")
  );
  assertEquals(kinds, ["--allow-read", "--allow-write", "--allow-net", "--allow-sys=", "--allow-env="]);
});

Deno.test("compile: of the environment nothing is read that is not asked for, and all that is may be read", () => {
  const place = Deno.readTextFileSync(`${root}src/cli/place.ts`);
  const asked = [...place.matchAll(/env\("([A-Z_]+)"\)/g)].map(([, name]) => name!);
  const [allowed] = Object.keys(PERMISSIONS).filter((flag) => flag.startsWith("--allow-env="));
  const names = allowed!.replace("--allow-env=", "").split(",");
  const ofTerminal = ["TERM", "COLORTERM", "TERM_PROGRAM", "WT_SESSION", "NO_COLOR"];
  assertEquals(names.toSorted(), [...new Set(asked), ...ofTerminal].toSorted());
});

Deno.test("compile: a download that cannot be had is said in one line; another failure is not mistaken for it", () => {
  const complaint = "\x1b[32mDownload\x1b[0m https://dl.deno.land/release/v2.9.6/denort-x.zip\n" +
    "1: error sending request for url (https://dl.deno.land/release/v2.9.6/denort-x.zip): dns error: no";
  assertEquals(
    missingPart(complaint),
    "Cannot compile: the run-time part that deno compile needs cannot be had from " +
      "https://dl.deno.land/release/v2.9.6/denort-x.zip (dns error). Connect to that host, or set DENORT_BIN to a copy of it.",
  );
  assertEquals(missingPart("error: Module not found"), null);
});

Deno.test("compile: an unknown system is one line and no success", async () => {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--cached-only", `${root}scripts/compile.ts`, "amiga"],
  }).output();
  assertEquals(code, 1);
  assertMatch(
    new TextDecoder().decode(stderr),
    /^compile: amiga is no system to compile for: write windows, linux or macos\r?\n$/,
  );
});

Deno.test("compile: the icon holds the images its header says", () => {
  const icon = drawIcon();
  const view = new DataView(icon.buffer);
  const count = view.getUint16(4, true);
  assertEquals([view.getUint16(2, true), count], [1, 6]);
  let end = 6 + 16 * count;
  for (let number = 0; number < count; number++) {
    const [size, offset] = [view.getUint32(14 + 16 * number, true), view.getUint32(18 + 16 * number, true)];
    assertEquals(offset, end);
    assertEquals(view.getUint32(offset, true), 40, "a bitmap header");
    end += size;
  }
  assertEquals(end, icon.length);
});
