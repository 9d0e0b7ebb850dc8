// What came of the scenarios on one disk, as a row of a table.

import { GROUPS } from "./scenarios.ts";

export interface Outcome {
  /** What the disk lacks, in words. */
  lacks: string;
  groups: Map<string, { passed: number; failed: number; leftOut: number }>;
  passed: number;
  /** The names of those that failed. */
  failed: string[];
}

const LEFT_OUT = "(left out: the disk has";

/** Reads TAP. What is left out for another reason than the disk counts nowhere. */
export function outcomeOf(told: string): Outcome {
  const outcome: Outcome = { lacks: "", groups: new Map(), passed: 0, failed: [] };
  let group = { passed: 0, failed: 0, leftOut: 0 };
  for (const line of told.split(/\r?\n/)) {
    const lacks = /^# lacks: (.*)/.exec(line)?.[1];
    if (lacks !== undefined) outcome.lacks = lacks;
    const file = /^# \S*scenarios\/(\w+)_test\.ts/.exec(line)?.[1];
    if (file !== undefined) {
      const name = Object.keys(GROUPS).find((name) => GROUPS[name] === file) ?? "plain";
      outcome.groups.set(name, group = { passed: 0, failed: 0, leftOut: 0 });
    }
    const [, not, name] = /^(not )?ok \d+ - (.*)/.exec(line) ?? [];
    if (name === undefined) continue;
    if (not) {
      group.failed++;
      outcome.failed.push(name);
    } else if (!name.endsWith("# SKIP")) {
      group.passed++;
      outcome.passed++;
    } else if (name.includes(LEFT_OUT)) group.leftOut++;
  }
  return outcome;
}

export function tableHead(): string[] {
  const heads = ["file system", ...Object.keys(GROUPS), "lacks"];
  return [`| ${heads.join(" | ")} |`, `|${"---|".repeat(heads.length)}`];
}

export function rowOf(name: string, { groups, lacks }: Outcome): string {
  const cells = Object.keys(GROUPS).map((group) => {
    const counts = groups.get(group);
    if (!counts) return "–";
    const { passed, failed, leftOut } = counts;
    const more = [failed ? `**${failed} fails**` : "", leftOut ? `${leftOut} left out` : ""];
    return [`${passed}`, ...more.filter((text) => text !== "")].join(", ");
  });
  return `| ${[name, ...cells, lacks || "nothing"].join(" | ")} |`;
}
