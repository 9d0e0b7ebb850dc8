// Six digits asked about on the terminal of a run that otherwise asks nothing: a prompt that is there only as long as a question is.

import { DigitQuestions } from "./digits.ts";
import { type Editor, type Ends, openEditor } from "./editor.ts";
import { heldTerminal, type Terminal } from "./output.ts";
import { words } from "./words.ts";

/** A terminal on which questions can come up. Lines printed meanwhile go above the prompt. */
export interface AskingTerminal extends Terminal {
  questions: DigitQuestions;
}

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
    shown.release(terminal);
  };
  const questions = new DigitQuestions({
    say: (text) => shown.line(text),
    onWaiting: (waiting) => waiting ? open() : close(),
  });
  return { line: shown.line, status: shown.status, questions };
}
