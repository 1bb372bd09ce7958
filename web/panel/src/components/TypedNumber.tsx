// What many people feel is not done by a slip of the hand: above a hundred their number is typed first.
import { TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

const TYPED_ABOVE = 100;

/** Whether it may go on, and the field that has to be filled in for it, if any; `label` asks for the number in other words. */
export function useTypedNumber(count: number, label?: string) {
  const { t, i18n } = useTranslation();
  const [typed, setTyped] = useState("");
  const isLarge = count > TYPED_ABOVE;
  const field = isLarge && (
    <TextInput
      label={label ?? t("type-number", { number: count.toLocaleString(i18n.language) })}
      inputMode="numeric"
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
    />
  );
  return { ready: count > 0 && (!isLarge || typed.replace(/\D/g, "") === String(count)), field };
}
