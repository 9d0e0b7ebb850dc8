// Checks single values of an archive. SQLite looks after its own pages only: a number in a text's place it gives as it is. Each check throws.

export const isText = (value: unknown) => typeof value === "string";
export const isCount = (value: unknown) => Number.isSafeInteger(value) && value as number >= 0;
export const isTime = (value: unknown) => typeof value === "number" && Math.abs(value) <= 8.64e15;
export const isNullOr = (is: (value: unknown) => boolean, value: unknown) => value === null || is(value);
export const isDigest = (value: unknown) =>
  value instanceof Uint8Array && (value.length === 0 || value.length === 32);

export function checkPath(path: unknown): void {
  expect(isText(path) && path !== "", "a path");
}

/** Values as they are decoded. */
export function asText(value: unknown): string {
  expect(isText(value), "a text");
  return value as string;
}

export function asCount(value: unknown): number {
  expect(isCount(value), "a count");
  return value as number;
}

/** In whole ms. */
export function asTime(value: unknown): number {
  expect(isTime(value), "a time");
  return Math.trunc(value as number);
}

export function asFlag(value: unknown): boolean {
  expect(typeof value === "boolean", "a yes or a no");
  return value as boolean;
}

export function asList(value: unknown): unknown[] {
  expect(Array.isArray(value), "a list");
  return value as unknown[];
}

export function checkCount(count: unknown): void {
  expect(isCount(count), "a count");
}

/** Throws, saying what is damaged. */
export function expect(fact: boolean, what: string): void {
  if (!fact) throw new Error(`the archive is damaged: ${what} is none`);
}
