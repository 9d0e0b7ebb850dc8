// Whether two simulated folders hold the same, but for what the two programs tell as problems.

import { textDigest } from "../../src/fs/digest.ts";
import { TreeDigest } from "../../src/core/tree/digest.ts";
import { type DirectoryEntry, EMPTY_ROOT, type Entry } from "../../src/core/tree/entry.ts";
import { eitherIgnores, ignoreRules, type Ignores } from "../../src/core/ignore/ignore.ts";
import { compareKey, nameOf, type Path } from "../../src/core/tree/path.ts";
import { TreeEditor } from "../../src/core/tree/tree.ts";
import type { SimulatedComputer } from "./computer.ts";
import type { Node } from "./volume.ts";
import { isOwn } from "./own.ts";

/** `leftover`: a folder that is here for nothing but what is ignored in it (RULES I3). */
type Shown = Map<string, { path: string; node: Node; text: string; leftover: boolean }>;

/** The paths in which two folders differ without a problem that says so. */
export function untoldDifferences(one: SimulatedComputer, other: SimulatedComputer): string[] {
  const shown = bothShown(one, other);
  const told = tells(one, other);
  const found: string[] = [];
  for (const key of new Set(shown.flatMap((side) => [...side.keys()]))) {
    const [here, there] = shown.map((side) => side.get(key));
    if (here?.text === there?.text || told(here?.path ?? there!.path) || told(key)) continue;
    if (!(here && there) && (here ?? there)!.leftover) continue;
    found.push(`${key}: ${here?.text ?? "nothing"} / ${there?.text ?? "nothing"}`);
  }
  return found;
}

/** Whether either program tells a problem at, above or below a path. */
export function tells(...computers: SimulatedComputer[]): (path: string) => boolean {
  const problems = computers.flatMap(problemPathsOf).map((path) => compareKey(path, true));
  return (path) => problems.some((problem) => isOn(compareKey(path, true), problem));
}

/** The root digest of what is really in a folder; null where problems leave something out. */
export function rootDigestOf(one: SimulatedComputer, other: SimulatedComputer): string | null {
  if ([one, other].some((computer) => problemPathsOf(computer).length > 0)) return null;
  if ([one, other].some(({ volume }) => !volume.kind.executable)) return null; // There the bit is as agreed, which no disk knows.
  const [here] = bothShown(one, other);
  if ([...here!.values()].some(({ leftover }) => leftover)) return null;
  const editor = new TreeEditor(EMPTY_ROOT as DirectoryEntry);
  for (const [key, { path, node }] of [...here!].sort(([a], [b]) => a < b ? -1 : 1)) {
    editor.set(key as Path, entryOf(node, nameOf(path as Path)));
  }
  return new TreeDigest(textDigest).sum(editor.done()).digest;
}

function entryOf(node: Node, name: string): Entry {
  const { kind, key: digest, target, executable, data, mtime, id } = node;
  if (kind === "directory") return { ...EMPTY_ROOT, name, children: new Map() };
  if (kind === "link") return { kind, name, target, digest: textDigest(target) };
  return { kind, name, size: data.length, mtime, executable, digest, id, born: 0 };
}

function bothShown(one: SimulatedComputer, other: SimulatedComputer): Shown[] {
  const folds = one.volume.kind.foldsCase || other.volume.kind.foldsCase;
  const bits = one.volume.kind.executable && other.volume.kind.executable;
  const ignores = eitherIgnores(rulesOf(one, folds), rulesOf(other, folds));
  return [one, other].map((computer) => shownOf(computer, folds, bits, ignores));
}

function shownOf(
  { volume, folder }: SimulatedComputer,
  folds: boolean,
  bits: boolean,
  ignores: Ignores,
): Shown {
  const shown: Shown = new Map();
  const ignored: string[] = [];
  for (const [path, node] of volume.below(folder, isOwn)) {
    const isIgnored = ignores(path as Path, nameOf(path as Path), node.kind === "directory");
    if (isIgnored) ignored.push(`${path}/`);
    if (isIgnored || ignored.some((above) => path.startsWith(above))) continue;
    const content = node.kind === "directory"
      ? ""
      : ` ${node.key.slice(0, 16)}${bits && node.executable ? " x" : ""}`;
    const key = path.split("/").map((name) => compareKey(name, folds)).join("/");
    shown.set(key, { path, node, text: `${node.kind}${content}`, leftover: false });
  }
  const full = new Set(
    [...shown.values()].filter(({ node }) => node.kind !== "directory").flatMap(foldersOf),
  );
  for (const entry of shown.values()) {
    const hides = ignored.some((path) => path.startsWith(`${entry.path}/`));
    entry.leftover = entry.node.kind === "directory" && hides && !full.has(entry.path);
  }
  return shown;
}

/** The folders a path is in. */
function foldersOf({ path }: { path: string }): string[] {
  const names = path.split("/");
  return names.slice(1).map((_, depth) => names.slice(0, depth + 1).join("/"));
}

function rulesOf({ volume, folder }: SimulatedComputer, folds: boolean): Ignores {
  const node = volume.find(`${folder}${volume.separator}.tcpsyncignore`);
  return ignoreRules(node?.kind === "file" ? new TextDecoder().decode(node.data) : "", folds);
}

function problemPathsOf({ client }: SimulatedComputer): string[] {
  return client?.status().flatMap(({ problems }) => problems.map(({ path }) => path)) ?? [];
}

function isOn(path: string, problem: string): boolean {
  return path === problem || path.startsWith(`${problem}/`) || problem.startsWith(`${path}/`);
}
