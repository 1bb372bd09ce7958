// A new flow: an empty one, a sample, or a file that somebody has already.
import { Button, Card, FileButton, Group, Modal, Progress, Select, Stack, Switch, Tabs, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useNavigate } from "@tanstack/react-router";
import { type DragEvent, type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";

import { useAct } from "../../api/acts";
import { upload } from "../../api/client";
import { queries } from "../../api/queries";
import { change } from "../../api/things";
import { Failure } from "../../components/Loaded";
import type { Fields, Json } from "../../editor/model";
import { makeSlug, takeChance } from "../../editor/slugs";
import { localize } from "../../editor/words";
import { Findings, type Read } from "./Findings";
import samples from "./samples.json";

const KINDS = ["course", "scenario"] as const;
const WAYS = ["blank", "sample", "file"] as const;
type Begun = { slug: string; kind: string; name: Json; steps?: Fields[] };

export function NewFlow({ account }: { account: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [open, { open: ask, close }] = useDisclosure(false);
  const [chance] = useState(takeChance);
  const enter = async (flow: string) => {
    await queries.invalidateQueries({ queryKey: [account, "flows"] });
    await navigate({ to: "/$account/flows/$flow", params: { account, flow } });
  };
  const begin = useAct({
    mutationFn: (body: Begun) => change<{ id: string }>(account, "POST", "flows", body),
    onSuccess: ({ id }) => enter(id),
  });

  return (
    <>
      <Button onClick={ask}>{t("flows.new")}</Button>
      <Modal opened={open} onClose={close} title={t("flows.new")} size="lg" closeButtonProps={{ "aria-label": t("close") }}>
        <Tabs defaultValue="blank">
          <Tabs.List mb="sm">
            {WAYS.map((way) => (
              <Tabs.Tab key={way} value={way}>
                {t(`flows.way.${way}`)}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          {begin.error && begin.variables && <Failure error={begin.error} onAgain={() => begin.mutate(begin.variables)} />}
          <Tabs.Panel value="blank">
            <Blank busy={begin.isPending} onBegin={(kind, name) => begin.mutate({ slug: makeSlug(name, kind, chance), kind, name })} />
          </Tabs.Panel>
          <Tabs.Panel value="sample">
            <Samples busy={begin.isPending} onBegin={(body) => begin.mutate(body)} />
          </Tabs.Panel>
          <Tabs.Panel value="file">
            <FromFile account={account} onMade={enter} />
          </Tabs.Panel>
        </Tabs>
      </Modal>
    </>
  );
}

function Blank({ busy, onBegin }: { busy: boolean; onBegin: (kind: string, name: string) => void }) {
  const { t } = useTranslation();
  const [kind, setKind] = useState<string>("course");
  const [name, setName] = useState("");
  function submit(event: FormEvent) {
    event.preventDefault();
    if (name.trim()) onBegin(kind, name.trim());
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <Select
          label={t("flows.which")}
          allowDeselect={false}
          data={KINDS.map((value) => ({ value, label: t(`flows.kind.${value}`) }))}
          value={kind}
          onChange={(chosen) => chosen && setKind(chosen)}
        />
        <TextInput
          label={t("flows.name")}
          placeholder={t("flows.name-example")}
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          data-autofocus
        />
        <Button type="submit" loading={busy} disabled={!name.trim()}>
          {t("flows.begin")}
        </Button>
      </Stack>
    </form>
  );
}

function Samples({ busy, onBegin }: { busy: boolean; onBegin: (body: Begun) => void }) {
  const { t, i18n } = useTranslation();
  const [chance] = useState(takeChance);
  return (
    <Stack gap="xs">
      <Text size="sm">{t("flows.samples")}</Text>
      {samples.map((sample) => {
        const name = localize(sample.name, i18n.language);
        return (
          <Card key={name} withBorder p="sm">
            <Group justify="space-between" wrap="nowrap">
              <Stack gap={0}>
                <Text fw={600}>{name}</Text>
                <Text size="sm">
                  {t(`flows.kind.${sample.kind}`)} · {t("flows.steps", { count: sample.steps.length })}
                </Text>
              </Stack>
              <Button
                variant="default"
                disabled={busy}
                aria-label={`${t("flows.take-sample")}: ${name}`}
                onClick={() => onBegin({ slug: makeSlug(name, sample.kind, chance), kind: sample.kind, name: sample.name, steps: sample.steps as unknown as Fields[] })}
              >
                {t("flows.take-sample")}
              </Button>
            </Group>
          </Card>
        );
      })}
    </Stack>
  );
}

/** First what the file would become and what was found in it, then it is kept. */
function FromFile({ account, onMade }: { account: string; onMade: (flow: string) => Promise<void> }) {
  const { t } = useTranslation();
  const [part, setPart] = useState(0);
  const [replaces, setReplaces] = useState(false);
  const send = <T,>(what: string, file: File, more = "") => {
    const asked = `name=${encodeURIComponent(file.name)}&slug=${makeSlug(file.name.replace(/\.\w+$/, ""), "course", takeChance())}${more}`;
    return upload<T>(`/accounts/${account}/flows/${what}?${asked}`, file, setPart, new AbortController().signal);
  };
  const look = useAct({ mutationFn: (file: File) => send<Read>("read", file), onMutate: () => setPart(0) });
  const keep = useAct({
    mutationFn: (file: File) => send<{ flow: string }>("import", file, replaces ? "&replace=true" : ""),
    onSuccess: ({ flow }) => onMade(flow),
  });
  const read = look.data;
  const file = look.variables;

  function drop(event: DragEvent) {
    event.preventDefault();
    const [dropped] = event.dataTransfer.files;
    if (dropped) look.mutate(dropped);
  }

  return (
    <Stack onDragOver={(event) => event.preventDefault()} onDrop={drop}>
      <Text size="sm">{t("flows.file-kinds")}</Text>
      <Group>
        <FileButton onChange={(chosen) => chosen && look.mutate(chosen)} accept=".yaml,.yml,.xlsx,.csv,.docx,.md,.zip,.txt,.gift">
          {(button) => (
            <Button variant="default" {...button}>
              {t("flows.choose-file")}
            </Button>
          )}
        </FileButton>
      </Group>
      {look.isPending && (
        <Progress.Root>
          <Progress.Section value={part * 100} animated aria-label={t("flows.reading", { file: file?.name ?? "" })} />
        </Progress.Root>
      )}
      {look.error && file && <Failure error={look.error} onAgain={() => look.mutate(file)} />}
      {read && file && (
        <>
          {read.kind && (
            <Text role="status">
              {t(`flows.kind.${read.kind}`)} “{read.name}” · {t("flows.steps", { count: read.steps.length })}
            </Text>
          )}
          <Findings read={read} />
          {read.flow && <Switch label={t("flows.replace", { slug: read.slug })} checked={replaces} onChange={(event) => setReplaces(event.currentTarget.checked)} />}
          {keep.error && <Failure error={keep.error} onAgain={() => keep.mutate(file)} />}
          <Button loading={keep.isPending} disabled={read.wrong || (read.flow !== null && !replaces)} onClick={() => keep.mutate(file)}>
            {t("flows.keep")}
          </Button>
        </>
      )}
    </Stack>
  );
}
