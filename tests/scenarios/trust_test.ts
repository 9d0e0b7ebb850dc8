// Who believes whom, between real processes and across restarts: strangers, pinned and forgotten keys, passwords.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { removePath } from "../../src/fs/folder.ts";
import { openTrust } from "../../src/trust/store.ts";
import { fingerprint, generateKeyPair } from "../../src/wire/channel/keys.ts";
import { startProgram } from "../cli/started_program.ts";
import { assertRefused, codesOf, Person, scenario, type Scene } from "./harness.ts";

/** A short run that prints and ends. */
async function outputOf(
  scene: Scene,
  ...flags: string[]
): Promise<{ code: number; out: string; err: string }> {
  return await scene.wait(startProgram(...flags).ended, flags.join(" "));
}

async function fingerprintOf(scene: Scene, state: string, ...flags: string[]): Promise<string> {
  const { code, out, err } = await outputOf(scene, ...flags, "--fingerprint", "--state", state);
  assertEquals([code, err], [0, ""]);
  assertMatch(out, /^(\d{5}-){5}\d{5}\r?\n$/);
  return out.trim();
}

/** A server, and two who answer no questions. */
async function strangers(scene: Scene): Promise<Person[]> {
  await scene.serve();
  const people = [
    new Person(scene, "alice", ["--invite", "bob", "--once"]),
    new Person(scene, "bob", ["--accept-from", "alice", "--once"]),
  ];
  people.forEach((person) => person.folder.write(`from ${person.name}.txt`, person.name));
  return people;
}

const eventsOf = (person: Person, name: string) => person.program.since(0, name);

scenario("strangers with --yes meet with the same six digits, and later without", async (scene) => {
  const [alice, bob] = await strangers(scene) as [Person, Person];
  alice.start("--yes");
  bob.start("--yes");
  assertEquals(await codesOf(alice, bob), [0, 0]);
  const [seen] = eventsOf(alice, "verify");
  const [theirs] = eventsOf(bob, "verify");
  assertMatch(seen!.code, /^\d{6}$/);
  assertEquals([seen!.code, seen!.peer, theirs!.peer], [theirs!.code, "bob", "alice"]);
  assertEquals(seen!.fingerprint, await fingerprintOf(scene, bob.state));
  assertEquals(theirs!.fingerprint, await fingerprintOf(scene, alice.state));
  const [connected] = eventsOf(alice, "connected");
  const server = await fingerprintOf(scene, scene.folder("server-state").path, "--server");
  assertEquals([connected!.fingerprint, connected!.first], [server, true]);
  assertEquals(scene.server.since(0, "listening")[0]!.fingerprint, server);

  bob.folder.write("more.txt", "more");
  alice.start();
  bob.start();
  assertEquals(await codesOf(alice, bob), [0, 0]);
  assertEquals(alice.folder.read("more.txt"), "more");
  assertEquals([...eventsOf(alice, "verify"), ...eventsOf(bob, "verify")], []);
  assertEquals(eventsOf(alice, "connected")[0]!.first, false);
});

scenario(
  "T12: --yes takes nobody for one whose name is known by another key from another server; --trust does",
  async (scene) => {
    const [alice, bob] = await strangers(scene) as [Person, Person];
    const [server, another] = [1, 2].map(() => generateKeyPair().publicKey) as [Uint8Array, Uint8Array];
    const known = openTrust(alice.state, "client");
    known.rememberPeer(server, "bob", another);
    known.close();
    alice.start("--yes");
    bob.start("--yes");
    assertEquals(await codesOf(alice, bob), [3, 3]);
    const [refused] = eventsOf(alice, "refused");
    assert(
      refused!.reason.includes(`bob is known by another key from another server (${fingerprint(another)}`),
    );
    assertEquals(eventsOf(alice, "verify")[0]!.elsewhere, fingerprint(another));
    assertEquals([alice.folder.names(), bob.folder.names()], [["from alice.txt"], ["from bob.txt"]]);
    alice.start("--trust", `bob=${await fingerprintOf(scene, bob.state)}`);
    bob.start("--yes");
    assertEquals(await codesOf(alice, bob), [0, 0]);
  },
);

scenario(
  "T16: strangers whom nobody asks refuse each other with code 3, and nothing is exchanged",
  async (scene) => {
    const people = await strangers(scene);
    for (const person of people) person.start();
    assertEquals(await codesOf(...people), [3, 3]);
    for (const person of people) {
      const [refused, ...more] = eventsOf(person, "refused");
      assertEquals(more, []);
      assertMatch(refused!.reason, /first meeting.*--trust/);
      assertEquals(person.folder.names(), [`from ${person.name}.txt`]);
    }
  },
);

scenario("strangers whom nobody asks: the screen says it in one line", async (scene) => {
  const [alice, bob] = await strangers(scene) as [Person, Person];
  bob.start("--yes");
  await bob.event("connected");
  const { code, out, err } = await outputOf(
    scene,
    ...["--connect", `127.0.0.1:${scene.port}`, "--name", "alice", "--folder", alice.folder.path],
    ...["--state", alice.state, "--invite", "bob", "--once"],
  );
  assertEquals([code, err], [3, ""]);
  assertEquals(out.split("\n").filter((line) => line.startsWith("REFUSED")).length, 1, out);
  assertEquals((await bob.ended()).code, 3);
});

