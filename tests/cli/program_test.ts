// The program from outside: what it prints where, and its exit codes.

import { hasTerminal } from "./pty.ts";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { temporary } from "../support/folder.ts";
import { COMMAND, startProgram } from "./started_program.ts";

const windows = Deno.build.os === "windows";

Deno.test("--version names the program's version and Deno's", async () => {
  const { code, out } = await startProgram("--version").ended;
  assertEquals(code, 0);
  assertMatch(out, /^tcpsync \d+\.\d+\.\d+ \(Deno \d+\.\d+\.\d+\)\r?\n$/);
});

Deno.test("--help goes to standard output", async () => {
  const { code, out, err } = await startProgram("--help").ended;
  assertEquals([code, err], [0, ""]);
  assertMatch(out, /--accept-from/);
});

Deno.test("a wrong flag is one line on standard error and code 3", async () => {
  const { code, out, err } = await startProgram("--folde", "x").ended;
  assertEquals([code, out], [3, ""]);
  assertEquals(err, "tcpsync: Unknown flag --folde: did you mean --folder?\n");
});

Deno.test("without arguments and without a terminal it says so at once", async () => {
  const { code, err } = await startProgram().ended;
  assertEquals(code, 3);
  assertMatch(err, /^tcpsync: Nothing to do: without a terminal.*--help\n$/);
});

Deno.test("a missing folder is one line, code 3, before anything is connected", async () => {
  const args = [
    "--connect",
    "127.0.0.1:1",
    "--name",
    "alice",
    "--state",
    "s",
    "--folder",
    "no such",
    "--wait",
  ];
  const { code, err } = await startProgram(...args).ended;
  assertEquals(code, 3);
  assertMatch(err, /^tcpsync: The folder .*no such does not exist: make it, or name another\n$/);
});

Deno.test("the server tells where it listens; a second one on that port is refused", async () => {
  using state = temporary();
  const serve = ["--server", "--host", "127.0.0.1", "--state", state.path];
  const server = startProgram(...serve, "--port", "0", "--json");
  const { port, time } = await server.event("listening");
  assert(!Number.isNaN(Date.parse(String(time))));
  const second = await startProgram(...serve, "--port", String(port)).ended;
  assertEquals(second.code, 3);
  assertMatch(second.err, /^tcpsync: .*\d.*\n$/);
  server.kill();
  const { code, out, err } = await server.ended;
  if (windows) return; // a kill is not polite there
  assertEquals([code, err], [0, ""]);
  assertEquals(JSON.parse(out.trim().split("\n").at(-1)!).code, 0, "the last line is the end");
});

Deno.test({
  name: "the output is whole also through a pipe that is full and does not block",
  ignore: !hasTerminal,
  async fn() {
    // Sets the pipe non-blocking, starts the writer on it, and reads only after it must have filled up.
    const reader = `
import os, subprocess, sys, fcntl
read, write = os.pipe()
fcntl.fcntl(write, fcntl.F_SETFL, os.O_NONBLOCK)
child = subprocess.Popen(sys.argv[1:], stdout=write, stderr=subprocess.PIPE)
os.close(write)
child.stderr.readline()
total = b""
while part := os.read(read, 65536): total += part
print(len(total), total.endswith(b"end\\n"), child.wait())`;
    const output = new URL("../../src/cli/output.ts", import.meta.url).href;
    const writer = `import { createOutput } from ${JSON.stringify(output)};
      const write = createOutput(() => {});
      for (let n = 0; n < 60; n++) write("x".repeat(999) + "\\n");
      Deno.stderr.writeSync(new TextEncoder().encode("nearly full\\n"));
      for (let n = 0; n < 60; n++) write("x".repeat(999) + "\\n");
      write("end\\n");`;
    const { stdout } = await new Deno.Command("python3", {
      args: ["-c", reader, COMMAND[0]!, "eval", writer],
    }).output();
    assertEquals(new TextDecoder().decode(stdout), "120004 True 0\n");
  },
});

Deno.test({
  name: "an output nobody reads any more ends the server in good order",
  ignore: !hasTerminal,
  async fn() {
    const starter = `
import os, subprocess, sys
read, write = os.pipe()
os.close(read)
sys.exit(subprocess.call(sys.argv[1:], stdout=write))`;
    using state = temporary();
    const serve = ["--server", "--host", "127.0.0.1", "--port", "0", "--json", "--state", state.path];
    const { code } = await new Deno.Command("python3", {
      args: ["-c", starter, ...COMMAND, ...serve],
    }).output();
    assertEquals(code, 0);
  },
});
