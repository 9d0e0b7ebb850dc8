// Where the ancestor of a pair stands on one side.

/** Where a pair's ancestor stands; `oldest` is the earliest generation it can be taken back to. */
export interface Agreement {
  /** The name both archives have for it; "" before the first meeting, and after doubt. */
  history: string;
  /** The number of the last commit; 0: none yet. */
  generation: number;
  /** As `generation` where none can be taken back. */
  oldest: number;
}

/** The same, as a side tells it when the two meet. */
export interface HistoryState extends Agreement {
  /** The number of the last batch this side knows of. */
  batch: number;
}
