// Which shared buttons stand below a message: a set of the account by its name, or none.
import { Select } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { useThings } from "../api/things";
import type { FieldProps } from "./fields";

export function ButtonSetField({ label, value, error, onChange }: FieldProps) {
  const { t } = useTranslation();
  const { account } = useParams({ from: "/$account" });
  const { data = [] } = useThings<{ name: string }>(account, "button-sets?limit=100");
  const chosen = typeof value === "string" ? value : null;
  const names = [...new Set([...(chosen ? [chosen] : []), ...data.map(({ name }) => name)])];
  return (
    <Select
      label={label}
      error={error}
      description={t(names.length === 0 ? "editor.no-button-sets" : "editor.button-sets")}
      searchable
      clearable
      clearButtonProps={{ "aria-label": t("editor.remove", { words: label }) }}
      data={names}
      value={chosen}
      onChange={onChange}
    />
  );
}
