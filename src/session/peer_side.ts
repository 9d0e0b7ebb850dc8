// Alpha's knowledge of beta's side: what beta told of its changes, put together with the ancestor both have.

import type { DirectoryEntry } from "../core/entry.ts";
import type { Path } from "../core/path.ts";
import type { Problem } from "../core/plan.ts";
import { apply, applyMoves, type Move } from "../core/tree.ts";
import type { MessageOf } from "../wire/message.ts";
import {
  changeFromWire,
  MOST_PROBLEMS,
  moveFromWire,
  pathFromWire,
  problemFromWire,
  resultFromWire,
} from "../wire/rows.ts";
import type { PeerDone } from "./late.ts";

export interface PeerSide {
  tree: DirectoryEntry;
  moves: Move[];
  problems: Problem[];
  /** What a stop damaged there. */
  damaged: Path[];
  /** What it did of a chunk that is not agreed. */
  done: PeerDone;
}

/** Throws Breach. */
export function peerSideFrom(messages: readonly MessageOf<"changes">[], ancestor: DirectoryEntry): PeerSide {
  // A peer may well have names that cannot be here, a "\\" among them: they are problems (N2), and never reach this disk.
  const moves = messages.flatMap((message) => message.moves.map((row) => moveFromWire(row, "/")));
  const changes = messages.flatMap((message) => message.rows.map((row) => changeFromWire(row, "/")));
  return {
    tree: apply(applyMoves(ancestor, moves), changes),
    moves,
    problems: messages.flatMap((message) => message.problems).slice(0, MOST_PROBLEMS).map(problemFromWire),
    damaged: messages.flatMap((message) => message.damaged.map((row) => pathFromWire(row, "/"))),
    done: {
      chunk: messages[0]?.chunk ?? "",
      results: messages.flatMap((message) => message.done.map(resultFromWire)),
    },
  };
}