scenario("with --trust on both sides nobody is asked", async (scene) => {
  const [alice, bob] = await strangers(scene) as [Person, Person];
  alice.start("--trust", await fingerprintOf(scene, bob.state));
  bob.start("--trust", (await fingerprintOf(scene, alice.state)).replaceAll("-", ""));
  assertEquals(await codesOf(alice, bob), [0, 0]);
  assertEquals([...eventsOf(alice, "verify"), ...eventsOf(bob, "verify")], []);
  assertEquals(alice.folder.names(), ["from alice.txt", "from bob.txt"]);
});

scenario("a password from a file: right, wrong, none, and no file", async (scene) => {
  const secrets = scene.folder("secrets");
  const file = (name: string, content: string) => {
    secrets.write(name, content);
    if (Deno.build.os !== "windows") Deno.chmodSync(secrets.at(name), 0o600);
    return ["--password-file", secrets.at(name)];
  };
  await scene.serve(0, ...file("server.txt", "\ufeffcorrect horse\r\n"));
  const alice = scene.person("alice", "--wait");
  const end = async (...flags: string[]) => {
    alice.start(...flags);
    return await alice.ended();
  };
  assertRefused(await end(...file("wrong.txt", "battery staple\n")), 3, /password is not that of the server/);
  assertRefused(await end(), 3, /wants a password.*--password-file/);
  assertRefused(await end("--password-file", secrets.at("missing")), 3, /no password file .*missing/);
  alice.start(...file("right.txt", "correct horse"));
  await alice.event("connected");
});

scenario("T17: --server-key believes that server only", async (scene) => {
  await scene.serve();
  const alice = scene.person("alice", "--wait");
  const other = await fingerprintOf(scene, alice.state);
  alice.start("--server-key", other);
  assertRefused(await alice.ended(), 3, new RegExp(`not the one you named.*${other}`));
  alice.start("--server-key", await fingerprintOf(scene, scene.folder("server-state").path, "--server"));
  await alice.event("connected");
});

scenario("T17: a server that is another one now is refused until it is forgotten", async (scene) => {
  const [alice, bob] = await strangers(scene) as [Person, Person];
  alice.start("--yes");
  bob.start("--yes");
  assertEquals(await codesOf(alice, bob), [0, 0]);
  await scene.server.kill();
  await removePath(scene.folder("server-state").path);
  await scene.serve(scene.port);
  const address = `127.0.0.1:${scene.port}`;
  for (const person of [alice, bob]) {
    person.start();
    assertRefused(await person.ended(), 3, new RegExp(`another key.*tcpsync --forget ${address}`));
    const { code, out } = await outputOf(scene, "--forget", address, "--state", person.state);
    assertEquals(code, 0);
    assertMatch(out, new RegExp(`^Forgotten: ${address} (\\d{5}-){5}\\d{5}\\r?\\n$`));
  }
  const again = await outputOf(scene, "--forget", address, "--state", alice.state);
  assertEquals([again.code, again.out], [3, ""]);
  assertMatch(again.err, /^tcpsync: Nothing is known of 127/);
  alice.start();
  bob.start();
  assertEquals(await codesOf(alice, bob), [0, 0]);
  assertEquals(eventsOf(alice, "verify"), [], "bob is still the same");
});

scenario(
  "a bob with another key is refused by the server, then by alice, until both forget",
  async (scene) => {
    const [alice, bob] = await strangers(scene) as [Person, Person];
    alice.start("--yes");
    bob.start("--yes");
    assertEquals(await codesOf(alice, bob), [0, 0]);
    await removePath(bob.state);
    bob.start("--yes");
    assertRefused(await bob.ended(), 3, /belongs to another computer.*--server --forget/);
    const freed = await outputOf(
      scene,
      "--server",
      "--forget",
      "BOB",
      "--state",
      scene.folder("server-state").path,
    );
    assertEquals(freed.code, 0);
    assertMatch(freed.out, /^Forgotten: bob \d{5}-/);

    alice.start("--yes");
    bob.start("--yes");
    assertEquals(await codesOf(alice, bob), [3, 3]);
    assertMatch(eventsOf(alice, "refused")[0]!.reason, /bob has another key.*tcpsync --forget "bob"/);
    assertEquals([...eventsOf(alice, "verify"), ...eventsOf(bob, "verify")], []);

    const forgotten = await outputOf(scene, "--forget", "bob", "--state", alice.state);
    assertEquals(forgotten.code, 0);
    assert(forgotten.out.includes(`met on 127.0.0.1:${scene.port}`), forgotten.out);
    alice.start("--yes");
    bob.start("--yes");
    assertEquals(await codesOf(alice, bob), [0, 0]);
    assertEquals(eventsOf(alice, "verify").length, 1);
  },
);
