// A part of the numbers: what it is called, what is counted, and the rows; where there are none, what will be here and when.
import { Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useId } from "react";
import { useTranslation } from "react-i18next";

import { call } from "../../api/client";
import { Loaded } from "../../components/Loaded";

/** A part with its title and its meaning: `numbers.<name>.{title,means}`. */
export function Heading({ name, children }: { name: string; children: ReactNode }) {
  const { t } = useTranslation();
  const title = useId();
  return (
    <Stack gap="xs" component="section" aria-labelledby={title} mt="md">
      <Title order={2} size="h4" id={title}>
        {t(`numbers.${name}.title`)}
      </Title>
      <Text size="sm">{t(`numbers.${name}.means`)}</Text>
      {children}
    </Stack>
  );
}

type Shown<Data, Row> = {
  name: string;
  report?: string;
  account: string;
  since?: string | undefined;
  rows: (data: Data) => readonly Row[];
  children: (rows: readonly Row[]) => ReactNode;
};

/** `report` is its name at the server, `name` where there is no other. */
export function Section<Data, Row>({ name, report = name, account, since, rows, children }: Shown<Data, Row>) {
  const { t } = useTranslation();
  const query = useQuery({
    queryKey: [account, `numbers/${report}`, since],
    queryFn: async ({ signal }) => {
      const asked = since ? `?${new URLSearchParams({ since }).toString()}` : "";
      return (await call<Data>(`/accounts/${account}/numbers/${report}${asked}`, { signal })).data;
    },
  });
  return (
    <Heading name={name}>
      <Loaded query={query}>
        {(data) => {
          const shown = rows(data);
          return shown.length === 0 ? <Text>{t(`numbers.${name}.empty`)}</Text> : children(shown);
        }}
      </Loaded>
    </Heading>
  );
}
