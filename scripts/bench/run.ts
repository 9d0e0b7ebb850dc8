// Runs one work: each contender in its turn at each step, round after round, in folders that are removed again.

import { inTime } from "../../tests/scenarios/program.ts";
import type { Bout, Sample } from "./bout.ts";
import { type Contender, Place } from "./contender.ts";
import type { Corpus } from "./corpora.ts";
import { printed } from "./programs.ts";
import { type Row, rowsOf } from "./result.ts";

/** What is done with one corpus, step by step. */
export interface Work {
  corpus: Corpus;
  contenders: readonly Contender[];
  steps: readonly ((bout: Bout) => Promise<void>)[];
  rounds: number;
  /** Bytes a second each way over a line; null: processes speak directly. */
  rate: number | null;
  /** Whether bytes are counted first, in a round of its own, which is not timed. */
  isCounted: boolean;
}

/** No step takes longer. */
const PATIENCE_S = 1200;

/** Does it in a folder at `place`; `say` hears how far it is. */
export async function run(work: Work, place: string, say: (what: string) => void): Promise<Row[]> {
  const versions = new Map<string, string>();
  const failures: { program: string; why: string }[] = [];
  for (const { name, version } of work.contenders) {
    const its = await version();
    if (its === null) failures.push({ program: name, why: "not installed" });
    else versions.set(name, its);
  }
  const at = {
    of: work.corpus.what,
    date: new Date().toISOString().slice(0, 10),
    load: Deno.loadavg()[0]!,
  };
  const samples: Sample[] = [];
  for (let round = work.isCounted ? 0 : 1; round <= work.rounds; round++) {
    const able = work.contenders.filter(({ name }) =>
      versions.has(name) && failures.every(({ program }) => program !== name)
    );
    const turns = able.map((_, number) => able[(number + round) % able.length]!);
    say(round === 0 ? "bytes are counted" : `round ${round} of ${work.rounds}`);
    const rate = round === 0 ? Infinity : work.rate;
    const isTimed = round > 0;
    const tell = (sample: Sample) => {
      samples.push(isTimed ? sample : { ...sample, values: [], cost: {} });
      if (isTimed) say(`${sample.row}: ${sample.program} ${sample.values[0]?.toFixed(2)} ${sample.unit}`);
    };
    failures.push(...await runRound(work, turns, { place: `${place}/${round}`, rate, isTimed, tell }));
  }
  return rowsOf(samples, at, versions, failures);
}

interface Round {
  place: string;
  rate: number | null;
  isTimed: boolean;
  tell(sample: Sample): void;
}

async function runRound({ corpus, steps }: Work, turns: Contender[], { place, rate, isTimed, tell }: Round) {
  await using open = new AsyncDisposableStack();
  const failures: { program: string; why: string }[] = [];
  const bouts: Bout[] = [];
  for (const [number, contender] of turns.entries()) {
    const its = open.use(new Place(`${place}/${number}`, rate));
    await corpus.into(its.source);
    try {
      const pairing = open.use(await inTime(contender.open(its), contender.name));
      bouts.push({ contender, place: its, pairing, corpus, isTimed, tell });
    } catch (error) {
      failures.push({ program: contender.name, why: reasonOf(error) });
    }
  }
  for (const step of steps) {
    for (const bout of bouts) {
      const { name } = bout.contender;
      if (failures.some(({ program }) => program === name)) continue;
      // What was written before is no part of what comes.
      await printed("sync", []);
      try {
        await inTime(step(bout), name, PATIENCE_S);
      } catch (error) {
        failures.push({ program: name, why: reasonOf(error) });
        await bout.pairing.stop();
      }
    }
  }
  return failures;
}

/** In one line, for a table. */
function reasonOf(error: unknown): string {
  return String(error instanceof Error ? error.message : error).replace(/\s+/g, " ").slice(0, 200);
}
