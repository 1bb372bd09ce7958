// One conversation: who it is with, what is being said in it now; read anew while something is on its way.
import { useQuery } from "@tanstack/react-query";

import { call } from "../../api/client";
import { queries } from "../../api/queries";
import { settle } from "./drafts";
import type { BeingSaid, Conversation } from "./types";

const SOON_MS = 1_500;
const WRITING_MS = 5_000;

export function useConversation(account: string, id: string) {
  return useQuery({
    queryKey: [account, "conversations", id],
    queryFn: async ({ signal }) => (await call<Conversation>(`/accounts/${account}/conversations/${id}`, { signal })).data,
  });
}

export function useBeingSaid(account: string, id: string) {
  return useQuery<BeingSaid>({
    queryKey: [account, "conversations", id, "draft"],
    refetchInterval: ({ state }) => (state.data?.waiting.length ? SOON_MS : state.data?.writing.length ? WRITING_MS : false),
    gcTime: 0, // an answer may have been gone on with elsewhere
    queryFn: async ({ signal }) => {
      const path = `/accounts/${account}/conversations/${id}`;
      await settle(path);
      return (await call<BeingSaid>(`${path}/draft`, { signal })).data;
    },
  });
}

export function readConversationsAnew(account: string): Promise<void> {
  return queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] === account && String(queryKey[1]).startsWith("conversations") });
}
