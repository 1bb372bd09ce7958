// What became by now of those who came in a month.
import { useTranslation } from "react-i18next";

import { type People, PeopleLink } from "../../components/PeopleLink";
import { Rows } from "../../components/Rows";
import type { Money } from "../../components/Sum";
import { Section } from "./Section";
import { Sums } from "./Sums";

type Cohort = { since: string; came: People; paid: People; finished: People; revenue: Money[] };
const STAGES = ["came", "paid", "finished"] as const;

export function Cohorts({ account }: { account: string }) {
  const { t, i18n } = useTranslation();
  // Half a day in: a month that begins at midnight of the school's zone is that month in every zone of a reader.
  const monthOf = (cohort: Cohort) =>
    new Intl.DateTimeFormat(i18n.language, { month: "long", year: "numeric" }).format(new Date(Date.parse(cohort.since) + 43_200_000));
  return (
    <Section name="cohorts" account={account} rows={(data: { cohorts: Cohort[] }) => data.cohorts.filter((cohort) => cohort.came.people > 0)}>
      {(rows) => (
        <Rows
          caption={t("numbers.cohorts.title")}
          rows={rows}
          keyOf={(row) => row.since}
          columns={[
            { name: t("numbers.month"), value: monthOf },
            ...STAGES.map((stage) => ({
              name: t(`numbers.cohort-${stage}`),
              value: (row: Cohort) => <PeopleLink account={account} value={row[stage]} label={`${monthOf(row)}, ${t(`numbers.cohort-${stage}`)}`} />,
              isNumber: true,
            })),
            { name: t("numbers.revenue"), value: (row) => <Sums values={row.revenue} />, isNumber: true },
          ]}
        />
      )}
    </Section>
  );
}
