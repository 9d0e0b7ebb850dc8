// Checks single values of an archive. SQLite checks its own pages only: from a text column it may return a number. The functions throw,
// the constants only tell.

/** Whether it is text. */
export const isText = (value: unknown): boolean => typeof value === "string";
/** Whether it is a whole number, not below 0, that JavaScript holds exactly. */
export const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && value as number >= 0;
/** Whether it is a time in ms that a Date can hold. */
export const isTime = (value: unknown): boolean => typeof value === "number" && Math.abs(value) <= 8.64e15;
/** Whether it is null, or what `is` says. */
export const isNullOr = (is: (value: unknown) => boolean, value: unknown): boolean =>
  value === null || is(value);
/** Whether it is a SHA-256 of 32 bytes, or empty: not known. */
export const isDigest = (value: unknown): boolean =>
  value instanceof Uint8Array && (value.length === 0 || value.length === 32);

/** A path in any form, but not that of the root. */
export function checkPath(path: unknown): void {
  expect(isText(path) && path !== "", "a path");
}

/** A decoded text. */
export function asText(value: unknown): string {
  expect(isText(value), "a text");
  return value as string;
}

/** A decoded count: see `isCount`. */
export function asCount(value: unknown): number {
  expect(isCount(value), "a count");
  return value as number;
}

/** A decoded time, in whole ms. */
export function asTime(value: unknown): number {
  expect(isTime(value), "a time");
  return Math.trunc(value as number);
}

/** A decoded yes or no. */
export function asFlag(value: unknown): boolean {
  expect(typeof value === "boolean", "a yes or a no");
  return value as boolean;
}

/** A decoded list, whose values are still to be checked. */
export function asList(value: unknown): unknown[] {
  expect(Array.isArray(value), "a list");
  return value as unknown[];
}

/** See `isCount`. */
export function checkCount(count: unknown): void {
  expect(isCount(count), "a count");
}

/** Throws, saying what is damaged. */
export function expect(fact: boolean, what: string): void {
  if (!fact) throw new Error(`the archive is damaged: ${what} is none`);
}
