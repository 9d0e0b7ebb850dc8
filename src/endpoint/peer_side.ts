// Alpha's knowledge of beta's side: what beta told of its changes, put together with the ancestor both have.

import type { DirectoryEntry } from "../core/tree/entry.ts";
import { Breach, type Problem } from "../core/failure.ts";
import type { Ignores } from "../core/ignore/ignore.ts";
import type { Path } from "../core/tree/path.ts";
import { apply, applyMoves, type Move } from "../core/tree/tree.ts";
import type { MessageOf } from "../wire/message.ts";
import {
  changeFromWire,
  MOST_PROBLEMS,
  moveFromWire,
  pathFromWire,
  problemFromWire,
  resultFromWire,
} from "../wire/rows.ts";
import { trespassOf } from "../core/plan/trespass.ts";
import type { PeerDone } from "./late.ts";

/** How many characters of a path are told. */
const LONGEST_TOLD = 300;

/** All that alpha knows of beta's folder. */
export interface PeerSide {
  /** The ancestor with beta's changes made in it, in the compared form. */
  tree: DirectoryEntry;
  /** beta's renames since the ancestor, in order. */
  moves: Move[];
  /** As beta told them; `MOST_PROBLEMS` at most. */
  problems: Problem[];
  /** What a stop damaged there. */
  damaged: Path[];
  /** What it did of a chunk that is not agreed. */
  done: PeerDone;
}

/** `ignores`: what this side ignores by the rules it has told (I4). Throws Breach. */
export function peerSideFrom(
  messages: readonly MessageOf<"changes">[],
  ancestor: DirectoryEntry,
  ignores: Ignores,
): PeerSide {
  // A peer may well have names that cannot be here, a "\\" among them: they are problems (N2), and never reach this disk.
  const moves = messages.flatMap((message) => message.moves.map((row) => moveFromWire(row, "/")));
  const changes = messages.flatMap((message) => message.rows.map((row) => changeFromWire(row, "/")));
  const tree = apply(applyMoves(ancestor, moves), changes);
  const crossed = trespassOf({ tree, moves, rows: changes }, ignores);
  if (crossed !== null) trespassed(crossed);
  return {
    tree,
    moves,
    problems: messages.flatMap((message) => message.problems).slice(0, MOST_PROBLEMS).map(problemFromWire),
    damaged: messages.flatMap((message) => message.damaged.map((row) => pathFromWire(row, "/"))),
    done: {
      chunk: messages[0]?.chunk ?? "",
      results: messages.flatMap((message) => message.done.map(resultFromWire)),
    },
  };
}

/** Throws Breach: an honest program was told the rules, and sends nothing of what they ignore. */
export function trespassed(path: Path): never {
  throw new Breach(`The peer sent something for ${path.slice(0, LONGEST_TOLD)}, which is ignored here`);
}
