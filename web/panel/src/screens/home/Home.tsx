// Home: what needs somebody first, one line per cause; what today has brought; what comes next.
import { Alert, Card, Group, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { call } from "../../api/client";
import { useAccount } from "../../api/session";
import { findAddress } from "../../app/screens";
import { ButtonLink } from "../../components/links";
import { Loaded } from "../../components/Loaded";
import { Moment } from "../../components/Moment";
import { Screen } from "../../components/Screen";
import { type Money, showSum } from "../../components/Sum";
import { FirstRun } from "./FirstRun";

type Red = { cause: string; number: number; text: string; since: string | null; fix: { screen: string } };
type Today = { revenue: Money[]; refunds: Money[]; test_revenue: Money[]; newcomers: { people: number }; lessons_sent: number };
type Due = { what: string; number: number; at: string };
type Page = { red: Red[]; today: Today; due: Due[] };

export function HomeScreen() {
  const { t } = useTranslation();
  const { account } = useParams({ from: "/$account" });
  const mayRead = useAccount(account)?.permissions.includes("numbers.read") ?? false;
  const mayLead = useAccount(account)?.permissions.includes("account.administer") ?? false;
  const query = useQuery({
    queryKey: [account, "numbers/home"],
    enabled: mayRead,
    refetchInterval: 60_000,
    queryFn: async ({ signal }) => (await call<Page>(`/accounts/${account}/numbers/home`, { signal })).data,
  });

  return (
    <Screen name={t("nav.home")}>
      {mayLead && <FirstRun account={account} />}
      {!mayRead && <Text>{t("home.yours")}</Text>}
      {mayRead && (
        <Loaded query={query}>
          {(page) => (
            <Stack gap="lg">
              <RedLines lines={page.red} account={account} />
              <TodayCards today={page.today} />
              <ComingNext due={page.due} />
            </Stack>
          )}
        </Loaded>
      )}
    </Screen>
  );
}

function RedLines({ lines, account }: { lines: Red[]; account: string }) {
  const { t } = useTranslation();
  if (lines.length === 0) return <Text>{t("home.calm")}</Text>;
  return (
    <Stack gap="xs" component="section" aria-label={t("home.needs-you")}>
      {lines.map((line) => {
        const to = findAddress(line.fix.screen);
        return (
          <Alert key={line.cause} color="red" title={line.text}>
            <Group justify="space-between">
              <Text size="sm">
                {line.since && (
                  <>
                    {t("home.since")} <Moment at={line.since} />
                  </>
                )}
              </Text>
              {to && (
                <ButtonLink to={to} params={{ account }} size="xs" variant="default">
                  {t("home.look")}
                </ButtonLink>
              )}
            </Group>
          </Alert>
        );
      })}
    </Stack>
  );
}

function TodayCards({ today }: { today: Today }) {
  const { t, i18n } = useTranslation();
  const sums = (all: Money[]) => all.map((sum) => showSum(sum, i18n.language)).join(" · ");
  const figures: [string, string][] = [
    [t("home.revenue"), sums(today.revenue) || t("home.nothing-yet")],
    ...(today.refunds.length > 0 ? [[t("home.refunds"), sums(today.refunds)] as [string, string]] : []),
    ...(today.test_revenue.length > 0 ? [[t("home.tests"), sums(today.test_revenue)] as [string, string]] : []),
    [t("home.newcomers"), today.newcomers.people.toLocaleString(i18n.language)],
    [t("home.lessons"), today.lessons_sent.toLocaleString(i18n.language)],
  ];
  return (
    <section>
      <Title order={2} size="h4" mb="xs">
        {t("home.today")}
      </Title>
      <SimpleGrid cols={{ base: 2, sm: 4 }} component="dl" m={0}>
        {figures.map(([name, value]) => (
          <Card key={name} withBorder p="sm">
            <Text component="dt" size="sm">
              {name}
            </Text>
            <Text component="dd" m={0} fw={700} size="lg">
              {value}
            </Text>
          </Card>
        ))}
      </SimpleGrid>
    </section>
  );
}

function ComingNext({ due }: { due: Due[] }) {
  const { t, i18n } = useTranslation();
  if (due.length === 0) return null;
  return (
    <section>
      <Title order={2} size="h4" mb="xs">
        {t("home.next")}
      </Title>
      <Stack gap={4} component="ul" pl="md" m={0}>
        {due.map((each) => (
          <li key={each.what}>
            {t(`home.due-${each.what}`, { count: each.number, number: each.number.toLocaleString(i18n.language) })}{" "}
            <Moment at={each.at} />
          </li>
        ))}
      </Stack>
    </section>
  );
}
