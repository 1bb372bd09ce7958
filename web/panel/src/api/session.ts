// Who is signed in, and what they may do in which account.
import { queryOptions, useQuery } from "@tanstack/react-query";

import { call, keepCsrf } from "./client";

export type Account = { id: string; name: string; role: string; permissions: string[] };
export type Me = { csrf: string; language: string; accounts: Account[] };

export const meQuery = queryOptions({
  queryKey: ["me"],
  staleTime: 60_000,
  queryFn: async ({ signal }) => {
    const { data } = await call<Me>("/me", { signal });
    keepCsrf(data.csrf);
    return data;
  },
});

export function useMe() {
  return useQuery(meQuery);
}

/** Open a session; gives the account whose link or bot it was, null where one does not work in it. */
export async function signIn(body: { code: string } | { init_data: string }): Promise<string | null> {
  const { data } = await call<{ account: string | null }>("/sessions", { method: "POST", body });
  return data.account;
}

/** Make an account of one's own, by Telegram's word for who one is, and open its session; gives the account. */
export async function register(name: string, signed: string): Promise<string | null> {
  const { data } = await call<{ account: string | null }>("/accounts", { method: "POST", body: { name, init_data: signed } });
  return data.account;
}

/** End the session of this browser; those of others go on. */
export async function signOut(): Promise<void> {
  const { data } = await call<{ items: { id: string; current: boolean }[] }>("/sessions");
  const own = data.items.find((session) => session.current);
  if (own) await call(`/sessions/${own.id}`, { method: "DELETE" });
}

/** The account of the address, once it is known that one is a member of it. */
export function useAccount(id: string): Account | undefined {
  return useMe().data?.accounts.find((each) => each.id === id);
}
