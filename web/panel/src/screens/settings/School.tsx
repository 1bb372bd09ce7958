// The school itself: what it is called, the papers people agree to, the language of who has not chosen one.
import { Button, Select, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";

import { useAct } from "../../api/acts";
import { call } from "../../api/client";
import { useAccount } from "../../api/session";
import { change } from "../../api/things";
import { Failure, Loaded } from "../../components/Loaded";
import { LANGUAGES } from "../../i18n";

type Values = Record<string, string | number | boolean | null>;
type Settings = { etag: string; values: Values };
const TEXTS = ["public_name", "offer_url", "privacy_url"] as const;

export function SchoolPart({ account }: { account: string }) {
  const query = useQuery({
    queryKey: [account, "settings"],
    queryFn: async ({ signal }) => await call<Settings>(`/accounts/${account}/settings`, { signal }),
  });
  return <Loaded query={query}>{(read) => <SchoolForm key={read.data.etag} account={account} known={read.data.values} etag={read.etag ?? ""} />}</Loaded>;
}

function SchoolForm({ account, known, etag }: { account: string; known: Values; etag: string }) {
  const { t } = useTranslation();
  const mayChange = useAccount(account)?.permissions.includes("settings.change") ?? false;
  const [values, setValues] = useState<Values>({});
  const save = useAct({
    mutationFn: () => change(account, "PATCH", "settings", { values }, etag),
    onSuccess: () => notifications.show({ message: t("settings.saved") }),
  });
  const shown = (name: string) => String((name in values ? values[name] : known[name]) ?? "");
  const set = (name: string, text: string) => setValues((before) => ({ ...before, [name]: text.trim() ? text : null }));

  function submit(event: FormEvent) {
    event.preventDefault();
    if (Object.keys(values).length > 0) save.mutate();
  }

  return (
    <form onSubmit={submit}>
      <Stack maw={520}>
        {TEXTS.map((name) => (
          <TextInput
            key={name}
            label={t(`settings.school.${name}`)}
            description={t(`settings.school.${name}-what`)}
            disabled={!mayChange}
            value={shown(name)}
            onChange={(event) => set(name, event.currentTarget.value)}
          />
        ))}
        <Select
          label={t("settings.school.language")}
          clearable
          clearButtonProps={{ "aria-label": t("settings.clear") }}
          disabled={!mayChange}
          data={LANGUAGES.map((value) => ({ value, label: t(`language.${value}`) }))}
          value={shown("language") || null}
          onChange={(chosen) => set("language", chosen ?? "")}
        />
        {save.error && <Failure error={save.error} onAgain={() => save.mutate()} />}
        {!mayChange && <Text size="sm">{t("settings.ask-owner")}</Text>}
        {mayChange && (
          <Button type="submit" loading={save.isPending} disabled={Object.keys(values).length === 0}>
            {t("settings.save")}
          </Button>
        )}
      </Stack>
    </form>
  );
}
