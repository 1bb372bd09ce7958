// A broadcast being written: its words and buttons, whom it is for, when it leaves; tried out on oneself, then sent.
import { Alert, Button, Card, Group, NativeSelect, Stack, Text, TextInput, Title } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useAct } from "../../api/acts";
import { call, newKey, ProblemError } from "../../api/client";
import { queries } from "../../api/queries";
import { useAccount } from "../../api/session";
import { Asked } from "../../components/Asked";
import { Audience } from "../../components/audience/Audience";
import { useKept } from "../../components/kept";
import { Failure } from "../../components/Loaded";
import type { FieldProps } from "../../editor/fields";
import { MediaField } from "../../editor/MediaField";
import type { Fields, Json } from "../../editor/model";
import { TextField } from "../../editor/TextField";
import { act, type Detail, keyOf } from "./detail";
import { ButtonsField } from "./ButtonsField";
import { Confirm } from "./Confirm";
import { VariantsField } from "./VariantsField";
import { nameOf, type Time, timeOf, WhenField, withTime } from "./When";

const MOST_FILES = 10;
const BOTS: readonly string[] = ["sales", "course"];
const STALE = 412;
type Written = { document: Fields; time: Time; etag: string | undefined }; // `etag`: of what it was written upon

export function Draft({ account, saved }: { account: string; saved: Detail | undefined }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const may = useAccount(account)?.permissions.includes("broadcasts.change") ?? false;
  const [kept, keep] = useKept(`broadcast.${account}.${saved?.id ?? "new"}`);
  const [written, setWritten] = useState<Written>(() => (kept ? (JSON.parse(kept) as Written) : asWritten(saved)));
  const [asking, setAsking] = useState<Detail>();
  const { document, time } = written;
  const bot = String(document["bot"] ?? "sales");

  function write(next: Partial<Written>) {
    for (const each of [saving, trying, sending]) each.reset();
    const all = { ...written, ...next };
    setWritten(all);
    keep(JSON.stringify(all));
  }

  /** What is sent or tried out is what stands here: it is saved before. */
  async function save(): Promise<Detail> {
    const body = { document: { ...withTime(document, time), name: nameOf(document, t("broadcasts.nameless")) } };
    const { data } = saved
      ? await call<Detail>(`/accounts/${account}/broadcasts/${saved.id}/draft`, { method: "PATCH", body, etag: `"${written.etag}"` })
      : await call<Detail>(`/accounts/${account}/broadcasts`, { method: "POST", body, key: newKey() });
    keep("");
    setWritten({ ...written, etag: data.etag });
    queries.setQueryData(keyOf(account, data.id), data);
    void queries.invalidateQueries({ queryKey: [account, "broadcasts"] });
    if (!saved) await navigate({ to: "/$account/broadcasts/$broadcast", params: { account, broadcast: data.id }, replace: true });
    return data;
  }

  /** Somebody else saved it since: theirs instead of what stands here, or what stands here upon theirs. */
  async function settle(isTheirs: boolean) {
    const { data } = await call<Detail>(`/accounts/${account}/broadcasts/${saved?.id}`);
    queries.setQueryData(keyOf(account, data.id), data);
    write(isTheirs ? asWritten(data) : { etag: data.etag });
  }
  const saving = useAct({ mutationFn: save });
  const trying = useAct({ mutationFn: async () => act(account, (await save()).id, "test") });
  const sending = useAct({ mutationFn: save, onSuccess: setAsking });
  const failed = [saving, trying, sending].find((each) => each.error);
  const isStale = failed?.error instanceof ProblemError && failed.error.problem.status === STALE;
  const busy = saving.isPending || trying.isPending || sending.isPending;

  function set(name: string, value: Json) {
    const { [name]: _, ...others } = document;
    write({ document: value === null ? others : { ...others, [name]: value } });
  }
  const field = (name: string): FieldProps => ({
    label: t(`broadcasts.field.${name}`),
    schema: name === "media" ? { type: "array", maxItems: MOST_FILES } : {},
    root: {},
    value: document[name] ?? null,
    steps: [],
    name: (path) => t(`broadcasts.field.${path.split("/").at(-1)}`),
    path: name,
    beside: document,
    onChange: (value) => set(name, value),
  });

  return (
    <Stack>
      <TextField {...field("text")} />
      <MediaField {...field("media")} />
      <VariantsField
        field={field("text")}
        variants={document["variants"] ?? null}
        winner={document["winner"] ?? null}
        onChange={({ variants, winner }) => write({ document: { ...document, variants: variants ?? [], winner } })}
      />
      <ButtonsField value={document["buttons"] ?? null} field={field("buttons")} />
      <Card withBorder>
        <Title order={2} size="h4" mb="xs">
          {t("broadcasts.audience")}
        </Title>
        <Audience account={account} value={document["audience"] ?? { all: [] }} onChange={(condition) => set("audience", condition)} />
        <Text size="sm" mt="xs">
          {t("broadcasts.audience-what")}
        </Text>
      </Card>
      <WhenField time={time} onChange={(next) => write({ time: next })} />
      <NativeSelect
        label={t("broadcasts.bot")}
        data={BOTS.map((bot) => ({ value: bot, label: t(`broadcasts.bots.${bot}`) })).concat(BOTS.includes(bot) ? [] : [{ value: bot, label: bot }])}
        value={bot}
        disabled={saved !== undefined}
        onChange={(event) => set("bot", event.currentTarget.value)}
      />
      <TextInput
        label={t("broadcasts.field.name")}
        description={t("broadcasts.name-what")}
        maxLength={200}
        value={String(document["name"] ?? "")}
        onChange={(event) => set("name", event.currentTarget.value || null)}
      />
      {isStale && <Stale onSettle={settle} />}
      {failed?.error && !isStale && <Failure error={failed.error} onAgain={() => failed.mutate()} />}
      {trying.isSuccess && <Text role="status">{t("broadcasts.tested")}</Text>}
      {saving.isSuccess && <Text role="status">{t("broadcasts.saved")}</Text>}
      {may && (
        <Group>
          <Button variant="default" loading={trying.isPending} disabled={busy} onClick={() => trying.mutate()}>
            {t("broadcasts.test")}
          </Button>
          <Button variant="default" loading={saving.isPending} disabled={busy} onClick={() => saving.mutate()}>
            {t("broadcasts.save")}
          </Button>
          <Button loading={sending.isPending} disabled={busy} onClick={() => sending.mutate()}>
            {t("broadcasts.send")}
          </Button>
          {saved && (
            <Asked
              label={t("broadcasts.drop")}
              text={t("broadcasts.drop-what")}
              yes={t("broadcasts.drop")}
              act={async () => {
                keep("");
                await act(account, saved.id, "cancel");
                await navigate({ to: "/$account/broadcasts", params: { account } });
              }}
            />
          )}
        </Group>
      )}
      {asking && <Confirm account={account} broadcast={asking} time={time} onClose={() => setAsking(undefined)} />}
    </Stack>
  );
}

function asWritten(saved: Detail | undefined): Written {
  const document = saved?.document ?? {};
  return { document, time: timeOf(document), etag: saved?.etag };
}

function Stale({ onSettle }: { onSettle: (isTheirs: boolean) => Promise<void> }) {
  const { t } = useTranslation();
  return (
    <Alert color="red" role="alert" title={t("broadcasts.stale")}>
      <Group>
        <Button size="xs" variant="default" onClick={() => onSettle(true)}>
          {t("broadcasts.theirs")}
        </Button>
        <Button size="xs" variant="default" onClick={() => onSettle(false)}>
          {t("broadcasts.mine")}
        </Button>
      </Group>
    </Alert>
  );
}
