// A new link into a course: whom it lets in, until when, with whom they begin, and the marks by which sales are counted.
import { Button, Modal, NumberInput, Select, Stack, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";

import { useAct } from "../../api/acts";
import { change, useThings } from "../../api/things";
import { Failure } from "../../components/Loaded";
import { type Token, LinkShown } from "./Courses";
import type { Place } from "./places";

const KINDS = ["public", "group", "personal", "external"] as const;
type Kind = (typeof KINDS)[number];
type Typed = { deployment: string; kind: Kind; uses: number | string; holder: string; external: string; days: number | string; cohort: string | null; label: string; source: string; campaign: string };
type Shown = { account: string; places: Place[]; nameOf: (place: Place) => string };

/** What the server is told: only what was typed. */
function termsOf(typed: Typed): Record<string, string> {
  const utm = [typed.source.trim() && `source:${typed.source.trim()}`, typed.campaign.trim() && `campaign:${typed.campaign.trim()}`].filter(Boolean).join(",");
  const asked = {
    uses: typed.kind === "group" ? String(typed.uses) : "",
    for: typed.kind === "personal" ? typed.holder.trim() : "",
    external: typed.kind === "external" ? typed.external.trim() : "",
    days: String(typed.days),
    cohort: typed.cohort ?? "",
    label: typed.label.trim(),
    utm,
  };
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value));
}

export function NewLink({ account, places, nameOf }: Shown) {
  const { t } = useTranslation();
  const [open, { open: ask, close }] = useDisclosure(false);
  return (
    <>
      <Button onClick={ask}>{t("links.new")}</Button>
      <Modal opened={open} onClose={close} title={t("links.new")} closeButtonProps={{ "aria-label": t("close") }}>
        <LinkForm account={account} places={places} nameOf={nameOf} />
      </Modal>
    </>
  );
}

function LinkForm({ account, places, nameOf }: Shown) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState<Typed>(() => {
    const place = places.find((each) => each.environment !== "test") ?? places[0];
    return { deployment: place?.id ?? "", kind: "public", uses: 30, holder: "", external: "", days: "", cohort: null, label: "", source: "", campaign: "" };
  });
  const set = (changed: Partial<Typed>) => setTyped({ ...typed, ...changed });
  const cohorts = useThings<{ id: string; code: string }>(account, `cohorts?deployment=${typed.deployment}`);
  const make = useAct({
    mutationFn: () => change<Token>(account, "POST", "tokens", { deployment: typed.deployment, kind: typed.kind, terms: termsOf(typed) }),
  });
  const isWhole = (typed.kind !== "group" || Number(typed.uses) > 0) && (typed.kind !== "external" || typed.external.trim() !== "");

  function submit(event: FormEvent) {
    event.preventDefault();
    if (isWhole) make.mutate();
  }

  if (make.data) return <LinkShown account={account} token={make.data.id} />;
  return (
    <form onSubmit={submit}>
      <Stack>
        <Select
          label={t("links.course")}
          allowDeselect={false}
          data={places.map((place) => ({ value: place.id, label: nameOf(place) }))}
          value={typed.deployment}
          onChange={(deployment) => deployment && set({ deployment, cohort: null })}
        />
        <Select
          label={t("links.whom")}
          description={t(`links.kind-what.${typed.kind}`)}
          allowDeselect={false}
          data={KINDS.map((kind) => ({ value: kind, label: t(`links.kind.${kind}`) }))}
          value={typed.kind}
          onChange={(kind) => kind && set({ kind: kind as Kind })}
        />
        {typed.kind === "group" && <NumberInput label={t("links.most")} min={1} max={1_000_000} allowDecimal={false} value={typed.uses} onChange={(uses) => set({ uses })} />}
        {typed.kind === "personal" && <TextInput label={t("links.holder")} description={t("links.holder-what")} inputMode="numeric" value={typed.holder} onChange={(event) => set({ holder: event.currentTarget.value })} />}
        {typed.kind === "external" && <TextInput label={t("links.external")} maxLength={128} value={typed.external} onChange={(event) => set({ external: event.currentTarget.value })} />}
        <TextInput label={t("links.label")} description={t("links.label-what")} maxLength={64} value={typed.label} onChange={(event) => set({ label: event.currentTarget.value })} />
        <NumberInput label={t("links.days")} description={t("links.days-what")} min={1} max={3650} allowDecimal={false} value={typed.days} onChange={(days) => set({ days })} />
        {(cohorts.data ?? []).length > 0 && (
          <Select
            label={t("links.cohort")}
            clearable
            clearButtonProps={{ "aria-label": t("links.no-cohort") }}
            data={(cohorts.data ?? []).map(({ code }) => code)}
            value={typed.cohort}
            onChange={(cohort) => set({ cohort })}
          />
        )}
        <TextInput label={t("links.source")} description={t("links.source-what")} maxLength={64} value={typed.source} onChange={(event) => set({ source: event.currentTarget.value })} />
        <TextInput label={t("links.campaign")} maxLength={64} value={typed.campaign} onChange={(event) => set({ campaign: event.currentTarget.value })} />
        {make.error && <Failure error={make.error} onAgain={() => make.mutate()} />}
        <Button type="submit" loading={make.isPending} disabled={!isWhole}>
          {t("links.make")}
        </Button>
      </Stack>
    </form>
  );
}
