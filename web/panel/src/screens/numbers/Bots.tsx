// The bots: what became of their messages, and whom they cannot write to.
import { useTranslation } from "react-i18next";

import { type People, PeopleLink } from "../../components/PeopleLink";
import { Rows } from "../../components/Rows";
import type { Asked } from "./Numbers";
import { Section } from "./Section";

type Bot = { bot: string; username: string; is_active: boolean; sent: number; failed: number; waiting: number; shut_out: People };

export function Bots({ account, since }: Asked) {
  const { t, i18n } = useTranslation();
  const number = (value: number) => value.toLocaleString(i18n.language);
  return (
    <Section name="availability" account={account} since={since} rows={(data: { bots: Bot[] }) => data.bots}>
      {(rows) => (
        <Rows
          caption={t("numbers.availability.title")}
          rows={rows}
          keyOf={(bot) => bot.bot}
          columns={[
            { name: t("numbers.bot"), value: (bot) => (bot.is_active ? `@${bot.username}` : t("numbers.bot-off", { name: `@${bot.username}` })) },
            { name: t("numbers.sent"), value: (bot) => number(bot.sent), isNumber: true },
            { name: t("numbers.failed"), value: (bot) => number(bot.failed), isNumber: true },
            { name: t("numbers.waiting"), value: (bot) => number(bot.waiting), isNumber: true },
            { name: t("numbers.shut-out"), value: (bot) => <PeopleLink account={account} value={bot.shut_out} label={t("numbers.shut-out")} />, isNumber: true },
          ]}
        />
      )}
    </Section>
  );
}
