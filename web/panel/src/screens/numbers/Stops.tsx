// Where people stop: steps that have waited for somebody for days.
import { useTranslation } from "react-i18next";

import { type People, PeopleLink } from "../../components/PeopleLink";
import { Rows } from "../../components/Rows";
import type { Asked } from "./Numbers";
import { Section } from "./Section";
import { inLanguage, type Texts } from "../../components/texts";

type Stop = { flow: string; version: number; step: string; title: Texts; stopped: People };

export function Stops({ account }: Asked) {
  const { t, i18n } = useTranslation();
  const nameOf = (stop: Stop) => inLanguage(stop.title, i18n.language);
  return (
    <Section name="drop-off" account={account} rows={(data: { stops: Stop[] }) => data.stops}>
      {(rows) => (
        <Rows
          caption={t("numbers.drop-off.title")}
          rows={rows}
          keyOf={(stop) => `${stop.flow}/${stop.version}/${stop.step}`}
          columns={[
            { name: t("numbers.step"), value: nameOf },
            { name: t("numbers.flow"), value: (stop) => stop.flow },
            { name: t("numbers.people"), value: (stop) => <PeopleLink account={account} value={stop.stopped} label={nameOf(stop)} />, isNumber: true },
          ]}
        />
      )}
    </Section>
  );
}
