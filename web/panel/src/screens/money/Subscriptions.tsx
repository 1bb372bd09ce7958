// Subscriptions and instalments: who pays what again, until when it is paid, what stands in the way.
import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { call, newKey } from "../../api/client";
import { useList } from "../../api/lists";
import { queries } from "../../api/queries";
import { useAccount } from "../../api/session";
import { Asked } from "../../components/Asked";
import { AnchorLink } from "../../components/links";
import { ListScreen } from "../../components/ListScreen";
import { Moment } from "../../components/Moment";
import { Rows } from "../../components/Rows";
import { type Money, Sum } from "../../components/Sum";
import { pickText, type Tariff } from "./Tariffs";

type Subscription = { id: string; contact: string; tariff: string; price: Money; state: string; is_stopped: boolean; paid_until: string };

export function SubscriptionsPart({ account }: { account: string }) {
  const { t, i18n } = useTranslation();
  const list = useList<Subscription>(account, "subscriptions");
  const tariffs = useList<Tariff>(account, "tariffs");
  const mayChange = useAccount(account)?.permissions.includes("orders.change") ?? false;
  const names = new Map(tariffs.data?.map((tariff) => [tariff.id, pickText(tariff.name, i18n.language)]));
  return (
    <ListScreen list={list} empty={<Text>{t("money.subscriptions.empty")}</Text>}>
      {(subscriptions) => (
        <Rows
          caption={t("money.part.subscriptions")}
          rows={subscriptions}
          keyOf={(row) => row.id}
          columns={[
            {
              name: t("money.subscriptions.what"),
              value: (row) => (
                <AnchorLink to="/$account/people/$contact" params={{ account, contact: row.contact }}>
                  {names.get(row.tariff) ?? t("money.subscriptions.whose")}
                </AnchorLink>
              ),
            },
            { name: t("money.subscriptions.price"), value: (row) => <Sum value={row.price} />, isNumber: true },
            {
              name: t("money.subscriptions.state"),
              value: (row) => t(row.is_stopped ? "money.subscriptions.stopped" : `money.subscriptions.is.${row.state}`),
            },
            { name: t("money.subscriptions.until"), value: (row) => <Moment at={row.paid_until} /> },
            ...(mayChange ? [{ name: t("money.subscriptions.act"), value: (row: Subscription) => <StopOrGoOn row={row} account={account} /> }] : []),
          ]}
        />
      )}
    </ListScreen>
  );
}

function StopOrGoOn({ row, account }: { row: Subscription; account: string }) {
  const { t } = useTranslation();
  if (row.state === "ended") return null;
  const act = row.is_stopped ? "resume" : "stop";
  return (
    <Asked
      label={t(`money.subscriptions.${act}`)}
      text={t(`money.subscriptions.${act}-what`)}
      yes={t(`money.subscriptions.${act}-yes`)}
      act={async () => {
        await call(`/accounts/${account}/subscriptions/${row.id}/${act}`, { method: "POST", key: newKey() });
        await queries.invalidateQueries({ queryKey: [account] });
      }}
    />
  );
}
