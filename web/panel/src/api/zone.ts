// Days of the school: they begin and end where it is, whatever the zone of the browser.
import { useQuery } from "@tanstack/react-query";

import { call } from "./client";

/** The school's zone; undefined until it is known. */
export function useZone(account: string): string | undefined {
  return useQuery({
    queryKey: [account, "account"],
    staleTime: 300_000,
    queryFn: async ({ signal }) => (await call<{ zone: string }>(`/accounts/${account}`, { signal })).data,
  }).data?.zone;
}

/** How much a clock of the zone is ahead of UTC at a moment. */
function aheadOf(zone: string, at: number): number {
  const parts = new Intl.DateTimeFormat("en-US", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" }).formatToParts(at);
  const read = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  return Date.UTC(read("year"), read("month") - 1, read("day"), read("hour"), read("minute"), read("second")) - Math.floor(at / 1000) * 1000;
}

/** The moment at which a clock of the zone shows that time (`2030-01-07T00:00`). */
export function momentOf(time: string, zone: string): Date {
  const told = Date.parse(`${time}Z`);
  const guess = told - aheadOf(zone, told);
  return new Date(told - aheadOf(zone, guess)); // once more: around a change of the clocks the first guess may be an hour off
}

/** The day it is there, so many days ago: `2030-01-07`. */
export function dayAgo(days: number, zone: string, now = Date.now()): string {
  return new Date(now + aheadOf(zone, now) - days * 86_400_000).toISOString().slice(0, 10);
}
