// A broadcast as the API gives it, read anew while it is on its way.
import { useQuery } from "@tanstack/react-query";

import { call, newKey } from "../../api/client";
import { queries } from "../../api/queries";
import type { Fields } from "../../editor/model";

export type Status = "draft" | "scheduled" | "filling" | "running" | "paused" | "cancelled" | "finished";
export type Tally = { total: number; sent: number; failed: number; blocked: number; cancelled: number; held: number; waiting: number; later: number };
export type Item = {
  id: string;
  bot: string;
  name: string | null;
  status: Status;
  total: number;
  at: string | null;
  created_at: string | null;
  started_at: string | null;
  finished_at: string | null;
};
export type Detail = Item & { etag: string; document: Fields; tally: Tally; winner: number | null };
export type Reach = { count: number; excluded: Record<string, number>; stars: number };

const AGAIN_MS = 5_000; // the feed tells of moves; how many have gone is asked for

export function isOnItsWay({ status }: Item): boolean {
  return status === "filling" || status === "running" || status === "paused";
}

export function keyOf(account: string, id: string) {
  return [account, `broadcasts/${id}`];
}

export function useBroadcast(account: string, id: string) {
  return useQuery<Detail>({
    queryKey: keyOf(account, id),
    enabled: id !== "new",
    refetchInterval: ({ state }) => (state.data && isOnItsWay(state.data) ? AGAIN_MS : false),
    queryFn: async ({ signal }) => (await call<Detail>(`/accounts/${account}/broadcasts/${id}`, { signal })).data,
  });
}

/** Have it follow a verb; the same `key` counts once. */
export async function act<T>(account: string, id: string, verb: string, body?: unknown, key: string = newKey()): Promise<T> {
  const { data } = await call<T>(`/accounts/${account}/broadcasts/${id}/${verb}`, { method: "POST", key, ...(body === undefined ? {} : { body }) });
  await queries.invalidateQueries({ queryKey: [account], predicate: ({ queryKey }) => String(queryKey[1]).startsWith("broadcasts") });
  return data;
}
