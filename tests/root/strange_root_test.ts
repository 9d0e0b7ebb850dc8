// Whether a folder is the one that was kept there (RULES S2), on a real disk.

import { assert, assertEquals } from "@std/assert";
import { realDisk } from "../../src/fs/real.ts";
import type { Root } from "../../src/root/root.ts";
import { keptWith, recordRoot, strangenessOf, StrangeRoot } from "../../src/root/strange_root.ts";
import { temporary, write } from "../support/folder.ts";

const ONE = "11111111-1111-4111-8111-111111111111";
const OTHER = "22222222-2222-4222-8222-222222222222";

const BOB = { name: "bob", key: "b0" };

interface Ground {
  at(name: string): string;
  /** Gives a folder an identity, and a session. */
  keep(name: string, identity: string): void;
  strangeness(name: string): string | null;
}

function ground(): Ground & Disposable {
  const place = temporary();
  const at = (name: string) => `${place.path}/${name}`;
  return {
    at,
    keep(name, identity) {
      write(`${at(name)}/.tcpsync/identity`, `${identity}\n`);
      recordRoot(realDisk, at(name), at("state"), identity, BOB);
    },
    strangeness: (name) => strangenessOf(realDisk, at(name), at("state")),
    [Symbol.dispose]: place[Symbol.dispose],
  };
}

const ROWS: [what: string, act: (on: Ground) => void, strangeness: string | null][] = [
  ["a folder nobody kept", ({ at }) => Deno.mkdirSync(at("f")), null],
  ["the folder that was kept", ({ keep }) => keep("f", ONE), null],
  ["a folder that lost its identity", ({ keep, at }) => {
    keep("f", ONE);
    Deno.removeSync(at("f/.tcpsync"), { recursive: true });
  }, "none"],
  ["a folder whose identity is damaged", ({ keep, at }) => {
    keep("f", ONE);
    write(at("f/.tcpsync/identity"), "\0".repeat(37));
  }, "none"],
  ["another folder in its place", ({ keep, at }) => {
    keep("f", ONE);
    write(at("f/.tcpsync/identity"), OTHER);
  }, "other"],
  ["no folder in its place, of which whoever opens it tells", ({ keep, at }) => {
    keep("f", ONE);
    Deno.removeSync(at("f"), { recursive: true });
  }, null],
  ["a folder that moved here", ({ keep, at }) => {
    keep("before", ONE);
    Deno.renameSync(at("before"), at("f"));
  }, null],
  ["what is where a folder was before it moved", ({ keep, at }) => {
    keep("f", ONE);
    Deno.renameSync(at("f"), at("after"));
    keep("after", ONE);
    Deno.mkdirSync(at("f"));
  }, null],
  ["another folder, once it was taken", ({ keep }) => {
    keep("f", ONE);
    keep("f", OTHER);
  }, null],
  ["a folder of which nothing is known any more", ({ keep, at }) => {
    keep("f", ONE);
    write(at("state/archives/roots.sqlite"), "no database ".repeat(500));
    write(at("f/.tcpsync/identity"), OTHER);
  }, null],
];

for (const [what, act, strangeness] of ROWS) {
  Deno.test(`S2: ${what}: ${strangeness ?? "not strange"}`, () => {
    using on = ground();
    act(on);
    assertEquals(on.strangeness("f"), strangeness);
    if (strangeness === null && realDisk.stat(on.at("f"))) {
      on.keep("f", OTHER);
      assertEquals(on.strangeness("f"), null);
    }
  });
}

Deno.test("S2: a strange root is taken into use once, whatever often it is asked for, and then is none", async () => {
  let taken = 0;
  const closed: number[] = [];
  const take = () =>
    Promise.resolve({ close: () => Promise.resolve(void closed.push(++taken)) } as unknown as Root);
  const root = new StrangeRoot("f", () => "none", take);
  assertEquals(root.strangeness(), "none");
  const [one, other] = await Promise.all([root.accept(), root.accept()]);
  assert(one === other);
  assertEquals(root.strangeness(), null);
  await root.close();
  assertEquals(closed, [1]);
  await new StrangeRoot("f", () => "none", take).close();
});

Deno.test("S2: one that cannot be taken into use stays strange", async () => {
  const root = new StrangeRoot("f", () => "other", () => Promise.reject(new Error("in use")));
  assertEquals(await root.accept().catch((error) => error.message), "in use");
  assertEquals(root.strangeness(), "other");
  await root.close();
});

Deno.test("T14: who has a folder is whoever has it, one around it or one in it", () => {
  using on = ground();
  on.keep("a/shared", ONE);
  const names = (folder: string) => keptWith(realDisk, on.at(folder), on.at("state")).map(({ name }) => name);
  assertEquals(["a/shared", "a/shared/in/it", "a"].map(names), [["bob"], ["bob"], ["bob"]]);
  assertEquals(["a/share", "a/shared too", "a/other", "b"].map(names), [[], [], [], []]);
  if (Deno.build.os === "windows") return;
  Deno.symlinkSync(on.at("a"), on.at("way"));
  assertEquals(names("way/shared/in"), ["bob"]);
});

Deno.test("T14: who has a folder is told by key: one of the same name is somebody else", () => {
  using on = ground();
  on.keep("f", ONE);
  recordRoot(realDisk, on.at("f"), on.at("state"), ONE, { name: "bob", key: "b1" });
  recordRoot(realDisk, on.at("f"), on.at("state"), ONE, BOB);
  assertEquals(keptWith(realDisk, on.at("f"), on.at("state")), [BOB, { name: "bob", key: "b1" }]);
});
