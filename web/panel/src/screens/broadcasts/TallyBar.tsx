// How far a broadcast has come: who got it, who could not, who waits.
import { Progress, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Tally } from "./detail";

export function TallyBar({ tally }: { tally: Tally }) {
  const { t, i18n } = useTranslation();
  const part = (number: number) => (100 * number) / (tally.total || 1);
  const words = t("broadcasts.gone", { sent: tally.sent.toLocaleString(i18n.language), total: tally.total.toLocaleString(i18n.language) });
  return (
    <>
      <Progress.Root size="lg" mt="xs">
        <Progress.Section value={part(tally.sent)} aria-label={words} />
        <Progress.Section value={part(tally.failed + tally.blocked)} color="red" aria-label={t("broadcasts.not-got")} />
      </Progress.Root>
      <Text size="sm" role="status">
        {words}
      </Text>
    </>
  );
}
