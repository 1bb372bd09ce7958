// One work: all of it, the tries before, what was answered; accepted or sent back with words of one's own.
import { Button, Card, Group, Stack, Text, Textarea, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { useAct } from "../../api/acts";
import { call } from "../../api/client";
import { queries } from "../../api/queries";
import { useAccount } from "../../api/session";
import { useKept } from "../../components/kept";
import { AnchorLink } from "../../components/links";
import { Failure, Loaded } from "../../components/Loaded";
import { Moment } from "../../components/Moment";
import { Screen } from "../../components/Screen";
import type { Work } from "./Review";
import { inLanguage } from "../../components/texts";

export type Said = { kind: string; text: string; by: string };
type Whole = Work & { pieces: Said[]; answers: Said[]; earlier: { id: string; attempt: number; status: string }[] };
type Verdict = "accepted" | "needs_work";

export function WorkScreen() {
  const { t, i18n } = useTranslation();
  const { account, work } = useParams({ from: "/$account/review/$work" });
  const mayDecide = useAccount(account)?.permissions.includes("reviews.decide") ?? false;
  const path = `/accounts/${account}/reviews/${work}`;
  const query = useQuery({
    queryKey: [account, "reviews", work],
    queryFn: async ({ signal }) => (await call<Whole>(path, { signal })).data,
  });

  return (
    <Screen name={query.data?.student ?? t("review.work")}>
      <AnchorLink to="/$account/review" params={{ account }}>
        {t("review.back")}
      </AnchorLink>
      <Loaded query={query}>
        {(whole) => (
          <Stack>
            <Group>
              <Text fw={600}>{whole.title || inLanguage(whole.step_name, i18n.language)}</Text>
              {whole.attempt > 1 && <Text>{t("review.attempt", { number: whole.attempt })}</Text>}
              <Moment at={whole.since} />
            </Group>
            <Card withBorder>
              <Pieces said={whole.pieces} />
            </Card>
            {whole.earlier.length > 0 && (
              <Group>
                <Text size="sm">{t("review.earlier")}</Text>
                {whole.earlier.map((each) => (
                  <AnchorLink key={each.id} size="sm" to="/$account/review/$work" params={{ account, work: each.id }}>
                    {t("review.attempt", { number: each.attempt })}: {t(`review.status.${each.status}`)}
                  </AnchorLink>
                ))}
              </Group>
            )}
            {whole.answers.length > 0 && (
              <section>
                <Title order={2} size="h4">
                  {t("review.answers")}
                </Title>
                <Pieces said={whole.answers} />
              </section>
            )}
            {whole.status === "in_review" && mayDecide ? (
              <Decide key={whole.id} whole={whole} path={path} account={account} />
            ) : (
              <Text role="status">{t(`review.status.${whole.status}`)}</Text>
            )}
          </Stack>
        )}
      </Loaded>
    </Screen>
  );
}

export function Pieces({ said }: { said: Said[] }) {
  const { t } = useTranslation();
  return (
    <Stack gap="xs">
      {said.map((piece, at) => (
        <Text key={at} style={{ whiteSpace: "pre-wrap" }}>
          {piece.by && <strong>{piece.by}: </strong>}
          {piece.kind !== "text" && <em>[{t(`review.kind.${piece.kind}`, piece.kind)}] </em>}
          {piece.text}
        </Text>
      ))}
    </Stack>
  );
}

function Decide({ whole, path, account }: { whole: Whole; path: string; account: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [words, setWords] = useKept(`answer.${whole.id}`);
  const decide = useAct({
    mutationFn: (verdict: Verdict) =>
      call(`${path}/decide`, { method: "POST", body: { verdict, ...(words.trim() ? { text: words.trim() } : {}) } }),
    onSuccess: async (_, verdict) => {
      setWords("");
      notifications.show({ message: t(`review.done-${verdict}`, { name: whole.student }) });
      await queries.invalidateQueries({ queryKey: [account] });
      await navigate({ to: "/$account/review", params: { account } });
    },
  });
  const isTaken = whole.claim !== null && !whole.claim.by_me;

  return (
    <Stack>
      {isTaken && <Text>{t("review.somebody-has-it")}</Text>}
      <Textarea
        label={t("review.words")}
        description={t("review.words-why")}
        autosize
        minRows={3}
        maxLength={4096}
        value={words}
        onChange={(event) => setWords(event.currentTarget.value)}
      />
      {decide.error && <Failure error={decide.error} onAgain={() => decide.reset()} />}
      <Group>
        <Button loading={decide.isPending} disabled={isTaken} onClick={() => decide.mutate("accepted")}>
          {t("review.accept")}
        </Button>
        <Button variant="default" loading={decide.isPending} disabled={isTaken} onClick={() => decide.mutate("needs_work")}>
          {t("review.send-back")}
        </Button>
      </Group>
    </Stack>
  );
}
