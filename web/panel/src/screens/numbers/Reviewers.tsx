// Who has answered how much, and for how long people waited for it.
import { useTranslation } from "react-i18next";

import { Rows } from "../../components/Rows";
import type { Asked } from "./Numbers";
import { Section } from "./Section";

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
type Reviewer = { telegram_id: number; name: string; accepted: number; sent_back: number; questions: number; usual_wait_seconds: number | null };

export function Reviewers({ account, since }: Asked) {
  const { t, i18n } = useTranslation();
  const number = (value: number) => value.toLocaleString(i18n.language);
  const last = (seconds: number) => {
    const [unit, size] = seconds >= 2 * DAY ? (["day", DAY] as const) : seconds >= HOUR ? (["hour", HOUR] as const) : (["minute", MINUTE] as const);
    return new Intl.NumberFormat(i18n.language, { style: "unit", unit, unitDisplay: "long" }).format(Math.max(1, Math.round(seconds / size)));
  };
  return (
    <Section name="reviewers" account={account} since={since} rows={(data: { reviewers: Reviewer[] }) => data.reviewers}>
      {(rows) => (
        <Rows
          caption={t("numbers.reviewers.title")}
          rows={rows}
          keyOf={(row) => String(row.telegram_id)}
          columns={[
            { name: t("numbers.reviewer"), value: (row) => row.name },
            { name: t("numbers.accepted"), value: (row) => number(row.accepted), isNumber: true },
            { name: t("numbers.sent-back"), value: (row) => number(row.sent_back), isNumber: true },
            { name: t("numbers.answered-questions"), value: (row) => number(row.questions), isNumber: true },
            { name: t("numbers.usual-wait"), value: (row) => (row.usual_wait_seconds === null ? "–" : last(row.usual_wait_seconds)), isNumber: true },
          ]}
        />
      )}
    </Section>
  );
}
