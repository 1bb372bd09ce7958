// One question: all of it, what was answered, and the answer of one's own.
import { Button, Card, Group, Stack, Text, Textarea, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useAct } from "../../api/acts";
import { call, newKey } from "../../api/client";
import { queries } from "../../api/queries";
import { useAccount } from "../../api/session";
import { useKept } from "../../components/kept";
import { AnchorLink } from "../../components/links";
import { Failure, Loaded } from "../../components/Loaded";
import { Moment } from "../../components/Moment";
import { Screen } from "../../components/Screen";
import { Pieces, type Said } from "../review/Work";
import type { Question } from "./Questions";
import { inLanguage } from "../../components/texts";

type Whole = Question & { pieces: Said[]; answers: Said[] };

export function QuestionScreen() {
  const { t, i18n } = useTranslation();
  const { account, question } = useParams({ from: "/$account/questions/$question" });
  const mayAnswer = useAccount(account)?.permissions.includes("reviews.decide") ?? false;
  const path = `/accounts/${account}/questions/${question}`;
  const query = useQuery({
    queryKey: [account, "questions", question],
    queryFn: async ({ signal }) => (await call<Whole>(path, { signal })).data,
  });

  return (
    <Screen name={query.data?.student ?? t("questions.question")}>
      <AnchorLink to="/$account/questions" params={{ account }}>
        {t("questions.back")}
      </AnchorLink>
      <Loaded query={query}>
        {(whole) => (
          <Stack>
            <Group>
              {whole.step && <Text>{t("questions.step", { step: inLanguage(whole.step_name, i18n.language) })}</Text>}
              <Moment at={whole.since} />
            </Group>
            <Card withBorder>
              <Pieces said={whole.pieces} />
            </Card>
            {whole.answers.length > 0 && (
              <section>
                <Title order={2} size="h4">
                  {t("questions.answers")}
                </Title>
                <Pieces said={whole.answers} />
              </section>
            )}
            {mayAnswer && <Reply key={whole.id} whole={whole} path={path} account={account} />}
          </Stack>
        )}
      </Loaded>
    </Screen>
  );
}

function Reply({ whole, path, account }: { whole: Whole; path: string; account: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [words, setWords] = useKept(`question.${whole.id}`);
  const [key, setKey] = useState(newKey); // of these very words: however often they are sent, they are said once
  const answer = useAct({
    mutationFn: () => call(`${path}/answer`, { method: "POST", key, body: { text: words.trim() } }),
    onSuccess: async () => {
      setWords("");
      notifications.show({ message: t("questions.done", { name: whole.student }) });
      await queries.invalidateQueries({ queryKey: [account] });
      await navigate({ to: "/$account/questions", params: { account } });
    },
  });
  return (
    <Stack>
      <Textarea
        label={t("questions.reply")}
        description={t("questions.reply-why")}
        autosize
        minRows={3}
        maxLength={4096}
        value={words}
        onChange={(event) => {
          setWords(event.currentTarget.value);
          setKey(newKey());
        }}
      />
      {answer.error && <Failure error={answer.error} onAgain={() => answer.mutate()} />}
      <Group>
        <Button loading={answer.isPending} disabled={!words.trim()} onClick={() => answer.mutate()}>
          {t("questions.reply")}
        </Button>
      </Group>
    </Stack>
  );
}
