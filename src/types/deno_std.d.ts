// The few signatures we use of deno-std, which carries no types: deno.json (compilerOptions.types) gives them to every import, by its name.
// `@std/assert` is for tests alone, and goes without.

declare module "@std/cli/parse-args" {
  /** Every flag in `collect` comes back as an array; an unknown flag goes to `unknown`. */
  export function parseArgs(args: readonly string[], options: {
    string?: readonly string[];
    boolean?: readonly string[];
    collect?: readonly string[];
    alias?: Record<string, string>;
    unknown?: (arg: string, key?: string, value?: unknown) => unknown;
  }): { _: (string | number)[]; [flag: string]: unknown };
}

declare module "@std/fmt/bytes" {
  /** `12345` is `12.3 kB`. */
  export function format(bytes: number, options?: { maximumFractionDigits?: number }): string;
}

declare module "@std/path" {
  /** With this system's separator between the parts, normalized. */
  export function join(...parts: string[]): string;
  /** Absolute and normalized. */
  export function resolve(...parts: string[]): string;
  /** Without the last part, and without a separator at its end. */
  export function dirname(path: string): string;
}
