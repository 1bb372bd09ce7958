// Partners: what each has earned; the payouts they ask for, each to be approved or refused.
import { Card, Group, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { call, newKey } from "../../api/client";
import { useList } from "../../api/lists";
import { queries } from "../../api/queries";
import { useAccount } from "../../api/session";
import { Asked } from "../../components/Asked";
import { Cards } from "../../components/Cards";
import { AnchorLink } from "../../components/links";
import { ListScreen } from "../../components/ListScreen";
import { Moment } from "../../components/Moment";
import { Rows } from "../../components/Rows";
import { type Money, showSum, Sum } from "../../components/Sum";

type Earnings = { earned: Money; held: Money; payable: Money; requested: Money; paid: Money };
type Partner = { id: string; contact: string; code: string; money: Earnings[] };
type Payout = { id: string; partner: string; amount: Money; status: string; created_at: string };

export function PartnersPart({ account }: { account: string }) {
  const { t, i18n } = useTranslation();
  const partners = useList<Partner>(account, "partners");
  const asked = useList<Payout>(account, "payouts", { status: "requested" });
  const codes = new Map(partners.data?.map((partner) => [partner.id, partner.code]));
  const sums = (all: Money[]) => all.map((sum) => showSum(sum, i18n.language)).join(" · ") || "–";
  return (
    <Stack>
      <Title order={2} size="h4">
        {t("money.partners.payouts")}
      </Title>
      <ListScreen list={asked} empty={<Text>{t("money.partners.none-asked")}</Text>}>
        {(payouts) => (
          <Cards label={t("money.partners.payouts")}>
            {payouts.map((payout) => (
              <PayoutCard key={payout.id} payout={payout} code={codes.get(payout.partner) ?? ""} account={account} />
            ))}
          </Cards>
        )}
      </ListScreen>
      <Title order={2} size="h4">
        {t("money.part.partners")}
      </Title>
      <ListScreen list={partners} empty={<Text>{t("money.partners.empty")}</Text>}>
        {(rows) => (
          <Rows
            caption={t("money.part.partners")}
            rows={rows}
            keyOf={(row) => row.id}
            columns={[
              {
                name: t("money.partners.code"),
                value: (row) => (
                  <AnchorLink to="/$account/people/$contact" params={{ account, contact: row.contact }}>
                    {row.code}
                  </AnchorLink>
                ),
              },
              { name: t("money.partners.earned"), value: (row) => sums(row.money.map((each) => each.earned)), isNumber: true },
              { name: t("money.partners.payable"), value: (row) => sums(row.money.map((each) => each.payable)), isNumber: true },
              { name: t("money.partners.paid"), value: (row) => sums(row.money.map((each) => each.paid)), isNumber: true },
            ]}
          />
        )}
      </ListScreen>
    </Stack>
  );
}

function PayoutCard({ payout, code, account }: { payout: Payout; code: string; account: string }) {
  const { t, i18n } = useTranslation();
  const mayChange = useAccount(account)?.permissions.includes("orders.change") ?? false;
  const path = `/accounts/${account}/payouts/${payout.id}`;
  const place = useQuery({
    queryKey: [account, "payouts", payout.id, "place"],
    enabled: mayChange,
    queryFn: async ({ signal }) => (await call<{ place: string }>(`${path}/place`, { signal, method: "GET" })).data.place,
  });
  const move = async (verb: string) => {
    await call(`${path}/${verb}`, { method: "POST", key: newKey() });
    await queries.invalidateQueries({ queryKey: [account] });
  };
  const sum = showSum(payout.amount, i18n.language);
  return (
    <Card component="li" withBorder p="sm">
      <Group justify="space-between">
        <Stack gap={0}>
          <Text fw={600}>
            <Sum value={payout.amount} />
          </Text>
          <Text size="sm">
            {code} · <Moment at={payout.created_at} />
          </Text>
          {place.data && <Text size="sm">{t("money.partners.where", { place: place.data })}</Text>}
        </Stack>
        {mayChange && (
          <Group gap="xs">
            <Asked
              label={t("money.partners.approve")}
              text={t("money.partners.approve-what", { sum })}
              yes={t("money.partners.approve-yes", { sum })}
              act={() => move("approve")}
            />
            <Asked
              label={t("money.partners.refuse")}
              text={t("money.partners.refuse-what", { sum })}
              yes={t("money.partners.refuse-yes")}
              act={() => move("refuse")}
            />
          </Group>
        )}
      </Group>
    </Card>
  );
}
