// Where buyers came from: the mark of the link they first opened a bot by.
import { useTranslation } from "react-i18next";

import { type People, PeopleLink } from "../../components/PeopleLink";
import { Rows } from "../../components/Rows";
import type { Money } from "../../components/Sum";
import type { Asked } from "./Numbers";
import { Section } from "./Section";
import { Sums } from "./Sums";
import { testColumns } from "./tests";

type Source = { source: string | null; orders: number; revenue: Money[]; test_orders: number; test_revenue: Money[]; buyers: People };

export function Sources({ account, since }: Asked) {
  const { t, i18n } = useTranslation();
  return (
    <Section name="sources" account={account} since={since} rows={(data: { sources: Source[] }) => data.sources}>
      {(rows) => (
        <Rows
          caption={t("numbers.sources.title")}
          rows={rows}
          keyOf={(row) => row.source ?? ""}
          columns={[
            { name: t("numbers.source"), value: (row) => row.source ?? t("numbers.no-source") },
            { name: t("numbers.orders"), value: (row) => row.orders.toLocaleString(i18n.language), isNumber: true },
            { name: t("numbers.payers"), value: (row) => <PeopleLink account={account} value={row.buyers} label={row.source ?? t("numbers.no-source")} />, isNumber: true },
            { name: t("numbers.revenue"), value: (row) => <Sums values={row.revenue} />, isNumber: true },
            ...testColumns(rows, t),
          ]}
        />
      )}
    </Section>
  );
}
