// `tcpsync history --folder DIR` and its like: what the shell's commands do, where no client runs.
//
// Exit codes: 0 done; 1 something is left for a person: a conflict is listed, or a path stays as it is; 2 a conflict could not be
// settled now; 3 no such folder, batch or path, or a running client has the folder.

import { EXIT } from "../../core/failure.ts";
import { askOffline } from "../../session/offline.ts";
import type { Past } from "../../session/past.ts";
import type { PastCommand } from "../command.ts";
import { printable } from "../escape.ts";
import { jsonLine } from "../json.ts";
import { printText } from "../output.ts";
import { conflictObject, historyObjects, whyObject } from "../past_json.ts";
import { conflictLines, historyLines, leftLines, undoneLines, whyLines } from "../past_lines.ts";
import { pastWords } from "../past_words.ts";

/** What is said of an answer, and how it ends. */
interface Said {
  lines: string[];
  objects: object[];
  code: number;
}

/** Asks, prints the answer, and gives the exit code. Throws UserError. */
export function runPast(command: PastCommand): number {
  const { lines, objects, code } = askOffline(command.folder, command.stateDir, (past) => ask(past, command));
  const said = command.json ? objects.map(jsonLine) : lines;
  if (said.length > 0) printText(said.join("\n"));
  return code;
}

function ask(past: Past, { asks, path = "", peer, batch, side }: PastCommand): Said {
  switch (asks) {
    case "history": {
      const history = past.history(path);
      return { lines: historyLines(history), objects: historyObjects(history), code: EXIT.inSync };
    }
    case "why": {
      const why = past.why(path);
      return { lines: whyLines(why, []), objects: [whyObject(why)], code: EXIT.inSync };
    }
    case "undo": {
      const undone = past.undo(peer, batch);
      const code = undone.left.length > 0 ? EXIT.unresolved : EXIT.inSync;
      return { lines: undoneLines(undone, false), objects: [undone], code };
    }
    case "conflicts": {
      const conflicts = past.conflicts();
      const code = conflicts.length > 0 ? EXIT.unresolved : EXIT.inSync;
      return { lines: conflictLines(conflicts), objects: conflicts.map(conflictObject), code };
    }
    case "resolve": {
      const left = past.resolve(path, side!);
      const isSettled = left.length === 0;
      const lines = isSettled ? [pastWords.resolved(printable(path), side!)] : leftLines(left);
      return { lines, objects: [{ path, side, left }], code: isSettled ? EXIT.inSync : EXIT.incomplete };
    }
  }
}
