// What was sold: by tariff, by promo code, by partner.
import { useTranslation } from "react-i18next";

import { Rows } from "../../components/Rows";
import type { Money } from "../../components/Sum";
import type { Asked } from "./Numbers";
import { Section } from "./Section";
import { Sums } from "./Sums";
import { testColumns } from "./tests";

type Sale = { name: string; orders: number; revenue: Money[]; test_orders: number; test_revenue: Money[]; chosen?: number };
type Told = { tariffs: Sale[]; promo_codes: Sale[]; partners: Sale[] };
const PARTS = { tariffs: "tariffs", codes: "promo_codes", partners: "partners" } as const;

export function Sales(asked: Asked) {
  return Object.entries(PARTS).map(([name, part]) => <Part key={name} {...asked} name={name} part={part} />);
}

function Part({ account, since, name, part }: Asked & { name: string; part: keyof Told }) {
  const { t, i18n } = useTranslation();
  const number = (value: number) => value.toLocaleString(i18n.language);
  const chosen = { name: t("numbers.chosen"), value: (row: Sale) => number(row.chosen ?? 0), isNumber: true };
  return (
    <Section name={name} report="sales" account={account} since={since} rows={(data: Told) => data[part]}>
      {(rows) => (
        <Rows
          caption={t(`numbers.${name}.title`)}
          rows={rows}
          keyOf={(row) => row.name}
          columns={[
            { name: t(`numbers.${name}.each`), value: (row) => row.name },
            ...(part === "tariffs" ? [chosen] : []),
            { name: t("numbers.orders"), value: (row) => number(row.orders), isNumber: true },
            { name: t("numbers.revenue"), value: (row) => <Sums values={row.revenue} />, isNumber: true },
            ...testColumns(rows, t),
          ]}
        />
      )}
    </Section>
  );
}
