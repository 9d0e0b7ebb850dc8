// What of a folder cannot be watched, and why.

/** There are too few watches, no further watch can be opened, or none tells of anything. */
export const UNWATCHED_WHY = ["watches", "instances", "deaf"] as const;

/** So many of the folders in it are watched; the others are looked at now and then. */
export interface Unwatched {
  /** One of `UNWATCHED_WHY`. */
  why: (typeof UNWATCHED_WHY)[number];
  /** So many of them are. */
  watched: number;
  /** All there are. */
  folders: number;
}
