// The plan of the account: how it stands, how far each limit is used, and what else is offered.
import { Alert, Anchor, Badge, Button, Card, Group, Progress, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { useAct } from "../../api/acts";
import { call } from "../../api/client";
import { useAccount } from "../../api/session";
import { change } from "../../api/things";
import { Cards } from "../../components/Cards";
import { Failure, Loaded } from "../../components/Loaded";
import { Moment } from "../../components/Moment";
import { Sum } from "../../components/Sum";

type Limits = Record<string, number>;
type Offer = { code: string; name: Record<string, string>; limits: Limits; price: { amount: number; currency: string } | null; period: string | null };
type Use = { resource: string; used: number; most: number | null };
type Standing = {
  plan: Offer | null;
  state: "active" | "overdue" | "suspended";
  until: string | null;
  reason: string | null;
  chosen: string | null;
  pay_link: string | null;
  uses: Use[];
  offers: Offer[];
};
const NEAR = 0.8; // of a limit

export function PlanPart({ account }: { account: string }) {
  const { t } = useTranslation();
  const query = useQuery({
    queryKey: [account, "plan"],
    queryFn: async ({ signal }) => (await call<Standing>(`/accounts/${account}/plan`, { signal })).data,
  });
  return (
    <Loaded query={query}>
      {(standing) => (standing.plan ? <OnPlan account={account} standing={standing} plan={standing.plan} /> : <Text>{t("settings.plan.none")}</Text>)}
    </Loaded>
  );
}

function OnPlan({ account, standing, plan }: { account: string; standing: Standing; plan: Offer }) {
  const { t, i18n } = useTranslation();
  const mayChoose = useAccount(account)?.permissions.includes("members.own") ?? false;
  const choose = useAct({ mutationFn: (code: string) => change<Standing>(account, "POST", "plan", { plan: code }) });
  const named = (offer: Offer) => offer.name[i18n.language] ?? offer.name["*"] ?? Object.values(offer.name)[0] ?? offer.code;
  const color = { active: "gray", overdue: "yellow", suspended: "red" }[standing.state];
  const toPay = standing.offers.find((offer) => offer.code === standing.chosen);
  return (
    <Stack maw={640}>
      <Group gap="xs">
        <Title order={2} size="h3">
          {named(plan)}
        </Title>
        <Badge variant="default" tt="none">
          {t(`settings.plan.state.${standing.state}`)}
        </Badge>
      </Group>
      {standing.until && (
        <Text size="sm">
          {t("settings.plan.until")} <Moment at={standing.until} />
        </Text>
      )}
      {standing.state !== "active" && (
        <Alert color={color} role="status">
          {t(`settings.plan.what.${standing.state}`)} {standing.reason}
        </Alert>
      )}
      {(toPay || standing.state !== "active") && standing.pay_link && !standing.reason && (
        <Text>
          {toPay ? t("settings.plan.counts-once-paid", { plan: named(toPay) }) : t("settings.plan.to-pay")}{" "}
          <Anchor href={standing.pay_link} target="_blank" rel="noreferrer">
            {t("settings.plan.pay")}
          </Anchor>
        </Text>
      )}
      {standing.uses.map((use) => (
        <UseLine key={use.resource} use={use} />
      ))}
      {choose.error && <Failure error={choose.error} onAgain={() => choose.reset()} />}
      <Cards label={t("settings.plan.offers")}>
        {standing.offers.map((offer) => (
          <Card key={offer.code} component="li" withBorder p="sm">
            <Group justify="space-between">
              <Stack gap={0} miw={0}>
                <Text fw={600}>{named(offer)}</Text>
                <Text size="sm">{offer.price ? <Price offer={offer} /> : t("settings.plan.free")}</Text>
                {Object.entries(offer.limits).map(([name, most]) => (
                  <Text key={name} size="sm">
                    {t(`settings.plan.most.${name}`, { number: most })}
                  </Text>
                ))}
              </Stack>
              {offer.code === plan.code ? (
                <Badge variant="default" tt="none">
                  {t("settings.plan.yours")}
                </Badge>
              ) : (
                mayChoose && (
                  <Button size="xs" variant="default" loading={choose.isPending} onClick={() => choose.mutate(offer.code)}>
                    {t("settings.plan.choose")}
                  </Button>
                )
              )}
            </Group>
          </Card>
        ))}
      </Cards>
      {!mayChoose && <Text size="sm">{t("settings.ask-owner")}</Text>}
    </Stack>
  );
}

function Price({ offer }: { offer: Offer }) {
  const { t } = useTranslation();
  if (!offer.price) return null;
  const each = offer.period === "month" || offer.period === "year" ? t(`settings.plan.each.${offer.period}`) : (offer.period ?? "");
  return (
    <>
      <Sum value={offer.price} /> {each}
    </>
  );
}

function UseLine({ use }: { use: Use }) {
  const { t } = useTranslation();
  const share = use.most === null ? 0 : use.used / Math.max(use.most, 1);
  const said = use.most === null ? t("settings.plan.unlimited", { used: use.used }) : t("settings.plan.used", { used: use.used, most: use.most });
  return (
    <div>
      <Group justify="space-between">
        <Text size="sm">{t(`settings.plan.resource.${use.resource}`)}</Text>
        <Text size="sm">{said}</Text>
      </Group>
      {use.most !== null && (
        <Progress
          value={Math.min(100, share * 100)}
          color={share >= 1 ? "red" : share >= NEAR ? "yellow" : "blue"}
          aria-label={t(`settings.plan.resource.${use.resource}`)}
        />
      )}
    </div>
  );
}
