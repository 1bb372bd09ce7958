// Review: work that waits, the oldest first, or what one has before oneself; each opens with its earlier tries.
import { Badge, Card, Group, SegmentedControl, Stack, Text } from "@mantine/core";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { useList } from "../../api/lists";
import { AnchorLink } from "../../components/links";
import { ListScreen } from "../../components/ListScreen";
import { Moment } from "../../components/Moment";
import { Screen } from "../../components/Screen";
import { inLanguage, type Texts } from "../../components/texts";

export type Work = {
  id: string;
  contact: string;
  student: string;
  step: string;
  step_name: Texts;
  title: string;
  text: string;
  attempt: number;
  status: string;
  since: string;
  claim: { by_me: boolean; until: string } | null;
};

export function ReviewScreen() {
  const { t, i18n } = useTranslation();
  const { account } = useParams({ from: "/$account" });
  const { whose } = useSearch({ from: "/$account/review" });
  const navigate = useNavigate();
  const mine = whose === "mine";
  const list = useList<Work>(account, "reviews", { status: "in_review", ...(mine ? { mine: "true" } : {}) });

  return (
    <Screen name={t("nav.review")}>
      <Group>
        <SegmentedControl
          aria-label={t("review.whose")}
          value={mine ? "mine" : "all"}
          onChange={(chosen) =>
            void navigate({ to: "/$account/review", params: { account }, search: chosen === "mine" ? { whose: "mine" } : {} })
          }
          data={[
            { value: "all", label: t("review.all") },
            { value: "mine", label: t("review.mine") },
          ]}
        />
      </Group>
      <ListScreen list={list} counted="review.count" empty={<Text>{t(mine ? "review.none-mine" : "review.nothing-waits")}</Text>}>
        {(works) => (
          <Stack gap="xs" component="ul" p={0} m={0} style={{ listStyle: "none" }}>
            {works.map((work) => (
              <Card key={work.id} component="li" withBorder p="sm">
                <Group justify="space-between" gap={4}>
                  <AnchorLink to="/$account/review/$work" params={{ account, work: work.id }} fw={600}>
                    {work.student}
                  </AnchorLink>
                  <Text size="sm">
                    <Moment at={work.since} />
                  </Text>
                </Group>
                <Group gap={4}>
                  {work.attempt > 1 && <Text size="sm">{t("review.attempt", { number: work.attempt })}</Text>}
                  {work.claim && (
                    <Badge variant="default" tt="none">
                      {t(work.claim.by_me ? "review.yours" : "review.taken")}
                    </Badge>
                  )}
                </Group>
                <Text size="sm" lineClamp={1}>
                  {work.title || inLanguage(work.step_name, i18n.language)}
                </Text>
                <Text lineClamp={2}>{work.text}</Text>
              </Card>
            ))}
          </Stack>
        )}
      </ListScreen>
    </Screen>
  );
}
