// The groups and channels that the bots know: what each bot may do there, whether a tariff opens it.
import { Alert, Button, Card, Group, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { useAct } from "../../api/acts";
import { useAccount } from "../../api/session";
import { change, useThings } from "../../api/things";
import { Cards } from "../../components/Cards";
import { Failure, Loaded } from "../../components/Loaded";

type Seat = { bot: string; username: string; is_in: boolean; may_invite: boolean; may_remove: boolean; trouble: string | null };
type GroupRow = { chat_id: number; title: string; type: string; bots: Seat[]; tariffs: string[] };

export function GroupsPart({ account }: { account: string }) {
  const { t } = useTranslation();
  const mayChange = useAccount(account)?.permissions.includes("bots.change") ?? false;
  const query = useThings<GroupRow>(account, "groups");
  const check = useAct({ mutationFn: () => change(account, "POST", "groups/check") });
  return (
    <Loaded query={query}>
      {(groups) => (
        <Stack>
          <Text>{t(groups.length === 0 ? "settings.groups.empty" : "settings.groups.about")}</Text>
          <Cards label={t("settings.part.groups")}>
            {groups.map((group) => (
              <Card key={group.chat_id} component="li" withBorder p="sm">
                <Text fw={600}>{group.title || group.chat_id}</Text>
                <Text size="sm">{group.tariffs.length > 0 ? t("settings.groups.opened", { count: group.tariffs.length }) : t("settings.groups.not-opened")}</Text>
                {group.bots.map((seat) => (
                  <Text key={seat.bot} size="sm">
                    @{seat.username}: {t(`settings.groups.${describe(seat)}`)}
                  </Text>
                ))}
                {group.bots.some((seat) => seat.trouble) && (
                  <Alert color="red" mt="xs" role="alert">
                    {t("settings.groups.trouble")}
                  </Alert>
                )}
              </Card>
            ))}
          </Cards>
          {check.error && <Failure error={check.error} onAgain={() => check.mutate()} />}
          {mayChange && groups.length > 0 && (
            <Group>
              <Button variant="default" loading={check.isPending} onClick={() => check.mutate()}>
                {t("settings.groups.check")}
              </Button>
            </Group>
          )}
        </Stack>
      )}
    </Loaded>
  );
}

function describe(seat: Seat): string {
  if (!seat.is_in) return "not-in";
  if (!seat.may_invite) return "no-invites";
  return seat.may_remove ? "all-rights" : "no-removing";
}
