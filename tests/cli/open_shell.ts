// A terminal that is not there: keys go in, a screen comes out; and a shell on it.

import { PassThrough, Writable } from "node:stream";
import { type PreparedShell, prepareShell } from "../../src/cli/prompt/shell.ts";
import type { FakeClient } from "./fake_client.ts";
import { createScreenReader } from "./screen_reader.ts";

/** A terminal's two ends, and what stands on its screen. */
export function openEnds() {
  const input = new PassThrough();
  const screen = createScreenReader(80);
  const output = Object.assign(
    new Writable({
      write(bytes, _encoding, done) {
        screen.write(String(bytes));
        done();
      },
    }),
    { columns: 80, rows: 30, isTTY: true },
  );
  return { input, output, screen };
}

/** A shell on a terminal of its own, and what stands on its screen. */
export function openShell(client: FakeClient, options: { yes?: boolean; folder?: string | undefined } = {}) {
  const { input, output, screen } = openEnds();
  const shell: PreparedShell = prepareShell({
    name: "alice",
    fingerprint: "27182",
    folder: "folder" in options ? options.folder : "/f",
    yes: options.yes ?? false,
    checkFolder: (text) => text,
    ends: { input, output },
  });
  return { shell, screen, type: (keys: string) => input.write(keys), end: () => input.end(), client };
}
