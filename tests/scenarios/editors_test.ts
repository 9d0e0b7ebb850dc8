// The programs people save with: one saves twenty times while the other person works on another file in the same folder. No conflict copy,
// nothing lost, no file of the program's own left there. What is not installed is passed over; Debian's packages are named with each.
// Large ones, and those much like others, only run where they are asked for: deno task slow.

import { assert, assertEquals } from "@std/assert";
import { hasTerminal, startAtTerminal, type Terminal } from "../cli/pty.ts";
import { temporary } from "../support/folder.ts";
import { SLOW_TOO } from "../support/slow.ts";
import { type Person, scenario, type Scene } from "./harness.ts";
import { Folder } from "./persons_folder.ts";

const SAVES = 20;
/** So often the two are waited for in between: else the saves come as fast as they can. */
const REST_AFTER = 4;
const BESIDE = "beside.txt";

interface Editor {
  /** What it is called, with how it saves. */
  name: string;
  /** The commands it may be, the first that is there is taken, and the package that has it. */
  commands: string[];
  package: string;
  /** Runs only where all are asked for: its package is large, or it is much like another. */
  asked?: boolean;
  atTerminal?: boolean;
  /** It writes through a memory map while it runs, which shows in full when it has ended. */
  maps?: boolean;
  /** Opens it in a folder, in which it makes what it edits. `outside`: a folder of its own, elsewhere. */
  open(command: string, folder: Folder, outside: Folder): Promise<Session>;
  /** What is to be in the folder at the end, beside the other person's file. */
  leaves: string[];
}

/** A program at work. */
interface Session {
  /** Saves for the so-manieth time, and resolves when that is done. */
  save(turn: number): Promise<void>;
  close?(): Promise<void>;
  /** Throws unless all that was saved is in the folder. */
  check(folder: Folder): Promise<void> | void;
}

const DOC = "doc.txt";
const line = (turn: number) => `line ${turn} of ${SAVES}`;
const allLines = ["first", ...Array.from({ length: SAVES }, (_, at) => line(at + 1))];

function checkLines(folder: Folder): void {
  assertEquals(folder.read(DOC).trimEnd().split("\n"), allLines);
}

