// What somebody may open, by the tariffs' names, and where they are in each course.
import { Group, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { useAccount } from "../../api/session";
import { useThings } from "../../api/things";
import { Loaded } from "../../components/Loaded";
import { AnchorLink } from "../../components/links";
import { Moment } from "../../components/Moment";
import { inLanguage, type Texts } from "../../components/texts";

type Shown = { account: string; contact: string };
type Access = { id: string; tariff: string; tariff_code: string; is_open: boolean; granted_at: string | null; ends_at: string | null };
type Run = { id: string; flow: string; status: string; step: string | null; step_name: Texts; started_at: string };
type Named = { id: string; name: string | Record<string, string>; slug?: string };

const STATES: readonly string[] = ["active", "completed", "stopped", "held", "parked"];

export function Places({ account, contact }: Shown) {
  const permissions = useAccount(account)?.permissions ?? [];
  const may = (...needed: string[]) => needed.every((each) => permissions.includes(each));
  return (
    <>
      {may("accesses.read", "tariffs.read") && <Accesses account={account} contact={contact} />}
      {may("runs.read", "flows.read") && <Courses account={account} contact={contact} />}
    </>
  );
}

function Accesses({ account, contact }: Shown) {
  const { t, i18n } = useTranslation();
  const accesses = useThings<Access>(account, `accesses?contact=${contact}`);
  const tariffs = useThings<Named>(account, "tariffs?limit=200");
  return (
    <section>
      <Title order={2} size="h4" mb="xs">
        {t("person.accesses")}
      </Title>
      <Loaded query={accesses}>
        {(known) => (
          <Stack gap={4}>
            {known.length === 0 && <Text>{t("person.no-access")}</Text>}
            {known.map((access) => (
              <Group key={access.id} justify="space-between" wrap="nowrap" align="flex-start">
                <Text size="sm">
                  {nameIn(tariffs.data, access.tariff, i18n.language) || access.tariff_code}: {t(access.is_open ? "person.open" : "person.shut")}
                </Text>
                <Text size="sm" component="div">
                  {access.ends_at ? (
                    <>
                      {t("person.until")} <Moment at={access.ends_at} />
                    </>
                  ) : (
                    access.granted_at && <Moment at={access.granted_at} />
                  )}
                </Text>
              </Group>
            ))}
          </Stack>
        )}
      </Loaded>
    </section>
  );
}

function Courses({ account, contact }: Shown) {
  const { t, i18n } = useTranslation();
  const runs = useThings<Run>(account, `runs?contact=${contact}`);
  const flows = useThings<Named>(account, "flows?limit=200");
  return (
    <section>
      <Title order={2} size="h4" mb="xs">
        {t("person.places")}
      </Title>
      <Loaded query={runs}>
        {(known) => (
          <Stack gap={4}>
            {known.length === 0 && <Text>{t("person.no-places")}</Text>}
            {known.map((run) => (
              <Group key={run.id} justify="space-between" wrap="nowrap" align="flex-start">
                <Text size="sm" component="div" miw={0}>
                  <AnchorLink to="/$account/flows/$flow" params={{ account, flow: run.flow }} search={run.step ? { step: run.step } : {}} fz="inherit">
                    {nameIn(flows.data, run.flow, i18n.language) || t("person.flow")}
                  </AnchorLink>
                  : {STATES.includes(run.status) ? t(`person.run.${run.status}`) : run.status}
                  {run.step && `, ${inLanguage(run.step_name, i18n.language)}`}
                </Text>
                <Text size="sm" component="div">
                  <Moment at={run.started_at} />
                </Text>
              </Group>
            ))}
          </Stack>
        )}
      </Loaded>
    </section>
  );
}

function nameIn(things: Named[] | undefined, id: string, language: string): string {
  const found = things?.find((each) => each.id === id);
  if (!found) return "";
  return typeof found.name === "string" ? found.name || (found.slug ?? "") : (found.name[language] ?? Object.values(found.name)[0] ?? "");
}
