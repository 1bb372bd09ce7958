// One order: what was wanted, what was paid, what went back; giving money back says how much, and asks once more.
import { Alert, Button, Card, Group, Modal, Stack, Table, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { useAct } from "../../api/acts";
import { call, newKey } from "../../api/client";
import { useList } from "../../api/lists";
import { queries } from "../../api/queries";
import { useAccount } from "../../api/session";
import { AnchorLink } from "../../components/links";
import { Failure, Loaded } from "../../components/Loaded";
import { Moment } from "../../components/Moment";
import { Screen } from "../../components/Screen";
import { digitsOf, type Money, showSum, Sum } from "../../components/Sum";
import { SumInput } from "../../components/SumInput";
import { type Order, StandingBadge } from "./Orders";
import { pickText, type Tariff } from "./Tariffs";

type Payment = { id: string; provider: string; status: string; amount: Money; refunded: Money; is_test: boolean; created_at: string };
type Refund = { id: string; payment: string; amount: Money; status: string; created_at: string };
type Whole = Order & { payments: Payment[]; refunds: Refund[] };

const isByHand = (order: Whole) => order.refunds.some((refund) => refund.status === "by_hand");

export function OrderScreen() {
  const { t, i18n } = useTranslation();
  const { account, order } = useParams({ from: "/$account/money/$order" });
  const mayChange = useAccount(account)?.permissions.includes("orders.change") ?? false;
  const path = `/accounts/${account}/orders/${order}`;
  const query = useQuery({
    queryKey: [account, "orders", order],
    queryFn: async ({ signal }) => (await call<Whole>(path, { signal })).data,
  });

  const tariffs = useList<Tariff>(account, "tariffs");
  const nameTariff = (code: string) => {
    const tariff = tariffs.data?.find((each) => each.code === code);
    return tariff ? pickText(tariff.name, i18n.language) : code;
  };

  return (
    <Screen name={query.data ? t("order.title", { number: query.data.number }) : t("order.title-short")}>
      <AnchorLink to="/$account/money" params={{ account }}>
        {t("order.back")}
      </AnchorLink>
      <Loaded query={query}>
        {(whole) => (
          <Stack>
            <Card withBorder>
              <Group justify="space-between" align="start">
                <Stack gap={4}>
                  <AnchorLink to="/$account/people/$contact" params={{ account, contact: whole.contact }}>
                    {whole.name}
                  </AnchorLink>
                  <Text>{nameTariff(whole.tariff_code)}</Text>
                  <Moment at={whole.created_at} />
                </Stack>
                <Stack gap={4} align="end">
                  <Text fw={700}>
                    <Sum value={whole.price} />
                  </Text>
                  <StandingBadge order={whole} />
                </Stack>
              </Group>
            </Card>
            <Payments payments={whole.payments} refunds={whole.refunds} />
            {mayChange &&
              whole.refunds
                .filter((refund) => refund.status === "by_hand")
                .map((refund) => <ByHand key={refund.id} refund={refund} order={whole} account={account} />)}
            {mayChange && !isByHand(whole) && whole.paid.amount > whole.refunded.amount && <GiveBack order={whole} path={path} account={account} />}
          </Stack>
        )}
      </Loaded>
    </Screen>
  );
}

function Payments({ payments, refunds }: { payments: Payment[]; refunds: Refund[] }) {
  const { t } = useTranslation();
  const rows = [
    ...payments.map((payment) => ({ ...payment, what: t(payment.is_test ? "order.payment-test" : "order.payment", { provider: payment.provider }), family: "payment" })),
    ...refunds.map((refund) => ({ ...refund, what: t("order.refund"), family: "refund" })),
  ].sort((one, other) => one.created_at.localeCompare(other.created_at));
  if (rows.length === 0) return <Text>{t("order.no-payments")}</Text>;
  return (
    <section>
      <Title order={2} size="h4" mb="xs">
        {t("order.payments")}
      </Title>
      <Table.ScrollContainer minWidth={300}>
        <Table>
          <Table.Tbody>
            {rows.map((row) => (
              <Table.Tr key={row.id}>
                <Table.Td>{row.what}</Table.Td>
                <Table.Td>
                  <Sum value={row.amount} />
                </Table.Td>
                <Table.Td>{t(`order.${row.family}-status.${row.status}`, row.status)}</Table.Td>
                <Table.Td>
                  <Moment at={row.created_at} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </section>
  );
}

function ByHand({ refund, order, account }: { refund: Refund; order: Whole; account: string }) {
  const { t, i18n } = useTranslation();
  const key = useRef(newKey()); // pressed twice it is the same answer
  const answer = useAct({
    mutationFn: (what: "done" | "drop") => call(`/accounts/${account}/refunds/${refund.id}/${what}`, { method: "POST", key: `${key.current}-${what}` }),
    onSuccess: () => queries.invalidateQueries({ queryKey: [account] }),
  });
  const provider = order.payments.find((payment) => payment.id === refund.payment)?.provider ?? "";
  return (
    <Alert title={t("order.by-hand", { sum: showSum(refund.amount, i18n.language), provider })}>
      <Stack>
        <Text>{t("order.by-hand-what")}</Text>
        {answer.error && <Failure error={answer.error} onAgain={() => answer.mutate(answer.variables ?? "done")} />}
        <Group>
          <Button loading={answer.isPending} onClick={() => answer.mutate("done")}>
            {t("order.by-hand-done")}
          </Button>
          <Button variant="default" disabled={answer.isPending} onClick={() => answer.mutate("drop")}>
            {t("order.by-hand-drop")}
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}

function GiveBack({ order, path, account }: { order: Whole; path: string; account: string }) {
  const { t, i18n } = useTranslation();
  const [open, { open: ask, close }] = useDisclosure(false);
  const digits = digitsOf(order.paid.currency);
  const left = (order.paid.amount - order.refunded.amount) / 10 ** digits;
  const [sum, setSum] = useState(left);
  const key = useRef(newKey()); // pressed twice it is the same refund
  const minor = Math.round(sum * 10 ** digits);
  const giveBack = useAct({
    mutationFn: () =>
      call<Refund>(`${path}/refund`, {
        method: "POST",
        key: key.current,
        body: { amount: { amount: minor, currency: order.paid.currency } },
      }),
    onSuccess: async ({ data }) => {
      key.current = newKey();
      notifications.show({ message: t(data.status === "by_hand" ? "order.by-hand-asked" : "order.asked-back") });
      close();
      await queries.invalidateQueries({ queryKey: [account] });
    },
  });

  const shown = showSum({ amount: minor || 0, currency: order.paid.currency }, i18n.language);
  return (
    <>
      <Group>
        <Button variant="default" onClick={ask}>
          {t("order.give-back")}
        </Button>
      </Group>
      <Modal opened={open} onClose={close} title={t("order.give-back")} closeButtonProps={{ "aria-label": t("close") }}>
        <Stack>
          <Text>{t("order.give-back-to", { name: order.name })}</Text>
          <SumInput label={t("order.sum")} begin={left} digits={digits} onChange={setSum} />
          {giveBack.error && <Failure error={giveBack.error} onAgain={() => giveBack.mutate()} />}
          <Button color="red" loading={giveBack.isPending} disabled={!(sum > 0 && sum <= left)} onClick={() => giveBack.mutate()}>
            {t("order.give-back-yes", { sum: shown })}
          </Button>
        </Stack>
      </Modal>
    </>
  );
}
