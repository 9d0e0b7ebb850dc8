// The engine reaches its root and its archive, whatever it is asked to do; tried as the worker has it, on a real disk.

import { assertEquals, assertRejects } from "@std/assert";
import { archiveOf } from "../../src/archive/known_roots.ts";
import { UserError } from "../../src/core/failure.ts";
import type { Path } from "../../src/core/tree/path.ts";
import { confinedTo, type Reach } from "../../src/fs/confined.ts";
import { realDisk } from "../../src/fs/real.ts";
import { answerLinkRequest, answerMemory, type LinkRequest } from "../../src/root/links.ts";
import type { WorkerHost } from "../../src/root/worker_host.ts";
import { WorkerLink } from "../../src/root/rpc.ts";
import { type Root } from "../../src/root/root.ts";
import { openRoot, reachOfEngine, startEngine } from "../../src/root/opening.ts";
import { Versions } from "../../src/transition/versions.ts";
import { copiesIn } from "../support/copies.ts";
import { temporary, write } from "../support/folder.ts";
import type { Attempt } from "./confined_worker.ts";

const IDENTITY = "11111111-1111-4111-8111-111111111111";

const unixOnly = { ignore: Deno.build.os === "windows" };
/** What only a system with groups can do. */
const inGroups = (attempt: Attempt): Attempt[] => Deno.build.os === "windows" ? [] : [attempt];

/** A root, a state folder and something outside both. */
function places() {
  const base = temporary();
  const at = (name: string) => `${base.path}${realDisk.separator}${name}`;
  const [root, state, outside] = [at("root"), at("state"), at("outside")];
  for (const folder of [root, state, outside]) Deno.mkdirSync(folder);
  write(`${outside}${realDisk.separator}secret`, "secret");
  return { root, state, outside, at, [Symbol.dispose]: () => base[Symbol.dispose]() };
}

/** What a worker that reaches so far says to each attempt: "done", or the error's name. Its links are made for it in `root`. */
async function tryConfined(reach: Reach, root: string, attempts: Attempt[]): Promise<string[]> {
  const worker = new Worker(new URL("./confined_worker.ts", import.meta.url), confinedTo(reach));
  const memory = answerMemory();
  try {
    return await new Promise<string[]>((resolve, reject) => {
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(event.message));
      };
      worker.onmessage = ({ data }: MessageEvent<LinkRequest | string[]>) => {
        if ("link" in data) answerLinkRequest(realDisk, root, data, memory);
        else resolve(data);
      };
      worker.postMessage({ attempts, memory });
    });
  } finally {
    worker.terminate();
  }
}

Deno.test("T19: what the engine may reach it reads, write, rename, link and remove; all else is refused", async () => {
  using place = places();
  const { root, outside } = place;
  const [inside, other] = [`${root}${realDisk.separator}a`, `${root}${realDisk.separator}b`];
  const secret = `${outside}${realDisk.separator}secret`;
  const fine: Attempt[] = [
    ["create", inside],
    ["openToWrite", inside],
    ["setExecutable", inside, true],
    ["setMode", inside, 0o600],
    ...inGroups(["setOwner", inside, null, Deno.gid()!]),
    ["hardLink", inside, other],
    ["rename", other, `${other}2`],
    ["create", other],
    ["list", root],
    ["remove", other],
    ["database", `${root}${realDisk.separator}lock`],
  ];
  const refused: Attempt[] = [
    ["stat", secret],
    ["list", outside],
    ["openToRead", secret],
    ["openToRead", `${root}/../outside/secret`],
    ["create", `${outside}${realDisk.separator}new`],
    ["openToWrite", secret],
    ["remove", secret],
    ["removeTree", outside],
    ["rename", inside, `${outside}${realDisk.separator}new`],
    ["rename", secret, other],
    ["hardLink", secret, other],
    ["setMode", secret, 0o666],
    ...inGroups(["setOwner", secret, null, Deno.gid()!]),
    ["makeDirectories", `${place.state}${realDisk.separator}new`],
    ["makePrivateDirectory", `${place.state}${realDisk.separator}new`],
    ["list", `${root}2`],
    ["database", `${place.state}${realDisk.separator}client.db`],
    ["environment", "HOME"],
    ["listen", "127.0.0.1"],
    ["run", Deno.execPath()],
  ];
  Deno.mkdirSync(`${root}2`);
  const reach = { read: [root], write: [root] };
  assertEquals(await tryConfined(reach, root, fine), fine.map(() => "done"));
  assertEquals(await tryConfined(reach, root, refused), refused.map(() => "NotCapable"));
  assertEquals(Deno.readTextFileSync(secret), "secret");
  assertEquals([...Deno.readDirSync(outside)].length, 1);
});

