// Lists that come in pages: each screen names its path and filters, the next page is asked for with the cursor given.
import { useInfiniteQuery } from "@tanstack/react-query";

import { call } from "./client";

export type Page<T> = { items: T[]; next: string | null; count: number | null; exact: boolean | null };
export type Filters = Record<string, string | undefined>;

function asQuery(filters: Filters): string {
  const given = Object.entries(filters).filter((pair): pair is [string, string] => Boolean(pair[1]));
  return new URLSearchParams(given).toString();
}

/**
 * `counts`: the list says how many there are; not every list can.
 * `body` is what a list is searched by, where that does not fit into an address.
 */
export function useList<T>(account: string, path: string, filters: Filters = {}, counts = true, body?: unknown) {
  const how = body === undefined ? {} : { method: "POST", body };
  const query = useInfiniteQuery({
    queryKey: [account, path, filters, body],
    initialPageParam: "",
    queryFn: async ({ pageParam, signal }) => {
      const asked = asQuery({ ...filters, cursor: pageParam, count: counts && !pageParam ? "true" : undefined });
      return (await call<Page<T>>(`/accounts/${account}/${path}?${asked}`, { ...how, signal })).data;
    },
    getNextPageParam: (last) => last.next ?? undefined,
  });
  const pages = query.data?.pages;
  return {
    ...query,
    data: pages?.flatMap((page) => page.items),
    count: pages?.[0]?.count ?? null,
    exact: pages?.[0]?.exact ?? true,
  };
}
