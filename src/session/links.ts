// Links for the hands. The runtime lets only those make links who may use every file there is, and the hands may not: they ask
// the main thread and wait. It makes no link outside the root, nor one that plainly leads out of it.

// @ts-types="../types/deno_std.d.ts"
import { dirname } from "@std/path";
import { nameOf, namesOf, parentOf, type Path, PRIVATE_NAME } from "../core/path.ts";
import { resolvedPath } from "../fs/confined.ts";
import type { Disk } from "../fs/port.ts";
import { linkProblem } from "../scan/link.ts";

/** What the hands ask for. */
export interface LinkWish {
  link: { target: string; path: string };
}

/** How making it failed, with what tells such errors apart. */
interface Refusal {
  name: string;
  message: string;
}

// The answer in shared memory: whether it is there, how many bytes it has, and a Refusal as JSON, or no byte for "made".
const READY = 0;
const BYTES = 1;
const TEXT_AT = 8;
const LONGEST_MESSAGE = 2000;
/** JSON spells a character with up to 6 bytes. */
const ANSWER_BYTES = TEXT_AT + 6 * LONGEST_MESSAGE + 200;

/** Memory for the answers to one worker. */
export function answerMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(ANSWER_BYTES);
}

/** `disk`, but for its links: those are asked for with `ask`. Waits for each answer, so it serves in a worker only. */
export function askingForLinks(disk: Disk, ask: (wish: LinkWish) => void, memory: SharedArrayBuffer): Disk {
  const state = new Int32Array(memory, 0, 2);
  return {
    ...disk,
    makeLink(target, path) {
      Atomics.store(state, READY, 0);
      ask({ link: { target, path } });
      Atomics.wait(state, READY, 0);
      const refusal = readRefusal(memory, state[BYTES]!);
      if (refusal) throw revive(refusal);
    },
  };
}

/** Makes the link that was asked for if it will be below `folder`, and answers. */
export function answerWish(disk: Disk, folder: string, { link }: LinkWish, memory: SharedArrayBuffer) {
  let text = "";
  try {
    makeLinkIn(disk, folder, link.target, link.path);
  } catch (error) {
    const { name, message } = error as Error;
    text = JSON.stringify({ name, message: message.slice(0, LONGEST_MESSAGE) } satisfies Refusal);
  }
  const bytes = new TextEncoder().encode(text);
  new Uint8Array(memory, TEXT_AT).set(bytes);
  const state = new Int32Array(memory, 0, 2);
  state[BYTES] = bytes.length;
  Atomics.store(state, READY, 1);
  Atomics.notify(state, READY);
}

function makeLinkIn(disk: Disk, folder: string, target: string, native: string) {
  const path = pathIn(disk, folder, native);
  const text = target.replaceAll(disk.separator, "/");
  // What waits or is kept in the private folder belongs elsewhere: from as deep as the text is long, no ".." leads out.
  const isPrivate = namesOf(path)[0] === PRIVATE_NAME;
  const reason = linkProblem(isPrivate ? text as Path : parentOf(path), text);
  if (reason) throw new Error(`${nameOf(path)}: ${reason}`);
  disk.makeLink(target, native);
}

/** The path inside the root. Throws when it is not inside, or a link on the way leads out. */
function pathIn(disk: Disk, folder: string, native: string): Path {
  const root = endedBy(disk.separator, folder);
  const path = native.slice(root.length).replaceAll(disk.separator, "/");
  const plain = path.split("/").every((name) => name !== "" && name !== "." && name !== "..");
  const parent = endedBy(disk.separator, resolvedPath(dirname(native)));
  const top = endedBy(disk.separator, resolvedPath(root));
  if (native.startsWith(root) && plain && parent.startsWith(top)) return path as Path;
  throw new Error(`a link at ${native} would not be in the folder ${folder}`);
}

function endedBy(separator: string, folder: string): string {
  return folder.replace(/[/\\]+$/, "") + separator;
}

function readRefusal(memory: SharedArrayBuffer, bytes: number): Refusal | null {
  if (bytes === 0) return null;
  // A copy: the decoder takes no shared memory.
  return JSON.parse(new TextDecoder().decode(new Uint8Array(memory, TEXT_AT, bytes).slice())) as Refusal;
}

function revive({ name, message }: Refusal): Error {
  const known = (Deno.errors as unknown as Record<string, new (message: string) => Error>)[name];
  return known ? new known(message) : new Error(message);
}
