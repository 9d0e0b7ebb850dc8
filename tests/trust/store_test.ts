// What is trusted stays as it was: over restarts, between processes, and never guessed from a damaged file.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { DatabaseSync } from "node:sqlite";
import fc from "../support/property.ts";
import { UserError } from "../../src/core/failure.ts";
import type { KnownKeys } from "../../src/trust/known_keys.ts";
import type { NameOwners } from "../../src/trust/name_owners.ts";
import { openTrust } from "../../src/trust/store.ts";
import { fingerprint, generateKeyPair } from "../../src/wire/channel/keys.ts";
import { within } from "../cli/within.ts";
import { temporary } from "../support/folder.ts";
import { WINDOWS } from "../support/system.ts";

const newKey = () => generateKeyPair().publicKey;

/** The bits of a mode that say who may do what. */
const modeOf = (path: string) => Deno.statSync(path).mode! & 0o777;

for (const role of ["client", "server"] as const) {
  Deno.test(`the ${role}'s identity is made once and is the same after reopening`, () => {
    using place = temporary();
    const state = `${place.path}/new/state`;
    const first = openTrust(state, role as "client");
    const { publicKey, privateKey } = first.identity;
    first.close();
    const second = openTrust(state, role as "client");
    assertEquals(second.identity, { publicKey, privateKey });
    second.close();
    assertEquals([...Deno.readDirSync(state)].map(({ name }) => name), [`${role}.db`]);
  });
}

Deno.test("client and server of one state folder are two identities", () => {
  using place = temporary();
  const [client, server] = [openTrust(place.path, "client"), openTrust(place.path, "server")];
  assert(fingerprint(client.identity.publicKey) !== fingerprint(server.identity.publicKey));
  client.close();
  server.close();
});

Deno.test({
  name:
    "the folder, the file and its journal are for their owner alone, and a file opened to others is closed again",
  ignore: WINDOWS,
  fn() {
    using place = temporary();
    const state = `${place.path}/state`;
    const file = `${state}/client.db`;
    openTrust(state, "client").close();
    assertEquals([modeOf(state), modeOf(file)], [0o700, 0o600]);

    Deno.chmodSync(file, 0o644);
    openTrust(state, "client").close();
    assertEquals(modeOf(file), 0o600);

    using database = new DatabaseSync(file);
    database.exec("BEGIN; INSERT INTO server VALUES ('a:1', x'00')");
    assertEquals(modeOf(`${file}-journal`), 0o600);
  },
});

Deno.test({
  name:
    "T6: a folder that is there already and open to others is closed, and one that all users share is refused",
  ignore: WINDOWS,
  fn() {
    using place = temporary();
    for (const mode of [0o777, 0o755, 0o710]) {
      Deno.chmodSync(place.path, mode);
      openTrust(place.path, "client").close();
      assertEquals(modeOf(place.path), 0o700);
    }
    Deno.chmodSync(place.path, 0o1777);
    const open = () => openTrust(place.path, "client").close();
    assertThrows(open, UserError, "is shared with other users: name one that is yours alone with --state");
    assertEquals(modeOf(place.path), 0o777);
  },
});

Deno.test("a state folder that cannot be used is told in one line", () => {
  using place = temporary();
  Deno.writeTextFileSync(`${place.path}/file`, "");
  Deno.mkdirSync(`${place.path}/folder/client.db`, { recursive: true });
  for (const state of ["file", "file/below", "folder"]) {
    const { message } = assertThrows(() => openTrust(`${place.path}/${state}`, "client"), UserError);
    assert(message.includes(`${place.path}`) && !message.includes("\n"), message);
  }
});

Deno.test("a file of a newer version is left alone", () => {
  using place = temporary();
  openTrust(place.path, "server").close();
  {
    using database = new DatabaseSync(`${place.path}/server.db`);
    database.exec("PRAGMA user_version = 3");
  }
  assertThrows(() => openTrust(place.path, "server"), UserError, "was made by a newer tcpsync");
});

