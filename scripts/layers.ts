// Checks the import rules of the rooms (src/README.md): each line it prints is a place that breaks one.
// deno-lint-ignore-file no-console -- a script speaks on the console

import { dirname, join } from "@std/path";
import { sourceFiles } from "./workers.ts";

/** A source file by its path with `/`, and its text. */
export interface Source {
  path: string;
  text: string;
}

/** What one module names in an import or export. */
interface Import {
  /** Where it stands. */
  path: string;
  line: number;
  /** A path inside the project, or the specifier of a package. */
  module: string;
  typeOnly: boolean;
}

/** `path:line rule`. */
export type Breach = string;

/** The rooms from the ground up: each imports only what stands before it, types included. A room within a room (`core/tree`) counts as
 * that. */
const ROOMS = [
  ...["types", "core", "fs", "archive", "wire", "scan", "stage", "transition", "claim", "durability"],
  ...[
    "guard",
    "engine",
    "plan",
    "history",
    "endpoint",
    "root",
    "session",
    "rendezvous",
    "trust",
    "peer",
    "cli",
  ],
];

/** Rooms whose own files are ground and roof of the rooms within them, which import the ones and are imported by the others. */
const GROUND_AND_ROOF = ["src/core", "src/archive", "src/scan", "src/wire/channel", "src/cli"];

/** So many files a room holds at most; beyond that it is opened into several. */
const MOST_FILES = 18;

/** Which of these rooms, and which packages, the closed rooms may import; the others may import all packages. */
const CLOSED: Record<string, { rooms: string[]; packages: RegExp }> = {
  core: { rooms: [], packages: /^unhomoglyph$/ },
  archive: { rooms: ["core", "fs"], packages: /^(node:(sqlite|buffer)|@msgpack\/msgpack)$/ },
  wire: { rooms: ["core"], packages: /^(?!@inquirer)/ },
  rendezvous: { rooms: ["core", "wire"], packages: /^(?!@inquirer|node:(?!crypto$))/ },
  trust: { rooms: ["core", "wire", "fs"], packages: /^(node:sqlite|@std\/path)$/ },
};

/** Rooms that few may import: the others declare what they need of them. */
const KEPT: Record<string, string[]> = {
  trust: ["cli"],
};

const FILE_CALLS = [
  ...[
    "chmod",
    "chown",
    "copyFile",
    "create",
    "link",
    "lstat",
    "makeTempDir",
    "makeTempFile",
    "mkdir",
    "open",
  ],
  ...["readDir", "readFile", "readLink", "readTextFile", "realPath", "remove", "rename", "stat", "symlink"],
  ...["truncate", "umask", "utime", "watchFs", "writeFile", "writeTextFile"],
];

