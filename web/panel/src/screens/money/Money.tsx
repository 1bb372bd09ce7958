// Money, one part at a time: orders, payments, what is on sale, promo codes, subscriptions, partners; test money is called so.
import { Alert } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams, useSearch } from "@tanstack/react-router";
import type { ComponentType } from "react";
import { useTranslation } from "react-i18next";

import { call } from "../../api/client";
import { useAccount } from "../../api/session";
import { Screen } from "../../components/Screen";
import { Sections } from "../../components/Sections";
import { OrdersPart } from "./Orders";
import { PartnersPart } from "./Partners";
import { PaymentsPart } from "./Payments";
import { PromoPart } from "./Promo";
import { SubscriptionsPart } from "./Subscriptions";
import { TariffsPart } from "./Tariffs";

type Part = { name: string; needs: string; Shown: ComponentType<{ account: string }> };

const PARTS: readonly Part[] = [
  { name: "orders", needs: "orders.read", Shown: OrdersPart },
  { name: "payments", needs: "orders.read", Shown: PaymentsPart },
  { name: "tariffs", needs: "tariffs.read", Shown: TariffsPart },
  { name: "promo", needs: "orders.read", Shown: PromoPart },
  { name: "subscriptions", needs: "orders.read", Shown: SubscriptionsPart },
  { name: "partners", needs: "orders.read", Shown: PartnersPart },
];

export function MoneyScreen() {
  const { t } = useTranslation();
  const { account } = useParams({ from: "/$account" });
  const { tab } = useSearch({ from: "/$account/money" });
  const allowed = useAccount(account)?.permissions ?? [];
  const parts = PARTS.filter((part) => allowed.includes(part.needs));
  const open = parts.find((part) => part.name === tab) ?? parts[0];
  return (
    <Screen name={t("nav.money")}>
      {allowed.includes("account.administer") && <TestMoney account={account} />}
      <Sections
        label={t("money.parts")}
        to="/$account/money"
        account={account}
        parts={parts.map(({ name }) => ({ name, title: t(`money.part.${name}`) }))}
        open={open?.name ?? ""}
      />
      {open && <open.Shown key={open.name} account={account} />}
    </Screen>
  );
}

function TestMoney({ account }: { account: string }) {
  const { t } = useTranslation();
  const query = useQuery({
    queryKey: [account, "first-run"],
    queryFn: async ({ signal }) => (await call<{ is_free: boolean }>(`/accounts/${account}/first-run`, { signal })).data,
  });
  return query.data?.is_free ? <Alert color="yellow">{t("money.test-money")}</Alert> : null;
}
