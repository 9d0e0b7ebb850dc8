// What sessions ask about on the terminal of a run that otherwise asks nothing: a prompt that is there only as long as a question is.

import { type Ask, QuestionQueue, type SessionQuestions, sessionQuestions } from "./question_queue.ts";
import { type Editor, type Ends, openEditor } from "./editor.ts";
import { forgetTyped, openKeyboard } from "./keyboard.ts";
import { heldTerminal, type Terminal } from "../output.ts";
import { Questions } from "./answer_router.ts";
import { words } from "../words.ts";

/** A terminal on which questions can come up. Lines printed meanwhile go above the prompt. */
export type AskingTerminal = Terminal & SessionQuestions;

/** Asks below what `terminal` shows; `quit` is called when the person leaves instead of answering. `ends` are for tests. */
export function askingTerminal(terminal: Terminal, quit: () => void, ends?: Ends): AskingTerminal {
  const shown = heldTerminal();
  shown.release(terminal);
  let editor: Editor | undefined;
  const open = () => {
    terminal.status("");
    editor = openEditor({
      ...ends,
      prompt: words.yesOrNoPrompt,
      complete: () => [],
      onBegin: () => questions.begin(),
      onLine: (line) => line === "" || questions.hear(line) || shown.line(words.yesOrNo),
      onQuit() {
        close();
        quit();
      },
    });
    shown.release(editor);
  };
  const close = () => {
    editor?.close();
    editor = undefined;
    shown.release(terminal);
  };
  const questions = new Questions(shown.line);
  const queue = new QuestionQueue({
    say: shown.line,
    questions,
    onWaiting: (waiting) => waiting ? open() : close(),
  });
  let forgetting: Promise<void> | undefined;
  const ask: Ask = async (asked, signal) => {
    // While nothing is asked nobody listens, and what is typed then is no answer to what is asked next.
    if (editor === undefined) {
      forgetting ??= forgetTyped(ends?.input ?? openKeyboard()).finally(() => forgetting = undefined);
      await forgetting;
    }
    return await queue.ask(asked, signal);
  };
  return { line: shown.line, status: shown.status, ...sessionQuestions(ask) };
}
