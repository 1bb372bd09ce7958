// What is done with the people that were chosen: which act, a last look at how many they are, then how far it is.
import { Button, Card, Checkbox, Group, Modal, NumberInput, Select, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useAct } from "../../api/acts";
import { call, newKey, ProblemError } from "../../api/client";
import { useAccount } from "../../api/session";
import { useThings } from "../../api/things";
import { type Job, JobCard } from "../../components/JobCard";
import { Failure, Loaded } from "../../components/Loaded";
import type { Condition } from "../../components/PeopleLink";
import { useTypedNumber } from "../../components/TypedNumber";

export type Chosen = readonly string[] | Condition; // ids, or whoever fits
type Field = "tag" | "tariff" | "days" | "text";
const ACTS: { kind: string; needs: string; fields: Field[] }[] = [
  { kind: "tag", needs: "contacts.change", fields: ["tag"] },
  { kind: "untag", needs: "contacts.change", fields: ["tag"] },
  { kind: "message", needs: "conversations.answer", fields: ["text"] },
  { kind: "give_access", needs: "accesses.change", fields: ["tariff"] },
  { kind: "extend_access", needs: "accesses.change", fields: ["tariff", "days"] },
  { kind: "pause", needs: "runs.change", fields: ["days"] },
  { kind: "resume", needs: "runs.change", fields: [] },
  { kind: "block", needs: "account.administer", fields: [] },
  { kind: "unblock", needs: "account.administer", fields: [] },
];
type Act = { kind: string; tag?: string; text?: string; tariff?: string; days?: number };

export function selectOf(chosen: Chosen, expect: number | null): unknown {
  return Array.isArray(chosen) ? { ids: chosen } : { condition: chosen, expect };
}

type Bar = { account: string; ids: readonly string[]; everybody: Condition; onDone: () => void };

export function BulkBar({ account, ids, everybody, onDone }: Bar) {
  const { t, i18n } = useTranslation();
  const may = useAccount(account)?.permissions ?? [];
  const [all, setAll] = useState(false);
  const [act, setAct] = useState<Act>({ kind: "tag" });
  const [asking, setAsking] = useState(false);
  const [job, setJob] = useState<string>();
  const known = ACTS.find(({ kind }) => kind === act.kind);
  const isWhole = known?.fields.every((field) => Boolean(act[field]) || (field === "days" && act.kind === "pause" && act.days === 0)) ?? false;
  return (
    <Card withBorder role="region" aria-label={t("people.chosen")}>
      <Stack gap="xs">
        <Group justify="space-between">
          <Text fw={600}>{all ? t("people.all-chosen") : t("people.chosen-number", { count: ids.length, number: ids.length.toLocaleString(i18n.language) })}</Text>
          <Checkbox label={t("people.choose-all")} checked={all} onChange={(event) => setAll(event.currentTarget.checked)} />
        </Group>
        <Group align="flex-end">
          <Select
            label={t("people.act")}
            data={ACTS.filter(({ needs }) => may.includes(needs)).map(({ kind }) => ({ value: kind, label: t(`people.acts.${kind}`) }))}
            value={act.kind}
            allowDeselect={false}
            onChange={(kind) => setAct({ kind: kind ?? "tag" })}
          />
          {known?.fields.includes("tag") && <TextInput label={t("people.tag")} maxLength={64} value={act.tag ?? ""} onChange={(event) => setAct({ ...act, tag: event.currentTarget.value.trim() })} />}
          {known?.fields.includes("tariff") && <TariffField account={account} value={act.tariff} onChange={(tariff) => setAct({ ...act, tariff })} />}
          {known?.fields.includes("days") && (
            <NumberInput
              label={t(`people.days.${act.kind}`)}
              min={act.kind === "pause" ? 0 : 1}
              max={act.kind === "pause" ? 365 : 3650}
              allowDecimal={false}
              value={act.days ?? ""}
              onChange={(days) => setAct({ kind: act.kind, ...(act.tariff ? { tariff: act.tariff } : {}), ...(typeof days === "number" ? { days } : {}) })}
            />
          )}
        </Group>
        {known?.fields.includes("text") && (
          <Textarea label={t("people.text")} autosize minRows={2} maxLength={4096} value={act.text ?? ""} onChange={(event) => setAct({ ...act, text: event.currentTarget.value })} />
        )}
        <Group>
          <Button disabled={!isWhole || (!all && ids.length === 0)} onClick={() => setAsking(true)}>
            {t("people.go-on")}
          </Button>
          <Button variant="default" onClick={onDone}>
            {t("people.choose-none")}
          </Button>
        </Group>
        {job && <JobCard key={job} account={account} job={job} title={t(`people.acts.${act.kind}`)} />}
      </Stack>
      {asking && <Ask account={account} chosen={all ? everybody : ids} act={act} onClose={() => setAsking(false)} onBegun={(begun) => setJob(begun)} />}
    </Card>
  );
}

