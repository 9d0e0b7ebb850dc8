// What a watch tells of a path, and what that means.

/** The kinds of a path's events in their order, none twice in a row. */
export type Kinds = readonly Deno.FsEvent["kind"][];

export interface Told<P extends string = string> {
  path: P;
  kinds: Kinds;
}

/** Something may have been written into what is there. On Linux "access" means that somebody who wrote has closed it; for a file that
 * was written by way of the memory it is the only word. */
export function wasWritten(kinds: Kinds): boolean {
  return kinds.some((kind) => kind === "modify" || kind === "access");
}

/** What is there may be another thing: made, removed, renamed. */
export function wasPlaced(kinds: Kinds): boolean {
  return kinds.some((kind) => kind !== "modify" && kind !== "access");
}

/** More of them add nothing: the last ones count. */
const MOST_KINDS = 8;

/** The kinds with one more. */
export function withKind(kinds: Kinds | undefined, kind: Kinds[number]): Kinds {
  if (!kinds) return [kind];
  return kinds.at(-1) === kind ? kinds : [...kinds, kind].slice(-MOST_KINDS);
}
