// Questions: those that wait, the oldest first, and those that were answered; each opens with all that was said.
import { Badge, Card, Group, SegmentedControl, Stack, Text } from "@mantine/core";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { useList } from "../../api/lists";
import { AnchorLink } from "../../components/links";
import { ListScreen } from "../../components/ListScreen";
import { Moment } from "../../components/Moment";
import { Screen } from "../../components/Screen";
import { inLanguage, type Texts } from "../../components/texts";

export type Question = {
  id: string;
  student: string;
  step: string;
  step_name: Texts;
  text: string;
  since: string;
  status: string;
  claim: { by_me: boolean; until: string } | null;
};

export function QuestionsScreen() {
  const { t, i18n } = useTranslation();
  const { account } = useParams({ from: "/$account" });
  const { which = "open" } = useSearch({ from: "/$account/questions" });
  const navigate = useNavigate();
  const list = useList<Question>(account, "questions", { status: which === "answered" ? "answered" : "asked" });

  return (
    <Screen name={t("nav.questions")}>
      <Group>
        <SegmentedControl
          aria-label={t("questions.which")}
          value={which}
          onChange={(chosen) => void navigate({ to: "/$account/questions", params: { account }, search: { which: chosen } })}
          data={["open", "answered"].map((value) => ({ value, label: t(`questions.${value}`) }))}
        />
      </Group>
      <ListScreen list={list} counted="questions.count" empty={<Text>{t(`questions.none-${which}`)}</Text>}>
        {(questions) => (
          <Stack gap="xs" component="ul" p={0} m={0} style={{ listStyle: "none" }}>
            {questions.map((question) => (
              <Card key={question.id} component="li" withBorder p="sm">
                <Group justify="space-between" gap={4}>
                  <AnchorLink to="/$account/questions/$question" params={{ account, question: question.id }} fw={600}>
                    {question.student}
                  </AnchorLink>
                  <Text size="sm">
                    <Moment at={question.since} />
                  </Text>
                </Group>
                <Group gap="xs">
                  {question.step && <Text size="sm">{t("questions.step", { step: inLanguage(question.step_name, i18n.language) })}</Text>}
                  {question.claim && (
                    <Badge variant="default" tt="none">
                      {t(question.claim.by_me ? "questions.yours" : "questions.taken")}
                    </Badge>
                  )}
                </Group>
                <Text lineClamp={2}>{question.text}</Text>
              </Card>
            ))}
          </Stack>
        )}
      </ListScreen>
    </Screen>
  );
}