function TariffField({ account, value, onChange }: { account: string; value: string | undefined; onChange: (tariff: string) => void }) {
  const { t } = useTranslation();
  const tariffs = useThings<{ id: string; name: string; code: string }>(account, "tariffs");
  const data = (tariffs.data ?? []).map(({ id, name, code }) => ({ value: id, label: name || code }));
  return <Select label={t("people.tariff")} data={data} value={value ?? null} allowDeselect={false} onChange={(tariff) => tariff && onChange(tariff)} />;
}

type Asking = { account: string; chosen: Chosen; act: Act; onClose: () => void; onBegun: (job: string) => void };

function Ask({ account, chosen, act, onClose, onBegun }: Asking) {
  const { t } = useTranslation();
  const isList = Array.isArray(chosen);
  const count = useQuery({
    queryKey: [account, "contacts/count", "all", chosen],
    gcTime: 0,
    queryFn: async ({ signal }) =>
      isList ? chosen.length : (await call<{ count: number }>(`/accounts/${account}/contacts/count?all=true`, { method: "POST", body: { condition: chosen }, signal })).data.count,
  });
  return (
    <Modal opened onClose={onClose} title={t(`people.acts.${act.kind}`)} closeButtonProps={{ "aria-label": t("close") }}>
      <Loaded query={count}>
        {(number) => <Sure key={number} account={account} chosen={chosen} act={act} count={number} onAnew={() => count.refetch()} onClose={onClose} onBegun={onBegun} />}
      </Loaded>
    </Modal>
  );
}

function Sure({ account, chosen, act, count, onAnew, onClose, onBegun }: Asking & { count: number; onAnew: () => unknown }) {
  const { t, i18n } = useTranslation();
  const [key] = useState(newKey);
  const { ready, field } = useTypedNumber(count);
  const begin = useAct({
    mutationFn: async () =>
      (await call<Job>(`/accounts/${account}/contacts/bulk`, { method: "POST", key, body: { select: selectOf(chosen, count), action: act } })).data,
    onSuccess: (job) => {
      onBegun(job.id);
      onClose();
    },
  });
  const differs = begin.error instanceof ProblemError && begin.error.problem.code === "AUDIENCE_DIFFERS";
  return (
    <Stack>
      <Text fw={600} role="status">
        {t("people-number", { count, number: count.toLocaleString(i18n.language) })}
      </Text>
      <Text>{t(`people.what.${act.kind}`, { tag: act.tag ?? "", days: act.days ?? 0 })}</Text>
      {act.text && <Text style={{ whiteSpace: "pre-wrap" }}>{act.text}</Text>}
      {field}
      {begin.error && <Failure error={begin.error} onAgain={() => (differs ? onAnew() : begin.mutate())} />}
      <Button disabled={!ready} loading={begin.isPending} onClick={() => begin.mutate()}>
        {t(`people.acts.${act.kind}`)}
      </Button>
    </Stack>
  );
}
