// What stands on a terminal after the bytes written to it: a small emulator of the few controls a line editor uses.

import { within } from "./within.ts";

/** A screen to write to, look at and wait on. */
export interface ScreenReader {
  write(text: string): void;
  /** The lines so far; trailing blanks count only where the cursor stands behind them. */
  lines(): string[];
  /** Resolves when `seen` holds, at once or after a write. Rejects with the screen after a minute in vain. */
  until(seen: (lines: string[]) => boolean): Promise<void>;
}

/** A screen of endless height; lines wrap at `columns`. */
export function createScreenReader(columns: number): ScreenReader {
  const rows: string[][] = [[]];
  let [row, column, unread] = [0, 0, ""];
  const waiting: { seen: (lines: string[]) => boolean; done: () => void }[] = [];

  const put = (character: string) => {
    if (column >= columns) down();
    const line = rows[row]!;
    while (line.length < column) line.push(" ");
    line[column++] = character;
  };
  const down = () => {
    row++;
    column = 0;
    while (rows.length <= row) rows.push([]);
  };
  const control = (number: string, letter: string) => {
    const n = number === "" ? 1 : Number(number);
    const line = rows[row]!;
    if (letter === "A") row = Math.max(0, row - n);
    else if (letter === "B") row = Math.min(rows.length - 1, row + n);
    else if (letter === "C") column += n;
    else if (letter === "D") column = Math.max(0, column - n);
    else if (letter === "G") column = Math.max(0, n - 1);
    else if (letter === "J") {
      line.length = Math.min(line.length, column);
      rows.length = row + 1;
    } else if (letter === "K" && number === "2") line.length = 0;
    else if (letter === "K" && number !== "1") line.length = Math.min(line.length, column);
  };
  const read = () => {
    while (unread !== "") {
      // deno-lint-ignore no-control-regex
      const escape = /^\x1b\[\??([\d;]*)([A-Za-z])/.exec(unread);
      if (escape) control(escape[1]!, escape[2]!);
      else if (unread.startsWith("\x1b") && unread.length < 12 && !unread.includes("\n")) return;
      else if (unread[0] === "\r") column = 0;
      else if (unread[0] === "\n") down();
      else if (unread[0]! >= " ") put(unread[0]!);
      unread = unread.slice(escape?.[0].length ?? 1);
    }
  };
  const lines = () => {
    return rows.map((line, at) => {
      const text = line.join("");
      return at === row ? text.trimEnd().padEnd(Math.min(column, text.length)) : text.trimEnd();
    });
  };

  return {
    lines,
    write(text) {
      unread += text;
      read();
      for (const wait of [...waiting]) if (wait.seen(lines())) wait.done();
    },
    until(seen) {
      if (seen(lines())) return Promise.resolve();
      const { promise, resolve } = Promise.withResolvers<void>();
      const wait = { seen, done: () => (waiting.splice(waiting.indexOf(wait), 1), resolve()) };
      waiting.push(wait);
      return within(promise, () => lines().join("\n"));
    },
  };
}
