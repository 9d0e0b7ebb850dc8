// Whether the program works on the system it is started on: it starts, two people bring a folder into sync with it, meet again after
// both went on, and its demonstration, where changes are made while it watches, comes to its end. What follows is the command that runs
// the program:
//   deno run -A scripts/smoke.ts dist/tcpsync
// deno-lint-ignore-file no-console -- a script speaks on the console

import { assert, assertEquals } from "@std/assert";
import program from "../deno.json" with { type: "json" };
import { differences, type Folder } from "../tests/scenarios/persons_folder.ts";
import { codesOf, type Person, Scene } from "../tests/scenarios/harness.ts";
import { Program } from "../tests/scenarios/program.ts";
import { complaintsIn } from "../tests/support/complaints.ts";

/** A program that has not ended by then never will. */
const PATIENCE_MS = 300_000;

/** When the files were last changed: at first, and while the two were apart. */
const FIRST = Date.UTC(2026, 0, 1);
const LATER = Date.UTC(2026, 0, 2);

/** Resolves when all went well; rejects with what did not. `say` hears what was found. */
export async function smoke(command: readonly string[], say: (line: string) => void): Promise<void> {
  assert(command.length > 0, "name the program: deno run -A scripts/smoke.ts dist/tcpsync");
  say(await version(command));
  const scene = new Scene(Deno.realPathSync(Deno.makeTempDirSync({ prefix: "tcpsync-smoke-" })));
  try {
    await meetings(scene, command, say);
  } catch (error) {
    throw scene.explained(error);
  } finally {
    await scene.end();
  }
  await outcome(command, "--demo");
  say("The demonstration: every change arrived");
}

async function version(command: readonly string[]): Promise<string> {
  const told = (await outcome(command, "--version")).trim();
  assert(told.startsWith(`tcpsync ${program.version} (Deno `), `--version says: ${told}`);
  return told;
}

/** What the program prints until it ends. Rejects when it does not end well, or complains. */
async function outcome([file, ...before]: readonly string[], flag: string): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(file!, {
    args: [...before, flag],
    stdin: "null",
    signal: AbortSignal.timeout(PATIENCE_MS),
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assert(code === 0 && complaintsIn(err!) === "", `${flag} ends with ${code}:\n${out}${err}`);
  return out!;
}

/** Two people who never met, then the same two again. Each time both folders are to hold exactly what `wanted` does. */
async function meetings(scene: Scene, command: readonly string[], say: (line: string) => void) {
  await serve(scene, command);
  const alice = scene.person("alice", "--invite", "bob");
  const bob = scene.person("bob", "--accept-from", "alice");
  alice.source = bob.source = [...command];
  const wanted = scene.folder("wanted");

  for (const folder of [alice.folder, wanted]) fillAlices(folder);
  for (const folder of [bob.folder, wanted]) fillBobs(folder);
  await meet(alice, bob, wanted);
  say("The first meeting: two folders became one");

  for (const folder of [alice.folder, wanted]) changeAlices(folder);
  for (const folder of [bob.folder, wanted]) changeBobs(folder);
  await meet(alice, bob, wanted);
  say("The second: what each changed meanwhile is with both");
}

async function serve(scene: Scene, command: readonly string[]) {
  const flags = ["--server", "--host", "127.0.0.1", "--port", "0", "--state", scene.folder("server").path];
  scene.server = scene.add(new Program("server", flags, command));
  scene.port = (await scene.wait(scene.server.event("listening"), "the server")).port;
}

async function meet(alice: Person, bob: Person, wanted: Folder) {
  alice.start("--once");
  bob.start("--once");
  assertEquals(await codesOf(alice, bob), [0, 0], "the codes that alice and bob end with");
  for (const { name, folder } of [alice, bob]) {
    const differing = differences(folder.tree(), wanted.tree());
    assert(
      differing.length === 0,
      `${name}'s folder | what it is to hold:\n${differing.slice(0, 20).join("\n")}`,
    );
  }
}

function fillAlices(folder: Folder) {
  folder.write("letters/2026/to carol.txt", "Dear Carol", FIRST);
  folder.write("letters/never sent.txt", "Dear Dave", FIRST);
  folder.write("Été ☀.txt", "summer", FIRST);
  folder.makeFolder("empty");
}

function fillBobs(folder: Folder) {
  folder.write("photos/sea.jpg", photo(), FIRST);
  for (let number = 0; number < 30; number++) folder.write(`notes/${number}.txt`, `note ${number}`, FIRST);
  folder.write("notes/nothing.txt", "", FIRST);
}

function changeAlices(folder: Folder) {
  folder.write("letters/2026/to carol.txt", "Dear Carol, it was lovely", LATER);
  folder.rename("photos", "pictures");
  folder.remove("letters/never sent.txt");
}

function changeBobs(folder: Folder) {
  folder.write("notes/7.txt", "note 7, and more", LATER);
  folder.rename("Été ☀.txt", "letters/Été ☀.txt");
  folder.remove("notes/8.txt");
}

/** 5 MB that do not compress: always the same. */
function photo(): Uint8Array {
  const bytes = new Uint8Array(5_000_000);
  for (let at = 0, state = 1; at < bytes.length; at++) {
    bytes[at] = (state = Math.imul(state, 1664525) + 1013904223 | 0) >>> 24;
  }
  return bytes;
}

if (import.meta.main) {
  try {
    await smoke(Deno.args, console.log);
  } catch (error) {
    console.error(`smoke: ${(error as Error).message}`);
    Deno.exit(1);
  }
}