Deno.test("a foreign or damaged file is told with what it holds and what to do, and is left as it is", () => {
  using place = temporary();
  const file = join(place.path, "server.db");
  openTrust(place.path, "server").close();
  const whole = Deno.readFileSync(file);
  const foreign = new Uint8Array(5000).fill(65);
  for (const bytes of [whole.subarray(0, 1), whole.subarray(0, 99), whole.subarray(0, 4096), foreign]) {
    Deno.writeFileSync(file, bytes);
    const { message } = assertThrows(() => openTrust(place.path, "server"), UserError);
    for (
      const part of [file, "this server's identity", "restore it from a backup, or remove it", "is a new one"]
    ) {
      assert(message.includes(part), message);
    }
    assertEquals(Deno.readFileSync(file), bytes);
  }
});

Deno.test("a first start that was killed half-way is begun again", () => {
  using place = temporary();
  const [file, half] = [`${place.path}/whole/server.db`, `${place.path}/half`];
  Deno.mkdirSync(half);
  Deno.mkdirSync(`${place.path}/whole`);
  {
    using database = new DatabaseSync(file);
    database.exec("PRAGMA cache_size = 1; BEGIN; CREATE TABLE identity (one); CREATE TABLE filler (bytes)");
    for (let i = 0; i < 20; i++) database.exec("INSERT INTO filler VALUES (zeroblob(4000))");
    for (const name of ["server.db", "server.db-journal"]) {
      Deno.copyFileSync(`${place.path}/whole/${name}`, `${half}/${name}`);
    }
  }
  assert(Deno.statSync(`${half}/server.db`).size > 0);
  const trust = openTrust(half, "server");
  assertEquals(trust.claim("bob", newKey()), "yours");
  trust.close();
});

Deno.test("another program's database of that name is not taken over", () => {
  using place = temporary();
  {
    using database = new DatabaseSync(`${place.path}/client.db`);
    database.exec("CREATE TABLE notes (text)");
  }
  assertThrows(() => openTrust(place.path, "client"), UserError, "its format is unknown");
});

/** What spoils some of a file's bytes. */
type Spoil = { how: "cut" | "zero" | "flip" | "noise"; at: number; length: number };

const spoils: fc.Arbitrary<Spoil> = fc.record({
  how: fc.constantFrom("cut", "zero", "flip", "noise"),
  at: fc.nat({ max: 1_000_000 }),
  length: fc.integer({ min: 1, max: 600 }),
});

function spoil(whole: Uint8Array<ArrayBuffer>, { how, at, length }: Spoil): Uint8Array<ArrayBuffer> {
  const start = at % whole.length;
  if (how === "cut") return whole.slice(0, Math.max(1, start));
  const bytes = whole.slice();
  if (how === "flip") bytes[start]! ^= 1 << length % 8;
  else if (how === "zero") bytes.fill(0, start, start + length);
  else bytes.subarray(start, start + length).forEach((_, i, part) => part[i] = (i * length * 31 + at) & 255);
  return bytes;
}

/** Damages a file that holds `whole` and uses it, over and over: all that comes of it is the same identity, or one line. */
function spoilAndUse<T extends KnownKeys | NameOwners>(
  file: string,
  open: () => T,
  use: (trust: T, n: number) => void,
) {
  const whole = Deno.readFileSync(file);
  const { identity } = opened(open);
  let told = 0;
  fc.assert(
    fc.property(spoils, fc.nat({ max: 99 }), (how, n) => {
      Deno.writeFileSync(file, spoil(whole, how));
      let trust: T | undefined;
      try {
        trust = open();
        assertEquals(trust.identity, identity);
        use(trust, n);
      } catch (error) {
        if (!(error instanceof UserError) || error.message.includes("\n")) throw error;
        told++;
      } finally {
        trust?.close();
      }
    }),
    { numRuns: 300 },
  );
  assert(told > 0);
}

function opened<T extends KnownKeys | NameOwners>(open: () => T): T {
  const trust = open();
  trust.close();
  return trust;
}

