// What steps there are, and the form of each, as the server tells them: a new type of step needs nothing here.
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { call } from "../api/client";
import type { Schema } from "./schema";

type Told = { type: string; label: string; group: string; labels: Record<string, string>; json_schema: Schema };
export type StepType = { type: string; label: string; group: string; labels: Record<string, string>; schema: Schema };

export function useStepTypes(account: string) {
  const { i18n } = useTranslation();
  return useQuery({
    queryKey: [account, "step-types", i18n.language],
    staleTime: Infinity,
    queryFn: async ({ signal }) => {
      const { data } = await call<{ items: Told[] }>(`/accounts/${account}/step-types`, { signal });
      return data.items.map(({ json_schema: schema, ...told }): StepType => ({ ...told, schema }));
    },
  });
}
