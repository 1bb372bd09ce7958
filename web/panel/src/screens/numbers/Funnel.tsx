// The way from the first start to the finished course: how many came so far, and how many of the stage before.
import { Progress, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { type People, PeopleLink } from "../../components/PeopleLink";
import { Rows } from "../../components/Rows";
import type { Asked } from "./Numbers";
import { Section } from "./Section";

type Stage = People & { stage: string };
type Told = { stages: Stage[] };

export function Funnel({ account, since }: Asked) {
  const { t, i18n } = useTranslation();
  const percent = new Intl.NumberFormat(i18n.language, { style: "percent", maximumFractionDigits: 0 });
  return (
    <Section name="funnel" account={account} since={since} rows={(data: Told) => (data.stages.some((stage) => stage.people > 0) ? data.stages : [])}>
      {(stages) => {
        const most = Math.max(...stages.map((stage) => stage.people), 1);
        const before = (stage: Stage) => stages[stages.indexOf(stage) - 1]?.people ?? 0;
        return (
          <Rows
            caption={t("numbers.funnel.title")}
            rows={stages}
            keyOf={(stage) => stage.stage}
            columns={[
              { name: t("numbers.stage"), value: (stage) => t(`numbers.stages.${stage.stage}`, stage.stage) },
              { name: t("numbers.people"), value: (stage) => <PeopleLink account={account} value={stage} label={t(`numbers.stages.${stage.stage}`, stage.stage)} />, isNumber: true },
              { name: t("numbers.of-before"), value: (stage) => (before(stage) > 0 ? percent.format(stage.people / before(stage)) : <Text span>–</Text>), isNumber: true },
              { name: t("numbers.share"), value: (stage) => <Progress value={(100 * stage.people) / most} w={{ base: 120, sm: 200 }} aria-hidden /> },
            ]}
          />
        );
      }}
    </Section>
  );
}
