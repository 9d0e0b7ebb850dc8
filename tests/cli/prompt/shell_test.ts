// The shell as keys in, screen out, over a client that only remembers what it was told.

import { assert, assertEquals } from "@std/assert";
import { completions, runLine } from "../../../src/cli/prompt/shell_commands.ts";
import { type Shell } from "../../../src/cli/prompt/shell_command.ts";
import { UserError } from "../../../src/core/failure.ts";
import type { SessionStatus } from "../../../src/peer/client.ts";
import { createFakeClient, type FakeClient } from "../fake_client.ts";
import { openShell } from "../open_shell.ts";

const session: SessionStatus = {
  peer: "bob",
  folder: "/f",
  state: "insync",
  files: 3,
  bytes: 1500,
  digest: "0123456789abcdef",
  conflicts: 0,
  problems: [],
  writing: [],
};

/** What one typed line says and does; `/bad` is a folder that is not there. */
async function said(client: FakeClient, line: string, over: Partial<Shell> = {}): Promise<string[]> {
  const lines: string[] = [];
  await runLine({
    client,
    name: "alice",
    folder: "/f",
    say: (text) => lines.push(text),
    confirm: () => Promise.resolve(true),
    checkFolder(text) {
      if (text === "/bad") throw new UserError("the folder /bad does not exist");
      return text;
    },
    ask: () => Promise.resolve(true),
    invites: () => {},
    fingerprints: () => ({ own: "1-2", server: "3-4" }),
    quit: () => lines.push("(quit)"),
    ...over,
  }, line);
  return lines;
}

function clientWith(over: Partial<FakeClient> = {}): FakeClient {
  return Object.assign(createFakeClient(), { present: ["bob", "John Smith", "carol"] }, over);
}