Deno.test("damage anywhere in the client's file is told, and never leads to another identity", () => {
  using place = temporary();
  const [server, bob] = [newKey(), newKey()];
  const original = openTrust(place.path, "client");
  original.rememberServer("example.org:7420", server);
  original.rememberPeer(server, "bob", bob);
  for (let i = 0; i < 50; i++) original.rememberPeer(server, `user ${i}`, newKey());
  original.close();
  spoilAndUse(`${place.path}/client.db`, () => openTrust(place.path, "client"), (trust) => {
    trust.server("example.org:7420");
    trust.knows("bob", bob);
    trust.rememberPeer(server, "carol", newKey());
    trust.forget("bob");
    trust.forget("example.org:7420");
  });
});

Deno.test("damage anywhere in the server's file is told, and never leads to another identity", () => {
  using place = temporary();
  const original = openTrust(place.path, "server");
  for (let i = 0; i < 100; i++) original.claim(`user ${i}x`, newKey());
  original.close();
  spoilAndUse(`${place.path}/server.db`, () => openTrust(place.path, "server"), (trust, user) => {
    trust.claim(`user ${user}x`, newKey());
    trust.claim(`new ${user}`, newKey());
    trust.forget(`user ${user}x`);
  });
});

Deno.test("a key in the file that is none is damage, found when it is read", () => {
  using place = temporary();
  openTrust(place.path, "client").close();
  {
    using database = new DatabaseSync(`${place.path}/client.db`);
    database.exec("INSERT INTO server VALUES ('a:1', x'00'), ('b:1', 'text'), ('c:1', 7)");
  }
  const trust = openTrust(place.path, "client");
  for (const address of ["a:1", "b:1", "c:1"]) {
    assertThrows(() => trust.server(address), UserError, "is damaged");
  }
  trust.close();
});

Deno.test("an identity whose two keys do not belong together is damage", () => {
  using place = temporary();
  openTrust(place.path, "client").close();
  {
    using database = new DatabaseSync(`${place.path}/client.db`);
    database.prepare("UPDATE identity SET private = ?").run(generateKeyPair().privateKey);
  }
  assertThrows(() => openTrust(place.path, "client"), UserError, "the identity's two keys differ");
});

/** What each of several processes says that begin at the same moment. */
async function race(processes: number, ...args: string[]): Promise<string[][]> {
  const script = new URL("racer.ts", import.meta.url).pathname.replace(/^\/(?=\w:)/, "");
  const racers = Array.from({ length: processes }, () =>
    new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "-A", "--cached-only", script, ...args],
      stdin: "piped",
      stdout: "piped",
    }).spawn());
  const outputs = racers.map((racer) => racer.stdout.pipeThrough(new TextDecoderStream()).getReader());
  for (const output of outputs) assertEquals((await output.read()).value, "ready\n");
  await Promise.all(racers.map(({ stdin }) => new Blob(["\n"]).stream().pipeTo(stdin)));
  const said = await Promise.all(outputs.map(async (output) => {
    let text = "";
    for (let part = await output.read(); !part.done; part = await output.read()) text += part.value;
    return text.trim().split("\n");
  }));
  await Promise.all(racers.map((racer) => racer.status));
  return said;
}

Deno.test("processes that start at the same moment end with one identity", async () => {
  using place = temporary();
  const state = `${place.path}/state`;
  const said = await within(race(4, state), () => "the race goes on");
  const trust = openTrust(state, "server");
  assertEquals(said, Array(4).fill([fingerprint(trust.identity.publicKey)]));
  trust.close();
});

Deno.test("a name that two processes claim at the same moment becomes one's", async () => {
  using place = temporary();
  const names = Array.from({ length: 16 }, (_, i) => `user ${i}x`);
  const said = await within(race(2, place.path, ...names), () => "the race goes on");
  const [one, other] = said.map(([_identity, ...answers]) => answers) as [string[], string[]];
  for (let i = 0; i < names.length; i++) {
    assertEquals([one[i], other[i]].sort(), ["owned", "yours"], names[i]);
  }
});
