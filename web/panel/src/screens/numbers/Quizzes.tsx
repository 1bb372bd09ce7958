// How hard the questions with points are.
import { useTranslation } from "react-i18next";

import { type People, PeopleLink } from "../../components/PeopleLink";
import { Rows } from "../../components/Rows";
import type { Asked } from "./Numbers";
import { Section } from "./Section";
import { inLanguage, type Texts } from "../../components/texts";

type Quiz = { flow: string; version: number; step: string; title: Texts; answers: number; right: number; points: number; most: number; answered: People };

export function Quizzes({ account, since }: Asked) {
  const { t, i18n } = useTranslation();
  const percent = new Intl.NumberFormat(i18n.language, { style: "percent", maximumFractionDigits: 0 });
  return (
    <Section name="quizzes" account={account} since={since} rows={(data: { quizzes: Quiz[] }) => data.quizzes}>
      {(rows) => (
        <Rows
          caption={t("numbers.quizzes.title")}
          rows={rows}
          keyOf={(row) => `${row.flow}/${row.version}/${row.step}`}
          columns={[
            { name: t("numbers.question"), value: (row) => inLanguage(row.title, i18n.language) },
            { name: t("numbers.flow"), value: (row) => row.flow },
            { name: t("numbers.answered"), value: (row) => <PeopleLink account={account} value={row.answered} label={inLanguage(row.title, i18n.language)} />, isNumber: true },
            { name: t("numbers.right"), value: (row) => (row.answers > 0 ? percent.format(row.right / row.answers) : "–"), isNumber: true },
            { name: t("numbers.points"), value: (row) => (row.most > 0 ? percent.format(row.points / row.most) : "–"), isNumber: true },
          ]}
        />
      )}
    </Section>
  );
}