Deno.test("who may only read, as the watch may, writes nothing", async () => {
  using place = places();
  write(`${place.root}${realDisk.separator}a`, "a");
  const attempts: Attempt[] = [["list", place.root], ["remove", `${place.root}${realDisk.separator}a`]];
  const outcome = await tryConfined({ read: [place.root], write: [] }, place.root, attempts);
  assertEquals(outcome, ["done", "NotCapable"]);
});

Deno.test(
  "N5: links are made for the engine where they belong, and the system's answer reaches it",
  unixOnly,
  async () => {
    using place = places();
    const { root, outside } = place;
    Deno.mkdirSync(`${root}/.tcpsync/staging`, { recursive: true });
    Deno.mkdirSync(`${root}/folder/deep`, { recursive: true });
    Deno.symlinkSync(outside, `${root}/out`);
    Deno.symlinkSync("folder/deep", `${root}/inside`);
    const versions = new Versions(realDisk, `${root}/.tcpsync/versions`, 0, copiesIn(root));
    const cases: [target: string, path: string, outcome: string][] = [
      ["a", `${root}/link`, "done"],
      ["../a", `${root}/folder/link`, "done"],
      ["../../a", `${root}/.tcpsync/staging/1`, "done"],
      ["../../../a", `${root}/.tcpsync/staging/3`, "Error"],
      ["../../../../../../a", `${root}/.tcpsync/staging/4`, "Error"],
      // What is to replace "folder/deep/link" waits as deep as that.
      ["../../a", versions.onTheWay("folder/deep/link" as Path), "done"],
      ["../../a", `${root}/inside/link`, "Error"],
      ["a", `${root}/link`, "AlreadyExists"],
      ["a", `${root}/no/link`, "NotFound"],
      ["../a", `${root}/up`, "Error"],
      ["../../a", `${root}/folder/up`, "Error"],
      ["/etc/passwd", `${root}/absolute`, "Error"],
      ["/etc/passwd", `${root}/.tcpsync/staging/2`, "Error"],
      ["a", `${outside}/link`, "Error"],
      ["a", `${root}/../outside/link`, "Error"],
      ["a", `${root}/out/link`, "Error"],
      ["a", `${root}2`, "Error"],
      ["a", root, "Error"],
    ];
    const attempts = cases.map(([target, path]): Attempt => ["makeLink", target, path]);
    const outcomes = await tryConfined({ read: [root], write: [root] }, root, attempts);
    assertEquals(outcomes, cases.map(([, , outcome]) => outcome));
    assertEquals([...Deno.readDirSync(outside)].map(({ name }) => name), ["secret"]);
    assertEquals(Deno.readLinkSync(`${root}/folder/link`), "../a");
  },
);

Deno.test(
  "the runtime compares paths as spelled: what a link in the root leads to it does not refuse",
  unixOnly,
  async () => {
    using place = places();
    const { root, outside } = place;
    Deno.symlinkSync(outside, `${root}/out`);
    // So it is our own look before each touch that refuses (transition_test.ts). Should this ever say NotCapable, all the better.
    const outcome = await tryConfined({ read: [root], write: [root] }, root, [[
      "openToRead",
      `${root}/out/secret`,
    ]]);
    assertEquals(outcome, ["done"]);
  },
);

Deno.test("a root may be spelled with a slash at its end, through a link, or with a detour", async () => {
  using place = places();
  const { root, state, at } = place;
  const spellings = [
    `${root}${realDisk.separator}`,
    `${root}${realDisk.separator}..${realDisk.separator}root`,
  ];
  if (Deno.build.os === "windows") spellings.push(root.toLowerCase(), root.replaceAll("\\", "/"));
  else {
    Deno.symlinkSync(root, at("alias"));
    spellings.push(at("alias"), `${root}//`);
  }
  const identities = new Set<string>();
  for (const spelling of spellings) {
    const opened = await openRoot(spelling, state, "alice") as Root;
    identities.add(opened.identity);
    await opened.scan();
    if (Deno.build.os !== "windows") assertEquals(opened.ability.links, true, spelling);
    await opened.close();
  }
  assertEquals(identities.size, 1);
});

