// Fields of a step's form, one per kind of value; each tells its new value, and null where it is left away.
import { ActionIcon, Box, Button, Checkbox, Fieldset, Group, NumberInput, Select, Stack, Switch, Text, Textarea, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { ButtonSetField } from "./ButtonSetField";
import { useBeginStep } from "./creating";
import { IntervalField } from "./IntervalField";
import { MediaField } from "./MediaField";
import type { Fields, Json } from "./model";
import { begin, chooseKind, kindOf, listFields, resolve, type Schema } from "./schema";
import { TextField } from "./TextField";

export type FieldProps = {
  label: string;
  schema: Schema;
  root: Schema;
  value: Json;
  steps: readonly { key: string; words: string }[];
  name: (path: string) => string; // what a field is called
  path: string;
  beside?: Fields | undefined; // the fields this one stands among
  error?: string | undefined;
  onChange: (value: Json) => void;
};

export function Field(props: FieldProps) {
  const schema = resolve(props.schema, props.root);
  const known = { ...props, schema };
  switch (kindOf(schema, props.root)) {
    case "texts":
      return <TextField {...known} />;
    case "choice":
      return <ChoiceField {...known} />;
    case "switch":
      return (
        <Switch
          label={props.label}
          error={props.error}
          checked={props.value === true}
          onChange={(event) => props.onChange(event.currentTarget.checked || (schema.default === true ? false : null))}
        />
      );
    case "number":
      return (
        <NumberInput
          label={props.label}
          error={props.error}
          value={typeof props.value === "number" ? props.value : ""}
          onChange={(value) => props.onChange(value === "" ? null : Number(value))}
        />
      );
    case "step":
      return <StepField {...known} />;
    case "line":
      if (props.path.split("/").at(-1) === "button_set") return <ButtonSetField {...known} />;
      return (
        <TextInput
          label={props.label}
          error={props.error}
          {...(schema.format === "date" ? { type: "date" } : {})}
          value={typeof props.value === "string" ? props.value : ""}
          onChange={(event) => props.onChange(event.currentTarget.value || null)}
        />
      );
    case "time":
      return (
        <TextInput
          type="time"
          label={props.label}
          error={props.error}
          value={typeof props.value === "string" ? props.value : ""}
          onChange={(event) => props.onChange(event.currentTarget.value || null)}
        />
      );
    case "interval":
      return <IntervalField {...known} />;
    case "choices":
      return <ChoicesField {...known} />;
    case "media":
      return <MediaField {...known} />;
    case "list":
      return <ListField {...known} />;
    case "object":
      return (
        <Fieldset legend={props.label} p="xs">
          <ObjectField {...known} />
        </Fieldset>
      );
    case "union":
      return <UnionField {...known} />;
    default:
      return <OtherField {...known} />;
  }
}

/** The word for a value in a document, by what the field is called. */
function useChoiceWords(path: string): (value: Json) => string {
  const { t } = useTranslation();
  const name = path.split("/").at(-1) ?? "";
  return (value) => t(`editor.choice.${name}.${String(value)}`, String(value));
}

function ChoiceField({ label, path, schema, value, error, onChange }: FieldProps) {
  const tell = useChoiceWords(path);
  const choices = schema.enum ?? [];
  const chosen = value ?? schema.default ?? null;
  return (
    <Select
      label={label}
      error={error}
      allowDeselect={false}
      data={choices.map((each) => ({ value: String(each), label: tell(each) }))}
      value={chosen === null ? null : String(chosen)}
      onChange={(text) => {
        const next = choices.find((each) => String(each) === text) ?? null;
        onChange(next !== null && next === schema.default ? null : next);
      }}
    />
  );
}

/** Any of several values. */
function ChoicesField({ label, path, schema, root, value, error, onChange }: FieldProps) {
  const tell = useChoiceWords(path);
  const choices = resolve(schema.items ?? {}, root).enum ?? [];
  const chosen = Array.isArray(value) ? value : Array.isArray(schema.default) ? schema.default : [];
  return (
    <Checkbox.Group
      label={label}
      error={error}
      value={chosen.map(String)}
      onChange={(texts) => onChange(choices.filter((each) => texts.includes(String(each))))}
    >
      <Group gap="md" mt={4}>
        {choices.map((each) => (
          <Checkbox key={String(each)} value={String(each)} label={tell(each)} />
        ))}
      </Group>
    </Checkbox.Group>
  );
}

const NEW = "+";

/** The step a way leads to: looked for by its words; what is not written yet is begun. */
function StepField({ label, value, steps, error, onChange }: FieldProps) {
  const { t } = useTranslation();
  const beginStep = useBeginStep();
  const [search, setSearch] = useState("");
  const known = steps.map((step) => ({ value: step.key, label: step.words }));
  const isLost = typeof value === "string" && !steps.some((step) => step.key === value);
  const lost = isLost ? [{ value, label: t("editor.no-step", { key: value }) }] : [];
  const isNew = search.trim() && !known.some((step) => step.label === search);
  const fresh = { value: NEW, label: isNew ? t("editor.new-step-called", { words: search.trim() }) : t("editor.new-step") };
  return (
    <Select
      label={label}
      error={error}
      searchable
      clearable
      placeholder={t("editor.in-order")}
      clearButtonProps={{ "aria-label": t("editor.in-order-for", { label }) }}
      searchValue={search}
      onSearchChange={setSearch}
      filter={({ options, search: asked }) =>
        options.filter((option) => !("group" in option) && (option.value === NEW || option.label.toLowerCase().includes(asked.trim().toLowerCase())))
      }
      data={[...lost, ...known, ...(beginStep ? [fresh] : [])]}
      value={typeof value === "string" ? value : null}
      onChange={(chosen) => onChange(chosen === NEW && beginStep ? beginStep(isNew ? search.trim() : "") : chosen)}
    />
  );
}

/** An object's fields one below the other; within a list they need no frame of their own. */
function ObjectField(props: FieldProps) {
  const { t } = useTranslation();
  const [all, { open }] = useDisclosure(false);
  const fields = (props.value ?? {}) as Fields;
  const { shown, more } = listFields(props.schema, fields, all);
  return (
    <Stack gap="xs">
      {shown.map(([name, schema]) => (
        <Field
          key={name}
          {...props}
          error={undefined}
          path={`${props.path}/${name}`}
          label={props.name(`${props.path}/${name}`)}
          schema={schema}
          beside={fields}
          value={fields[name] ?? null}
          onChange={(value) => {
            const { [name]: _, ...others } = fields;
            props.onChange(value === null ? others : { ...others, [name]: value });
          }}
        />
      ))}
      {more && <MoreSettings onClick={open} label={t("editor.seldom")} />}
    </Stack>
  );
}

export function MoreSettings({ onClick, label }: { onClick: () => void; label: string }) {
  return (
    <Group>
      <Button size="compact-xs" variant="subtle" onClick={onClick}>
        {label}
      </Button>
    </Group>
  );
}

/** One of several kinds of objects: first which, then its fields. */
function UnionField(props: FieldProps) {
  const { t, i18n } = useTranslation();
  const kinds = (props.schema.anyOf ?? []).map((each) => resolve(each, props.root));
  const chosen = chooseKind(kinds, props.value);
  const kind = kinds[chosen];
  return (
    <Fieldset legend={props.label} p="xs">
      <Stack gap="xs">
        <Select
          aria-label={props.label}
          allowDeselect={false}
          data={kinds.map((each, at) => ({ value: String(at), label: t(`editor.kind.${each.title}`, each.title ?? "") }))}
          value={chosen < 0 ? null : String(chosen)}
          onChange={(at) => at !== null && props.onChange(begin(kinds[Number(at)] ?? {}, props.root, i18n.language))}
          comboboxProps={{ keepMounted: false }}
        />
        {kind?.properties && <ObjectField {...props} schema={kind} />}
      </Stack>
    </Fieldset>
  );
}

/** Several of a kind, in their order. */
function ListField(props: FieldProps) {
  const { t, i18n } = useTranslation();
  const items = Array.isArray(props.value) ? props.value : [];
  const schema = resolve(props.schema.items ?? {}, props.root);
  const tell = (next: Json[]) => props.onChange(next.length > 0 ? next : null);
  return (
    <Fieldset legend={props.label} p="xs">
      <Stack gap="xs">
        {props.error && <Text c="red">{props.error}</Text>}
        {items.map((item, at) => {
          const number = `${props.label} ${at + 1}`;
          const itemProps: FieldProps = {
            ...props,
            error: undefined,
            label: number,
            schema,
            value: item,
            onChange: (value) => tell(items.map((each, place) => (place === at ? value : each))),
          };
          return (
            <Box key={at} role="group" aria-label={number} style={{ borderTop: at > 0 ? "1px solid var(--mantine-color-default-border)" : "" }}>
              <Group gap={0} justify="end">
                <ActionIcon
                  variant="subtle"
                  aria-label={t("editor.move-up", { words: number })}
                  disabled={at === 0}
                  onClick={() => tell(swap(items, at, at - 1))}
                >
                  ↑
                </ActionIcon>
                <ActionIcon
                  variant="subtle"
                  aria-label={t("editor.remove", { words: number })}
                  onClick={() => tell(items.filter((_, place) => place !== at))}
                >
                  ✕
                </ActionIcon>
              </Group>
              {kindOf(schema) === "object" ? <ObjectField {...itemProps} /> : <Field {...itemProps} />}
            </Box>
          );
        })}
        <Group>
          <Button size="compact-xs" variant="default" onClick={() => tell([...items, begin(schema, props.root, i18n.language)])}>
            {t("editor.add-to", { what: props.label })}
          </Button>
        </Group>
      </Stack>
    </Fieldset>
  );
}

function swap(items: Json[], one: number, other: number): Json[] {
  const next = [...items];
  [next[one], next[other]] = [next[other] ?? null, next[one] ?? null];
  return next;
}

/** What no form is made for yet: as it stands in the file; a text that is no value yet is kept and told by nothing. */
function OtherField({ label, value, error, onChange }: FieldProps) {
  const { t } = useTranslation();
  const [text, setText] = useState(value === null ? "" : JSON.stringify(value, null, 2));
  const [wrong, setWrong] = useState(false);
  return (
    <Textarea
      label={label}
      autosize
      error={wrong ? t("editor.no-value") : error}
      value={text}
      onChange={(event) => {
        const written = event.currentTarget.value;
        setText(written);
        const parsed = parse(written);
        setWrong(parsed === undefined);
        if (parsed !== undefined) onChange(parsed);
      }}
    />
  );
}

function parse(text: string): Json | undefined {
  if (!text.trim()) return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
