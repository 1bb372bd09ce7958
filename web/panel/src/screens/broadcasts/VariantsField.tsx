// Other texts for a part of the audience each, and which of them the rest gets after a while.
import { Button, Card, CloseButton, Group, NativeSelect, NumberInput, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { FieldProps } from "../../editor/fields";
import { IntervalField } from "../../editor/IntervalField";
import type { Fields, Json } from "../../editor/model";
import { TextField } from "../../editor/TextField";

const MOST = 5;
const TENTH = 10;
const LETTERS = "ABCDE";
const COUNTED = ["clicks", "payment", "completion"] as const;

type Shown = { field: FieldProps; variants: Json; winner: Json; onChange: (changed: { variants: Json; winner: Json }) => void };

export function VariantsField({ field, variants, winner, onChange }: Shown) {
  const { t } = useTranslation();
  const items = (Array.isArray(variants) ? variants : []) as Fields[];
  const chosen = winner as Fields | null;
  const put = (next: Fields[], by: Json = winner) => onChange({ variants: next.length > 0 ? next : null, winner: next.length > 1 ? by : null });
  const set = (place: number, next: Fields) => put(items.map((each, at) => (at === place ? next : each)));
  return (
    <Stack gap="xs" role="group" aria-label={t("broadcasts.variants")}>
      {items.length > 0 && <Text size="sm">{t("broadcasts.variants-what")}</Text>}
      {items.map((variant, place) => (
        <Card key={place} withBorder p="xs">
          <Group justify="space-between" wrap="nowrap" align="flex-start">
            <Stack gap="xs" flex={1} miw={0}>
              <NumberInput
                label={t("broadcasts.share", { letter: LETTERS[place] })}
                min={1}
                max={99}
                suffix="%"
                value={Number(variant["share"])}
                onChange={(share) => set(place, { ...variant, share: Number(share) })}
              />
              <TextField {...field} label={t("broadcasts.variant-text", { letter: LETTERS[place] })} value={variant["text"] ?? null} path="text" onChange={(text) => set(place, { ...variant, text })} />
            </Stack>
            <CloseButton aria-label={t("broadcasts.variant-remove", { letter: LETTERS[place] })} onClick={() => put(items.filter((_, at) => at !== place))} />
          </Group>
        </Card>
      ))}
      {items.length > 1 && (
        <Group align="flex-end">
          <NativeSelect
            label={t("broadcasts.winner")}
            data={[{ value: "", label: t("broadcasts.winner-by.none") }, ...COUNTED.map((by) => ({ value: by as string, label: t(`broadcasts.winner-by.${by}`) }))]}
            value={String(chosen?.["by"] ?? "")}
            onChange={(event) => put(items, event.currentTarget.value ? { after: "4h", ...chosen, by: event.currentTarget.value } : null)}
          />
          {chosen && <IntervalField {...field} label={t("broadcasts.winner-after")} value={chosen["after"] ?? null} onChange={(after) => put(items, { ...chosen, after })} />}
        </Group>
      )}
      {items.length < MOST && (
        <Group>
          <Button variant="default" size="xs" onClick={() => put([...items, { share: TENTH, text: null }])}>
            {t("broadcasts.variant-add")}
          </Button>
        </Group>
      )}
    </Stack>
  );
}
