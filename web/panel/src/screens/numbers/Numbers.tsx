// Numbers: what a time has brought, each with its definition beside it; every number of people opens those people.
import { SegmentedControl } from "@mantine/core";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { dayAgo, momentOf, useZone } from "../../api/zone";
import { Screen } from "../../components/Screen";
import { Bots } from "./Bots";
import { Cohorts } from "./Cohorts";
import { Days } from "./Days";
import { Funnel } from "./Funnel";
import { Progress } from "./Progress";
import { Quizzes } from "./Quizzes";
import { Reviewers } from "./Reviewers";
import { Sales } from "./Sales";
import { Sources } from "./Sources";
import { Stops } from "./Stops";
import { Worth } from "./Worth";

const PERIODS = { week: 7, month: 30, quarter: 90, all: null };
type Period = keyof typeof PERIODS;
const USUAL: Period = "month";
const MOST_DAYS = 366; // what the server tells at once

export type Asked = { account: string; since: string | undefined };

/** From the school's midnight so many days ago, as the days are counted; all of a day's visitors ask the same. */
function startOf(period: Period, zone: string): string | undefined {
  const days = PERIODS[period];
  return days === null ? undefined : momentOf(`${dayAgo(days - 1, zone)}T00:00`, zone).toISOString();
}

export function NumbersScreen() {
  const { t } = useTranslation();
  const { account } = useParams({ from: "/$account" });
  const given = useSearch({ from: "/$account/numbers" }).period;
  const period = given && given in PERIODS ? (given as Period) : USUAL;
  const navigate = useNavigate();
  const zone = useZone(account);

  return (
    <Screen name={t("nav.numbers")}>
      <SegmentedControl
        aria-label={t("numbers.period")}
        value={period}
        onChange={(chosen) => void navigate({ to: "/$account/numbers", params: { account }, search: { period: chosen }, replace: true })}
        data={Object.keys(PERIODS).map((value) => ({ value, label: t(`numbers.period-${value}`) }))}
      />
      <Days account={account} days={PERIODS[period] ?? MOST_DAYS} />
      {zone && <Parts account={account} since={startOf(period, zone)} />}
    </Screen>
  );
}

function Parts(asked: Asked) {
  return (
    <>
      <Worth {...asked} />
      <Funnel {...asked} />
      <Sources {...asked} />
      <Sales {...asked} />
      <Progress account={asked.account} />
      <Stops {...asked} />
      <Quizzes {...asked} />
      <Reviewers {...asked} />
      <Cohorts account={asked.account} />
      <Bots {...asked} />
    </>
  );
}
