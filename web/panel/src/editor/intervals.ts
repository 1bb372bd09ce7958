// Intervals as documents write them (`1d:2h:30m`), taken apart and told in words.
export const UNITS = ["d", "h", "m", "s"] as const;
export type Unit = (typeof UNITS)[number];
export type Part = { number: number; unit: Unit };

export function readInterval(text: string): Part[] {
  return [...text.matchAll(/(\d+)([dhms])/g)].map(([, number, unit]) => ({ number: Number(number), unit: unit as Unit }));
}

/** "1 day 2 hours"; what cannot be read as it stands. */
export function tellInterval(text: string, language: string): string {
  const units = { d: "day", h: "hour", m: "minute", s: "second" };
  const parts = readInterval(text).map(({ number, unit }) =>
    new Intl.NumberFormat(language, { style: "unit", unit: units[unit], unitDisplay: "long" }).format(number),
  );
  return parts.join(" ") || text;
}
