// The menu's questions with answers given by the test, and once on a real terminal.

import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import type { ClientCommand } from "../../../src/cli/command.ts";
import { askCommand, askFirst } from "../../../src/cli/prompt/menu.ts";
import type { Surroundings } from "../../../src/cli/place.ts";
import type { Prompts } from "../../../src/cli/prompt/prompts.ts";
import { folderState } from "../../../src/fs/folder.ts";
import { createFakeClient } from "../fake_client.ts";
import { hasTerminal, startAtTerminal } from "../pty.ts";

/** Answers the questions in order; "" takes the default or first choice. Refused answers are kept in `complaints`. */
function answering(...answers: string[]): Prompts & { complaints: string[]; asked: string[] } {
  const complaints: string[] = [];
  const asked: string[] = [];
  const next = (message: string) => {
    asked.push(message);
    assert(answers.length > 0, `no answer for: ${message}`);
    return answers.shift()!;
  };
  const ask: Prompts["input"] = ({ message, default: preset, validate }) => {
    for (;;) {
      const answer = next(message) || preset;
      const verdict = validate(answer);
      if (verdict === true) return Promise.resolve(answer);
      complaints.push(verdict);
    }
  };
  return {
    complaints,
    asked,
    input: ask,
    password: (question) => ask({ ...question, default: "" }),
    select: ({ message, choices }) => {
      const answer = next(message) || choices[0]!.value;
      assert(choices.some(({ value }) => value === answer), `${answer} is no choice of: ${message}`);
      return Promise.resolve(answer);
    },
    confirm: ({ message, default: preset }) => {
      const answer = next(message);
      return Promise.resolve(answer === "" ? preset : answer === "y");
    },
  };
}

const HOME = Deno.makeTempDirSync({ prefix: "tcpsync-menu-" });
addEventListener("unload", () => Deno.removeSync(HOME, { recursive: true }));
const home: Surroundings = {
  os: Deno.build.os,
  terminal: true,
  env: (name) =>
    ({ HOME, USERPROFILE: HOME, USER: "alice", USERNAME: "alice" } as Record<string, string>)[name],
};

async function askClientCommand(prompts: Prompts): Promise<ClientCommand> {
  const command = await askCommand(prompts, home, "/s");
  if (command.kind !== "client") throw new Error(`a ${command.kind} was chosen`);
  return command;
}

Deno.test("menu: a server on the default port", async () => {
  const server = { kind: "server", host: "0.0.0.0", port: 7420, stateDir: "/s", json: false };
  assertEquals(await askCommand(answering("server", "", ""), home, "/s"), server as unknown);
});

Deno.test("menu: a server's password is typed twice, the same both times", async () => {
  const long = "x".repeat(1025);
  const prompts = answering("server", "", "swordfish", "sword", long, "hush", "hush");
  const command = await askCommand(prompts, home, "/s");
  assertEquals(command.kind === "server" && command.password, { typed: "hush" });
  assertEquals(prompts.complaints, ["it is longer than 1,024 characters"]);
});

Deno.test("menu: a wrong port is refused with a clear line", async () => {
  const prompts = answering("server", "x", "70000", "0", "");
  const command = await askCommand(prompts, home, "/s");
  assertEquals(command.kind === "server" && command.port, 0);
  assertEquals(prompts.complaints[1], "70000 is no port: write a number from 0 to 65535");
});

Deno.test("menu: a client with every default; the folder is offered to be made", async () => {
  const prompts = answering("", "", "", "", "");
  const command = await askClientCommand(prompts);
  const { host, port, name, folder, shell } = command;
  assertEquals({ host, port, name, shell }, { host: "127.0.0.1", port: 7420, name: "alice", shell: true });
  assertEquals(folder, join(HOME, "tcpsync"));
  assertEquals(folderState(join(HOME, "tcpsync")), "folder");
});

Deno.test("menu: bad answers are refused; a folder not to be made is asked for again", async () => {
  Deno.writeTextFileSync(join(HOME, "file"), "");
  const prompts = answering("client", "[::1", "::1", "a/b", "Bob", "~/file", "~/no", "n", "~/yes", "y");
  const command = await askClientCommand(prompts);
  assertEquals([command.host, command.name, command.folder], ["::1", "Bob", join(HOME, "yes")]);
  assertEquals(prompts.complaints.length, 3);
  assertEquals(folderState(join(HOME, "no")), "missing");
});

Deno.test("menu: try it here", async () => {
  assertEquals(await askCommand(answering("try"), home, "/s"), { kind: "try" });
});

Deno.test("menu: whom to invite, or to wait", async () => {
  const client = Object.assign(createFakeClient(), { present: ["bob", "carol"] });
  assertEquals(await askFirst(answering("wait"), client, "alice"), {});
  assertEquals(await askFirst(answering("", "carol"), client, "alice"), { invite: "carol" });
  const prompts = answering("initiate", ":typed", "ALICE", "", "dave");
  assertEquals(await askFirst(prompts, client, "alice"), { invite: "dave" });
  assertEquals(prompts.complaints.length, 2);
  client.present = [];
  assertEquals(
    await askFirst(answering("initiate", "bob"), client, "alice"),
    { invite: "bob" },
    "no list of nobody",
  );
  assertEquals(await askFirst(answering(""), client, "alice"), {}, "alone, waiting comes first");
});

Deno.test("T14: menu: who is invited to a folder that another has is asked about", async () => {
  const client = Object.assign(createFakeClient(), { present: ["carol"], sharedWith: ["bob"] });
  assertEquals(await askFirst(answering("", "carol", "n"), client, "alice"), {});
  assertEquals(await askFirst(answering("", "carol", "y"), client, "alice"), { invite: "carol" });
  client.sharedWith = ["carol"];
  assertEquals(await askFirst(answering("", "carol"), client, "alice"), { invite: "carol" });
});

Deno.test({
  name: "menu on a terminal: the server is chosen with the arrow keys, and Ctrl+C ends it in good order",
  ignore: !hasTerminal,
  async fn() {
    const terminal = startAtTerminal(["--state", join(HOME, "state")]);
    const shows = (text: string) => terminal.until((lines) => lines.some((line) => line.includes(text)));
    await shows("❯ A client");
    await terminal.type("\x1b[B");
    await shows("❯ The server");
    await terminal.type("\r");
    await shows("Which port?");
    await terminal.type("99999\r");
    await shows("99999 is no port");
    await terminal.type("\x150\r");
    await shows("Password for those who connect");
    await terminal.type("\r");
    await shows("Meeting point open on 0.0.0.0");
    await terminal.type("\x03");
    assertEquals(await terminal.ended, 0);
    assert(terminal.lines().some((line) => line.includes("Closing")));
  },
});

for (const [name, key] of [["Ctrl+C", "\x03"], ["Ctrl+D", "\x04"]] as const) {
  Deno.test({
    name: `menu on a terminal: ${name} at a question leaves quietly`,
    ignore: !hasTerminal,
    async fn() {
      const terminal = startAtTerminal(["--state", join(HOME, "state")]);
      await terminal.until((lines) => lines.some((line) => line.includes("❯ A client")));
      await terminal.type(key);
      assertEquals(await terminal.ended, 0);
      assert(!terminal.lines().some((line) => line.includes("Error")));
    },
  });
}
