// The figures as a table in Markdown: for each work a line for each program, with our ratio to it.

import { sizeOf } from "./corpora.ts";
import { type Figure, quantile, type Result, type Row } from "./result.ts";

const HEAD =
  "| work | program | time | ours to it | on the wire | processor | peak memory |\n|---|---|---|---|---|---|---|";

/** All rows, each under the corpus it is of. */
export function tableOf({ rows }: Result): string {
  const groups = [...Map.groupBy(rows, ({ of, date, load }) => `${of} (${date}, load ${load.toFixed(1)})`)];
  return groups.map(([of, rows]) =>
    [`**${of}**`, "", HEAD, ...rows.flatMap(linesOf), "", ...lacksOf(rows)].join("\n")
  )
    .join("\n");
}

function linesOf(row: Row): string[] {
  const ours = row.figures.find(({ program }) => program === "tcpsync");
  return row.figures.map((figure, number) => {
    const ratio = figure === ours || !ours
      ? ""
      : (quantile(ours.values) / quantile(figure.values)).toFixed(2);
    const cells = [
      number === 0 ? row.work : "",
      figure.program,
      valueOf(row, figure),
      ratio,
      figure.wire === undefined ? "" : sizeOf(figure.wire),
      ...costsOf(figure),
    ];
    return `| ${cells.join(" | ")} |`;
  });
}

function valueOf({ unit }: Row, { values }: Figure): string {
  const middle = quantile(values);
  if (unit === "ms") return `${middle.toFixed(0)} ms, 99 % ${quantile(values, 0.99).toFixed(0)} ms`;
  if (unit === "s") {
    return `${middle.toFixed(2)} s (${Math.min(...values).toFixed(2)}–${Math.max(...values).toFixed(2)})`;
  }
  return `${middle.toFixed(unit === "KB" ? 0 : 2)} ${unit}`;
}

function costsOf({ cost }: Figure): [cpu: string, peak: string] {
  const all = Object.entries(cost ?? {});
  return [
    all.map(([name, { cpu }]) => `${name} ${cpu.toFixed(2)} s`).join(", "),
    // Who ended before it was looked at tells of no memory.
    all.filter(([, { peak }]) => peak > 0).map(([name, { peak }]) => `${name} ${sizeOf(peak)}`).join(", "),
  ];
}

/** Who could not be measured at what, and why. */
function lacksOf(rows: readonly Row[]): string[] {
  const lacks = rows.flatMap(({ work, unmeasured }) =>
    unmeasured.map(({ program, why }) => ({ work, of: `${program}: ${why}` }))
  );
  const lines = [...Map.groupBy(lacks, ({ of }) => of)].map(([of, works]) =>
    `- Not measured: ${of}${
      works.length === rows.length ? "" : ` (${works.map(({ work }) => work).join("; ")})`
    }`
  );
  return lines.length > 0 ? [...lines, ""] : [];
}
