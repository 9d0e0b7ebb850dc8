// How the one program is made: what goes into it, what it may do, and what is told when it cannot be made.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { compileArguments, missingPart } from "../../scripts/compile.ts";
import { drawIcon } from "../../scripts/icon.ts";
import { findWorkers, sourceFiles } from "../../scripts/workers.ts";

const root = new URL("../../", import.meta.url).pathname.replace(/^\/(?=[A-Za-z]:)/, "");

Deno.test("compile: every module that is started as a worker is found", () => {
  const found = findWorkers(`${root}src`).map((path) => path.replaceAll("\\", "/").replace(/.*\/src\//, ""));
  assertEquals(found.sort(), ["fs/watch_worker.ts", "session/hands_worker.ts"]);
  const starts = sourceFiles(`${root}src`).filter((path) =>
    Deno.readTextFileSync(path).includes("new Worker(")
  );
  const told = starts.filter((path) =>
    /new URL\("[^"]+", import\.meta\.url\)/.test(Deno.readTextFileSync(path))
  );
  assertEquals(starts, told, "each names its worker in the form that is looked for");
});

Deno.test("compile: the program may not start others, and reads only the variables it names", () => {
  const args = compileArguments("x86_64-unknown-linux-gnu", ["src/a_worker.ts"], "i.ico", "dist/tcpsync");
  assert(args.includes("--include=src/a_worker.ts"));
  for (const refused of ["-A", "--allow-all", "--allow-run", "--allow-ffi", "--allow-env", "--allow-sys"]) {
    assert(!args.includes(refused), refused);
  }
  assert(!args.some((arg) => arg.startsWith("--icon")), "only Windows programs hold an icon");
  assert(compileArguments("x86_64-pc-windows-msvc", [], "i.ico", "x").includes("--icon=i.ico"));
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
