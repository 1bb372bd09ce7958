// Courses and scenarios: how many are on the way, wait, have come to the end.
import { useTranslation } from "react-i18next";

import { type People, PeopleLink } from "../../components/PeopleLink";
import { Rows } from "../../components/Rows";
import { Section } from "./Section";

const STATES = ["active", "held", "completed", "stopped"] as const;
type Flow = { flow: string; name: string } & Record<(typeof STATES)[number], People>;

export function Progress({ account }: { account: string }) {
  const { t } = useTranslation();
  return (
    <Section name="progress" account={account} rows={(data: { flows: Flow[] }) => data.flows}>
      {(rows) => (
        <Rows
          caption={t("numbers.progress.title")}
          rows={rows}
          keyOf={(row) => row.flow}
          columns={[
            { name: t("numbers.flow"), value: (row) => row.name },
            ...STATES.map((state) => ({
              name: t(`numbers.run-${state}`),
              value: (row: Flow) => <PeopleLink account={account} value={row[state]} label={`${row.name}, ${t(`numbers.run-${state}`)}`} />,
              isNumber: true,
            })),
          ]}
        />
      )}
    </Section>
  );
}
