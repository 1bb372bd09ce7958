// When a broadcast leaves: at once, at a moment, or at an hour of each person's own clock.
import { Group, NativeSelect, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Fields } from "../../editor/model";

const WAYS = ["now", "at", "local"] as const;
const EVENING = "19:00";
const MOST_NAME = 60;

export type Time = { way: (typeof WAYS)[number]; at: string; local: string };

export function timeOf(document: Fields): Time {
  const at = toField(document["at"]);
  const local = typeof document["local"] === "string" ? document["local"] : "";
  return { way: at ? "at" : local ? "local" : "now", at, local: local || EVENING };
}

/** The document with the time chosen; a moment that is not whole yet is left out, and what goes at once is not weekly. */
export function withTime(document: Fields, time: Time): Fields {
  const { at: _, local: __, ...others } = document;
  if (time.way === "local") return { ...others, local: time.local, weekly: false };
  const at = new Date(time.at);
  return time.way === "at" && !Number.isNaN(at.getTime()) ? { ...others, at: at.toISOString() } : { ...others, weekly: false };
}

/** What it is called where nobody said: its first words. */
export function nameOf(document: Fields, otherwise: string): string {
  if (typeof document["name"] === "string" && document["name"].trim()) return document["name"].trim();
  const text = typeof document["text"] === "string" ? document["text"] : (Object.values((document["text"] ?? {}) as Record<string, string>)[0] ?? "");
  return (new DOMParser().parseFromString(text, "text/html").body.textContent?.trim().split("\n")[0] ?? "").slice(0, MOST_NAME) || otherwise;
}

export function WhenField({ time, onChange }: { time: Time; onChange: (time: Time) => void }) {
  const { t } = useTranslation();
  return (
    <Group align="flex-end">
      <NativeSelect
        label={t("broadcasts.when")}
        data={WAYS.map((way) => ({ value: way, label: t(`broadcasts.way.${way}`) }))}
        value={time.way}
        onChange={(event) => onChange({ ...time, way: event.currentTarget.value as Time["way"] })}
      />
      {time.way === "at" && <MomentField value={time.at} onChange={(at) => onChange({ ...time, at })} />}
      {time.way === "local" && <TextInput type="time" label={t("broadcasts.hour")} value={time.local} onChange={(event) => onChange({ ...time, local: event.currentTarget.value })} />}
    </Group>
  );
}

/** A moment by the clock of who looks; its zone stands below. */
export function MomentField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation();
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return <TextInput type="datetime-local" label={t("broadcasts.at")} description={timeZone} value={value} onChange={(event) => onChange(event.currentTarget.value)} />;
}

/** A moment as the API has it, as the field has it; empty where there is none. */
export function toField(at: unknown): string {
  if (typeof at !== "string") return "";
  const moment = new Date(at);
  const shifted = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}
