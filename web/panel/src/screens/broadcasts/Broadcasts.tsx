// Broadcasts: what is written, planned, on its way and over; each leads to its own screen.
import { Badge, Button, Card, Group, Stack, Text } from "@mantine/core";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { useList } from "../../api/lists";
import { useAccount } from "../../api/session";
import { Cards } from "../../components/Cards";
import { AnchorLink } from "../../components/links";
import { ListScreen } from "../../components/ListScreen";
import { Moment } from "../../components/Moment";
import { Screen } from "../../components/Screen";
import { isOnItsWay, type Item, useBroadcast } from "./detail";
import { TallyBar } from "./TallyBar";

export function BroadcastsScreen() {
  const { t } = useTranslation();
  const { account } = useParams({ from: "/$account" });
  const navigate = useNavigate();
  const may = useAccount(account)?.permissions.includes("broadcasts.change") ?? false;
  const list = useList<Item>(account, "broadcasts");
  return (
    <Screen
      name={t("nav.broadcasts")}
      acts={
        may && (
          <Button onClick={() => navigate({ to: "/$account/broadcasts/$broadcast", params: { account, broadcast: "new" } })}>{t("broadcasts.new")}</Button>
        )
      }
    >
      <ListScreen list={list} empty={<Text>{t("broadcasts.empty")}</Text>}>
        {(broadcasts) => (
          <Cards label={t("nav.broadcasts")}>
            {broadcasts.map((each) => (
              <OneCard key={each.id} account={account} item={each} />
            ))}
          </Cards>
        )}
      </ListScreen>
    </Screen>
  );
}

function OneCard({ account, item }: { account: string; item: Item }) {
  const { t, i18n } = useTranslation();
  const at = item.status === "scheduled" ? item.at : (item.finished_at ?? item.started_at ?? item.created_at);
  return (
    <Card component="li" withBorder p="sm">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Stack gap={0} miw={0}>
          <AnchorLink to="/$account/broadcasts/$broadcast" params={{ account, broadcast: item.id }} fw={600} style={{ overflowWrap: "anywhere" }}>
            {item.name ?? t("broadcasts.nameless")}
          </AnchorLink>
          <Text size="sm" component="div">
            {item.total > 0 && `${t("people-number", { count: item.total, number: item.total.toLocaleString(i18n.language) })} · `}
            {at && <Moment at={at} />}
          </Text>
        </Stack>
        <Badge variant="default" tt="none" style={{ flexShrink: 0 }}>
          {t(`broadcasts.status.${item.status}`)}
        </Badge>
      </Group>
      {isOnItsWay(item) && <LiveBar account={account} id={item.id} />}
    </Card>
  );
}

function LiveBar({ account, id }: { account: string; id: string }) {
  const { data } = useBroadcast(account, id);
  return data ? <TallyBar tally={data.tally} /> : null;
}
