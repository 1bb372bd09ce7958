// What is different between two states of a flow: added, removed, moved, and each changed text before and after.
import { Badge, Card, Group, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { StepType } from "../../editor/stepTypes";
import { type Difference, isEmpty, listFieldChanges } from "./compare";

type Shown = { difference: Difference; types: StepType[]; name: (key: string) => string };

export function Changes({ difference, types, name }: Shown) {
  const { t, i18n } = useTranslation();
  if (isEmpty(difference)) return <Text>{t("versions.same")}</Text>;
  return (
    <Stack gap="xs">
      {(["added", "removed", "moved"] as const).map(
        (kind) =>
          difference[kind].length > 0 && (
            <Group key={kind} gap={4}>
              <Text size="sm" fw={600}>
                {t(`versions.${kind}`)}
              </Text>
              {difference[kind].map((key) => (
                <Badge key={key} variant="default" tt="none">
                  {name(key)}
                </Badge>
              ))}
            </Group>
          ),
      )}
      {difference.changed.map((change) => (
        <Card key={change.key} withBorder p="xs">
          <Text size="sm" fw={600}>
            {name(change.key)}
          </Text>
          {listFieldChanges(change, i18n.language).map((field) => (
            <Stack key={field.field} gap={2} mt={4}>
              <Text size="xs">{types.find((type) => type.type === change.new.type)?.labels[field.field] ?? field.field}</Text>
              {field.old && (
                <Text component="del" size="sm" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere", textDecoration: "line-through" }}>
                  {field.old}
                </Text>
              )}
              {field.new && (
                <Text component="ins" size="sm" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere", textDecoration: "none", fontWeight: 600 }}>
                  {field.new}
                </Text>
              )}
            </Stack>
          ))}
        </Card>
      ))}
    </Stack>
  );
}
