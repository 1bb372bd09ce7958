// Day by day: people or money, as bars and, for who wants the figures, as a table.
import { Button, Group, SegmentedControl, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type ComponentProps, type ComponentType, lazy, Suspense, useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { call } from "../../api/client";
import { Loaded } from "../../components/Loaded";
import { type People, PeopleLink } from "../../components/PeopleLink";
import { Rows } from "../../components/Rows";
import { digitsOf, type Money, showSum } from "../../components/Sum";
import type { Chart as Drawn } from "./Chart";
import { Heading } from "./Section";
import { Sums } from "./Sums";

// A browser that cannot draw it (uPlot reads its language as it is loaded, however odd that is) has the table.
const Chart = lazy(async (): Promise<{ default: ComponentType<ComponentProps<typeof Drawn>> }> => ({ default: (await import("./Chart").catch(() => null))?.Chart ?? (() => null) }));
const NEWCOMERS = "newcomers";

type Day = { day: string; newcomers: People; revenue: Money[] };

export function Days({ account, days }: { account: string; days: number }) {
  const query = useQuery({
    queryKey: [account, "numbers/days", days],
    queryFn: async ({ signal }) => (await call<{ days: Day[] }>(`/accounts/${account}/numbers/days?days=${days}`, { signal })).data.days,
  });
  return (
    <Heading name="days">
      <Loaded query={query}>{(listed) => <Shown account={account} days={listed} />}</Loaded>
    </Heading>
  );
}

function Shown({ account, days }: { account: string; days: Day[] }) {
  const { t, i18n } = useTranslation();
  const currencies = [...new Set(days.flatMap((day) => day.revenue.map((sum) => sum.currency)))];
  const [chosen, setChosen] = useState(NEWCOMERS);
  const [open, setOpen] = useState(false);
  const what = chosen === NEWCOMERS || currencies.includes(chosen) ? chosen : NEWCOMERS;
  const moments = useMemo(() => days.map((day) => day.day), [days]);
  const values = useMemo(
    () => days.map((day) => (what === NEWCOMERS ? day.newcomers.people : (day.revenue.find((sum) => sum.currency === what)?.amount ?? 0) / 10 ** digitsOf(what))),
    [days, what],
  );
  const write = useCallback(
    (value: number) => (what === NEWCOMERS ? value.toLocaleString(i18n.language) : showSum({ amount: value * 10 ** digitsOf(what), currency: what }, i18n.language)),
    [what, i18n.language],
  );
  const dayOf = (day: Day) => new Intl.DateTimeFormat(i18n.language, { day: "numeric", month: "long", timeZone: "UTC" }).format(Date.parse(day.day));
  const told = days.filter((day) => day.newcomers.people > 0 || day.revenue.length > 0).reverse();
  return (
    <Stack gap="xs">
      {currencies.length > 0 && (
        <SegmentedControl
          aria-label={t("numbers.days.what")}
          value={what}
          onChange={setChosen}
          data={[NEWCOMERS, ...currencies].map((value) => ({ value, label: value === NEWCOMERS ? t("numbers.newcomers") : t("numbers.money-in", { currency: value }) }))}
        />
      )}
      <Suspense fallback={<div style={{ height: 200 }} />}>
        <Chart label={t("numbers.days.picture")} days={moments} values={values} write={write} language={i18n.language} />
      </Suspense>
      <Group>
        <Button variant="default" size="xs" aria-expanded={open} onClick={() => setOpen(!open)}>
          {t("numbers.days.as-table")}
        </Button>
      </Group>
      {open && (
        <Rows
          caption={t("numbers.days.title")}
          rows={told}
          keyOf={(day) => day.day}
          columns={[
            { name: t("numbers.day"), value: dayOf },
            { name: t("numbers.newcomers"), value: (day) => <PeopleLink account={account} value={day.newcomers} label={dayOf(day)} />, isNumber: true },
            { name: t("numbers.revenue"), value: (day) => <Sums values={day.revenue} />, isNumber: true },
          ]}
        />
      )}
    </Stack>
  );
}
