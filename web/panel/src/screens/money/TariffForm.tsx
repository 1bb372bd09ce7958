// A tariff, new or under other terms: what it is called, what it costs, what it gives, how it is paid.
import { Button, Checkbox, Modal, MultiSelect, NumberInput, Select, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";

import { useAct } from "../../api/acts";
import { change, useThings } from "../../api/things";
import { Failure } from "../../components/Loaded";
import { digitsOf } from "../../components/Sum";
import { SumInput } from "../../components/SumInput";
import { makeSlug, takeChance } from "../../editor/slugs";
import { type Course, pickText, type Tariff } from "./Tariffs";

type GroupRow = { chat_id: number; title: string; bots: { may_invite: boolean }[] };
type Typed = {
  flow: string;
  name: string;
  description: string;
  price: number | string;
  currency: string;
  rights: string[];
  groups: string[];
  paid: string;
  parts: number | string;
  trial: number | string;
};
export const CURRENCIES = ["RUB", "KZT", "BYN", "USD", "EUR", "XTR"] as const;
const RIGHTS = ["feedback", "community", "mentor"] as const;
const WAYS = ["once", "month", "parts"] as const;

function begin(known: Tariff | undefined, courses: Course[], language: string): Typed {
  const plan = known?.plan;
  return {
    flow: known?.flow ?? courses[0]?.id ?? "",
    name: known ? pickText(known.name, language) : "",
    description: known ? pickText(known.description, language) : "",
    price: known ? known.price.amount / 10 ** digitsOf(known.price.currency) : "",
    currency: known?.price.currency ?? "RUB",
    rights: known?.rights ?? [],
    groups: known?.groups.map(String) ?? [],
    paid: plan?.parts ? "parts" : plan?.period ? "month" : "once",
    parts: plan?.parts ?? 3,
    trial: plan?.trial_days ?? 0,
  };
}

/** What links and files call it: a small letter first, then letters, digits and underlines. */
function makeCode(name: string, chance: string): string {
  return makeSlug(name, "tariff", chance).replace(/-/g, "_").replace(/^[^a-z]+/, "").slice(-24).replace(/^[^a-z]+/, "") || "tariff";
}

/** What the server is told: texts that were not touched stay in all their languages, and so does a plan. */
function write(typed: Typed, first: Typed, isNew: boolean, chance: string): Record<string, unknown> {
  const amount = Math.round(Number(typed.price) * 10 ** digitsOf(typed.currency));
  const trial = Number(typed.trial) > 0 ? `${typed.trial}d` : null;
  const plan = { period: typed.paid === "once" ? null : "month", parts: typed.paid === "parts" ? Number(typed.parts) : null, trial };
  const isOther = (...names: (keyof Typed)[]) => isNew || names.some((name) => typed[name] !== first[name]);
  return {
    ...(isOther("name") ? { name: { "*": typed.name } } : {}),
    ...(isOther("description") && (typed.description || !isNew) ? { description: { "*": typed.description } } : {}),
    ...(isOther("price", "currency") ? { price: { amount, currency: typed.currency } } : {}),
    ...(isOther("rights") ? { rights: typed.rights } : {}),
    ...(isOther("groups") ? { groups: typed.groups.map(Number) } : {}),
    ...(typed.paid === "once" && !trial && isNew ? {} : isOther("paid", "parts", "trial") ? { plan } : {}),
    ...(isNew ? { flow: typed.flow, code: makeCode(typed.name, chance) } : {}),
  };
}

type Shown = { account: string; courses: Course[]; known?: Tariff; label: string };

export function TariffForm({ account, courses, known, label }: Shown) {
  const { t } = useTranslation();
  const [open, { open: ask, close }] = useDisclosure(false);
  return (
    <>
      <Button size={known ? "xs" : "sm"} variant={known ? "default" : "filled"} onClick={ask}>
        {label}
      </Button>
      <Modal opened={open} onClose={close} title={label} closeButtonProps={{ "aria-label": t("close") }}>
        <Form account={account} courses={courses} known={known} onDone={close} />
      </Modal>
    </>
  );
}

function Form({ account, courses, known, onDone }: { account: string; courses: Course[]; known: Tariff | undefined; onDone: () => void }) {
  const { t, i18n } = useTranslation();
  const [first] = useState(() => begin(known, courses, i18n.language));
  const [typed, setTyped] = useState(first);
  const [chance] = useState(takeChance);
  const set = (changed: Partial<Typed>) => setTyped((before) => ({ ...before, ...changed }));
  const groups = useThings<GroupRow>(account, "groups");
  const save = useAct({
    mutationFn: () =>
      known
        ? change(account, "PATCH", `tariffs/${known.id}`, write(typed, first, false, chance), `"${known.etag}"`)
        : change(account, "POST", "tariffs", write(typed, first, true, chance)),
    onSuccess: onDone,
  });
  const ready = typed.name.trim() !== "" && Number(typed.price) > 0 && typed.flow !== "";

  function submit(event: FormEvent) {
    event.preventDefault();
    if (ready) save.mutate();
  }

  return (
    <form onSubmit={submit}>
      <Stack>
        {!known && courses.length > 1 && (
          <Select
            label={t("money.tariffs.opens")}
            allowDeselect={false}
            data={courses.map((course) => ({ value: course.id, label: course.name || course.slug }))}
            value={typed.flow}
            onChange={(chosen) => chosen && set({ flow: chosen })}
          />
        )}
        <TextInput
          label={t("money.tariffs.name")}
          placeholder={t("money.tariffs.name-example")}
          maxLength={200}
          value={typed.name}
          onChange={(event) => set({ name: event.currentTarget.value })}
          data-autofocus
        />
        <Textarea
          label={t("money.tariffs.description")}
          autosize
          maxLength={4000}
          value={typed.description}
          onChange={(event) => set({ description: event.currentTarget.value })}
        />
        <SumInput
          label={t("money.tariffs.price")}
          begin={first.price}
          digits={digitsOf(typed.currency)}
          onChange={(price) => set({ price })}
        />
        <Select
          label={t("money.tariffs.currency")}
          allowDeselect={false}
          data={CURRENCIES.map((value) => ({ value, label: t(`money.currency.${value}`) }))}
          value={typed.currency}
          onChange={(chosen) => chosen && set({ currency: chosen })}
        />
        <Select
          label={t("money.tariffs.how-paid")}
          allowDeselect={false}
          data={WAYS.map((value) => ({ value, label: t(`money.tariffs.way.${value}`) }))}
          value={typed.paid}
          onChange={(chosen) => chosen && set({ paid: chosen })}
        />
        {typed.paid === "parts" && (
          <NumberInput label={t("money.tariffs.parts")} min={2} max={24} value={typed.parts} onChange={(parts) => set({ parts })} />
        )}
        {typed.paid !== "parts" && (
          <NumberInput label={t("money.tariffs.trial-days")} min={0} max={365} value={typed.trial} onChange={(trial) => set({ trial })} />
        )}
        <Checkbox.Group label={t("money.tariffs.gives")} value={typed.rights} onChange={(rights) => set({ rights })}>
          <Stack gap={6} mt="xs">
            {[...new Set([...RIGHTS, ...typed.rights])].map((right) => (
              <Checkbox key={right} value={right} label={t(`money.right.${right}`, right)} />
            ))}
          </Stack>
        </Checkbox.Group>
        {(groups.data?.length ?? 0) > 0 && (
          <MultiSelect
            label={t("money.tariffs.groups")}
            data={groups.data?.map((group) => ({ value: String(group.chat_id), label: group.title || String(group.chat_id) })) ?? []}
            value={typed.groups}
            onChange={(chosen) => set({ groups: chosen })}
          />
        )}
        {known && <Text size="sm">{t("money.tariffs.who-has-it")}</Text>}
        {save.error && <Failure error={save.error} onAgain={() => save.mutate()} />}
        <Button type="submit" loading={save.isPending} disabled={!ready}>
          {t(known ? "money.tariffs.save" : "money.tariffs.put-on-sale")}
        </Button>
      </Stack>
    </form>
  );
}
