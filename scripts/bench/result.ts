// What was measured, as JSON: one row for each work and corpus, and in it one figure for each program.

import type { Sample, Unit } from "./bout.ts";

export interface Result {
  /** What it ran on, in words. */
  machine: string;
  rows: Row[];
}

export interface Row {
  work: string;
  /** Of which corpus. */
  of: string;
  unit: Unit;
  /** When, as YYYY-MM-DD. */
  date: string;
  /** What else the machine had to do when this began: processes that wanted to run, over a minute. */
  load: number;
  figures: Figure[];
  /** Who is not among the figures, and why. */
  unmeasured: { program: string; why: string }[];
}

export interface Figure {
  program: string;
  version: string;
  /** In the row's unit. */
  values: number[];
  /** Bytes over the line, both ways. */
  wire?: number;
  /** Median seconds of processor, and peak bytes of memory, of each process. */
  cost?: Record<string, { cpu: number; peak: number }>;
}

/** The middle one, or the one that `share` of them do not exceed. */
export function quantile(values: readonly number[], share = 0.5): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? NaN;
}

/** The rows of samples from all rounds; `versions` names each program that took part. */
export function rowsOf(
  samples: readonly Sample[],
  at: { of: string; date: string; load: number },
  versions: ReadonlyMap<string, string>,
  failures: readonly { program: string; why: string }[],
): Row[] {
  // In the order in which they were timed: bytes were counted before that.
  const works = new Set(samples.filter(({ values }) => values.length > 0).map(({ row }) => row));
  return [...works].map((work) => {
    const all = samples.filter(({ row }) => row === work);
    const figures = [...versions].map(([program, version]) =>
      figureOf(program, version, all.filter((sample) => sample.program === program))
    ).filter(({ values }) => values.length > 0);
    const unmeasured = failures.filter((failure) =>
      figures.every(({ program }) => program !== failure.program)
    );
    return { work, unit: all[0]!.unit, ...at, figures, unmeasured };
  });
}

function figureOf(program: string, version: string, samples: readonly Sample[]): Figure {
  const wires = samples.flatMap(({ wire }) => wire ?? []);
  const costs = samples.flatMap(({ cost }) => cost ? [cost] : []);
  const names = [...new Set(costs.flatMap((cost) => Object.keys(cost)))];
  const of = (name: string, what: "cpu" | "peak") =>
    quantile(costs.flatMap((cost) => cost[name]?.[what] ?? []));
  return {
    program,
    version,
    values: samples.flatMap(({ values }) => values),
    ...wires.length > 0 ? { wire: quantile(wires) } : {},
    ...names.length > 0
      ? {
        cost: Object.fromEntries(
          names.map((name) => [name, { cpu: of(name, "cpu"), peak: of(name, "peak") }]),
        ),
      }
      : {},
  };
}

/** What is known by now: rows measured anew replace those of before. */
export function merged(before: Result | null, machine: string, rows: readonly Row[]): Result {
  const key = ({ work, of }: Row) => `${work} ${of}`;
  const anew = new Set(rows.map(key));
  return { machine, rows: [...before?.rows.filter((row) => !anew.has(key(row))) ?? [], ...rows] };
}
