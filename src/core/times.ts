// Lengths of time that several rooms count in.

/** A day, in ms. */
export const DAY_MS = 24 * 3600 * 1000;