const COMMANDS: [line: string, over: Partial<FakeClient>, calls: string[], says: RegExp | undefined][] = [
  ["/listUsers", {}, [], /^Here: bob, John Smith, carol\.$/],
  ["/LISTUSERS", { present: [] }, [], /^Nobody else is here yet\.$/],
  [
    "/listusers",
    { sessions: [session], waiting: ["carol"] },
    [],
    /bob \(in sync\).*carol \(has invited you\)/,
  ],
  ["/connectUser bob", {}, ["invite bob"], undefined],
  ["/CONNECTUSER Bob", {}, ["invite bob"], undefined],
  ["/connectUser bob /my docs", {}, ["invite bob /my docs"], undefined],
  ["/connectUser john smith", {}, ["invite John Smith"], undefined],
  ["/connectUser John Smith  /g", {}, ["invite John Smith /g"], undefined],
  ["/connectUser bob /bad", {}, [], /\/bad does not exist/],
  ["/connectUser", {}, [], /Write it as \/connectUser NAME/],
  ["/connectUser bop", {}, [], /^bop is not here\. Did you mean bob\? Here: /],
  ["/connectUser dave", { present: [] }, [], /^dave is not here\. Nobody else is here yet\.$/],
  ["/connectUser Alice", {}, [], /^alice is you/],
  ["/connectUser bob", { sessions: [session] }, [], /already have bob: in sync/],
  ["/connectUser bob", { sessions: [{ ...session, state: "waiting" }] }, ["invite bob"], undefined],
  ["/accept", { waiting: ["bob"] }, ["accept bob"], undefined],
  ["/accept BOB", { waiting: ["bob", "carol"] }, ["accept bob"], undefined],
  ["/accept ~/x y", { waiting: ["bob"] }, ["accept bob ~/x y"], undefined],
  ["/accept bob /g", { waiting: ["bob"] }, ["accept bob /g"], undefined],
  ["/accept", { waiting: ["bob", "carol"] }, [], /Several have invited you.*bob, carol/],
  ["/accept", {}, [], /Nobody has invited you/],
  ["/accept carol", { waiting: ["bob"] }, [], /carol has not invited you/],
  ["/accept bob /bad", { waiting: ["bob"] }, [], /does not exist/],
  ["/decline", { waiting: ["bob"] }, ["decline bob"], undefined],
  ["/decline carol", { waiting: ["bob", "carol"] }, ["decline carol"], undefined],
  ["/decline", {}, [], /Nobody has invited you/],
  ["y", {}, [], /Commands begin with a slash/],
  [
    "/status",
    { sessions: [{ ...session, verified: { ago: 8, looked: 45, read: 90, apart: 0 } }] },
    [],
    /^bob: in sync; \/f\n {2}identical: 3 files, 1\.5 kB, digest 0123456789ab, verified 8 s ago, all files looked at 45 s ago, content read 90 s ago$/,
  ],
  ["/status", { sessions: [session] }, [], /^bob: in sync; \/f\n {2}agreed: .*, not verified yet$/],
  [
    "/status",
    { sessions: [{ ...session, verified: { ago: 8, looked: 150, apart: 2 } }] },
    [],
    /\n {2}not identical; agreed: .*, verified 8 s ago, all files looked at 2 min ago, content not read yet$/,
  ],
  [
    "/status",
    { sessions: [{ ...session, state: "lost", verified: { ago: 3 * 3600, looked: 3 * 3600, apart: 0 } }] },
    [],
    /^bob: link lost, being mended; \/f\n {2}last verified 3 h ago: 3 files, /,
  ],
  ["/status", {}, [], /No folder is being kept/],
  ["/disconnect", { sessions: [session] }, ["disconnect bob"], /Disconnected from bob/],
  ["/disconnect Bob", { sessions: [session] }, ["disconnect bob"], /Disconnected from bob/],
  ["/disconnect carol", { sessions: [session] }, [], /nothing with carol/],
  ["/disconnect", {}, [], /nothing to disconnect/],
  ["/fingerprint", {}, [], /^Your fingerprint: +1-2\nThe server's fingerprint: 3-4$/],
  ["/help", {}, [], /\/connectUser NAME \[FOLDER\] +invite/],
  ["/quit", {}, [], /\(quit\)/],
  ["/conectuser bob", {}, [], /There is no \/conectuser: did you mean \/connectUser\?/],
  ["/zzz\u001b[2J", {}, [], /There is no \/zzz\\u\{1b\}\[2J; see \/help/],
  ["status", {}, [], /begin with a slash: did you mean \/status\?/],
  ["", {}, [], undefined],
];

for (const [line, over, calls, says] of COMMANDS) {
  Deno.test(`shell: ${JSON.stringify(line)} → ${calls.join(", ") || says}`, async () => {
    const client = clientWith(over);
    const text = (await said(client, line)).join("\n");
    assertEquals(client.calls, calls);
    if (says === undefined) assertEquals(text, "");
    else assert(says.test(text), text);
  });
}

Deno.test("shell: a name of many words is found, and a book pasted after it is a folder", async () => {
  const name = "a b c d e f g h i j k l m n o p";
  const client = clientWith({ present: [name] });
  const book = "word ".repeat(200_000).trim();
  assertEquals(await said(client, `/connectUser ${name} ${book}`), []);
  assertEquals(client.calls, [`invite ${name} ${book}`]);
});

Deno.test("shell: without a folder of one's own, one has to be named", async () => {
  const client = clientWith({ waiting: ["carol"] });
  const folder = undefined;
  assertEquals(await said(client, "/connectUser bob", { folder }), [
    "There is no folder to keep: write /connectUser bob FOLDER",
  ]);
  assertEquals(await said(client, "/accept", { folder }), [
    "There is no folder to keep: write /accept carol FOLDER",
  ]);
  assertEquals(await said(client, "/accept carol /g", { folder }), []);
  assertEquals(client.calls, ["accept carol /g"]);
});

Deno.test("shell: /status names problems escaped, and only so many", async () => {
  const problems = Array.from(
    { length: 12 },
    (_, n) => ({ path: `a\u001b${n}`, reason: "no", retry: n > 0, whose: "bob" }),
  );
  const lines = await said(clientWith({ sessions: [{ ...session, problems }] }), "/status");
  assertEquals(lines.length, 13);
  assertEquals(lines[2], "  a\\u{1b}0 (bob's): no; needs bob");
  assertEquals(lines[3], "  a\\u{1b}1 (bob's): no; being tried again");
  assertEquals(lines[12], "  … and 2 more paths");
});

Deno.test("shell: Tab completes commands and names, in any case", () => {
  const client = clientWith({ waiting: ["carol"], sessions: [session] });
  assertEquals(completions(client, "/CO"), ["/connectUser ", "/conflicts"]);
  assertEquals(completions(client, "/CONN"), ["/connectUser "]);
  assertEquals(completions(client, "/d"), ["/decline ", "/disconnect "]);
  assertEquals(completions(client, "/connectuser B"), ["/connectuser bob"]);
  assertEquals(completions(client, "/connectUser john s"), ["/connectUser John Smith"]);
  assertEquals(completions(client, "/accept "), ["/accept carol"]);
  assertEquals(completions(client, "/disconnect "), ["/disconnect bob"]);
  assertEquals(completions(client, "/status "), []);
});

Deno.test("shell on a screen: an invitation comes in above the line being typed, which survives with its cursor", async () => {
  const client = clientWith();
  const { shell, screen, type } = openShell(client);
  const over = shell.run(client);
  await screen.until((lines) => lines.at(-1) === "alice> ");
  type("/connUser bob");
  await screen.until((lines) => lines.at(-1) === "alice> /connUser bob");
  for (let left = 0; left < "User bob".length; left++) type("\x1b[D");
  client.waiting = ["carol"];
  shell.emit({ event: "invitation", from: "carol", state: "offered" });
  await screen.until((lines) => lines.at(-1) === "alice> /connUser bob");
  assertEquals(screen.lines().slice(-3, -1), [
    "carol invites you: y / n, or /accept FOLDER",
    "    y: /f is kept the same with carol",
  ]);
  type("ect");
  await screen.until((lines) => lines.at(-1) === "alice> /connectUser bob");
  type("\r");
  await screen.until(() => client.calls.includes("invite bob"));
  type("y\r");
  await screen.until(() => client.calls.includes("accept carol"));
  type("/quit\r");
  assertEquals(await over, 0);
  assertEquals(client.calls, ["invite bob", "accept carol", "close"]);
  assertEquals(screen.lines().at(-1), "", "the terminal is given back on a fresh line");
});

for (const [line, call] of [["y", "accept bob"], ["Yes", "accept bob"], ["no", "decline bob"]] as const) {
  Deno.test(`shell on a screen: ${line} answers the invitation that was asked about`, async () => {
    const client = clientWith({ waiting: ["bob"] });
    const { shell, screen, type } = openShell(client);
    const over = shell.run(client);
    await screen.until((lines) => lines.some((text) => text.includes("bob invites you")));
    type(line + "\r");
    await screen.until(() => client.calls.length === 1);
    type("/quit\r");
    await over;
    assertEquals(client.calls, [call, "close"]);
  });
}

Deno.test("shell on a screen: y while several have invited asks whom", async () => {
  const client = clientWith({ waiting: ["bob"] });
  const { shell, screen, type } = openShell(client);
  const shows = (text: string) => screen.until((lines) => lines.some((line) => line.includes(text)));
  const over = shell.run(client);
  await shows("bob invites you");
  type("y");
  await screen.until((lines) => lines.at(-1) === "alice> y");
  client.waiting = ["bob", "carol"];
  shell.emit({ event: "invitation", from: "carol", state: "offered" });
  type("\r");
  await shows("That was begun before");
  type("y\r");
  await shows("Several have invited you, say whom you mean: bob, carol");
  type("/accept bob\r");
  await screen.until(() => client.calls.includes("accept bob"));
  type("/quit\r");
  await over;
  assertEquals(client.calls, ["accept bob", "close"]);
});

const UNDO = { pair: 1, peer: "bob", time: 0, undoes: [], along: [], stays: [] };

/** A shell on a screen whose undos are noted, by their batches. */
function undoing(options: { yes?: boolean } = {}) {
  const undone: number[] = [];
  const historyService: FakeClient["historyService"] = {
    planUndo: (_, batch = 7) =>
      Promise.resolve({ ...UNDO, batch, changes: [{ what: "comes", path: "a.txt", who: "bob" }] }),
    undo: (peer, batch) => {
      undone.push(batch!);
      return Promise.resolve({ batch: batch!, peer: peer!, back: 1, there: 0, left: [] });
    },
  };
  const client = Object.assign(clientWith(), { historyService });
  const opened = openShell(client, options);
  const over = opened.shell.run(client);
  const shows = (text: string) => opened.screen.until((lines) => lines.some((line) => line.includes(text)));
  const quit = async () => {
    opened.type("/quit\r");
    await over;
  };
  return { ...opened, undone, shows, quit };
}

Deno.test("shell on a screen: an undo is shown and asked about; y does it, n does not, another one takes it back", async () => {
  const { type, shows, undone, quit } = undoing();
  type("/undo\r");
  await shows("1 comes back, deleted by bob: a.txt");
  await shows("Undo batch 7 with bob?  y / n");
  assertEquals(undone, []);
  type("n\r");
  await shows("Nothing is undone.");
  type("/undo 5\r");
  await shows("Undo batch 5 with bob?  y / n");
  type("/undo 4\r");
  await shows("Whether to undo batch 5 with bob needs no answer any more.");
  await shows("Undo batch 4 with bob?  y / n");
  type("y\r");
  await shows("Undone: batch 4 with bob:");
  assertEquals(undone, [4]);
  type("y\r");
  await shows("Commands begin with a slash");
  await quit();
  assertEquals(undone, [4]);
});

Deno.test("shell on a screen: with --yes an undo is shown and done", async () => {
  const { type, shows, undone, quit } = undoing({ yes: true });
  type("/undo\r");
  await shows("1 comes back, deleted by bob: a.txt");
  await shows("Done without asking, since --yes was given.");
  await shows("Undone: batch 7 with bob:");
  await quit();
  assertEquals(undone, [7]);
});

Deno.test("shell on a screen: a typed line of several rows survives too", async () => {
  const client = clientWith();
  const { shell, screen, type } = openShell(client);
  const over = shell.run(client);
  const long = "x".repeat(200);
  type(long);
  await screen.until((lines) => lines.slice(-3).join("") === "alice> " + long);
  shell.emit({ event: "roster", users: ["bob"] });
  await screen.until((lines) => lines.slice(-3).join("") === "alice> " + long);
  assertEquals(screen.lines().filter((line) => line.includes("bob is here")).length, 1);
  assertEquals(screen.lines().filter((line) => line.includes("xxx")).length, 3);
  type("\x03");
  await screen.until((lines) => lines.at(-1) === "alice> ");
  assertEquals(client.calls, [], "Ctrl+C only cleared the line");
  type("\x03");
  assertEquals(await over, 0);
  assertEquals(client.calls, ["close"]);
});

Deno.test("shell on a screen: Tab, history, Ctrl+D", async () => {
  const client = clientWith({ present: ["bob"] });
  const { shell, screen, type } = openShell(client);
  const over = shell.run(client);
  await screen.until((lines) => lines.at(-1) === "alice> ");
  type("/CONN");
  type("\t");
  await screen.until((lines) => lines.at(-1) === "alice> /connectUser ");
  type("b");
  type("\t");
  await screen.until((lines) => lines.at(-1) === "alice> /connectUser bob");
  type("\r");
  await screen.until(() => client.calls.length === 1);
  type("\x1b[A");
  await screen.until((lines) => lines.at(-1) === "alice> /connectUser bob");
  type("\x15");
  await screen.until((lines) => lines.at(-1) === "alice> ");
  type("\x04");
  assertEquals(await over, 0);
});

Deno.test("shell on a screen: progress stands before the prompt and leaves the typed line", async () => {
  const client = clientWith();
  const { shell, screen, type } = openShell(client);
  const over = shell.run(client);
  type("/sta");
  await screen.until((lines) => lines.at(-1) === "alice> /sta");
  shell.emit({ event: "progress", peer: "bob", files: 1, bytes: 5e6, ofFiles: 2, ofBytes: 1e7 });
  await screen.until((lines) => lines.at(-1) === "[bob 50 % of 10 MB] alice> /sta");
  shell.emit({ event: "insync", peer: "bob", digest: "00", files: 2, bytes: 1e7, conflicts: 0, problems: 0 });
  await screen.until((lines) => lines.at(-1) === "alice> /sta");
  type("\x15/quit\r");
  await over;
});

Deno.test("shell: what came before the prompt is shown and asked when it opens, also with --yes", async () => {
  const client = clientWith({ waiting: ["carol"] });
  const { shell, screen, type } = openShell(client, { yes: true });
  shell.emit({ event: "connected", user: "alice", fingerprint: "1", first: false });
  shell.emit({ event: "invitation", from: "carol", state: "offered" });
  assertEquals(screen.lines(), [""]);
  const over = shell.run(client);
  await screen.until((lines) => lines.at(-1) === "alice> ");
  assertEquals(screen.lines()[0], "Connected as alice.");
  assertEquals(screen.lines().filter((line) => line.includes("carol invites you")).length, 1);
  type("/quit\r");
  await over;
  assertEquals(client.calls, ["close"]);
});

/** A shell with a folder that bob has already, to which dave wants to come. */
function secondPerson() {
  const client = clientWith({ waiting: ["dave"], sharedWith: ["bob"] });
  const opened = openShell(client);
  const over = opened.shell.run(client);
  const shows = (text: string) => opened.screen.until((lines) => lines.some((line) => line.includes(text)));
  const leave = async () => {
    opened.type("/quit\r");
    await over;
    assertEquals(client.calls.pop(), "close");
    return client.calls;
  };
  return { ...opened, client, shows, leave };
}

Deno.test("T14: an invitation says with whom the folder is shared; a yes to a second person is asked about once more", async () => {
  const { shows, type, leave, client } = secondPerson();
  await shows("y: /f is kept the same with dave too; you keep it with bob already");
  type("y\r");
  await shows("Keep /f with dave, and with bob?  y / n");
  assertEquals(client.calls, []);
  type("y\r");
  await client.called("accept dave");
  assertEquals(await leave(), ["accept dave"]);
});

Deno.test("T14: a no shares nothing, and the invitation waits for another folder", async () => {
  const { shows, type, leave, client } = secondPerson();
  await shows("dave invites you");
  type("y\r");
  await shows("Keep /f with dave, and with bob?  y / n");
  type("n\r");
  await shows("Nothing is shared with dave; to keep another folder: /accept dave FOLDER");
  assertEquals(client.waiting, ["dave"]);
  type("/accept dave /g\r");
  await client.called("accept dave /g");
  assertEquals(await leave(), ["accept dave /g"]);
});

Deno.test("T14: an invitation taken back takes the second question back", async () => {
  const { shell, shows, type, leave, client } = secondPerson();
  await shows("dave invites you");
  type("y\r");
  await shows("Keep /f with dave, and with bob?  y / n");
  client.waiting = [];
  shell.emit({ event: "invitation", from: "dave", state: "withdrawn" });
  await shows("The question about dave is taken back");
  type("y\r");
  await shows("Commands begin with a slash");
  assertEquals(await leave(), []);
});

Deno.test("T14: whoever is invited to a folder that another has is asked about as well", async () => {
  const { shows, type, leave, client } = secondPerson();
  await shows("dave invites you");
  type("/connectUser carol\r");
  await shows("Keep /f with carol, and with bob?  y / n");
  assertEquals(client.calls, []);
  type("y\r");
  await client.called("invite carol");
  assertEquals(await leave(), ["invite carol"]);
});

Deno.test("shell: an invitation that needs no answer is not asked about", async () => {
  const client = clientWith();
  const { shell, screen, type } = openShell(client);
  const over = shell.run(client);
  shell.emit({ event: "invitation", from: "carol", state: "offered" });
  shell.emit({ event: "invitation", from: "carol", state: "accepted" });
  await screen.until((lines) => lines.includes("You accepted carol's invitation."));
  assert(!screen.lines().some((line) => line.includes("carol invites you")));
  type("/quit\r");
  await over;
});

Deno.test("shell: when the client ends by itself, so does the shell, with its code", async () => {
  const client = createFakeClient(2);
  const { shell, screen } = openShell(client);
  const over = shell.run(client);
  await screen.until((lines) => lines.at(-1) === "alice> ");
  await client.close();
  assertEquals(await over, 2);
});

Deno.test("shell: a terminal that goes away quits in good order, and the half-typed line is not entered", async () => {
  const client = clientWith();
  const { shell, screen, type, end } = openShell(client);
  const over = shell.run(client);
  type("/disconnect");
  await screen.until((lines) => lines.at(-1) === "alice> /disconnect");
  end();
  assertEquals(await over, 0);
  assertEquals(client.calls, ["close"]);
});
