// Payments, the latest first: what was asked for, what came of it, and the order each is for; as a table, too.
import { Badge, Button, Card, Group, Select, Stack, Text } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { useList } from "../../api/lists";
import { Cards } from "../../components/Cards";
import { AnchorLink } from "../../components/links";
import { ListScreen } from "../../components/ListScreen";
import { Moment } from "../../components/Moment";
import { type Money, Sum } from "../../components/Sum";

type Payment = {
  id: string;
  order: string;
  number: string;
  provider: string;
  status: string;
  amount: Money;
  refunded: Money;
  is_test: boolean;
  created_at: string;
  settled_at: string | null;
};

const PAYMENT_STATUSES = ["new", "pending", "held", "succeeded", "cancelled"] as const;

export function PaymentsPart({ account }: { account: string }) {
  const { t } = useTranslation();
  const { status, provider } = useSearch({ from: "/$account/money" });
  const navigate = useNavigate();
  const filters = { status, provider };
  const list = useList<Payment>(account, "payments", filters);
  const providers = [...new Set([...(list.data ?? []).map((payment) => payment.provider), ...(provider ? [provider] : [])])].sort();
  const go = (search: { status?: string | undefined; provider?: string | undefined }) =>
    void navigate({
      to: "/$account/money",
      params: { account },
      search: { tab: "payments", ...Object.fromEntries(Object.entries({ ...filters, ...search }).filter(([, value]) => value)) },
    });
  return (
    <Stack>
      <Group align="flex-end">
        <Select
          label={t("money.which-payments")}
          w={220}
          clearable
          placeholder={t("money.all")}
          data={PAYMENT_STATUSES.map((value) => ({ value, label: t(`order.payment-status.${value}`) }))}
          value={status ?? null}
          onChange={(chosen) => go({ status: chosen ?? undefined })}
        />
        <Select label={t("money.provider")} w={180} clearable placeholder={t("money.all")} data={providers} value={provider ?? null} onChange={(chosen) => go({ provider: chosen ?? undefined })} />
        <ExportButton account={account} what="payments" filters={filters} />
      </Group>
      <ListScreen list={list} counted="money.payments-count" empty={<Text>{t(status || provider ? "money.none-so" : "order.no-payments")}</Text>}>
        {(payments) => (
          <Cards label={t("money.part.payments")}>
            {payments.map((payment) => (
              <Card key={payment.id} component="li" withBorder p="sm">
                <Group justify="space-between" wrap="nowrap" align="start">
                  <Stack gap={0} miw={0}>
                    <AnchorLink to="/$account/money/$order" params={{ account, order: payment.order }} fw={600}>
                      {payment.number}
                    </AnchorLink>
                    <Text size="sm">
                      {payment.provider}
                      {payment.is_test && ` · ${t("money.test")}`}
                    </Text>
                    <Text size="sm">
                      <Moment at={payment.settled_at ?? payment.created_at} />
                    </Text>
                  </Stack>
                  <Stack gap={4} align="end">
                    <Text fw={600}>
                      <Sum value={payment.amount} />
                    </Text>
                    <Badge variant="default" tt="none">
                      {t(`order.payment-status.${payment.status}`)}
                    </Badge>
                    {payment.refunded.amount > 0 && (
                      <Text size="sm">
                        {t("money.given-back")} <Sum value={payment.refunded} />
                      </Text>
                    )}
                  </Stack>
                </Group>
              </Card>
            ))}
          </Cards>
        )}
      </ListScreen>
    </Stack>
  );
}

export function ExportButton({ account, what, filters }: { account: string; what: string; filters: Record<string, string | undefined> }) {
  const { t } = useTranslation();
  const asked = new URLSearchParams(Object.entries(filters).filter((pair): pair is [string, string] => Boolean(pair[1])));
  return (
    <Button component="a" variant="default" href={`/api/v1/accounts/${account}/${what}/export.xlsx?${asked}`} download>
      {t("money.export")}
    </Button>
  );
}
