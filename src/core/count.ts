// How far counts go that are told and kept.

/** No honest count is larger, be it of files, of batches or of milliseconds: there is always a next one, and sums of them are exact. */
export const HIGHEST = 2 ** 48;
