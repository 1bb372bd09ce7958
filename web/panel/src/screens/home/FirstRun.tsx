// The way to the first sale: five steps, each ticked from what is there, one button at the one that comes next.
import { Anchor, Button, Card, CopyButton, Group, Stack, Text, ThemeIcon, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { useAct } from "../../api/acts";
import { call } from "../../api/client";
import { queries } from "../../api/queries";
import { ButtonLink } from "../../components/links";
import { Failure } from "../../components/Loaded";

type Step = { step: string; lacks: string | null };
type Way = { steps: Step[]; is_over: boolean; link: string | null; flow: string | null; is_free: boolean; chat_page: string | null };

export function FirstRun({ account }: { account: string }) {
  const { t } = useTranslation();
  const query = useQuery({
    queryKey: [account, "first-run"],
    staleTime: 0,
    queryFn: async ({ signal }) => (await call<Way>(`/accounts/${account}/first-run`, { signal })).data,
  });
  const way = query.data;
  if (query.error) return <Failure error={query.error} onAgain={() => void query.refetch()} />;
  if (!way) return null;
  return (
    <Stack>
      {way.chat_page && (
        <Group>
          <Button component="a" href={way.chat_page} target="_blank" rel="noreferrer" variant="default">
            {t("home.first.step.rehearse")}
          </Button>
        </Group>
      )}
      {!way.is_over && <Steps account={account} way={way} />}
    </Stack>
  );
}

function Steps({ account, way }: { account: string; way: Way }) {
  const { t } = useTranslation();
  const next = way.steps.find((step) => step.lacks);
  return (
    <Card withBorder component="section" aria-labelledby="first-run">
      <Stack>
        <Title order={2} size="h4" id="first-run">
          {t("home.first.title")}
        </Title>
        <Stack gap="sm" component="ol" p={0} m={0} style={{ listStyle: "none" }}>
          {way.steps.map((step, place) => (
            <Group key={step.step} component="li" wrap="nowrap" align="start" gap="sm" aria-current={step === next ? "step" : undefined}>
              <Mark done={!step.lacks} place={place + 1} />
              <Stack gap={0} miw={0}>
                <Text fw={step === next ? 700 : 400}>
                  {t(`home.first.step.${step.step}`)}
                  {!step.lacks && <span className="skip">, {t("home.first.done")}</span>}
                </Text>
                {step === next && step.lacks && <Next account={account} lacks={step.lacks} way={way} />}
              </Stack>
            </Group>
          ))}
        </Stack>
      </Stack>
    </Card>
  );
}

function Mark({ done, place }: { done: boolean; place: number }) {
  return (
    <ThemeIcon size={26} radius="xl" variant={done ? "filled" : "default"} aria-hidden>
      {done ? "✓" : place}
    </ThemeIcon>
  );
}

function Next({ account, lacks, way }: { account: string; lacks: string; way: Way }) {
  const { t } = useTranslation();
  return (
    <Stack gap="xs" mt={4}>
      <Text size="sm">{t(`home.first.why.${lacks}`)}</Text>
      <Group>
        <Act account={account} lacks={lacks} way={way} />
      </Group>
    </Stack>
  );
}

function Act({ account, lacks, way }: { account: string; lacks: string; way: Way }) {
  const { t } = useTranslation();
  const label = t(`home.first.act.${lacks}`);
  switch (lacks) {
    case "sales-bot":
    case "course-bot":
      return (
        <ButtonLink to="/$account/settings" params={{ account }} search={{ tab: "bots" }}>
          {label}
        </ButtonLink>
      );
    case "publishing":
      return (
        <ButtonLink to="/$account/flows/$flow" params={{ account, flow: way.flow ?? "" }}>
          {label}
        </ButtonLink>
      );
    case "course":
      return (
        <ButtonLink to="/$account/flows" params={{ account }}>
          {label}
        </ButtonLink>
      );
    case "tariff":
      return (
        <ButtonLink to="/$account/money" params={{ account }} search={{ tab: "tariffs" }}>
          {label}
        </ButtonLink>
      );
    case "payment":
      return (
        <ButtonLink to="/$account/settings" params={{ account }} search={{ tab: "payment" }}>
          {label}
        </ButtonLink>
      );
    case "rehearsal":
      return <Rehearse account={account} flow={way.flow} label={label} />;
    default:
      return <Share account={account} link={way.link ?? ""} label={label} />;
  }
}

function useTick(account: string, step: string) {
  return useAct({
    mutationFn: () => call(`/accounts/${account}/first-run/${step}/done`, { method: "POST" }),
    onSuccess: () => queries.invalidateQueries({ queryKey: [account, "first-run"] }),
  });
}

function Rehearse({ account, flow, label }: { account: string; flow: string | null; label: string }) {
  const { t } = useTranslation();
  const tick = useTick(account, "rehearse");
  return (
    <>
      {flow && (
        <ButtonLink to="/$account/flows/$flow" params={{ account, flow }} search={{ view: "rehearsal" }}>
          {label}
        </ButtonLink>
      )}
      <Button variant="default" loading={tick.isPending} onClick={() => tick.mutate()}>
        {t("home.first.tried")}
      </Button>
      {tick.error && <Failure error={tick.error} onAgain={() => tick.mutate()} />}
    </>
  );
}

function Share({ account, link, label }: { account: string; link: string; label: string }) {
  const { t } = useTranslation();
  const tick = useTick(account, "link");
  return (
    <>
      <Anchor href={link} target="_blank" rel="noreferrer">
        {link}
      </Anchor>
      <CopyButton value={link}>
        {({ copy }) => (
          <Button
            loading={tick.isPending}
            onClick={() => {
              copy();
              tick.mutate();
            }}
          >
            {label}
          </Button>
        )}
      </CopyButton>
      {tick.error && <Failure error={tick.error} onAgain={() => tick.mutate()} />}
      <Text size="sm">{t("home.first.share")}</Text>
    </>
  );
}
