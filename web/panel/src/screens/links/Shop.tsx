// Links to the sales bot, one per script: marked with where they are put, so that sales are counted by it.
import { Badge, Button, Card, Group, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useAct } from "../../api/acts";
import { useAccount } from "../../api/session";
import { change, useThings } from "../../api/things";
import { Asked } from "../../components/Asked";
import { Cards } from "../../components/Cards";
import { ButtonLink } from "../../components/links";
import { Failure, Loaded } from "../../components/Loaded";
import { CopyLink } from "./CopyLink";
import { findWrong, linkOf } from "./marks";
import { type Place, usePlaces } from "./places";

type Bot = { id: string; link: string };

export function ShopPart({ account }: { account: string }) {
  const { t } = useTranslation();
  const { query, places, nameOf } = usePlaces(account, "scenario");
  const allowed = useAccount(account)?.permissions ?? [];
  const bots = useThings<Bot>(account, "bots");
  const scripts = places.filter((place) => place.environment !== "test");
  const linkTo = (place: Place) => bots.data?.find((bot) => bot.id === place.bot)?.link;
  return (
    <Loaded query={query}>
      {() =>
        scripts.length === 0 ? (
          <Stack align="flex-start">
            <Text>{t("links.shop.empty")}</Text>
            <ButtonLink to="/$account/flows" params={{ account }}>
              {t("links.to-flows")}
            </ButtonLink>
          </Stack>
        ) : (
          <Stack>
            <Text>{t("links.shop.about")}</Text>
            <Cards label={t("links.part.shop")}>
              {scripts.map((place) => (
                <ScriptCard key={place.id} place={place} name={nameOf(place)} bot={linkTo(place)} account={account} mayChange={allowed.includes("flows.change")} />
              ))}
            </Cards>
          </Stack>
        )
      }
    </Loaded>
  );
}

type Shown = { place: Place; name: string; bot: string | undefined; account: string; mayChange: boolean };

function ScriptCard({ place, name, bot, account, mayChange }: Shown) {
  const { t } = useTranslation();
  const act = useAct<unknown, "open" | "default">({ mutationFn: (deed) => change(account, "POST", `deployments/${place.id}/${deed}`) });
  return (
    <Card component="li" withBorder p="sm">
      <Stack gap="xs">
        <Group justify="space-between">
          <Group gap="xs">
            <Text fw={600} style={{ overflowWrap: "anywhere" }}>
              {name}
            </Text>
            {place.is_default && (
              <Badge variant="default" tt="none">
                {t("links.shop.default")}
              </Badge>
            )}
            {!place.is_active && (
              <Badge variant="default" tt="none">
                {t("links.shop.closed")}
              </Badge>
            )}
          </Group>
          {mayChange && (
            <Group gap="xs">
              {place.is_active && !place.is_default && (
                <Button size="xs" variant="default" loading={act.isPending && act.variables === "default"} onClick={() => act.mutate("default")}>
                  {t("links.shop.make-default")}
                </Button>
              )}
              {place.is_active ? (
                <Asked
                  label={t("links.shop.close")}
                  text={t("links.shop.close-what", { name })}
                  yes={t("links.shop.close-yes")}
                  act={() => change(account, "POST", `deployments/${place.id}/close`)}
                />
              ) : (
                <Button size="xs" variant="default" loading={act.isPending && act.variables === "open"} onClick={() => act.mutate("open")}>
                  {t("links.shop.open")}
                </Button>
              )}
            </Group>
          )}
        </Group>
        {act.error && act.variables && <Failure error={act.error} onAgain={() => act.mutate(act.variables)} />}
        {bot && place.is_active && <MarkedLink bot={bot} slug={place.slug} />}
      </Stack>
    </Card>
  );
}

function MarkedLink({ bot, slug }: { bot: string; slug: string }) {
  const { t } = useTranslation();
  const [marks, setMarks] = useState({ source: "", campaign: "" });
  const wrong = findWrong(slug, marks);
  return (
    <Stack gap="xs">
      <Group grow preventGrowOverflow={false} align="flex-start">
        <TextInput
          label={t("links.source")}
          placeholder={t("links.source-example")}
          value={marks.source}
          error={wrong && t(`links.wrong.${wrong}`)}
          onChange={(event) => setMarks({ ...marks, source: event.currentTarget.value.trim() })}
        />
        <TextInput label={t("links.campaign")} value={marks.campaign} onChange={(event) => setMarks({ ...marks, campaign: event.currentTarget.value.trim() })} />
      </Group>
      {!wrong && <CopyLink label={t("links.link")} link={linkOf(bot, slug, marks)} />}
    </Stack>
  );
}
