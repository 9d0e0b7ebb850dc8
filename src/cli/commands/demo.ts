// `tcpsync --demo`, and the menu's "try it here".

import { join } from "@std/path";
import { EXIT, UserError } from "../../core/failure.ts";
import { folderState, makeFolder, makeTemporaryFolder, readTexts, removePath } from "../../fs/folder.ts";
import type { Emit } from "../../core/event.ts";
import { type Demo, fillFolders, playStep, same, startDemo, STEPS } from "../demo.ts";
import { printable } from "../escape.ts";
import { createOutput, plainTerminal, type Terminal } from "../output.ts";
import { homeFolder, thisPlace } from "../place.ts";
import { createScreen } from "../screen.ts";
import { onStop } from "../stop.ts";
import { words } from "../words.ts";

/** Plays the demonstration; 0 only when every change arrived. With `keep` it goes on, for the person, until Ctrl+C. */
export async function runDemo({ keep }: { keep: boolean }): Promise<number> {
  const stop = Promise.withResolvers<void>();
  const forget = onStop(stop.resolve);
  const terminal = plainTerminal(createOutput(stop.resolve));
  const temporary = makeTemporaryFolder();
  const base = keep ? freeFolder() : temporary;
  const folders = { alice: join(base, "alice"), bob: join(base, "bob") };
  Object.values(folders).forEach(makeFolder);
  fillFolders(folders);
  terminal.line(words.demoFolders(printable(folders.alice), printable(folders.bob)));

  let shown = false;
  const screens = { alice: namedScreen("alice", terminal), bob: namedScreen("bob", terminal) };
  const shownBy = (emit: Emit): Emit => (event) => shown ? emit(event) : undefined;
  const demo = await startDemo(folders, join(temporary, "state"), {
    alice: shownBy(screens.alice),
    bob: shownBy(screens.bob),
  });
  try {
    const code = await Promise.race([play(demo, terminal), stop.promise.then(() => EXIT.incomplete)]);
    if (keep && code === EXIT.inSync) {
      terminal.line(words.demoYours);
      shown = true;
      await stop.promise;
    }
    return code;
  } finally {
    shown = false;
    await demo.close();
    await removePath(temporary);
    if (!keep) terminal.line(words.demoRemoved);
    forget();
  }
}

/** All the steps, then whether the two folders are the same. */
async function play(demo: Demo, terminal: Terminal): Promise<number> {
  let done = 0;
  for (const step of STEPS) {
    try {
      const ms = await playStep(demo, step);
      terminal.line(words.demoStep(step.what, ms));
      done++;
    } catch (error) {
      terminal.line(words.demoFailed(step.what, (error as Error).message));
      break;
    }
  }
  return summary(demo, done, terminal);
}

function summary({ folders, alice }: Demo, done: number, terminal: Terminal): number {
  terminal.line(words.demoSummary(done, STEPS.length));
  for (const [name, folder] of Object.entries(folders)) {
    terminal.line(words.demoHolds(name, [...readTexts(folder).keys()].map(printable)));
  }
  if (!same(folders) || done < STEPS.length) {
    terminal.line(words.demoDifferent);
    return EXIT.incomplete;
  }
  const { files = 0, digest = "" } = alice.status()[0] ?? {};
  terminal.line(words.demoSame(files, digest));
  return EXIT.inSync;
}

/** A screen whose lines say whose they are. */
function namedScreen(name: string, terminal: Terminal): Emit {
  return createScreen({ line: (text) => terminal.line(`${name.padEnd(5)} | ${text}`), status: () => {} });
}

/** `~/tcpsync-demo`, or the first such name that is free. */
function freeFolder(): string {
  const home = homeFolder(thisPlace()) ?? ".";
  for (let number = 1; number < 1000; number++) {
    const folder = join(home, number === 1 ? "tcpsync-demo" : `tcpsync-demo-${number}`);
    if (folderState(folder) === "missing") return folder;
  }
  throw new UserError(`${join(home, "tcpsync-demo")} and 998 more are in use: remove some`);
}
