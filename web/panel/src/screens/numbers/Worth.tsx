// Money: what came, what went back, what stays of a buyer; a row per currency.
import { useTranslation } from "react-i18next";

import { type People, PeopleLink } from "../../components/PeopleLink";
import { Rows } from "../../components/Rows";
import { type Money, Sum } from "../../components/Sum";
import type { Asked } from "./Numbers";
import { Section } from "./Section";

type Line = { revenue: Money; refunds: Money; average: Money; payers: People };

export function Worth({ account, since }: Asked) {
  const { t, i18n } = useTranslation();
  const nameOf = (currency: string) => (currency === "XTR" ? "Telegram Stars" : (new Intl.DisplayNames(i18n.language, { type: "currency" }).of(currency) ?? currency));
  return (
    <Section name="ltv" account={account} since={since} rows={(data: { worth: Line[] }) => data.worth}>
      {(rows) => (
        <Rows
          caption={t("numbers.ltv.title")}
          rows={rows}
          keyOf={(row) => row.revenue.currency}
          columns={[
            { name: t("numbers.currency"), value: (row) => nameOf(row.revenue.currency) },
            { name: t("numbers.revenue"), value: (row) => <Sum value={row.revenue} />, isNumber: true },
            { name: t("numbers.refunds"), value: (row) => (row.refunds.amount > 0 ? <Sum value={row.refunds} /> : "–"), isNumber: true },
            { name: t("numbers.payers"), value: (row) => <PeopleLink account={account} value={row.payers} label={t("numbers.payers")} />, isNumber: true },
            { name: t("numbers.average"), value: (row) => <Sum value={row.average} />, isNumber: true },
          ]}
        />
      )}
    </Section>
  );
}
