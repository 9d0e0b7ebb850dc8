// The few signatures we use of deno-std, which carries no types. Name this file at the import: `// @ts-types="…"`.

/** `@std/cli/parse-args`: every flag in `collect` comes back as an array; an unknown flag goes to `unknown`. */
export function parseArgs(args: readonly string[], options: {
  string?: readonly string[];
  boolean?: readonly string[];
  collect?: readonly string[];
  alias?: Record<string, string>;
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}): { _: (string | number)[]; [flag: string]: unknown };

/** `@std/fmt/bytes`: `12345` is `12.3 kB`. */
export function format(bytes: number, options?: { maximumFractionDigits?: number }): string;

/** `@std/path`. */
export function join(...parts: string[]): string;
/** `@std/path`: absolute and normalized. */
export function resolve(...parts: string[]): string;
/** `@std/path`. */
export function dirname(path: string): string;
