// A broadcast that was planned or sent: where it stands, what came of it, and what can still be done.
import { Anchor, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { call } from "../../api/client";
import { useAccount } from "../../api/session";
import { AudienceWords } from "../../components/audience/Audience";
import { Loaded } from "../../components/Loaded";
import { AnchorLink } from "../../components/links";
import { Moment } from "../../components/Moment";
import type { Condition } from "../../components/PeopleLink";
import { Rows } from "../../components/Rows";
import { showText } from "../../editor/telegram";
import { Acts } from "./Acts";
import { type Detail, isOnItsWay } from "./detail";
import { TallyBar } from "./TallyBar";

type Variant = { variant: number; share: number | null; sent: number; clicked: number; bought: number; finished: number };
type Outcome = { clicked: number; replied: number; bought: number; finished: number; failures: { why: string; people: number }[]; variants: Variant[]; conditions: Record<string, Condition> };
const OUTCOMES = ["clicked", "replied", "bought", "finished"] as const;
const LETTERS = "ABCDE";
const LEFT = ["sent", "failed", "blocked", "held", "cancelled", "waiting"] as const;

export function Sent({ account, broadcast }: { account: string; broadcast: Detail }) {
  const { t } = useTranslation();
  const may = useAccount(account)?.permissions.includes("broadcasts.change") ?? false;
  const { document, status } = broadcast;
  return (
    <Stack>
      <Text role="status" fw={600}>
        {t(`broadcasts.status.${status}`)}
        {status === "scheduled" && broadcast.at && (
          <>
            {": "}
            <Moment at={broadcast.at} />
          </>
        )}
      </Text>
      {isOnItsWay(broadcast) && <TallyBar tally={broadcast.tally} />}
      {may && <Acts account={account} broadcast={broadcast} />}
      {broadcast.started_at && <Results account={account} broadcast={broadcast} />}
      <section>
        <Title order={2} size="h4" mb="xs">
          {t("broadcasts.said")}
        </Title>
        {listTexts(document["text"]).map(([language, text]) => (
          <Paper key={language} className="tg-bubble" p="xs" mb="xs" radius="lg" withBorder role="figure" aria-label={t(`language.${language}`, t("broadcasts.field.text"))}>
            {showText(text, false)}
          </Paper>
        ))}
        <Text size="sm">
          {t("broadcasts.for")}{" "}
          <AnchorLink to="/$account/people" params={{ account }} fz="inherit" search={{ where: (document["audience"] ?? { all: [] }) as Condition }}>
            {document["audience"] ? <AudienceWords account={account} condition={document["audience"]} /> : t("broadcasts.everybody")}
          </AnchorLink>
        </Text>
      </section>
    </Stack>
  );
}

function listTexts(text: unknown): [string, string][] {
  return typeof text === "string" ? [["*", text]] : Object.entries((text ?? {}) as Record<string, string>);
}

function Results({ account, broadcast }: { account: string; broadcast: Detail }) {
  const { t, i18n } = useTranslation();
  const path = `broadcasts/${broadcast.id}/outcome`;
  const outcome = useQuery({
    queryKey: [account, path, broadcast.tally],
    queryFn: async ({ signal }) => (await call<Outcome>(`/accounts/${account}/${path}`, { signal })).data,
  });
  function tell(name: string, count: number) {
    const words = t(`broadcasts.result.${name}`, { count, number: count.toLocaleString(i18n.language) });
    const condition = count > 0 ? outcome.data?.conditions[name] : undefined;
    return (
      <Text key={name}>
        {condition ? (
          <AnchorLink to="/$account/people" params={{ account }} fz="inherit" search={{ where: condition }}>
            {words}
          </AnchorLink>
        ) : (
          words
        )}
      </Text>
    );
  }
  return (
    <section>
      <Title order={2} size="h4" mb="xs">
        {t("broadcasts.results")}
      </Title>
      <Stack gap={4}>
        {LEFT.filter((name) => name === "sent" || broadcast.tally[name] > 0).map((name) => tell(name, broadcast.tally[name]))}
        <Loaded query={outcome}>
          {(known) => (
            <Stack gap={4}>
              {known.failures.map(({ why, people }) => (
                <Text key={why} size="sm" style={{ overflowWrap: "anywhere" }}>
                  {t("people-number", { count: people, number: people.toLocaleString(i18n.language) })}: {why}
                </Text>
              ))}
              {OUTCOMES.map((name) => tell(name, known[name]))}
              {known.variants.length > 0 && <Variants variants={known.variants} />}
            </Stack>
          )}
        </Loaded>
      </Stack>
      <Group mt="xs">
        <Anchor href={`/api/v1/accounts/${account}/broadcasts/${broadcast.id}/result.csv`} download>
          {t("broadcasts.csv")}
        </Anchor>
      </Group>
    </section>
  );
}

function Variants({ variants }: { variants: Variant[] }) {
  const { t } = useTranslation();
  return (
    <Rows
      caption={t("broadcasts.variants")}
      rows={variants}
      keyOf={({ variant }) => String(variant)}
      columns={[
        { name: t("broadcasts.variant"), value: ({ variant, share }) => (variant === 0 ? t("broadcasts.no-variant") : `${LETTERS[variant - 1]} · ${share}%`) },
        ...(["sent", "clicked", "bought", "finished"] as const).map((name) => ({ name: t(`broadcasts.column.${name}`), value: (each: Variant) => each[name], isNumber: true })),
      ]}
    />
  );
}
