// The times as a picture: for each work a line with a dot for each program, on a scale on which each step is ten times the one before,
// since works differ that much.

import { init } from "echarts";
import { quantile, type Result, type Row } from "./result.ts";

const WIDTH = 1100;
const ROW_HEIGHT = 34;
/** Above and below the rows: what it is about, and the scale. */
const MARGIN = { top: 100, bottom: 50, left: 420, right: 30 };
/** Seconds in a unit that is a time. */
const SECONDS: Partial<Record<Row["unit"], number>> = { s: 1, ms: 0.001 };

/** An SVG of the median times of all programs at all works. */
export function graphOf({ rows, machine }: Result): string {
  const timed = rows.filter(({ unit }) => SECONDS[unit]);
  const programs = [...new Set(timed.flatMap(({ figures }) => figures.map(({ program }) => program)))];
  const dotOf = (program: string, { figures, unit }: Row, line: number) => {
    const figure = figures.find((figure) => figure.program === program);
    return figure ? [[Number((quantile(figure.values) * SECONDS[unit]!).toPrecision(3)), line]] : [];
  };
  const height = MARGIN.top + timed.length * ROW_HEIGHT + MARGIN.bottom;
  const chart = init(null, null, { renderer: "svg", ssr: true, width: WIDTH, height });
  chart.setOption({
    animation: false,
    backgroundColor: "#fff",
    title: { text: "Seconds, median (left is better)", subtext: machine, left: "center" },
    legend: { top: 65, itemGap: 25 },
    grid: MARGIN,
    xAxis: { type: "log", name: "seconds", nameLocation: "middle", nameGap: 28 },
    yAxis: {
      type: "category",
      inverse: true,
      data: timed.map(({ work, of }) => `${work}\n${of}`),
      axisLabel: { interval: 0, fontSize: 11 },
      splitLine: { show: true },
    },
    series: programs.map((name) => ({
      name,
      type: "scatter",
      symbolSize: name === "tcpsync" ? 16 : 11,
      data: timed.flatMap((row, line) => dotOf(name, row, line)),
    })),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return `${svg}\n`;
}
