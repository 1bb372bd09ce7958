// Short lists that are read whole, and changes after which everything of the account is read anew.
import { useQuery } from "@tanstack/react-query";

import { call } from "./client";
import { queries } from "./queries";

export function useThings<T>(account: string, path: string) {
  return useQuery({
    queryKey: [account, path],
    queryFn: async ({ signal }) => (await call<{ items: T[] }>(`/accounts/${account}/${path}`, { signal })).data.items,
  });
}

/** Change something, and read everything of the account anew. */
export async function change<T>(account: string, method: string, path: string, body?: unknown, etag?: string): Promise<T> {
  const asked = { method, ...(body === undefined ? {} : { body }), ...(etag ? { etag } : {}) };
  const { data } = await call<T>(`/accounts/${account}/${path}`, asked);
  await queries.invalidateQueries({ queryKey: [account] });
  return data;
}
