// Tries what it is told to in a worker that may do little, as the engine has it.

import { DatabaseSync } from "node:sqlite";
import { realDisk } from "../../src/fs/real.ts";
import { askingForLinks, type LinkRequest } from "../../src/root/links.ts";

/** A method of the disk and its arguments, or one of `OTHERS`. */
export type Attempt = [what: string, ...args: unknown[]];

const OTHERS: Record<string, (text: string) => unknown> = {
  database: (path) => new DatabaseSync(path).close(),
  environment: (name) => Deno.env.get(name),
  listen: (hostname) => Deno.listen({ hostname, port: 0 }).close(),
  run: (program) => new Deno.Command(program, { args: ["--version"] }).outputSync(),
};

const scope = self as unknown as {
  onmessage: (event: MessageEvent<{ attempts: Attempt[]; memory: SharedArrayBuffer }>) => void;
  postMessage(message: LinkRequest | string[]): void;
};

scope.onmessage = ({ data: { attempts, memory } }) => {
  const disk = askingForLinks(realDisk, (request) => scope.postMessage(request), memory);
  const calls = { ...disk, ...OTHERS } as unknown as Record<string, (...args: unknown[]) => unknown>;
  scope.postMessage(attempts.map(([what, ...args]) => {
    try {
      const opened = calls[what]!(...args);
      if (opened instanceof Object && "close" in opened) (opened.close as () => void)();
      return "done";
    } catch (error) {
      return (error as Error).name;
    }
  }));
};
