// Tariffs: what is on sale and for how much; a new one, other terms, the end of its sale.
import { Badge, Button, Card, Group, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { useAct } from "../../api/acts";
import { useList } from "../../api/lists";
import { useAccount } from "../../api/session";
import { change, useThings } from "../../api/things";
import { Asked } from "../../components/Asked";
import { Cards } from "../../components/Cards";
import { ListScreen } from "../../components/ListScreen";
import { Failure } from "../../components/Loaded";
import { type Money, Sum } from "../../components/Sum";
import { TariffForm } from "./TariffForm";

export type Tariff = {
  id: string;
  etag: string;
  code: string;
  name: Record<string, string>;
  description: Record<string, string>;
  price: Money;
  stars: number | null;
  rights: string[];
  flow: string;
  plan: { period: string | null; parts: number | null; trial_days: number } | null;
  groups: number[];
  is_on_sale: boolean;
};
type Product = { id: string; name: string; title: Record<string, string> };
export type Course = { id: string; slug: string; name: string; kind: string; version: number | null };

/** A text of the school's in the reader's language, else in whichever there is. */
export function pickText(texts: Record<string, string>, language: string): string {
  return texts[language] ?? texts["*"] ?? Object.values(texts)[0] ?? "";
}

function nameOf(flow: string, courses: readonly Course[] | undefined, products: readonly Product[] | undefined, language: string): string {
  const course = courses?.find(({ id }) => id === flow);
  const product = products?.find(({ id }) => id === flow);
  return course?.name || course?.slug || (product ? pickText(product.title, language) : "");
}

export function TariffsPart({ account }: { account: string }) {
  const { t, i18n } = useTranslation();
  const mayChange = useAccount(account)?.permissions.includes("flows.change") ?? false;
  const list = useList<Tariff>(account, "tariffs");
  const courses = useList<Course>(account, "flows", { kind: "course" });
  const products = useThings<Product>(account, "products");
  const published = courses.data?.filter((course) => course.version !== null) ?? [];
  return (
    <Stack>
      <ListScreen list={list} empty={<Text>{t(published.length > 0 ? "money.tariffs.empty" : "money.tariffs.no-course")}</Text>}>
        {(tariffs) => (
          <Cards label={t("money.part.tariffs")}>
            {tariffs.map((tariff) => (
              <TariffCard
                key={tariff.id}
                tariff={tariff}
                course={courses.data?.find((course) => course.id === tariff.flow)}
                of={nameOf(tariff.flow, courses.data, products.data, i18n.language)}
                account={account}
                mayChange={mayChange}
              />
            ))}
          </Cards>
        )}
      </ListScreen>
      {mayChange && published.length > 0 && (
        <Group>
          <TariffForm account={account} courses={published} label={t("money.tariffs.new")} />
        </Group>
      )}
    </Stack>
  );
}

type Shown = { tariff: Tariff; course: Course | undefined; of: string; account: string; mayChange: boolean };

function TariffCard({ tariff, course, of, account, mayChange }: Shown) {
  const { t, i18n } = useTranslation();
  const sell = useAct({ mutationFn: () => change(account, "POST", `tariffs/${tariff.id}/sell`) });
  const name = pickText(tariff.name, i18n.language);
  return (
    <Card component="li" withBorder p="sm">
      <Stack gap="xs">
        <Group justify="space-between" align="start" wrap="nowrap">
          <Stack gap={0} miw={0}>
            <Text fw={600}>{name}</Text>
            <Text size="sm">{of}</Text>
            <Text size="sm">{describePlan(tariff, t)}</Text>
          </Stack>
          <Stack gap={4} align="end">
            <Text fw={600}>
              <Sum value={tariff.price} />
            </Text>
            <Badge variant="default" tt="none">
              {t(tariff.is_on_sale ? "money.tariffs.on-sale" : "money.tariffs.stopped")}
            </Badge>
          </Stack>
        </Group>
        {sell.error && <Failure error={sell.error} onAgain={() => sell.mutate()} />}
        {mayChange && (
          <Group gap="xs">
            <TariffForm account={account} courses={course ? [course] : []} known={tariff} label={t("money.tariffs.change")} />
            {tariff.is_on_sale ? (
              <Asked
                label={t("money.tariffs.stop")}
                text={t("money.tariffs.stop-what", { name })}
                yes={t("money.tariffs.stop-yes")}
                act={() => change(account, "POST", `tariffs/${tariff.id}/stop`)}
              />
            ) : (
              <Button size="xs" variant="default" loading={sell.isPending} onClick={() => sell.mutate()}>
                {t("money.tariffs.sell")}
              </Button>
            )}
          </Group>
        )}
      </Stack>
    </Card>
  );
}

function describePlan({ plan }: Tariff, t: (key: string, values?: Record<string, unknown>) => string): string {
  if (!plan) return t("money.tariffs.paid.once");
  const trial = plan.trial_days > 0 ? ` · ${t("money.tariffs.trial", { count: plan.trial_days })}` : "";
  if (plan.parts) return t("money.tariffs.in-parts", { count: plan.parts }) + trial;
  return t(plan.period ? "money.tariffs.paid.again" : "money.tariffs.paid.once") + trial;
}
