// What of a folder cannot be watched, and why.

/** There are too few watches, no further watch can be opened, or none tells of anything. */
export const UNWATCHED_WHY = ["watches", "instances", "deaf"] as const;

/** So many of the folders in it are watched; the others are looked at now and then. */
export interface Unwatched {
  why: (typeof UNWATCHED_WHY)[number];
  watched: number;
  folders: number;
}
