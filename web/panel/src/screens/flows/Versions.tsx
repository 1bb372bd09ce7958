// The versions of a flow: who published which and when, any two side by side, an earlier one taken as the draft.
import { Badge, Button, Card, Group, Select, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useAct } from "../../api/acts";
import { call } from "../../api/client";
import { useList } from "../../api/lists";
import { ListScreen } from "../../components/ListScreen";
import { Failure, Loaded } from "../../components/Loaded";
import { Moment } from "../../components/Moment";
import type { Keeper } from "../../editor/keeper";
import type { StepType } from "../../editor/stepTypes";
import { Changes } from "./Changes";
import type { Difference, Version } from "./compare";

const DRAFT = "draft";
type Shown = { keeper: Keeper; account: string; flow: string; types: StepType[]; mayChange: boolean; name: (key: string) => string };

export function Versions({ keeper, account, flow, types, mayChange, name }: Shown) {
  const { t } = useTranslation();
  const list = useList<Version>(account, `flows/${flow}/versions`);
  const [chosen, setChosen] = useState<{ old: string | null; new: string }>({ old: null, new: DRAFT });
  const take = useAct({
    mutationFn: async (version: Version) => {
      if (!(await keeper.flush())) throw new Error(t("editor.not-saved"));
      await call(`/accounts/${account}/flows/${flow}/versions/${version.id}/take`, { method: "POST", etag: `"${keeper.look().draft.etag}"` });
      await keeper.refresh();
      return version;
    },
    onSuccess: ({ number }) => notifications.show({ message: t("versions.taken", { number }) }),
  });

  return (
    <Stack>
      {take.error && take.variables && <Failure error={take.error} onAgain={() => take.mutate(take.variables)} />}
      <ListScreen list={list} empty={<Text>{t("versions.empty")}</Text>}>
        {(versions) => {
          const newest = versions[0];
          const old = chosen.old ?? newest?.id ?? DRAFT;
          const options = [{ value: DRAFT, label: t("versions.draft") }, ...versions.map(({ id, number }) => ({ value: id, label: t("flows.version", { number }) }))];
          return (
            <>
              <Stack gap="xs" component="ul" p={0} m={0} style={{ listStyle: "none" }}>
                {versions.map((version) => (
                  <Card key={version.id} component="li" withBorder p="sm">
                    <Group justify="space-between">
                      <Stack gap={2}>
                        <Group gap="xs">
                          <Text fw={600}>{t("flows.version", { number: version.number })}</Text>
                          {version === newest && (
                            <Badge variant="default" tt="none">
                              {t("versions.newest")}
                            </Badge>
                          )}
                        </Group>
                        <Text size="sm">
                          <Moment at={version.published_at} />
                          {version.authors.length > 0 && ` · ${version.authors.map((author) => author.name).join(", ")}`}
                        </Text>
                      </Stack>
                      <Group gap="xs">
                        <Button size="compact-sm" variant="default" onClick={() => setChosen({ old: version.id, new: DRAFT })} aria-label={t("versions.compare-with", { number: version.number })}>
                          {t("versions.compare")}
                        </Button>
                        {mayChange && (
                          <Button size="compact-sm" variant="default" loading={take.isPending && take.variables === version} onClick={() => take.mutate(version)} aria-label={t("versions.take-number", { number: version.number })}>
                            {t("versions.take")}
                          </Button>
                        )}
                      </Group>
                    </Group>
                  </Card>
                ))}
              </Stack>
              <Group grow>
                <Select label={t("versions.old")} allowDeselect={false} data={options} value={old} onChange={(value) => setChosen({ ...chosen, old: value })} />
                <Select label={t("versions.new")} allowDeselect={false} data={options} value={chosen.new} onChange={(value) => setChosen({ ...chosen, new: value ?? DRAFT })} />
              </Group>
              <Compared account={account} flow={flow} old={old} new={chosen.new} types={types} name={name} keeper={keeper} />
            </>
          );
        }}
      </ListScreen>
    </Stack>
  );
}

type Two = Omit<Shown, "mayChange"> & { old: string; new: string };

function Compared({ keeper, account, flow, old, new: newer, types, name }: Two) {
  const { t } = useTranslation();
  const isSame = old === newer;
  const { etag } = keeper.look().draft;
  const query = useQuery({
    queryKey: [account, "flows", flow, "diff", old, newer, etag],
    enabled: !isSame && old !== DRAFT,
    queryFn: async ({ signal }) => {
      const asked = new URLSearchParams({ old, ...(newer === DRAFT ? {} : { new: newer }) });
      return (await call<Difference>(`/accounts/${account}/flows/${flow}/diff?${asked.toString()}`, { signal })).data;
    },
  });
  if (isSame) return <Text>{t("versions.same")}</Text>;
  if (old === DRAFT) return <Text>{t("versions.draft-is-newer")}</Text>;
  return <Loaded query={query}>{(difference) => <Changes difference={difference} types={types} name={name} />}</Loaded>;
}
