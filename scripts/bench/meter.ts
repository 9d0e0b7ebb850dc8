// What processes cost, as Linux tells it in /proc: seconds of processor, and memory at its peak. Those they started count with them.

import { track } from "./programs.ts";

/** What one process cost. */
export interface Cost {
  /** Seconds of processor, user and system together. */
  cpu: number;
  /** The most memory at once, in bytes; what processes share counts for each. */
  peak: number;
}

const TICKS_A_SECOND = 100;
/** How often memory is looked at: a process that has ended tells of none. */
const SAMPLE_MS = 50;

/** The costs of processes by name, between `begin` and `end`. */
export class Meter {
  readonly #pids = new Map<string, number>();
  readonly #costs = new Map<string, { before: number; last: number; peak: number }>();
  #timer: ReturnType<typeof setInterval> | undefined;

  /** From now on this process counts; `program` may have been another process before. */
  add(program: string, pid: number) {
    this.#pids.set(program, pid);
    this.#costs.set(program, { before: 0, last: 0, peak: 0 });
  }

  begin() {
    for (const [program, pid] of this.#pids) {
      const tree = withChildren(pid);
      if (tree.length === 0) {
        this.#pids.delete(program);
        this.#costs.delete(program);
        continue;
      }
      for (const each of tree) forgetPeak(each);
      const cpu = cpuOf(tree);
      this.#costs.set(program, { before: cpu, last: cpu, peak: 0 });
    }
    this.#timer = setInterval(() => this.#sample(), SAMPLE_MS);
  }

  end(): Record<string, Cost> {
    clearInterval(this.#timer);
    this.#sample();
    const costs = [...this.#costs].map(([program, { before, last, peak }]) =>
      [program, { cpu: last - before, peak }] as const
    );
    return Object.fromEntries(costs);
  }

  /** Runs a program to its end; what it cost is known exactly, if none other of ours ends meanwhile. */
  async run(program: string, command: string, args: string[], env: Record<string, string> = {}) {
    const before = cpuOfEnded();
    const child = new Deno.Command(command, { args, env, stdin: "null", stdout: "null", stderr: "piped" })
      .spawn();
    this.add(program, child.pid);
    track(child.pid, child.status);
    const { success, code, stderr } = await child.output();
    const cost = this.#costs.get(program)!;
    cost.last = cpuOfEnded() - before;
    if (!success) {
      throw new Error(`${command} ended with ${code}: ${new TextDecoder().decode(stderr).slice(0, 500)}`);
    }
  }

  #sample() {
    for (const [program, pid] of this.#pids) {
      const tree = withChildren(pid);
      if (tree.length === 0) continue;
      const cost = this.#costs.get(program)!;
      cost.last = Math.max(cost.last, cpuOf(tree));
      cost.peak = Math.max(cost.peak, sum(tree.map((each) => memoryOf(each, "VmHWM"))));
    }
  }
}

/** What a process holds now, in bytes, with those it started. */
export function residentBytes(pid: number): number {
  return sum(withChildren(pid).map((each) => memoryOf(each, "VmRSS")));
}

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);

/** The text of a file of a process; empty where that has ended. */
function told(pid: number | "self", file: string): string {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/${file}`);
  } catch {
    return "";
  }
}

/** A process and those it started that run; none where it has ended. */
function withChildren(pid: number): number[] {
  if (told(pid, "stat") === "") return [];
  const children = threadsOf(pid).map((thread) => told(pid, `task/${thread}/children`)).join(" ");
  return [
    pid,
    ...children.split(" ").filter((child) => child !== "").flatMap((child) => withChildren(Number(child))),
  ];
}

/** Any of them may have started others. */
function threadsOf(pid: number): string[] {
  try {
    return [...Deno.readDirSync(`/proc/${pid}/task`)].map(({ name }) => name);
  } catch {
    return [];
  }
}

/** Fields of `stat` behind the name of the program: 11 and 12 are its own ticks, 13 and 14 those of its children that have ended. */
function ticks(pid: number | "self", from: number, to: number): number {
  const fields = told(pid, "stat").split(") ").at(-1)!.split(" ");
  return sum(fields.slice(from, to).map(Number)) / TICKS_A_SECOND;
}

const cpuOf = (pids: number[]) => sum(pids.map((pid) => ticks(pid, 11, 15)));
const cpuOfEnded = () => ticks("self", 13, 15);

function memoryOf(pid: number, what: "VmHWM" | "VmRSS"): number {
  return Number(new RegExp(`${what}:\\s+(\\d+)`).exec(told(pid, "status"))?.[1] ?? 0) * 1024;
}

/** From now on the kernel counts the peak anew. */
function forgetPeak(pid: number) {
  try {
    Deno.writeTextFileSync(`/proc/${pid}/clear_refs`, "5");
  } catch {
    // It has ended.
  }
}
