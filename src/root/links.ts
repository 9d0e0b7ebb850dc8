// The runtime lets only a thread that may use every file make links. The engine may not, so it asks the main thread and waits. The main
// thread makes no link outside the root, none through a link, and none that leads out of the root from where it is made. A link that is
// staged or kept in the private folder lies deeper there than in its place (transition/versions.ts), so this holds for that link too.
// Nothing here keeps the engine from renaming a link, like any file of the root, to a place from which it leads out.

import { linkProblem } from "../core/link.ts";
import { nameOf, namesOf, parentOf, type Path } from "../core/tree/path.ts";
import type { Disk } from "../fs/port.ts";

/** What the engine asks for. */
export interface LinkRequest {
  link: { target: string; path: string };
}

/** How making it failed, with what tells such errors apart. */
interface LinkRefusal {
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
export function askingForLinks(
  disk: Disk,
  ask: (request: LinkRequest) => void,
  memory: SharedArrayBuffer,
): Disk {
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
export function answerLinkRequest(
  disk: Disk,
  folder: string,
  { link }: LinkRequest,
  memory: SharedArrayBuffer,
) {
  let text = "";
  try {
    makeLinkIn(disk, folder, link.target, link.path);
  } catch (error) {
    const { name, message } = error as Error;
    text = JSON.stringify({ name, message: message.slice(0, LONGEST_MESSAGE) } satisfies LinkRefusal);
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
  const reason = linkProblem(parentOf(path), target.replaceAll(disk.separator, "/"));
  if (reason) throw new Error(`${nameOf(path)}: ${reason}`);
  disk.makeLink(target, native);
}

/** The path inside the root. Throws when it is not inside, or a folder on the way is none. */
function pathIn(disk: Disk, folder: string, native: string): Path {
  const root = folder.replace(/[/\\]+$/, "") + disk.separator;
  const path = native.slice(root.length).replaceAll(disk.separator, "/") as Path;
  const plain = path.split("/").every((name) => name !== "" && name !== "." && name !== "..");
  if (!native.startsWith(root) || !plain) {
    throw new Error(`a link at ${native} would not be in the folder ${folder}`);
  }
  let parent = root;
  for (const name of namesOf(parentOf(path))) {
    parent += name;
    const kind = disk.stat(parent)?.kind ?? "directory"; // One that is missing the system tells of.
    if (kind !== "directory") {
      throw new Error(`a link at ${path} would be made through ${name}, a ${kind}`);
    }
    parent += disk.separator;
  }
  return path;
}

function readRefusal(memory: SharedArrayBuffer, bytes: number): LinkRefusal | null {
  if (bytes === 0) return null;
  // A copy: the decoder takes no shared memory.
  return JSON.parse(new TextDecoder().decode(new Uint8Array(memory, TEXT_AT, bytes).slice())) as LinkRefusal;
}

function revive({ name, message }: LinkRefusal): Error {
  const known = (Deno.errors as unknown as Record<string, new (message: string) => Error>)[name];
  return known ? new known(message) : new Error(message);
}
