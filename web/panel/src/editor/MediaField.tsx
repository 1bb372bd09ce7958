// Pictures and files of a message: dropped here, chosen on this device or among those uploaded before, or named by an address.
import { ActionIcon, Anchor, Box, Button, FileButton, Group, Image, Modal, Progress, Select, SimpleGrid, Stack, Text, TextInput, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useParams } from "@tanstack/react-router";
import { type DragEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { ProblemError, upload } from "../api/client";
import { useList } from "../api/lists";
import { queries } from "../api/queries";
import { ListScreen } from "../components/ListScreen";
import type { FieldProps } from "./fields";
import type { Fields, Json } from "./model";
import { resolve } from "./schema";

export type Medium = { id: string; ref: string; name: string; kind: string; size: number; added_at: string };
type Underway = { name: string; part: number; why: string; end: AbortController };

export function MediaField(props: FieldProps) {
  const { t } = useTranslation();
  const { account } = useParams({ from: "/$account" });
  const [over, setOver] = useState(false);
  const [choosing, { open: choose, close }] = useDisclosure(false);
  const latest = useRef(props);
  latest.current = props;
  const items = listItems(props.value);
  const most = props.schema.maxItems ?? 1;

  function put(next: Json[]) {
    latest.current.onChange(next.length > 0 ? next : null);
  }
  function take(medium: Pick<Medium, "kind" | "ref">) {
    put([...listItems(latest.current.value), { kind: medium.kind, ref: medium.ref }]);
  }
  const { underway, send, forget } = useUploads(account, take);

  function drop(event: DragEvent) {
    event.preventDefault();
    setOver(false);
    send([...event.dataTransfer.files]);
  }

  return (
    <Stack
      role="group"
      aria-label={props.label}
      gap="xs"
      p="xs"
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      style={{
        border: `1px ${over ? "solid var(--mantine-primary-color-filled)" : "dashed var(--mantine-color-default-border)"}`,
        borderRadius: "var(--mantine-radius-default)",
      }}
    >
      <Text size="sm" fw={500}>
        {props.label}
      </Text>
      {props.error && (
        <Text size="sm" c="red">
          {props.error}
        </Text>
      )}
      {items.map((item, at) => (
        <MediumRow
          key={`${String(item["ref"])}-${at}`}
          account={account}
          item={item}
          field={props}
          onChange={(value) => put(items.map((each, place) => (place === at ? value : each)))}
          onRemove={() => put(items.filter((_, place) => place !== at))}
          onUp={at > 0 ? () => put([...items.slice(0, at - 1), item, items[at - 1] ?? null, ...items.slice(at + 1)]) : undefined}
        />
      ))}
      {underway.map((each) => (
        <Box key={each.name} role="group" aria-label={each.name}>
          <Group justify="space-between" wrap="nowrap">
            <Text size="sm" truncate>
              {each.name}
            </Text>
            <Button size="compact-xs" variant="subtle" onClick={() => forget(each)}>
              {t(each.why ? "editor.media.dismiss" : "editor.media.stop")}
            </Button>
          </Group>
          {each.why ? (
            <Text size="sm" c="red" role="alert">
              {each.why}
            </Text>
          ) : (
            <Progress.Root>
              <Progress.Section value={each.part * 100} aria-label={t("editor.media.sending", { name: each.name })} />
            </Progress.Root>
          )}
        </Box>
      ))}
      {items.length + underway.length < most && (
        <Group gap="xs">
          <FileButton multiple onChange={send}>
            {(button) => (
              <Button size="compact-sm" variant="default" {...button}>
                {t("editor.media.upload")}
              </Button>
            )}
          </FileButton>
          <Button size="compact-sm" variant="default" onClick={choose}>
            {t("editor.media.choose")}
          </Button>
          <Text size="xs" visibleFrom="sm">
            {t("editor.media.drop")}
          </Text>
        </Group>
      )}
      <Modal opened={choosing} onClose={close} title={t("editor.media.uploaded")} closeButtonProps={{ "aria-label": t("close") }}>
        <Library
          account={account}
          onTake={(medium) => {
            take(medium);
            close();
          }}
        />
      </Modal>
    </Stack>
  );
}

/** Files on their way: each tells how far it is, and is taken once it has come; who leaves stops them. */
function useUploads(account: string, onCome: (medium: Medium) => void) {
  const { t } = useTranslation();
  const [underway, setUnderway] = useState<Underway[]>([]);
  const running = useRef(new Set<AbortController>());
  const come = useRef(onCome);
  come.current = onCome;
  useEffect(() => {
    const all = running.current;
    return () => all.forEach((end) => end.abort());
  }, []);

  const note = (end: AbortController, change: Partial<Underway>) =>
    setUnderway((before) => before.map((each) => (each.end === end ? { ...each, ...change } : each)));
  const drop = (end: AbortController) => {
    running.current.delete(end);
    setUnderway((before) => before.filter((each) => each.end !== end));
  };

  async function sendOne(file: File, end: AbortController) {
    try {
      const path = `/accounts/${account}/media?name=${encodeURIComponent(file.name)}`;
      const medium = await upload<Medium>(path, file, (part) => note(end, { part }), end.signal);
      drop(end);
      come.current(medium);
      void queries.invalidateQueries({ queryKey: [account, "media"] });
    } catch (error) {
      if (end.signal.aborted) drop(end);
      else note(end, { why: error instanceof ProblemError ? error.problem.detail : t("unreached") });
    }
  }

  function send(files: File[]) {
    for (const file of files) {
      const end = new AbortController();
      running.current.add(end);
      setUnderway((before) => [...before, { name: file.name, part: 0, why: "", end }]);
      void sendOne(file, end);
    }
  }
  return {
    underway,
    send,
    forget: ({ end }: Underway) => {
      end.abort();
      drop(end);
    },
  };
}

type RowProps = {
  account: string;
  item: Fields;
  field: FieldProps;
  onChange: (value: Json) => void;
  onRemove: () => void;
  onUp: (() => void) | undefined;
};

function MediumRow({ account, item, field, onChange, onRemove, onUp }: RowProps) {
  const { t } = useTranslation();
  const ref = String(item["ref"] ?? "");
  const kinds = resolve(resolve(field.schema.items ?? {}, field.root).properties?.["kind"] ?? {}, field.root).enum ?? [];
  const name = useMediumName(account, ref);
  return (
    <Group wrap="nowrap" align="start" role="group" aria-label={name}>
      <Preview account={account} medium={{ kind: String(item["kind"]), ref }} name={name} />
      <Stack gap={4} style={{ flex: 1, minWidth: 0 }}>
        <Text size="sm" truncate>
          {name}
        </Text>
        <Select
          size="xs"
          aria-label={t("editor.media.as")}
          allowDeselect={false}
          data={kinds.map((kind) => ({ value: String(kind), label: t(`editor.choice.kind.${String(kind)}`) }))}
          value={String(item["kind"])}
          onChange={(kind) => kind && onChange({ ...item, kind })}
        />
      </Stack>
      <Group gap={0} wrap="nowrap">
        <ActionIcon variant="subtle" aria-label={t("editor.move-up", { words: name })} disabled={!onUp} onClick={onUp}>
          ↑
        </ActionIcon>
        <ActionIcon variant="subtle" aria-label={t("editor.remove", { words: name })} onClick={onRemove}>
          ✕
        </ActionIcon>
      </Group>
    </Group>
  );
}

/** What an author calls a file; the end of its place where nobody has named it. */
function useMediumName(account: string, ref: string): string {
  const list = useList<Medium>(account, "media", { limit: "200" });
  return list.data?.find((medium) => medium.ref === ref)?.name ?? decodeURIComponent(ref.split("/").at(-1) ?? ref);
}

export function Preview({ account, medium, name }: { account: string; medium: Pick<Medium, "kind" | "ref">; name: string }) {
  const { t } = useTranslation();
  if (/^https?:/.test(medium.ref)) {
    return (
      <Anchor href={medium.ref} target="_blank" rel="noreferrer" size="sm">
        {t("editor.media.open")}
      </Anchor>
    );
  }
  const address = `/api/v1/accounts/${account}/media/preview?ref=${encodeURIComponent(medium.ref)}`;
  switch (medium.kind) {
    case "photo":
    case "animation":
      return <Image src={address} alt={name} w={88} h={88} fit="contain" radius="sm" />;
    case "audio":
    case "voice":
      return <audio controls preload="none" src={address} aria-label={name} style={{ width: 180 }} />;
    case "video":
    case "video_note":
      return <video controls preload="metadata" src={address} aria-label={name} style={{ width: 120 }} />;
    default:
      return (
        <Anchor href={address} size="sm">
          {t("editor.media.open")}
        </Anchor>
      );
  }
}

function Library({ account, onTake }: { account: string; onTake: (medium: Pick<Medium, "kind" | "ref">) => void }) {
  const { t } = useTranslation();
  const list = useList<Medium>(account, "media");
  const [address, setAddress] = useState("");
  const isAddress = /^https?:\/\/\S+\.\S+/.test(address);
  return (
    <Stack>
      <ListScreen list={list} empty={<Text>{t("editor.media.none")}</Text>}>
        {(media) => (
          <SimpleGrid cols={{ base: 2, sm: 3 }}>
            {media.map((medium) => (
              <Stack key={medium.id} gap={4} align="center">
                <Preview account={account} medium={medium} name={medium.name} />
                <UnstyledButton onClick={() => onTake(medium)} maw="100%" style={{ overflowWrap: "anywhere" }}>
                  <Text size="sm" c="var(--mantine-color-anchor)" ta="center">
                    {medium.name}
                  </Text>
                </UnstyledButton>
              </Stack>
            ))}
          </SimpleGrid>
        )}
      </ListScreen>
      <Group align="end" wrap="nowrap">
        <TextInput
          style={{ flex: 1 }}
          type="url"
          label={t("editor.media.address")}
          value={address}
          onChange={(event) => setAddress(event.currentTarget.value)}
        />
        <Button disabled={!isAddress} onClick={() => onTake({ kind: kindOfAddress(address), ref: address.trim() })}>
          {t("editor.media.take")}
        </Button>
      </Group>
    </Stack>
  );
}

const KINDS: Record<string, RegExp> = {
  photo: /\.(jpe?g|png|webp|bmp)$/i,
  animation: /\.gif$/i,
  audio: /\.(mp3|m4a|aac|flac|wav)$/i,
  voice: /\.(ogg|oga|opus)$/i,
  video: /\.(mp4|mov|webm|mkv|m4v)$/i,
};

function kindOfAddress(address: string): string {
  const path = address.split(/[?#]/)[0] ?? "";
  return Object.entries(KINDS).find(([, endings]) => endings.test(path))?.[0] ?? "document";
}

function listItems(value: Json): Fields[] {
  return Array.isArray(value) ? (value as Fields[]) : [];
}
