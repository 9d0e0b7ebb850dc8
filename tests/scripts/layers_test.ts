// The import rules: what breaks one, and what only looks like it.

import { assertEquals } from "@std/assert";
import { findBreaches } from "../../scripts/layers.ts";

const event = { path: "src/core/event.ts", text: "" };

/** What one module of this text breaks, after its path. */
function breaches(path: string, text: string): string[] {
  return findBreaches([{ path, text }, event]).map((breach) => breach.replace(`${path}:`, ""));
}

const BROKEN: [path: string, text: string, breach: string][] = [
  [
    "src/core/a.ts",
    'import { b } from "../wire/b.ts";',
    "1 core stands below wire, and imports nothing of it",
  ],
  ["src/core/a.ts", '\n\nexport * from "valibot";', "3 core imports no valibot"],
  [
    "src/core/a.ts",
    "const now =\n  Date.now();",
    "2 core is pure: no Deno, no clock, no randomness, no timer",
  ],
  [
    "src/wire/a.ts",
    'import {\n  b,\n} from "../peer/b.ts";',
    "1 wire stands below peer, and imports nothing of it",
  ],
  [
    "src/rendezvous/a.ts",
    'import type { Root } from "../root/root.ts";',
    "1 rendezvous imports only rendezvous, core, wire, not src/root/root.ts",
  ],
  [
    "src/scan/a.ts",
    'import type { Engine } from "../engine/engine.ts";',
    "1 scan stands below engine, and imports nothing of it",
  ],
  [
    "src/archive/a.ts",
    'import type { Row } from "../wire/rows.ts";',
    "1 archive stands below wire, and imports nothing of it",
  ],
  ["src/archive/a.ts", 'import * as v from "valibot";', "1 archive imports no valibot"],
  [
    "src/wire/a.ts",
    'import type { UndoStep } from "../archive/undo_step.ts";',
    "1 wire imports only wire, core, not src/archive/undo_step.ts",
  ],
  [
    "src/wire/a.ts",
    'import { decode, encode } from "@msgpack/msgpack";',
    "1 only src/wire/unpack.ts decodes what arrives, and src/archive what it wrote",
  ],
  ["src/scan/a.ts", "const x = Deno.lstatSync(path);", "1 only src/fs calls the disk"],
  ["src/stage/a.ts", 'import { openSync } from "node:fs";', "1 only src/fs calls the disk"],
  ["src/peer/a.ts", "await Deno.connect({ port });", "1 only src/peer/link/connect.ts connects"],
  ["src/rendezvous/server.ts", "Deno.listen({ port });", "1 only src/rendezvous/listen.ts listens"],
  ["src/wire/channel/socket.ts", 'import net from "node:net";', "1 sockets are Deno's, not Node's"],
  ["src/session/a.ts", "console.log(1);", "1 only src/cli prints and reads the terminal"],
  [
    "src/session/a.ts",
    "new DatabaseSync(path);",
    "1 only src/archive, src/trust and src/claim/lock.ts open a database",
  ],
  [
    "src/trust/a.ts",
    'import { b } from "../session/b.ts";',
    "1 trust imports only trust, core, wire, fs, not src/session/b.ts",
  ],
  [
    "src/peer/a.ts",
    'import type { Trust } from "../trust/store.ts";',
    "1 only cli imports trust",
  ],
  [
    "src/core/a.ts",
    "all.push({ ...one });\nall.push(...some);",
    "2 a list of any length is no list of arguments: there are only so many",
  ],
  [
    "src/session/a.ts",
    "const last = Math.max(first, ...times);",
    "1 a list of any length is no list of arguments: there are only so many",
  ],
];

for (const [path, text, breach] of BROKEN) {
  Deno.test(`layers: ${breach}`, () => assertEquals(breaches(path, text), [breach]));
}

