// Who is meant: conditions joined by all, any and none, with how many people that is now.
import { Button, Card, CloseButton, Group, NumberInput, Select, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { call } from "../../api/client";
import { useThings } from "../../api/things";
import { Failure, Loaded } from "../Loaded";
import { type Branch, type ConditionForm, isBranch, isComplete, type Joint, type Json, type Leaf, type Node, read, tell, widgetOf, write } from "./tree";

type Shown = { account: string; value: unknown; onChange: (condition: Record<string, Json>) => void };

export function Audience({ account, value, onChange }: Shown) {
  const forms = useThings<ConditionForm>(account, "conditions");
  return (
    <Loaded query={forms}>
      {(known) => {
        const tree = read(value, known);
        const root: Branch = isBranch(tree) ? tree : { joint: "all", parts: [tree] };
        return (
          <Stack gap="xs">
            <BranchForm node={root} forms={known} onChange={(node) => onChange(write(node))} />
            {isComplete(root, known) && <PeopleCount account={account} condition={write(root)} />}
          </Stack>
        );
      }}
    </Loaded>
  );
}

/** What a condition asks, in words. */
export function AudienceWords({ account, condition }: { account: string; condition: unknown }) {
  const { t } = useTranslation();
  const forms = useThings<ConditionForm>(account, "conditions");
  if (!forms.data) return null;
  const join = (joint: Joint, parts: string[]) => (joint === "not" ? `${t("audience.but-not")} ${parts.join(", ")}` : parts.join(joint === "any" ? t("audience.or") : "; "));
  return <>{tell(read(condition, forms.data), forms.data, join)}</>;
}

function PeopleCount({ account, condition }: { account: string; condition: Record<string, Json> }) {
  const { t, i18n } = useTranslation();
  const [asked] = useDebouncedValue(condition, 300);
  const count = useQuery({
    queryKey: [account, "contacts/count", asked],
    queryFn: async ({ signal }) =>
      (await call<{ count: number; exact: boolean }>(`/accounts/${account}/contacts/count`, { method: "POST", body: { condition: asked }, signal })).data,
  });
  if (count.error) return <Failure error={count.error} onAgain={() => count.refetch()} />;
  if (!count.data) return <Text role="status">…</Text>;
  const number = count.data.count.toLocaleString(i18n.language) + (count.data.exact ? "" : "+");
  return (
    <Text role="status" fw={600}>
      {t("people-number", { count: count.data.count, number })}
    </Text>
  );
}

type Part<T> = { node: T; forms: readonly ConditionForm[]; onChange: (node: T) => void };

function BranchForm({ node, forms, onChange }: Part<Branch>) {
  const { t } = useTranslation();
  const set = (place: number, part: Node) => onChange({ ...node, parts: node.parts.map((each, number) => (number === place ? part : each)) });
  const add = (part: Node) => onChange({ ...node, parts: [...node.parts, part] });
  return (
    <Stack gap="xs">
      <Select
        label={t("audience.joint")}
        data={(["all", "any", "not"] as const).map((joint) => ({ value: joint, label: t(`audience.${joint}`) }))}
        value={node.joint}
        allowDeselect={false}
        onChange={(joint) => onChange({ ...node, joint: joint as Joint })}
      />
      {node.parts.map((part, place) => (
        <Card key={place} withBorder p="xs">
          <Group align="flex-start" wrap="nowrap" justify="space-between">
            {isBranch(part) ? (
              <BranchForm node={part} forms={forms} onChange={(changed) => set(place, changed)} />
            ) : (
              <LeafForm node={part} forms={forms} onChange={(changed) => set(place, changed)} />
            )}
            <CloseButton aria-label={t("audience.remove")} onClick={() => onChange({ ...node, parts: node.parts.filter((_, number) => number !== place) })} />
          </Group>
        </Card>
      ))}
      <Group align="flex-end">
        <Select
          label={t("audience.add")}
          searchable
          data={forms.filter((form) => form.name !== "counted").map((form) => ({ value: form.name, label: form.label }))}
          value={null}
          onChange={(name) => name && add({ name, args: {} })}
        />
        <Button variant="default" onClick={() => add({ joint: "any", parts: [] })}>
          {t("audience.add-group")}
        </Button>
      </Group>
    </Stack>
  );
}

function LeafForm({ node, forms, onChange }: Part<Leaf>) {
  const form = forms.find((each) => each.name === node.name);
  const set = (field: string, value: Json | undefined) => {
    const { [field]: _, ...others } = node.args;
    onChange({ ...node, args: value === undefined || value === "" ? others : { ...others, [field]: value } });
  };
  return (
    <Group align="flex-end" gap="xs">
      <Text fw={600}>{form?.label ?? node.name}</Text>
      {form && Object.keys(form.labels).map((field) => <Argument key={field} form={form} field={field} value={node.args[field]} onChange={(value) => set(field, value)} />)}
    </Group>
  );
}

type Asked = { form: ConditionForm; field: string; value: Json | undefined; onChange: (value: Json | undefined) => void };

function Argument({ form, field, value, onChange }: Asked) {
  const label = form.labels[field] ?? field;
  const widget = widgetOf(form, field);
  if (widget === "choice")
    return <Select label={label} searchable data={form.choices[field] ?? []} value={value === undefined ? null : String(value)} onChange={(chosen) => onChange(chosen ?? undefined)} />;
  if (widget === "number")
    return <NumberInput label={label} value={typeof value === "number" ? value : ""} onChange={(number) => onChange(typeof number === "number" ? number : undefined)} />;
  return <TextInput label={label} type={widget === "date" ? "date" : "text"} value={String(value ?? "")} onChange={(event) => onChange(event.currentTarget.value)} />;
}
