// What one address was told within a month, the last first: how it answered, how often it was tried; once more by a press.
import { Button, Group, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { useAct } from "../../api/acts";
import { useList } from "../../api/lists";
import { change } from "../../api/things";
import { ListScreen } from "../../components/ListScreen";
import { Failure } from "../../components/Loaded";
import { Moment } from "../../components/Moment";
import { Rows } from "../../components/Rows";
import { nameOf } from "./Webhooks";

type Delivery = { id: string; event: string; state: "pending" | "sent" | "failed"; attempts: number; status: number | null; error: string | null; at: string; tried_at: string | null };

export function Deliveries({ account, webhook }: { account: string; webhook: string }) {
  const { t } = useTranslation();
  const list = useList<Delivery>(account, `webhooks/${webhook}/deliveries`, {}, false);
  return (
    <Stack gap="xs">
      <ListScreen list={list} empty={<Text>{t("settings.webhooks.nothing-told")}</Text>}>
        {(deliveries) => (
          <Rows
            caption={t("settings.webhooks.deliveries")}
            rows={deliveries}
            keyOf={(delivery) => delivery.id}
            columns={[
              { name: t("settings.webhooks.event-name"), value: (delivery) => t(nameOf(delivery.event)) },
              { name: t("settings.webhooks.when"), value: (delivery) => <Moment at={delivery.at} /> },
              { name: t("settings.webhooks.became"), value: (delivery) => <Became delivery={delivery} /> },
              { name: t("settings.webhooks.again"), value: (delivery) => <Replay account={account} webhook={webhook} delivery={delivery} /> },
            ]}
          />
        )}
      </ListScreen>
      <Group>
        <Button size="xs" variant="default" loading={list.isRefetching} onClick={() => void list.refetch()}>
          {t("settings.webhooks.look-again")}
        </Button>
      </Group>
    </Stack>
  );
}

function Became({ delivery }: { delivery: Delivery }) {
  const { t } = useTranslation();
  const answer = delivery.status ?? delivery.error;
  return (
    <Stack gap={0}>
      <span>{t(`settings.webhooks.state.${delivery.state}`)}</span>
      {answer !== null && (
        <Text size="sm" component="span" style={{ overflowWrap: "anywhere" }}>
          {t("settings.webhooks.answer", { answer })}
        </Text>
      )}
      {delivery.attempts > 1 && (
        <Text size="sm" component="span">
          {t("settings.webhooks.tries", { count: delivery.attempts })}
        </Text>
      )}
    </Stack>
  );
}

function Replay({ account, webhook, delivery }: { account: string; webhook: string; delivery: Delivery }) {
  const { t } = useTranslation();
  const replay = useAct({ mutationFn: () => change(account, "POST", `webhooks/${webhook}/deliveries/${delivery.id}/replay`) });
  if (delivery.state === "pending") return <>—</>; // it is being told still
  return (
    <>
      <Button size="compact-sm" variant="default" loading={replay.isPending} onClick={() => replay.mutate()}>
        {t("settings.webhooks.replay")}
      </Button>
      {replay.error && <Failure error={replay.error} onAgain={() => replay.mutate()} />}
    </>
  );
}
