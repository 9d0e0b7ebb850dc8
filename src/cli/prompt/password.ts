// The server's password, from where a person keeps it: the first line of a file, or typed unseen on the terminal.

import { UserError } from "../../core/failure.ts";
import { describeFailure } from "../../fs/failure.ts";
import { readBeginning } from "../../fs/folder.ts";
import { LONGEST_PASSWORD } from "../../wire/control.ts";
import type { Prompts } from "./prompts.ts";
import { words } from "../words.ts";

/** More bytes than the longest password takes in any encoding, with its line end. */
const MOST_BYTES = 8 * 1024;

/** The first line of the file. `warn` hears what is not as it should be, but no reason to stop. Throws UserError. */
export function readPassword(path: string, warn: (message: string) => void): string {
  const { bytes, shared } = readFile(path);
  if (shared) warn(`Others on this computer can read ${path}: make it yours alone (chmod 600)`);
  const [line = ""] = decode(bytes).split(/\r?\n/, 1);
  if (line === "") throw new UserError(`The first line of ${path} is empty: write the password there`);
  const problem = passwordProblem(line);
  if (problem) throw new UserError(`The first line of ${path} is no password: ${problem}`);
  if (line.includes("\ufffd")) throw new UserError(`${path} is no text: write the password there as UTF-8`);
  return line;
}

/** A password typed twice, the same both times. */
export async function askNewPassword(prompts: Prompts, message: string, empty: boolean): Promise<string> {
  for (let question = message;; question = words.passwordsDiffer) {
    const first = await prompts.password({ message: question, validate: checkPassword(empty) });
    if (first === "") return first;
    const again = await prompts.password({ message: words.passwordAgain, validate: () => true });
    if (again === first) return first;
  }
}

/** A check for the prompts. */
export function checkPassword(empty: boolean): (answer: string) => true | string {
  return (answer) => answer === "" ? empty || words.passwordEmpty : passwordProblem(answer) ?? true;
}

function passwordProblem(password: string): string | undefined {
  return password.length > LONGEST_PASSWORD ? words.passwordLong(LONGEST_PASSWORD) : undefined;
}

function readFile(path: string): { bytes: Uint8Array; shared: boolean } {
  try {
    return readBeginning(path, MOST_BYTES);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new UserError(`There is no password file ${path}: make it, or name another`);
    }
    throw new UserError(`Cannot read the password file ${path}: ${describeFailure(error, path).reason}`);
  }
}

/** Windows' own programs begin a text with a mark, which is no part of it, and some write two bytes a character. */
function decode(bytes: Uint8Array): string {
  const wide = bytes[0] === 0xff && bytes[1] === 0xfe;
  return new TextDecoder(wide ? "utf-16le" : "utf-8").decode(bytes);
}
