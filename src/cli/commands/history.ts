// `tcpsync history --folder DIR` and its like: what the shell's commands do, where no client runs.
//
// Exit codes: 0 done; 1 something is left for a person: a conflict is listed, or a path stays as it is; 2 a conflict could not be
// settled now; 3 no such folder, batch or path, a running client has the folder, or an undo was not said yes to.

import { EXIT, UserError } from "../../core/failure.ts";
import { askOffline } from "../../root/offline.ts";
import type { HistoryService } from "../../history/history_service.ts";
import type { HistoryCommand } from "../command.ts";
import { printable } from "../escape.ts";
import { jsonLine } from "../json.ts";
import { forgetTyped, openKeyboard } from "../prompt/keyboard.ts";
import { printText } from "../output.ts";
import { conflictObject, historyObjects, whyObject } from "../history/json.ts";
import { conflictLines, historyLines, leftLines, undoneLines, whyLines } from "../history/lines.ts";
import type { HistoryObject } from "../history/objects.ts";
import { historyWords } from "../history/words.ts";
import { thisPlace } from "../place.ts";
import { leftByKey, terminalPrompts } from "../prompt/prompts.ts";
import { isEmpty, undoPlanLines, undoPlanObject } from "../history/undo_lines.ts";
import { undoWords } from "../history/undo_words.ts";
import { words } from "../words.ts";

/** What is said of an answer, and how it ends. */
interface Said {
  lines: string[];
  objects: HistoryObject[];
  code: number;
}

/** Asks, prints the answer, and gives the exit code. Rejects with UserError. */
export async function runHistory(command: HistoryCommand): Promise<number> {
  const { asks } = command;
  if (asks === "undo") return await undo(command);
  return print(
    command,
    askOffline(
      command.folder,
      command.stateDir,
      (historyService) => ask(historyService, { ...command, asks }),
    ),
  );
}

function print({ json }: HistoryCommand, { lines, objects, code }: Said): number {
  const said = json ? objects.map(jsonLine) : lines;
  if (said.length > 0) printText(said.join("\n"));
  return code;
}

/** Says what it means, asks, and does it. The folder is held by nobody while the person thinks: it is looked at anew then. */
async function undo(command: HistoryCommand): Promise<number> {
  const { folder, stateDir, peer, batch, yes, json } = command;
  const plan = askOffline(folder, stateDir, (historyService) => historyService.planUndo(peer, batch));
  const code = plan.stays.length > 0 ? EXIT.unresolved : EXIT.inSync;
  print(command, { lines: undoPlanLines(plan), objects: [undoPlanObject(plan)], code });
  if (isEmpty(plan)) return code;
  if (!json && !await isWanted(undoWords.ask(plan.batch, printable(plan.peer)), yes)) return EXIT.fatal;
  const undone = askOffline(folder, stateDir, (historyService) => historyService.undo(plan.peer, plan.batch));
  return print(command, {
    lines: undoneLines(undone, false),
    objects: [{ state: "done", ...undone }],
    code: undone.left.length > 0 ? EXIT.unresolved : EXIT.inSync,
  });
}

async function isWanted(question: string, yes: boolean): Promise<boolean> {
  if (yes) {
    printText(words.answeredYes);
    return true;
  }
  if (!thisPlace().terminal) throw new UserError(undoWords.notAsked);
  await forgetTyped(openKeyboard());
  const wanted = await leftByKey(terminalPrompts().confirm({ message: question, default: false })) ?? false;
  if (!wanted) printText(undoWords.left);
  return wanted;
}

type HistoryQuestion = HistoryCommand & { asks: Exclude<HistoryCommand["asks"], "undo"> };

function ask(historyService: HistoryService, { asks, path = "", side }: HistoryQuestion): Said {
  switch (asks) {
    case "history": {
      const history = historyService.history(path);
      return { lines: historyLines(history), objects: historyObjects(history), code: EXIT.inSync };
    }
    case "why": {
      const why = historyService.why(path);
      return { lines: whyLines(why, []), objects: [whyObject(why)], code: EXIT.inSync };
    }
    case "conflicts": {
      const conflicts = historyService.conflicts();
      const code = conflicts.length > 0 ? EXIT.unresolved : EXIT.inSync;
      return { lines: conflictLines(conflicts), objects: conflicts.map(conflictObject), code };
    }
    case "resolve": {
      const left = historyService.resolve(path, side!);
      const isSettled = left.length === 0;
      const lines = isSettled ? [historyWords.resolved(printable(path), side!)] : leftLines(left);
      return {
        lines,
        objects: [{ path, side: side!, left }],
        code: isSettled ? EXIT.inSync : EXIT.incomplete,
      };
    }
  }
}
