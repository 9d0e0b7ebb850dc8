// The command line, row by row: what it asks for, and what is said about each mistake.

import { assertEquals, assertThrows } from "@std/assert";
import { resolve } from "@std/path";
import { parseOptions } from "../../src/cli/options.ts";
import { defaultStateDir, folderPath, type Surroundings, systemUser } from "../../src/cli/place.ts";
import { parseAddress } from "../../src/cli/values.ts";
import { EXIT, UserError } from "../../src/core/failure.ts";

function place(over: Partial<Surroundings> & { vars?: Record<string, string> } = {}): Surroundings {
  const vars: Record<string, string> = { HOME: "/home/alice", USERPROFILE: "C:\\Users\\alice", ...over.vars };
  return { os: Deno.build.os, terminal: false, env: (name) => vars[name], ...over };
}

const words = (line: string) => line.split(" ").filter((word) => word !== "");
const alice = "--connect h --name alice --state /s";
const base = {
  kind: "client",
  host: "h",
  port: 7420,
  name: "alice",
  stateDir: resolve("/s"),
  trust: [],
  invite: [],
  acceptFrom: [],
  wait: false,
  shell: false,
  once: false,
  json: false,
  yes: false,
  approveMassChange: false,
  keep: { days: 30, bytes: null },
  scrubDays: 30,
  mode: "two-way",
};
const folder = resolve("/f");
const stateDir = resolve("/s");
const server = { kind: "server", host: "0.0.0.0", port: 7420, stateDir, json: false };
const print = "31415-92653-58979-32384-62643-38327";

const GOOD: [line: string, command: unknown, terminal?: boolean][] = [
  ["--help", { kind: "help" }],
  ["-h", { kind: "help" }],
  ["--server --help", { kind: "help" }],
  ["--version", { kind: "version" }],
  ["--demo", { kind: "demo" }],
  ["--state /s", { kind: "menu", stateDir: resolve("/s") }, true],
  ["--server --state /s", server],
  ["--server", { ...server, stateDir: defaultStateDir(place()) }],
  ["--server --state /s --host ::1 --port 0 --json", { ...server, host: "::1", port: 0, json: true }],
  ["--server --state /s --port=65535", { ...server, port: 65535 }],
  ["--server --state /s --password-file /p", { ...server, password: { file: resolve("/p") } }],
  ["--server --state /s --password", { ...server, password: { ask: true } }, true],
  ["--fingerprint --state /s", { kind: "fingerprint", role: "client", stateDir }],
  ["--fingerprint", { kind: "fingerprint", role: "client", stateDir: defaultStateDir(place()) }],
  ["--server --fingerprint --state /s", { kind: "fingerprint", role: "server", stateDir }],
  ["--forget bob --state /s", { kind: "forget", role: "client", stateDir, who: "bob" }],
  ["--forget Host:1 --state /s", { kind: "forget", role: "client", stateDir, who: "host:1" }],
  ["--forget ::1 --state /s", { kind: "forget", role: "client", stateDir, who: "[::1]:7420" }],
  ["--forget [::1]:9 --state /s", { kind: "forget", role: "client", stateDir, who: "[::1]:9" }],
  ["--server --forget bob --state /s", { kind: "forget", role: "server", stateDir, who: "bob" }],
  [
    `${alice} --folder /f --wait --trust ${print} --trust=${"1".repeat(30)}`,
    {
      ...base,
      folder,
      wait: true,
      trust: [{ fingerprint: print }, { fingerprint: "11111-11111-11111-11111-11111-11111" }],
    },
  ],
  [
    `${alice} --folder /f --wait --trust bob=${print}`,
    { ...base, folder, wait: true, trust: [{ name: "bob", fingerprint: print }] },
  ],
  [
    `${alice} --folder /f --wait --server-key ${print.replaceAll("-", "")}`,
    { ...base, folder, wait: true, serverKey: print },
  ],
  [
    `${alice} --folder /f --wait --password-file /p`,
    { ...base, folder, wait: true, passwordFile: resolve("/p") },
  ],
  [`${alice} --folder /f --invite bob`, { ...base, folder, invite: [{ user: "bob" }] }],
  [
    `${alice} --invite bob=/f --invite carol=/g --accept-from dave=/h`,
    {
      ...base,
      invite: [{ user: "bob", folder }, { user: "carol", folder: resolve("/g") }],
      acceptFrom: [{ user: "dave", folder: resolve("/h") }],
    },
  ],
  [`${alice} --invite=bob=/f=g`, { ...base, invite: [{ user: "bob", folder: resolve("/f=g") }] }],
  [`${alice} --folder /f --wait --json --yes`, { ...base, folder, wait: true, json: true, yes: true }],
  [`${alice} --folder /f --wait --once`, { ...base, folder, wait: true, once: true, timeout: 60 }],
  [
    `${alice} --folder /f --wait --once --timeout 1.5`,
    { ...base, folder, wait: true, once: true, timeout: 1.5 },
  ],
  [`${alice} --folder /f --wait --timeout 5`, { ...base, folder, wait: true, timeout: 5 }],
  [`${alice} --folder /f`, { ...base, folder, shell: true }, true],
  [alice, { ...base, shell: true }, true],
  [`${alice} --folder /f --yes`, { ...base, folder, shell: true, yes: true }, true],
  [`${alice} --folder /f --wait --approve-mass-change`, {
    ...base,
    folder,
    wait: true,
    approveMassChange: true,
  }],
  [`${alice} --folder /f --wait --mode receive`, { ...base, folder, wait: true, mode: "receive" }],
];

