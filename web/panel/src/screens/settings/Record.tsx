// What members did, the last deed first.
import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { useList } from "../../api/lists";
import { useThings } from "../../api/things";
import { ListScreen } from "../../components/ListScreen";
import { Moment } from "../../components/Moment";
import { Rows } from "../../components/Rows";

type Deed = { id: string; at: string; actor: string; act: string; said: string; before: string | null; after: string | null };

export function RecordPart({ account }: { account: string }) {
  const { t } = useTranslation();
  const list = useList<Deed>(account, "audit");
  const team = useThings<{ id: string; name: string }>(account, "members");
  const names = new Map(team.data?.map((member) => [member.id, member.name]));
  return (
    <ListScreen list={list} empty={<Text>{t("settings.record.empty")}</Text>}>
      {(deeds) => (
        <Rows
          caption={t("settings.part.record")}
          rows={deeds}
          keyOf={(deed) => deed.id}
          columns={[
            { name: t("settings.record.when"), value: (deed) => <Moment at={deed.at} /> },
            { name: t("settings.record.who"), value: (deed) => names.get(deed.actor) ?? t("settings.record.gone") },
            { name: t("settings.record.what"), value: (deed) => t(`settings.record.act.${deed.act}`, t("settings.record.command", { command: deed.said.startsWith("/") ? deed.said : deed.act })) },
            { name: t("settings.record.changed"), value: (deed) => [deed.before, deed.after].filter(Boolean).join(" → ") },
          ]}
        />
      )}
    </ListScreen>
  );
}
