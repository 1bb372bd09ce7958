// Who works in the account, by the ids that stand in answers.
import { useQuery } from "@tanstack/react-query";

import { call } from "./client";

export type Member = { id: string; name: string; role: string };

export function useMembers(account: string): Member[] {
  const query = useQuery({
    queryKey: [account, "members"],
    staleTime: 300_000,
    queryFn: async ({ signal }) => (await call<{ items: Member[] }>(`/accounts/${account}/members`, { signal })).data.items,
  });
  return query.data ?? [];
}
