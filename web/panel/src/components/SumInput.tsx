// A field for a sum of money: what is typed is read as people write sums, and what cannot be read is said at once.
import { TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { readSum } from "./sums";

type Shown = { label: string; begin: number | string; digits: number; onChange: (sum: number) => void };

export function SumInput({ label, begin, digits, onChange }: Shown) {
  const { t, i18n } = useTranslation();
  const [typed, setTyped] = useState(() => (typeof begin === "number" ? begin.toLocaleString(i18n.language, { useGrouping: false }) : begin));
  const isWrong = typed.trim() !== "" && Number.isNaN(readSum(typed, digits));
  return (
    <TextInput
      label={label}
      inputMode="decimal"
      value={typed}
      error={isWrong && t(digits > 0 ? "money.no-sum" : "money.no-whole-sum")}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        onChange(readSum(event.currentTarget.value, digits));
      }}
    />
  );
}