/** Runs a command to its end. Throws unless it goes well. */
async function runIn(
  command: string[],
  cwd: string,
  input = "",
  env: Record<string, string> = {},
): Promise<string> {
  const child = new Deno.Command(command[0]!, {
    args: command.slice(1),
    cwd,
    env,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const ended = child.output();
  const keys = child.stdin.getWriter();
  await keys.write(new TextEncoder().encode(input));
  await keys.close();
  const { success, stdout, stderr } = await ended;
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assert(success, `${command.join(" ")}:\n${out}\n${err}`);
  return out!;
}

/** An editor with a screen: `save` types what adds a line and saves; it is done when the editor says `saved` once more. */
function onScreen(args: string[], saved: string, save: (line: string) => string, quit: string) {
  return (command: string, folder: Folder): Promise<Session> => {
    folder.write(DOC, "first\n");
    const terminal: Terminal = startAtTerminal([...args, folder.at(DOC)], { TERM: "xterm" }, [command]);
    const says = () => terminal.written().split(saved).length - 1;
    return Promise.resolve({
      async save(turn) {
        if (turn === 1) await terminal.until(() => terminal.written().includes("first"));
        const before = says();
        await terminal.type(save(line(turn)));
        await terminal.until(() => says() > before);
      },
      async close() {
        await terminal.type(quit);
        assertEquals(await terminal.ended, 0);
      },
      check: checkLines,
    });
  };
}

/** Each time another program, that adds a line to the document and saves it. */
function eachTime(save: (command: string, folder: Folder, line: string) => Promise<unknown>) {
  return (command: string, folder: Folder): Promise<Session> => {
    folder.write(DOC, "first\n");
    return Promise.resolve({
      save: async (turn) => void await save(command, folder, line(turn)),
      check: checkLines,
    });
  };
}

const RELEASE = ["README", "lib.c", "lib.h", "NEWS"];
/** All files of all releases are of one size and one time, as those of a build often are. */
const releaseText = (name: string, turn: number) => `${name} of release ${String(turn).padStart(3, "0")}\n`;

/** A release is unpacked over the one before. `pack`: makes an archive of each folder, beside it, all at once. */
function unpacking(pack: string[], unpack: string[]) {
  return async (command: string, folder: Folder, outside: Folder): Promise<Session> => {
    for (let turn = 1; turn <= SAVES; turn++) {
      for (const name of RELEASE) {
        outside.write(`${turn}/${name}`, releaseText(name, turn), Date.UTC(2024, 0, 1));
      }
    }
    await runIn(pack, outside.path);
    return {
      save: async (turn) => void await runIn([command, ...unpack, outside.at(`${turn}.packed`)], folder.path),
      check(folder) {
        for (const name of RELEASE) assertEquals(folder.read(name), releaseText(name, SAVES));
      },
    };
  };
}

const TAR = 'for folder in *; do tar cf "$folder.packed" -C "$folder" .; done';
const ZIP = `
import os, zipfile
for folder in os.listdir():
    with zipfile.ZipFile(folder + ".packed", "w") as archive:
        for name in os.listdir(folder): archive.write(folder + "/" + name, name)`;

const vim = { commands: ["vim", "vim.tiny"], package: "vim-tiny", atTerminal: true, leaves: [DOC] };

/** Vim without a person's settings; in /tmp, too, it saves as elsewhere. */
function inVim(...settings: string[]) {
  const set = ["backupskip=", ...settings].flatMap((setting) => ["--cmd", `set ${setting}`]);
  const save = (line: string) => `Go${line}\x1b:w\r`;
  return onScreen(["-N", "-u", "NONE", "-i", "NONE", ...set], "written", save, ":q\r");
}

const EDITORS: Editor[] = [
  { ...vim, name: "vim", open: inVim() },
  {
    ...vim,
    name: "vim, by a backup that it keeps",
    asked: true,
    open: inVim("backup", "backupcopy=no"),
    leaves: [DOC, `${DOC}~`],
  },
  { ...vim, name: "vim, in place", asked: true, open: inVim("backupcopy=yes") },
  {
    name: "nano",
    commands: ["nano"],
    package: "nano",
    atTerminal: true,
    // To the end, the line, ^O, Enter, and ^X at last.
    open: onScreen(["-I"], "Wrote", (line) => `\x1b/${line}\x0f\r`, "\x18"),
    leaves: [DOC],
  },
  {
    name: "emacs, with a backup and a lock",
    commands: ["emacs"],
    package: "emacs-nox",
    asked: true,
    open: eachTime((command, folder, line) => {
      const always = "(setq backup-enable-predicate #'always)"; // In /tmp, too.
      const edit = `(progn (goto-char (point-max)) (insert "${line}\\n") (save-buffer))`;
      return runIn(
        [command, "-Q", "--batch", "--eval", always, folder.at(DOC), "--eval", edit],
        folder.path,
      );
    }),
    leaves: [DOC, `${DOC}~`],
  },
  {
    name: "LibreOffice",
    commands: ["soffice"],
    package: "libreoffice-writer-nogui",
    asked: true,
    open: (command, folder, outside) => {
      const text = () => outside.read("text/letter.txt");
      return Promise.resolve({
        async save(turn) {
          outside.write("text/letter.txt", `${allLines.slice(0, turn + 1).join("\n")}\n`);
          const own = `-env:UserInstallation=file://${outside.at("profile")}`;
          const convert = ["--headless", "--convert-to", "odt", "--outdir", folder.path];
          await runIn([command, own, ...convert, outside.at("text/letter.txt")], outside.path);
        },
        async check(folder) {
          const own = `-env:UserInstallation=file://${outside.at("profile")}`;
          const back = ["--headless", "--convert-to", "txt:Text", "--outdir", outside.at("back")];
          await runIn([command, own, ...back, folder.at("letter.odt")], outside.path);
          assertEquals(outside.read("back/letter.txt").replace("\ufeff", "").trimEnd(), text().trimEnd());
        },
      });
    },
    leaves: ["letter.odt"],
  },
  {
    name: "git, with its collection of garbage",
    commands: ["git"],
    package: "git",
    open: async (command, folder) => {
      const git = (...args: string[]) => runIn([command, ...args], folder.path, "", GIT);
      await git("init", "-q");
      folder.write(DOC, "first\n");
      return {
        async save(turn) {
          folder.append(DOC, `${line(turn)}\n`);
          await git("add", DOC);
          await git("commit", "-q", "-m", line(turn));
          if (turn === COLLECTED) await git(...LOGS_AS_THEY_ARE, "gc", "-q", "--prune=now");
        },
        async check(folder) {
          checkLines(folder);
          const inside = (...args: string[]) => runIn([command, ...args], folder.path, "", GIT);
          await inside("fsck", "--strict");
          assertEquals((await inside("log", "--format=%s")).trimEnd().split("\n").length, SAVES);
          assertEquals(
            await inside("status", "--porcelain"),
            `?? ${BESIDE}\n`,
            "of .tcpsync git says nothing",
          );
        },
      };
    },
    leaves: [".git", DOC],
  },
  {
    name: "tar, releases unpacked over each other",
    commands: ["tar"],
    package: "tar",
    open: unpacking(["sh", "-c", TAR], ["xf"]),
    leaves: RELEASE,
  },
  {
    name: "unzip, releases unpacked over each other",
    commands: ["unzip"],
    package: "unzip, python3",
    open: unpacking(["python3", "-c", ZIP], ["-qo"]),
    leaves: RELEASE,
  },
  {
    name: "rsync, beside and in place",
    commands: ["rsync"],
    package: "rsync",
    open: (command, folder, outside) => {
      outside.write(`tree/${DOC}`, "first\n");
      return Promise.resolve({
        async save(turn) {
          outside.append(`tree/${DOC}`, `${line(turn)}\n`);
          const how = turn % 2 ? ["-a"] : ["-a", "--inplace"];
          await runIn([command, ...how, `${outside.at("tree")}/`, `${folder.path}/`], outside.path);
        },
        check: checkLines,
      });
    },
    leaves: [DOC],
  },
  {
    name: "SQLite, with a log beside it",
    commands: ["sqlite3"],
    package: "sqlite3",
    maps: true,
    open: openDatabase,
    leaves: ["data.db"],
  },
  {
    name: "KeePassXC",
    commands: ["keepassxc-cli"],
    package: "keepassxc",
    asked: true,
    open: async (command, folder) => {
      const path = folder.at("safe.kdbx");
      await runIn(
        [command, "db-create", "-q", "-t", "100", "-p", path],
        folder.path,
        "secret\nsecret\n",
        KEEPASS,
      );
      return {
        save: async (turn) =>
          void await runIn(
            [command, "add", "-q", path, `entry ${turn}`],
            folder.path,
            "secret\n",
            KEEPASS,
          ),
        async check(folder) {
          const safe = folder.at("safe.kdbx");
          const found = await runIn([command, "ls", "-q", safe], folder.path, "secret\n", KEEPASS);
          assertEquals(found.match(/entry \d+/g)?.length, SAVES);
        },
      };
    },
    leaves: ["safe.kdbx"],
  },
];

/** Once only: what several of them remove within a minute is a mass change (S1). */
const COLLECTED = 12;

const KEEPASS = { QT_QPA_PLATFORM: "offscreen" };
const WHO = { GIT_AUTHOR_NAME: "Alice", GIT_AUTHOR_EMAIL: "alice@example.org" };
const GIT = {
  ...WHO,
  GIT_COMMITTER_NAME: WHO.GIT_AUTHOR_NAME,
  GIT_COMMITTER_EMAIL: WHO.GIT_AUTHOR_EMAIL,
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
};

/** Else git writes its logs anew with what is in them: a changed time alone is no change (C8), and the folders would differ in that. */
const LOGS_AS_THEY_ARE = ["reflogExpire", "reflogExpireUnreachable"].flatMap((
  name,
) => ["-c", `gc.${name}=never`]);

/** One connection that stays open, as a program's does; its log and its shared memory go with it. */
async function openDatabase(command: string, folder: Folder): Promise<Session> {
  const path = folder.at("data.db");
  await runIn([command, path], folder.path, "PRAGMA journal_mode=WAL; CREATE TABLE t (line TEXT);");
  const child = new Deno.Command(command, { args: [path], stdin: "piped", stdout: "piped" }).spawn();
  const keys = child.stdin.getWriter();
  const answers = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  return {
    async save(turn) {
      await keys.write(
        new TextEncoder().encode(`INSERT INTO t VALUES ('${line(turn)}'); SELECT 'done ${turn}.';\n`),
      );
      for (let said = ""; !said.includes(`done ${turn}.`);) said += (await answers.read()).value ?? "";
    },
    async close() {
      await keys.close();
      await answers.cancel();
      assert((await child.status).success);
    },
    async check(folder) {
      const ask = "PRAGMA integrity_check; SELECT count(*) FROM t;";
      assertEquals(
        await runIn([command, "-readonly", folder.at("data.db")], folder.path, ask),
        `ok\n${SAVES}\n`,
      );
    },
  };
}

/** The first of these commands that is there. */
async function installed(commands: string[]): Promise<string | undefined> {
  for (const command of commands) {
    const found = await new Deno.Command("sh", { args: ["-c", `command -v ${command}`], stdout: "null" })
      .output();
    if (found.success) return command;
  }
}

/** Bob adds lines to a file of his, whenever his program says something, until `save` is done. */
async function worksMeanwhile(bob: Person, turn: number, save: Promise<void>): Promise<string[]> {
  const added: string[] = [];
  const add = () => {
    added.push(`bob ${turn} ${added.length}`);
    bob.folder.append(BESIDE, `${added.at(-1)}\n`);
  };
  let done = false;
  const saved = save.finally(() => done = true);
  for (add(); !done && added.length < 3; add()) await Promise.race([bob.program.news(), saved]);
  await saved;
  return added;
}

async function edits(scene: Scene, editor: Editor, command: string): Promise<void> {
  using place = temporary();
  const { alice, bob } = await scene.syncedPair((_, bob) => bob.write(BESIDE, ""));
  const outside = new Folder(`${place.path}/outside`);
  const session = await editor.open(command, alice.folder, outside);
  const added: string[] = [];
  for (let turn = 1; turn <= SAVES; turn++) {
    added.push(...await worksMeanwhile(bob, turn, session.save(turn)));
    if (turn % REST_AFTER === 0 && !editor.maps) await scene.alike(alice, bob);
  }
  await session.close?.();
  await scene.alike(alice, bob);
  for (const { folder, program } of [alice, bob]) {
    assertEquals(folder.names(), [...editor.leaves, BESIDE].sort());
    assertEquals(folder.read(BESIDE).trimEnd().split("\n"), added);
    for (const event of ["conflict", "halted"]) assertEquals(program.since(0, event), []);
    await session.check(folder);
  }
}

for (const editor of Deno.build.os === "windows" ? [] : EDITORS) {
  const command = await installed(editor.commands);
  const absent = !command
    ? ` (passed over: it wants ${editor.package})`
    : editor.asked && !SLOW_TOO
    ? " (passed over: deno task slow)"
    : editor.atTerminal && !hasTerminal
    ? " (passed over: it wants python3)"
    : "";
  const name = `${editor.name}: twenty saves while the other works beside it${absent}`;
  scenario(name, (scene) => edits(scene, editor, command!), absent !== "");
}
