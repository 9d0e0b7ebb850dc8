// What one side holds, for the proof of sameness (session/sameness.ts).

import type { TreeSum } from "../core/tree/digest.ts";

/** What one side holds. */
export interface Holding extends TreeSum {
  /** The number of the last commit: sums of two generations are not compared. */
  generation: number;
  /** How many changes make the agreed tree into this folder as it was last looked at. */
  apart: number;
  /** How long ago the last look at everything began, in ms. What changed since is known from the watch alone. */
  looked: number;
  /** How long ago the content that was read longest ago was read, in ms; null when nobody knows. */
  read: number | null;
  /** How long ago what is on disks that tell of no changes made elsewhere was looked at, in ms; null: there is no such. */
  mute: number | null;
}