const KEPT: [path: string, text: string][] = [
  ["src/core/a.ts", 'import unhomoglyph from "unhomoglyph";\nimport { b } from "./b.ts";'],
  ["src/wire/a.ts", 'import { b } from "../core/b.ts";\nimport * as v from "valibot";'],
  ["src/rendezvous/a.ts", 'import type { Emit } from "../core/event.ts";'],
  ["src/engine/a.ts", 'import { b } from "../scan/changes/b.ts";'],
  ["src/archive/a.ts", 'import { decode } from "@msgpack/msgpack";\nimport { b } from "../fs/b.ts";'],
  ["src/fs/real.ts", "Deno.lstatSync(path);"],
  ["src/rendezvous/listen.ts", "Deno.listen({ port });"],
  ["src/peer/link/connect.ts", "await Deno.connect({ port });"],
  ["src/cli/output.ts", "Deno.stdout.writeSync(bytes);"],
  ["src/trust/a.ts", 'import { b } from "../fs/b.ts";\nimport { DatabaseSync } from "node:sqlite";'],
  ["src/cli/a.ts", 'import { openTrust } from "../trust/store.ts";'],
  ["src/scan/a.ts", "// not through Deno.lstat\n/* nor console.log */"],
];

for (const [path, text] of KEPT) {
  Deno.test(`layers: kept by ${path}: ${text.split("\n").at(-1)}`, () =>
    assertEquals(breaches(path, text), []));
}

Deno.test("layers: a circle of imports is told once, one of types as well", () => {
  const circle = [
    { path: "src/session/a.ts", text: 'import { b } from "./b.ts";' },
    { path: "src/session/b.ts", text: '\nimport { a } from "./a.ts";' },
  ];
  assertEquals(findBreaches(circle), [
    "src/session/b.ts:2 imports in a circle: src/session/a.ts, src/session/b.ts",
  ]);
  const types = [circle[0]!, { path: "src/session/b.ts", text: 'import type { a } from "./a.ts";' }];
  assertEquals(findBreaches(types), [
    "src/session/b.ts:1 imports in a circle: src/session/a.ts, src/session/b.ts",
  ]);
});

Deno.test("layers: rooms within one room import each other one way, through whichever files", () => {
  const sources = [
    { path: "src/core/tree/a.ts", text: "" },
    { path: "src/core/tree/b.ts", text: 'import { c } from "../moves/c.ts";' },
    { path: "src/core/moves/c.ts", text: "" },
    { path: "src/core/moves/d.ts", text: '\nimport type { a } from "../tree/a.ts";' },
  ];
  assertEquals(findBreaches(sources), [
    "src/core/moves/d.ts:2 imports in a circle: src/core/tree, src/core/moves",
  ]);
});

Deno.test("layers: a room's own files are ground or roof of those within, or both where that is said", () => {
  const bothWays = (room: string) => [
    { path: `src/${room}/a.ts`, text: "" },
    { path: `src/${room}/b.ts`, text: 'import { c } from "./inner/c.ts";' },
    { path: `src/${room}/inner/c.ts`, text: 'import { a } from "../a.ts";' },
  ];
  assertEquals(findBreaches(bothWays("core")), []);
  assertEquals(findBreaches(bothWays("fs")), [
    "src/fs/inner/c.ts:1 imports in a circle: src/fs, src/fs/inner",
  ]);
});

Deno.test("layers: a room that is in no list is told, and one that holds too many files", () => {
  const strange = { path: "src/attic/a.ts", text: "" };
  const many = Array.from({ length: 19 }, (_, number) => ({ path: `src/scan/f${number}.ts`, text: "" }));
  assertEquals(findBreaches([strange, ...many]), [
    "src/attic:1 is no room of ROOMS",
    "src/scan:1 holds 19 files, where 18 are the most",
  ]);
});

Deno.test("layers: a name of a type is told where it is declared again, in whatever room", () => {
  const texts = [
    ["src/scan/a.ts", "export interface Seen {}\n"],
    ["src/scan/b.ts", 'import {\n  type Seen,\n} from "./a.ts";\n// class Seen\nexport type Told = Seen;'],
    ["src/stage/c.ts", "\nclass Seen {\n}\ntype Told<T> = T;"],
  ];
  assertEquals(findBreaches(texts.map(([path = "", text = ""]) => ({ path, text }))), [
    "src/stage/c.ts:2 src/scan/a.ts declares a type Seen, too",
    "src/stage/c.ts:4 src/scan/b.ts declares a type Told, too",
  ]);
});
