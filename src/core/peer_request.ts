// What people ask of each other beyond what their folders show, and what comes of it on the other side.

/** What a person asks of the other side: that a batch is undone there too, or that a conflict counts as settled. */
export type PeerRequest = { id: string; undo: number } | {
  id: string;
  settled: { path: string; kept: string };
};

/** What came of a request: how many paths are as before, and the first that stay as they are, with the reason. */
export interface Heard {
  /** The request that this answers. */
  id: string;
  /** The batch that is undone. */
  batch: number;
  /** How many paths are as they were before it. */
  back: number;
  /** The first that stay as they are. */
  left: { path: string; reason: string }[];
}