Deno.test("T2: the engine reaches its own archive, and neither another folder's nor what is known of all of them", async () => {
  using place = places();
  const { root, state } = place;
  const [own, other] = ["own", "other"].map((identity) => archiveOf(realDisk, state, identity)) as [
    string,
    string,
  ];
  const known = other.replace("other", "roots");
  for (const file of [other, known]) write(file, "of others");
  const fine: Attempt[] = [["database", own], ["makeDirectories", `${own}.damaged`], [
    "rename",
    own,
    `${own}.damaged${realDisk.separator}1`,
  ]];
  const refused: Attempt[] = [
    ...[other, known].flatMap((
      file,
    ): Attempt[] => [["openToRead", file], ["remove", file], ["database", file]]),
    ["list", `${state}${realDisk.separator}archives`],
    ["create", `${own}2`],
  ];
  const reach = reachOfEngine(root, state, "own");
  assertEquals(await tryConfined(reach, root, fine), fine.map(() => "done"));
  assertEquals(await tryConfined(reach, root, refused), refused.map(() => "NotCapable"));
});

Deno.test("T19: the engine is refused another folder, and of the state folder all but its archive", async () => {
  using place = places();
  const { root, state, outside } = place;
  const { worker, memory } = startEngine(root, state, IDENTITY);
  const link = new WorkerLink(worker);
  const workerHost = link.remote<WorkerHost>(0);
  const links = { links: memory };
  try {
    await assertRejects(() => workerHost.open(outside, state, links), UserError, "Requires read access");
    await assertRejects(() => workerHost.open(state, state, links), UserError, "Requires read access");
    await assertRejects(() => workerHost.open(root, outside, links), UserError, "Requires read access");
    const { identity } = await workerHost.open(root, state, { ...links, fresh: IDENTITY });
    assertEquals(identity, IDENTITY);
    await workerHost.scan(false);
    await workerHost.close();
  } finally {
    link.end();
  }
  assertEquals([...Deno.readDirSync(state)].map(({ name }) => name), ["archives"]);
  assertEquals([...Deno.readDirSync(outside)].map(({ name }) => name), ["secret"]);
});

Deno.test("S5: an archive that is damaged is set aside by the engine itself", async () => {
  using place = places();
  const { root, state } = place;
  const identity = async () => {
    const opened = await openRoot(root, state, "alice") as Root;
    await opened.close();
    return opened.identity;
  };
  const first = await identity();
  const archive = archiveOf(realDisk, state, first);
  Deno.writeTextFileSync(archive, "no database ".repeat(500));
  assertEquals(await identity(), first);
  assertEquals([...Deno.readDirSync(`${archive}.damaged`)].length, 1);
});

Deno.test("a folder that holds the state folder, or lies in it, is refused: the private key would travel", async () => {
  using place = places();
  const { root, state, at } = place;
  const below = (folder: string, ...names: string[]) => [folder, ...names].join(realDisk.separator);
  Deno.mkdirSync(below(root, "kept"));
  Deno.mkdirSync(below(state, "synced"));
  const cases: [folder: string, state: string][] = [
    [root, root],
    [root, below(root, "kept")],
    [root, below(root, "not", "made", "yet")],
    [root, below(root, ".tcpsync")],
    [below(root, ""), below(root, "..", "root", "kept", "")],
    [below(state, "synced"), state],
    [below(root, "kept", "..", "kept"), root],
  ];
  if (Deno.build.os === "windows") cases.push([root.toUpperCase(), below(root.toLowerCase(), "new")]);
  else {
    Deno.symlinkSync(below(root, "kept"), at("alias"));
    Deno.symlinkSync(root, at("folder alias"));
    cases.push([root, at("alias")], [root, at("alias/new")], [at("folder alias"), below(root, "kept")]);
  }
  for (const [folder, state] of cases) {
    const error = await assertRejects(() => openRoot(folder, state, "alice"), UserError, "--state");
    assertEquals(error.message.split("\n").length, 1);
  }
  assertEquals([...Deno.readDirSync(root)].map(({ name }) => name), ["kept"], "nothing was made in it");
});

Deno.test("a state folder beside the folder will do, also one whose name begins with the folder's", async () => {
  using place = places();
  for (const state of [place.state, `${place.root} state`, place.at("new")]) {
    await (await openRoot(place.root, state, "alice")).close();
  }
});
