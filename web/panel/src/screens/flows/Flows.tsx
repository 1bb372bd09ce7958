// Flows: courses, scenarios and outreaches, the latest first, with how many people are in each; a new one is begun here.
import { Badge, Button, Card, Group, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { useAct } from "../../api/acts";
import { call } from "../../api/client";
import { useList } from "../../api/lists";
import { queries } from "../../api/queries";
import { useAccount } from "../../api/session";
import { AnchorLink } from "../../components/links";
import { ListScreen } from "../../components/ListScreen";
import { Failure } from "../../components/Loaded";
import { Moment } from "../../components/Moment";
import { Screen } from "../../components/Screen";
import { NewFlow } from "./NewFlow";

export type Flow = {
  id: string;
  slug: string;
  kind: string;
  name: string;
  version: number | null;
  draft_at: string | null;
  created_at: string;
  people: number;
};

export function FlowsScreen() {
  const { t } = useTranslation();
  const { account } = useParams({ from: "/$account" });
  const mayChange = useAccount(account)?.permissions.includes("flows.change") ?? false;
  const list = useList<Flow>(account, "flows");

  return (
    <Screen name={t("nav.flows")} acts={mayChange && <NewFlow account={account} />}>
      <ListScreen list={list} empty={<Text>{t("flows.empty")}</Text>}>
        {(flows) => (
          <Stack gap="xs" component="ul" p={0} m={0} style={{ listStyle: "none" }}>
            {flows.map((flow) => (
              <Card key={flow.id} component="li" withBorder p="sm">
                <Group justify="space-between" wrap="nowrap" align="start">
                  <Stack gap={0} miw={0}>
                    <AnchorLink to="/$account/flows/$flow" params={{ account, flow: flow.id }} fw={600}>
                      {flow.name || flow.slug}
                    </AnchorLink>
                    <Text size="sm">
                      {t(`flows.kind.${flow.kind}`, flow.kind)}
                      {flow.version !== null && ` · ${t("flows.version", { number: flow.version })}`}
                    </Text>
                  </Stack>
                  <Stack gap={4} align="end">
                    {flow.draft_at && (
                      <Badge variant="default" tt="none">
                        {t(flow.version === null ? "flows.never-published" : "flows.draft")}
                      </Badge>
                    )}
                    {flow.people > 0 && <Text size="sm">{t("flows.inside", { count: flow.people })}</Text>}
                  </Stack>
                </Group>
              </Card>
            ))}
          </Stack>
        )}
      </ListScreen>
      {mayChange && <Imports account={account} />}
    </Screen>
  );
}

type Import = { id: string; slug: string; file: string; made_at: string; undone_at: string | null };
const MOST_IMPORTS = 5;

/** The latest files that became drafts, each with its way back. */
function Imports({ account }: { account: string }) {
  const { t } = useTranslation();
  const { data = [] } = useList<Import>(account, "imports", {}, false);
  const undo = useAct({
    mutationFn: async (made: Import) => void (await call(`/accounts/${account}/imports/${made.id}/undo`, { method: "POST" })),
    onSuccess: async (_, { file }) => {
      notifications.show({ message: t("flows.undone", { file }) });
      await queries.invalidateQueries({ queryKey: [account] });
    },
  });
  if (data.length === 0) return null;
  return (
    <Stack gap="xs">
      <Text component="h2" fw={600}>
        {t("flows.imports")}
      </Text>
      {undo.error && undo.variables && <Failure error={undo.error} onAgain={() => undo.mutate(undo.variables)} />}
      {data.slice(0, MOST_IMPORTS).map((made) => (
        <Group key={made.id} justify="space-between" wrap="nowrap">
          <Text size="sm" style={{ overflowWrap: "anywhere" }}>
            {made.file} → {made.slug} · <Moment at={made.made_at} />
          </Text>
          {made.undone_at ? (
            <Text size="sm">{t("flows.is-undone")}</Text>
          ) : (
            <Button size="compact-sm" variant="default" loading={undo.isPending && undo.variables.id === made.id} aria-label={`${t("flows.undo")}: ${made.file}`} onClick={() => undo.mutate(made)}>
              {t("flows.undo")}
            </Button>
          )}
        </Group>
      ))}
    </Stack>
  );
}
