// One contender at work in one place, and what its acts took.

import type { Contender, Pairing, Place } from "./contender.ts";
import type { Corpus } from "./corpora.ts";
import type { Cost } from "./meter.ts";

/** What one act took in one round. */
export interface Sample {
  row: string;
  program: string;
  unit: Unit;
  /** In that unit; of a row like "saved → seen" one for each save. */
  values: number[];
  /** Bytes over the line, both ways, where there was one. */
  wire?: number;
  cost?: Record<string, Cost>;
}

export type Unit = "s" | "ms" | "% of a core" | "KB";

/** A contender between the two folders of its place. */
export interface Bout {
  contender: Contender;
  place: Place;
  pairing: Pairing;
  corpus: Corpus;
  /** Whether this round is about times; else about bytes on the wire alone. */
  isTimed: boolean;
  tell(sample: Sample): void;
}

/** Measures one act: its time, what crossed the line, and what processes cost. */
export async function measure(bout: Bout, row: string, act: () => Promise<void>): Promise<void> {
  const { contender: { name: program }, place: { meter, line } } = bout;
  const passed = line?.passed ?? 0;
  meter.begin();
  const began = performance.now();
  let seconds = 0;
  try {
    await act();
    seconds = (performance.now() - began) / 1000;
  } finally {
    const cost = meter.end();
    // Who speaks without a wire has no bytes on it.
    const wire = line?.passed ? { wire: line.passed - passed } : {};
    if (seconds) bout.tell({ row, program, unit: "s", values: [seconds], cost, ...wire });
  }
}

/** Tells what was counted or timed otherwise. */
export function tell(
  { contender: { name: program }, tell }: Bout,
  row: string,
  unit: Unit,
  values: number[],
) {
  tell({ row, program, unit, values });
}
