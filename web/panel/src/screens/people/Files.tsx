// People as files: everybody shown is written out, a list is brought in after a look at it, and taken back if it was wrong.
import { Button, FileButton, Group, Modal, Progress, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useAct } from "../../api/acts";
import { call, newKey, upload } from "../../api/client";
import { useAccount } from "../../api/session";
import { type Job, JobCard } from "../../components/JobCard";
import { Failure } from "../../components/Loaded";
import type { Condition } from "../../components/PeopleLink";

type Read = { people: number; known: number; link: string | null; job: Job | null };

export function FileActs({ account, everybody }: { account: string; everybody: Condition }) {
  const { t } = useTranslation();
  const may = useAccount(account)?.permissions ?? [];
  const [exported, setExported] = useState<string>();
  const [imported, setImported] = useState<string>();
  const writing = useAct({
    mutationFn: async () => {
      const { count } = (await call<{ count: number }>(`/accounts/${account}/contacts/count?all=true`, { method: "POST", body: { condition: everybody } })).data;
      const body = { select: { condition: everybody, expect: count } };
      return (await call<Job>(`/accounts/${account}/contacts/export`, { method: "POST", key: newKey(), body })).data;
    },
    onSuccess: ({ id }) => setExported(id),
  });
  return (
    <Stack gap="xs">
      <Group>
        {may.includes("contacts.export") && (
          <Button variant="default" size="xs" loading={writing.isPending} onClick={() => writing.mutate()}>
            {t("people.export")}
          </Button>
        )}
        {may.includes("contacts.change") && <Import account={account} onBegun={setImported} />}
      </Group>
      {writing.error && <Failure error={writing.error} onAgain={() => writing.mutate()} />}
      {exported && <JobCard key={exported} account={account} job={exported} title={t("people.export")} workbook />}
      {imported && (
        <JobCard key={imported} account={account} job={imported} title={t("people.import")}>
          {(job) => job.kind === "contacts_import" && <Undo account={account} job={imported} onBegun={setImported} />}
        </JobCard>
      )}
    </Stack>
  );
}

function Import({ account, onBegun }: { account: string; onBegun: (job: string) => void }) {
  const { t, i18n } = useTranslation();
  const [part, setPart] = useState(0);
  const send = (file: File, more = "") => upload<Read>(`/accounts/${account}/contacts/import?name=${encodeURIComponent(file.name)}${more}`, file, setPart, new AbortController().signal);
  const look = useAct({ mutationFn: (file: File) => send(file, "&preview=true"), onMutate: () => setPart(0) });
  const keep = useAct({
    mutationFn: (file: File) => send(file),
    onSuccess: ({ job }) => {
      if (job) onBegun(job.id);
      look.reset();
    },
  });
  const [file, read] = [look.variables, look.data];
  const show = (count: number) => ({ count, number: count.toLocaleString(i18n.language) });
  return (
    <>
      <FileButton onChange={(chosen) => chosen && look.mutate(chosen)} accept=".csv,.xlsx">
        {(button) => (
          <Button variant="default" size="xs" {...button}>
            {t("people.import")}
          </Button>
        )}
      </FileButton>
      <Modal opened={file !== undefined} onClose={look.reset} title={t("people.import")} closeButtonProps={{ "aria-label": t("close") }}>
        <Stack>
          <Text size="sm">{t("people.import-form")}</Text>
          {look.isPending && <Progress aria-label={t("people.import")} value={part * 100} animated />}
          {look.error && file && <Failure error={look.error} onAgain={() => look.mutate(file)} />}
          {read && file && (
            <>
              <Text role="status">
                {t("people.listed", show(read.people))} {t("people.listed-known", show(read.known))}
              </Text>
              {read.known < read.people && read.link && <Text>{t("people.listed-link", { link: read.link })}</Text>}
              {keep.error && <Failure error={keep.error} onAgain={() => keep.mutate(file)} />}
              <Button disabled={read.known === 0} loading={keep.isPending} onClick={() => keep.mutate(file)}>
                {t("people.import-known", show(read.known))}
              </Button>
            </>
          )}
        </Stack>
      </Modal>
    </>
  );
}

function Undo({ account, job, onBegun }: { account: string; job: string; onBegun: (job: string) => void }) {
  const { t } = useTranslation();
  const [key] = useState(newKey);
  const undo = useAct({
    mutationFn: async () => (await call<Job>(`/accounts/${account}/contacts/import/${job}/undo`, { method: "POST", key })).data,
    onSuccess: ({ id }) => onBegun(id),
  });
  return (
    <>
      <Button variant="default" size="xs" loading={undo.isPending} onClick={() => undo.mutate()}>
        {t("people.import-undo")}
      </Button>
      {undo.error && <Failure error={undo.error} onAgain={() => undo.mutate()} />}
    </>
  );
}
