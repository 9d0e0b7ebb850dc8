// Small checks for values decoded from the wire: each returns the value with its type or throws Breach.

import { HIGHEST } from "../core/count.ts";
import { Breach } from "../core/failure.ts";

/** So much of a reason that the other side gives is kept, for each file that failed: in characters, or in bytes where it comes as bytes. */
export const LONGEST_REASON = 1000;

/** Ends the session: what came is not what this program sends. */
export function breach(what: string): never {
  throw new Breach(`The peer sent a malformed message: ${what}`);
}

/** `longest` in characters as JavaScript counts them. Throws Breach, also for half a character. */
export function asText(value: unknown, longest = 32_000): string {
  // Half a character cannot be said again: it would be another text elsewhere.
  return typeof value === "string" && value.length <= longest && value.isWellFormed()
    ? value
    : breach("text expected");
}

/** For what only ever rises: a count, a generation, a batch. Throws Breach. */
export function asCount(value: unknown): number {
  return asSize(value) <= HIGHEST ? value as number : breach("a number beyond all counts");
}

/** So many bytes: of a file, or of all. */
export function asSize(value: unknown): number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0
    ? value
    : breach("count expected");
}

/** A time in ms; may lie before 1970. */
export function asTime(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) && Math.abs(value) <= 8.64e15
    ? Math.trunc(value)
    : breach("time expected");
}

/** Throws Breach. */
export function asFlag(value: unknown): boolean {
  return typeof value === "boolean" ? value : breach("flag expected");
}

/** Throws Breach. */
export function asBytes(value: unknown): Uint8Array {
  return value instanceof Uint8Array ? value : breach("bytes expected");
}

/** Throws Breach; what is in it is checked by whoever reads it. */
export function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : breach("list expected");
}

/** Throws Breach; its values are checked by whoever reads them. */
export function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as Record<string, unknown>
    : breach("record expected");
}

/** Throws Breach. */
export function asOneOf<T extends string>(value: unknown, allowed: readonly T[]): T {
  return allowed.includes(value as T) ? value as T : breach(`one of ${allowed.join(", ")} expected`);
}
