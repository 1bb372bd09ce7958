// When a broadcast leaves: at once, at a moment or every week from it on, at an hour of each person's own clock or within some.
import { Group, NativeSelect, Switch, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Fields } from "../../editor/model";

const WAYS = ["now", "at", "local", "window"] as const;
const EVENING = "19:00";
const DAY = { from: "10:00", to: "20:00" };
const MOST_NAME = 60;

export type Time = { way: (typeof WAYS)[number]; at: string; local: string; weekly: boolean; window: { from: string; to: string } };

export function timeOf(document: Fields): Time {
  const at = toField(document["at"]);
  const local = typeof document["local"] === "string" ? document["local"] : "";
  const window = document["window"] as Time["window"] | null | undefined;
  const way = at ? "at" : local ? "local" : window ? "window" : "now";
  return { way, at, local: local || EVENING, weekly: document["weekly"] === true, window: { ...DAY, ...window } };
}

/** The document with the time chosen; a moment that is not whole yet is left out, and only what has one can be weekly, by the clock of who looks. */
export function withTime(document: Fields, time: Time): Fields {
  const { at: _, local: __, window: hours, ...others } = document;
  const next: Fields = { ...others, weekly: false };
  if (hours && timeOf(document).way !== "window") next["window"] = hours; // of a file that has both
  const at = new Date(time.at);
  if (time.way === "window") next["window"] = time.window;
  if (time.way === "local") next["local"] = time.local;
  if (time.way !== "at" || Number.isNaN(at.getTime())) return next;
  if (time.weekly) next["zone"] ??= Intl.DateTimeFormat().resolvedOptions().timeZone;
  return { ...next, at: at.toISOString(), weekly: time.weekly };
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
      {time.way === "at" && <Switch label={t("broadcasts.weekly")} checked={time.weekly} onChange={(event) => onChange({ ...time, weekly: event.currentTarget.checked })} />}
      {time.way === "window" &&
        (["from", "to"] as const).map((end) => (
          <TextInput
            key={end}
            type="time"
            label={t(`broadcasts.window.${end}`)}
            value={time.window[end]}
            onChange={(event) => onChange({ ...time, window: { ...time.window, [end]: event.currentTarget.value } })}
          />
        ))}
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