/** What only some modules may use. `text`: in the code; `module`: imported. */
const RESERVED: { what: string; text?: RegExp; module?: RegExp; where?: RegExp }[] = [
  {
    what: "only src/fs calls the disk",
    text: new RegExp(String.raw`\bDeno\.(${FILE_CALLS.join("|")})(Sync)?\b`),
    module: /^(node:)?fs(\/|$)/,
    where: /^src\/fs\//,
  },
  {
    what: "only src/archive, src/trust and src/claim/lock.ts open a database",
    text: /\bnew DatabaseSync\b/,
    where: /^src\/(archive|trust)\/|^src\/claim\/lock\.ts$/,
  },
  {
    what: "only src/wire/unpack.ts decodes what arrives, and src/archive what it wrote",
    text: /\bdecode\b.*from "@msgpack\/msgpack"/,
    where: /^src\/(wire\/unpack\.ts$|archive\/)/,
  },
  {
    what: "only src/rendezvous/listen.ts listens",
    text: /\bDeno\.(listen|listenTls|listenDatagram|serve)\b/,
    where: /^src\/rendezvous\/listen\.ts$/,
  },
  {
    what: "only src/peer/link/connect.ts connects",
    text: /\bDeno\.(connect|connectTls|resolveDns)\b|\bfetch\(|\bnew WebSocket\b/,
    where: /^src\/peer\/link\/connect\.ts$/,
  },
  { what: "sockets are Deno's, not Node's", module: /^(node:)?(net|dgram|http|https|tls)$/ },
  {
    what: "only src/cli prints and reads the terminal",
    text: /\bconsole\.|\bDeno\.(stdout|stderr|stdin)\b|\bprocess\.(stdout|stderr|stdin)\b|\b(alert|prompt)\(/,
    module: /^(node:)?(readline|tty)(\/|$)|^@inquirer\//,
    where: /^src\/cli\//,
  },
  {
    what: "core is pure: no Deno, no clock, no randomness, no timer",
    text:
      /\bDeno\.|\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bcrypto\.|\bperformance\.|\bset(Timeout|Interval)\(/,
    where: /^(?!src\/core\/)/,
  },
  {
    what: "a list of any length is no list of arguments: there are only so many",
    text: /\.(push|unshift|send)\(\s*\.\.\.|\bMath\.(max|min)\([^)]*\.\.\./,
  },
];

/** Everything that breaks a rule, in the order of the files. */
export function findBreaches(sources: Source[]): Breach[] {
  const imports = new Map(sources.map((source) => [source.path, importsOf(source)]));
  const breaches: Breach[] = [];
  for (const source of sources) {
    breaches.push(...importBreaches(source.path, imports.get(source.path)!));
    breaches.push(...usageBreaches(source, imports.get(source.path)!));
  }
  return [
    ...breaches,
    ...unknownRooms(sources),
    ...fullRooms(sources),
    ...cycles(imports),
    ...cycles(byFolder(imports)),
    ...sharedTypeNames(sources),
  ];
}

const TYPE_NAME = /^\s*(?:export\s+)?(?:abstract\s+)?(?:(?:interface|class)\s+(\w+)|type\s+(\w+)\s*[=<])/;

/** Types of one name, those of one file alone included: each at its place, but for the first. */
function sharedTypeNames(sources: Source[]): Breach[] {
  const places = new Map<string, string>();
  return sources.flatMap(({ path, text }) =>
    withoutComments(text).split("\n").flatMap((line, number): Breach[] => {
      const [, named, alias] = TYPE_NAME.exec(line) ?? [];
      const name = named ?? alias;
      if (name === undefined) return [];
      const first = places.get(name);
      if (first !== undefined) return [`${path}:${number + 1} ${first} declares a type ${name}, too`];
      places.set(name, path);
      return [];
    })
  );
}

function unknownRooms(sources: Source[]): Breach[] {
  const rooms = new Set(sources.map(({ path }) => roomOf(path)).filter((room) => room !== ""));
  return [...rooms].filter((room) => !ROOMS.includes(room)).map((room) =>
    `src/${room}:1 is no room of ROOMS`
  );
}

function fullRooms(sources: Source[]): Breach[] {
  const counts = new Map<string, number>();
  for (const { path } of sources) counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1);
  return [...counts].filter(([, count]) => count > MOST_FILES)
    .map(([room, count]) => `${room}:1 holds ${count} files, where ${MOST_FILES} are the most`);
}

function importBreaches(path: string, imports: Import[]): Breach[] {
  const own = roomOf(path);
  const rule = CLOSED[own];
  return imports.flatMap(({ line, module }) => {
    const room = roomOf(module);
    if (room !== own && KEPT[room]?.includes(own) === false) {
      return [`${path}:${line} only ${KEPT[room].join(", ")} imports ${room}`];
    }
    if (room !== "" && own !== "" && ROOMS.indexOf(room) > ROOMS.indexOf(own)) {
      return [`${path}:${line} ${own} stands below ${room}, and imports nothing of it`];
    }
    if (!rule) return [];
    if (!module.startsWith("src/")) {
      return rule.packages.test(module) ? [] : [`${path}:${line} ${own} imports no ${module}`];
    }
    if (room === own || room === "types" || rule.rooms.includes(room)) return [];
    return [`${path}:${line} ${own} imports only ${[own, ...rule.rooms].join(", ")}, not ${module}`];
  });
}

function usageBreaches({ path, text }: Source, imports: Import[]): Breach[] {
  const breaches: Breach[] = [];
  const lines = withoutComments(text).split("\n");
  for (const { what, text: used, module: imported, where } of RESERVED) {
    if (where?.test(path)) continue;
    lines.forEach((line, number) => {
      // A type names nothing that runs.
      if (used?.test(line.replaceAll(/\btypeof Deno\.[\w.]+/g, ""))) {
        breaches.push(`${path}:${number + 1} ${what}`);
      }
    });
    for (const { line, module, typeOnly } of imports) {
      if (!typeOnly && imported?.test(module)) breaches.push(`${path}:${line} ${what}`);
    }
  }
  return breaches;
}

/** Modules that import each other in a circle, types included: each circle once, at the import that closes it. */
function cycles(imports: Map<string, Import[]>): Breach[] {
  const breaches: Breach[] = [];
  const done = new Set<string>();
  const visit = (name: string, way: string[]) => {
    if (done.has(name)) return;
    for (const { path, line, module } of imports.get(name) ?? []) {
      if (!imports.has(module)) continue;
      const start = [...way, name].indexOf(module);
      if (start < 0) visit(module, [...way, name]);
      else breaches.push(`${path}:${line} imports in a circle: ${[...way, name].slice(start).join(", ")}`);
    }
    done.add(name);
  };
  for (const name of imports.keys()) visit(name, []);
  return breaches;
}

/** The same with each folder as one module, and each other folder that it imports named once. */
function byFolder(imports: Map<string, Import[]>): Map<string, Import[]> {
  const folders = new Map<string, Map<string, Import>>();
  for (const [path, ofFile] of imports) {
    const folder = dirname(path);
    const known = folders.get(folder) ?? new Map<string, Import>();
    folders.set(folder, known);
    for (const one of ofFile) {
      const module = dirname(one.module);
      if (!imports.has(one.module) || module === folder) continue;
      if (known.has(module) || isAround(module, folder)) continue;
      known.set(module, { ...one, module });
    }
  }
  return new Map([...folders].map(([folder, known]) => [folder, [...known.values()]]));
}

/** Whether one of the two is a room around the other whose own files are its ground and roof. */
function isAround(one: string, other: string): boolean {
  return GROUND_AND_ROOF.some((room) =>
    (one === room && other.startsWith(`${room}/`)) || (other === room && one.startsWith(`${room}/`))
  );
}

function roomOf(path: string): string {
  return /^src\/([^/]+)\//.exec(path)?.[1] ?? "";
}

const IMPORT = /^\s*(?:import|export)\b(?<what>[^"';]*?\bfrom\s*|\s*)"(?<module>[^"]+)"/gm;

function importsOf({ path, text }: Source): Import[] {
  return [...withoutComments(text).matchAll(IMPORT)].map(({ index, groups }) => {
    const { what = "", module = "" } = groups!;
    const before = text.slice(0, index + (/^\s*/.exec(text.slice(index))?.[0].length ?? 0));
    return {
      path,
      line: before.split("\n").length,
      module: module.startsWith(".") ? join(dirname(path), module).replaceAll("\\", "/") : module,
      typeOnly: isTypeOnly(what),
    };
  });
}

/** `import type …`, or nothing but `type` names within the braces. */
function isTypeOnly(what: string): boolean {
  if (/^\s*type\b/.test(what)) return true;
  const [, braced] = /^\s*\{([^}]*)\}/.exec(what) ?? [];
  return braced !== undefined &&
    braced.split(",").every((name) => name.trim() === "" || /^\s*type\s/.test(name));
}

/** The same text with comments blanked, line by line as before; what stands in a string stays. */
function withoutComments(text: string): string {
  const parts = /"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`|\/\/[^\n]*|\/\*[^]*?\*\//g;
  return text.replaceAll(parts, (part) => part.startsWith("/") ? part.replaceAll(/[^\n]/g, " ") : part);
}

if (import.meta.main) {
  const paths = ["main.ts", ...sourceFiles("src")].filter((path) => !path.endsWith(".d.ts"));
  const breaches = findBreaches(paths.map((path) => ({
    path: path.replaceAll("\\", "/"),
    text: Deno.readTextFileSync(path),
  })));
  breaches.forEach((breach) => console.error(breach));
  if (breaches.length > 0) Deno.exit(1);
  console.log(`${paths.length} files keep the import rules`);
}
