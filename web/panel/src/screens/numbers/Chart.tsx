// Bars by day, drawn by uPlot; whoever cannot see them reads the table beside it.
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

const HEIGHT = 200;
const WIDEST_BAR = 40;

type Shown = { label: string; days: readonly string[]; values: readonly number[]; write: (value: number) => string; language: string };

function colourOf(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

export function Chart({ label, days, values, write, language }: Shown) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const host = box.current;
    if (!host) return;
    const words = colourOf("--mantine-color-text");
    const lines = { stroke: words, grid: { stroke: colourOf("--mantine-color-default-border"), width: 1 }, ticks: { show: false } };
    const dayOf = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", timeZone: "UTC" });
    const bars = uPlot.paths.bars?.({ size: [0.7, WIDEST_BAR] });
    const plot = new uPlot(
      {
        width: host.clientWidth,
        height: HEIGHT,
        tzDate: (moment) => uPlot.tzDate(new Date(moment * 1000), "UTC"), // a day has no zone
        legend: { show: false },
        cursor: { show: false },
        scales: { y: { range: (_, __, most) => [0, Math.max(most, 1)] } },
        axes: [
          { ...lines, values: (_, moments) => moments.map((moment) => dayOf.format(moment * 1000)) },
          { ...lines, size: 70, values: (_, numbers) => numbers.map((number) => (Number.isInteger(number) ? write(number) : "")) },
        ],
        series: [{}, { fill: colourOf("--mantine-primary-color-filled"), ...(bars ? { paths: bars } : {}), points: { show: false } }],
      },
      [days.map((day) => Date.parse(day) / 1000), [...values]],
      host,
    );
    const watch = new ResizeObserver(() => plot.setSize({ width: host.clientWidth, height: HEIGHT }));
    watch.observe(host);
    return () => {
      watch.disconnect();
      plot.destroy();
    };
  }, [days, values, write, language]);
  return <div ref={box} role="img" aria-label={label} />;
}
