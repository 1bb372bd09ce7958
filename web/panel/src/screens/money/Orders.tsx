// Orders, the latest first; each opens with its payments and what can be given back.
import { Badge, Card, Group, Select, Stack, Text } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { useList } from "../../api/lists";
import { Cards } from "../../components/Cards";
import { AnchorLink } from "../../components/links";
import { ListScreen } from "../../components/ListScreen";
import { Moment } from "../../components/Moment";
import { type Money, Sum } from "../../components/Sum";
import { ExportButton } from "./Payments";
import { pickText, type Tariff } from "./Tariffs";

export type Order = {
  id: string;
  number: string;
  contact: string;
  name: string;
  username: string | null;
  tariff_code: string;
  status: string;
  standing: string;
  price: Money;
  paid: Money;
  refunded: Money;
  provider: string | null;
  created_at: string;
  paid_at: string | null;
};

const STATUSES = ["open", "paid", "cancelled"] as const;

export function OrdersPart({ account }: { account: string }) {
  const { t, i18n } = useTranslation();
  const { status } = useSearch({ from: "/$account/money" });
  const navigate = useNavigate();
  const list = useList<Order>(account, "orders", { status });
  const tariffs = useList<Tariff>(account, "tariffs");
  const names = new Map(tariffs.data?.map((tariff) => [tariff.code, pickText(tariff.name, i18n.language)]));

  return (
    <Stack>
      <Group align="flex-end">
        <Select
          label={t("money.which")}
          w={220}
          clearable
          placeholder={t("money.all")}
          data={STATUSES.map((value) => ({ value, label: t(`money.status.${value}`) }))}
          value={status ?? null}
          onChange={(chosen) =>
            void navigate({ to: "/$account/money", params: { account }, search: chosen ? { status: chosen } : {} })
          }
        />
        <ExportButton account={account} what="orders" filters={{ status }} />
      </Group>
      <ListScreen list={list} counted="money.count" empty={<Text>{t(status ? "money.none-so" : "money.empty")}</Text>}>
        {(orders) => (
          <Cards label={t("money.part.orders")}>
            {orders.map((order) => (
              <OrderLine key={order.id} order={order} tariff={names.get(order.tariff_code) ?? order.tariff_code} account={account} />
            ))}
          </Cards>
        )}
      </ListScreen>
    </Stack>
  );
}

function OrderLine({ order, tariff, account }: { order: Order; tariff: string; account: string }) {
  const { t } = useTranslation();
  return (
    <Card component="li" withBorder p="sm">
      <Group justify="space-between" wrap="nowrap" align="start">
        <Stack gap={0} miw={0}>
          <AnchorLink to="/$account/money/$order" params={{ account, order: order.id }} fw={600}>
            {order.name}
          </AnchorLink>
          <Text size="sm">
            {order.number} · {tariff}
          </Text>
          <Text size="sm">
            <Moment at={order.created_at} />
          </Text>
        </Stack>
        <Stack gap={4} align="end">
          <Text fw={600}>
            <Sum value={order.price} />
          </Text>
          <StandingBadge order={order} />
          {order.refunded.amount > 0 && (
            <Text size="sm">
              {t("money.given-back")} <Sum value={order.refunded} />
            </Text>
          )}
        </Stack>
      </Group>
    </Card>
  );
}

export function StandingBadge({ order }: { order: Order }) {
  const { t } = useTranslation();
  return (
    <Badge variant="default" tt="none">
      {t(`money.status.${order.standing}`)}
    </Badge>
  );
}

