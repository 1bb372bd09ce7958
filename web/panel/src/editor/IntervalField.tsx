// A length of time: a number and its unit; several parts as they are written.
import { Group, NumberInput, Select, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { FieldProps } from "./fields";
import { readInterval, type Unit, UNITS } from "./intervals";

export function IntervalField({ label, value, error, onChange }: FieldProps) {
  const { t } = useTranslation();
  const text = typeof value === "string" ? value : "";
  const parts = readInterval(text);
  const part = parts[0] ?? { number: "" as const, unit: "h" as Unit };
  if (parts.length > 1 || (text && parts.length === 0)) {
    return (
      <TextInput
        label={label}
        error={error}
        description={t("editor.interval")}
        value={text}
        onChange={(event) => onChange(event.currentTarget.value || null)}
      />
    );
  }
  return (
    <Group align="end" wrap="nowrap" gap="xs">
      <NumberInput
        label={label}
        error={error}
        min={0}
        allowDecimal={false}
        value={part.number}
        onChange={(number) => onChange(number === "" ? null : `${number}${part.unit}`)}
        style={{ flex: 1 }}
      />
      <Select
        aria-label={t("editor.unit-of", { label })}
        allowDeselect={false}
        data={UNITS.map((unit) => ({ value: unit, label: t(`editor.unit.${unit}`) }))}
        value={part.unit}
        onChange={(unit) => unit && onChange(`${part.number === "" ? 1 : part.number}${unit}`)}
        w={130}
      />
    </Group>
  );
}
