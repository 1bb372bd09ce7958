// The buttons below a broadcast, each a link in a row of its own; presses are counted unless one says no.
import { Button, Card, CloseButton, Group, Stack, Switch, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { FieldProps } from "../../editor/fields";
import type { Fields, Json } from "../../editor/model";
import { TextField } from "../../editor/TextField";

export function ButtonsField({ value, field }: { value: Json; field: FieldProps }) {
  const { t } = useTranslation();
  const rows = (Array.isArray(value) ? value : []) as Fields[][];
  const put = (next: Fields[][]) => field.onChange(next.some((row) => row.length > 0) ? next.filter((row) => row.length > 0) : null);
  const set = (row: number, column: number, next: Fields | null) =>
    put(rows.map((each, at) => (at === row ? each.flatMap((button, place) => (place === column ? (next ? [next] : []) : [button])) : each)));
  return (
    <Stack gap="xs">
      {rows.map((buttons, row) =>
        buttons.map((button, column) => (
          <Card key={`${row}.${column}`} withBorder p="xs">
            <Group justify="space-between" wrap="nowrap" align="flex-start">
              <Stack gap="xs" flex={1} miw={0}>
                <TextField
                  {...field}
                  label={t("broadcasts.button.text")}
                  value={button["text"] ?? null}
                  path="buttons/text"
                  onChange={(text) => set(row, column, { ...button, text: text ?? "" })}
                />
                {"url" in button && (
                  <>
                    <TextInput
                      type="url"
                      label={t("broadcasts.button.url")}
                      placeholder="https://"
                      value={String(button["url"] ?? "")}
                      onChange={(event) => set(row, column, { ...button, url: event.currentTarget.value })}
                    />
                    <Switch
                      label={t("broadcasts.button.track")}
                      checked={button["track"] !== false}
                      onChange={(event) => set(row, column, { ...button, track: event.currentTarget.checked })}
                    />
                  </>
                )}
              </Stack>
              <CloseButton aria-label={t("broadcasts.button.remove")} onClick={() => set(row, column, null)} />
            </Group>
          </Card>
        )),
      )}
      <Group>
        <Button variant="default" size="xs" onClick={() => put([...rows, [{ text: "", url: "" }]])}>
          {t("broadcasts.button.add")}
        </Button>
      </Group>
    </Stack>
  );
}