for (const [line, expected, terminal = false] of GOOD) {
  Deno.test(`options: ${line || "(none)"}${terminal ? " on a terminal" : ""}`, () => {
    assertEquals(parseOptions(words(line), place({ terminal })), expected);
  });
}

const BAD: [line: string, message: RegExp, terminal?: boolean][] = [
  ["", /without a terminal.*--help/],
  ["--folde x", /Unknown flag --folde: did you mean --folder\?/],
  ["--conect=h", /Unknown flag --conect: did you mean --connect\?/],
  ["--sever", /did you mean --server\?/],
  [`${alice} --folder /f --wait --mode both`, /--mode both is no mode: write send/],
  ["--server --mode send", /--mode has no meaning with --server/],
  ["--zzzzz", /Unknown flag --zzzzz: see tcpsync --help/],
  ["-x", /Unknown flag -x/],
  ["--no-wait", /Unknown flag --no-wait/],
  ["--__proto__ x", /Unknown flag/],
  ["serve", /Unexpected argument serve/],
  ["--server -- x", /Unexpected argument x/],
  ["--server extra", /Unexpected argument extra/],
  ["--server=yes", /--server=yes: this flag takes no value, write --server/],
  ["--server --port", /--port needs a value: write --port 7420/],
  ["--connect --name alice", /--connect needs a value: write --connect HOST:PORT/],
  [`${alice} --invite`, /--invite needs a value: write --invite bob/],
  ["--server --port 1 --port 2", /--port is given twice/],
  ["--server --server", /--server is given twice/],
  ["--server --port 70000", /70000 is no port: write a number from 0 to 65535/],
  ["--server --port x", /x is no port/],
  ["--server --connect h", /--server and --connect contradict/],
  ["--demo --server", /contradict/],
  ["--server --folder /f", /--folder has no meaning with --server/],
  ["--demo --json", /--json has no meaning with --demo/],
  ["--connect h --port 1 --name a", /--port has no meaning with --connect/],
  ["--port 1", /--port alone does nothing: add --server/],
  ["--folder /f", /--folder alone does nothing: add --connect HOST:PORT/],
  ["--json", /--json alone does nothing/],
  ["--connect h", /add --name NAME/],
  ["--connect h:0 --name a", /h:0: 0 is no port: write a number from 1/],
  ["--connect h:x --name a", /x is no port/],
  ["--connect http://h --name a", /is no port|no address/],
  ["--connect [::1 --name a", /is no address/],
  ["--connect h --name a\u001bb", /cannot be a user's name/],
  [`${alice} --folder /f --invite a/b`, /--invite a\/b cannot be a user's name/],
  [`${alice} --folder /f --invite ALICE`, /yourself/],
  [`${alice} --folder /f --invite bob --invite Bob`, /named twice/],
  [`${alice} --folder /f --invite bob --accept-from bob`, /named twice/],
  [`${alice} --folder /f --invite bob=`, /write --invite USER or --invite USER=DIR/],
  [`${alice} --folder /f --invite =x`, /write --invite USER or/],
  [`${alice} --invite bob`, /No folder to keep with bob: add --folder DIR, or write --invite bob=DIR/],
  [`${alice} --wait`, /--wait needs a folder/],
  [`${alice} --folder /f`, /No terminal.*add --invite USER, --accept-from USER or --wait/],
  [`${alice} --folder /f --yes`, /No terminal.*add --invite USER, --accept-from USER or --wait/],
  [`${alice} --folder /f --json`, /--json is for a run without questions: add --invite/, true],
  [`${alice} --folder /f --once`, /--once is for a run without questions/, true],
  [`${alice} --folder /f --timeout 5`, /--timeout is for a run without questions/, true],
  [`${alice} --folder /f --wait --timeout 0`, /--timeout 0 is no time/],
  [`${alice} --folder /f --wait --timeout soon`, /--timeout soon is no time/],
  [`${alice} --trust 123`, /--trust 123 is no fingerprint: it is the 30 digits that tcpsync --fingerprint/],
  [`${alice} --trust a/b=${print}`, /a\/b cannot be a user's name/],
  [`${alice} --trust`, /--trust needs a value: write --trust FINGERPRINT/],
  [`${alice} --server-key x`, /--server-key x is no fingerprint/],
  [`${alice} --server-key ${print} --server-key ${print}`, /--server-key is given twice/],
  [`--server --trust ${print}`, /--trust has no meaning with --server/],
  [`--trust ${print}`, /--trust alone does nothing: add --connect/],
  ["--password-file", /--password-file needs a value: write --password-file FILE/],
  ["--password-file /p", /--password-file alone does nothing/],
  ["--server --password-file /p --password", /--password and --password-file contradict/, true],
  ["--server --password", /asks for it on a terminal.*--password-file/],
  ["--server --password --json", /asks for it on a terminal.*--password-file/, true],
  ["--server --password=hush", /never given on the command line.*--password-file/, true],
  ["--server --password hush", /never given on the command line.*--password-file/, true],
  [`${alice} --password`, /never given on the command line.*--password-file/, true],
  [`${alice} --password hush`, /never given on the command line.*--password-file/, true],
  ["--password", /--password alone does nothing: add --server/, true],
  ["--fingerprint --name alice", /--name has no meaning with --fingerprint/],
  ["--fingerprint --connect h", /--fingerprint and --connect contradict/],
  ["--fingerprint --forget bob", /contradict/],
  ["--server --fingerprint --port 1", /--port has no meaning with --fingerprint/],
  ["--forget", /--forget needs a value: write --forget HOST:PORT or --forget NAME/],
  ["--forget h:x", /x is no port/],
];

for (const [line, message, terminal = false] of BAD) {
  Deno.test(`options: ${JSON.stringify(line)} is refused`, () => {
    const error = assertThrows(() => parseOptions(words(line), place({ terminal })), UserError);
    assertEquals(error.code, EXIT.fatal);
    assertEquals(message.test(error.message), true, error.message);
    assertEquals(error.message.includes("\n"), false);
    assertEquals(error.message.includes("hush"), false, "a password is not repeated");
  });
}

const ADDRESSES: [text: string, host: string, port: number][] = [
  ["h", "h", 7420],
  ["h:1", "h", 1],
  ["192.168.1.5:7421", "192.168.1.5", 7421],
  ["[::1]:9", "::1", 9],
  ["[::1]", "::1", 7420],
  ["::1", "::1", 7420],
  ["fe80::1:2", "fe80::1:2", 7420],
];

for (const [text, host, port] of ADDRESSES) {
  Deno.test(`address: ${text}`, () => assertEquals(parseAddress(text), { host, port }));
}

Deno.test("state: each system's own place", () => {
  const dir = (os: Surroundings["os"], vars: Record<string, string>) =>
    defaultStateDir({ os, terminal: false, env: (name) => vars[name] }).replaceAll("\\", "/");
  assertEquals(dir("linux", { HOME: "/h" }), "/h/.local/state/tcpsync");
  assertEquals(dir("linux", { HOME: "/h", XDG_STATE_HOME: "/x" }), "/x/tcpsync");
  assertEquals(dir("darwin", { HOME: "/h" }), "/h/Library/Application Support/tcpsync");
  assertEquals(dir("windows", { LOCALAPPDATA: "C:/L" }), "C:/L/tcpsync");
  assertEquals(dir("windows", { USERPROFILE: "C:/U" }), "C:/U/AppData/Local/tcpsync");
  assertThrows(() => dir("linux", {}), UserError, "--state DIR");
});

Deno.test("a folder as typed: quotes, ~ and relative paths", () => {
  const here = place({ os: "linux" });
  assertEquals(folderPath("~", here), resolve("/home/alice"));
  assertEquals(folderPath("~/my docs", here), resolve("/home/alice/my docs"));
  assertEquals(folderPath("~bob", here), resolve("~bob"));
  assertEquals(folderPath(' "a b" ', here), resolve("a b"));
});

Deno.test("the system's user name is made fit", () => {
  assertEquals(systemUser(place({ os: "linux", vars: { USER: "Alice B. Miller" } })), "alice-b.-miller");
  assertEquals(systemUser(place({ os: "windows", vars: { USERNAME: "ALICE" } })), "alice");
  assertEquals(systemUser(place({ os: "linux", vars: {} })), "me");
});

Deno.test("address: no end of colons is refused like any other mistake", () => {
  assertThrows(() => parseAddress(":".repeat(50_000) + "x"), UserError, "no address");
});
