// The times as a picture: bars on a scale on which each step is ten times the one before, since works differ that much.

import { init } from "echarts";
import { quantile, type Result, type Row } from "./result.ts";

const SIZE = { width: 1200, height: 560 };
/** Seconds in a unit that is a time. */
const SECONDS: Partial<Record<Row["unit"], number>> = { s: 1, ms: 0.001 };

/** An SVG of the median times of all programs at all works. */
export function graphOf({ rows, machine }: Result): string {
  const timed = rows.filter(({ unit }) => SECONDS[unit]);
  const programs = [...new Set(timed.flatMap(({ figures }) => figures.map(({ program }) => program)))];
  const secondsOf = (program: string, { figures, unit }: Row) => {
    const figure = figures.find((figure) => figure.program === program);
    return figure ? Number((quantile(figure.values) * SECONDS[unit]!).toPrecision(3)) : null;
  };
  const chart = init(null, null, { renderer: "svg", ssr: true, ...SIZE });
  chart.setOption({
    animation: false,
    title: { text: "Seconds, median (less is better)", subtext: machine, left: "center" },
    legend: { top: 50 },
    grid: { top: 90, bottom: 150, left: 70, right: 20 },
    xAxis: {
      type: "category",
      data: timed.map(({ work, of }) => `${work}\n${of}`),
      axisLabel: { interval: 0, rotate: 25, width: 170, overflow: "break", fontSize: 10 },
    },
    yAxis: { type: "log", min: 0.01, name: "s" },
    series: programs.map((name) => ({
      name,
      type: "bar",
      data: timed.map((row) => secondsOf(name, row)),
    })),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return `${svg}\n`;
}
