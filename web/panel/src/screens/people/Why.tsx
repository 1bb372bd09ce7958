// What became of each purchase, link by link, and the one button for what is missing.
import { Button, Card, Group, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { useAct } from "../../api/acts";
import { call, newKey } from "../../api/client";
import { queries } from "../../api/queries";
import { useAccount } from "../../api/session";
import { useThings } from "../../api/things";
import { ButtonLink } from "../../components/links";
import { Failure, Loaded } from "../../components/Loaded";
import { Moment } from "../../components/Moment";

type Link = { kind: string; state: string; code: string; detail: string; at: string | null };
type Chain = {
  tariff: string;
  order: string | null;
  number: string | null;
  links: Link[];
  missing: string | null;
  mend: { key: string; mend: string; label: string } | null;
};

export function Why({ account, contact }: { account: string; contact: string }) {
  const { t } = useTranslation();
  const chains = useThings<Chain>(account, `contacts/${contact}/why`);
  return (
    <section>
      <Title order={2} size="h4" mb="xs">
        {t("person.why")}
      </Title>
      <Loaded query={chains}>
        {(known) => (
          <Stack gap="xs">
            {known.length === 0 && <Text>{t("person.why-empty")}</Text>}
            {known.map((chain) => (
              <Purchase key={`${chain.order} ${chain.tariff}`} account={account} contact={contact} chain={chain} />
            ))}
          </Stack>
        )}
      </Loaded>
    </section>
  );
}

function Purchase({ account, contact, chain }: { account: string; contact: string; chain: Chain }) {
  const { t } = useTranslation();
  return (
    <Card withBorder p="sm">
      <Text fw={600}>
        {chain.tariff}
        {chain.number && ` · ${t("person.order")} ${chain.number}`}
      </Text>
      <Stack gap={4} component="ol" p={0} my="xs" style={{ listStyle: "none" }}>
        {chain.links.map((link, place) => (
          <Group key={place} component="li" justify="space-between" wrap="nowrap" align="flex-start">
            <Text size="sm" fw={link.state === "broken" ? 700 : 400}>
              {t(`person.state.${link.state}`)}: {link.detail}
            </Text>
            <Text size="sm" component="div">
              {link.at && <Moment at={link.at} />}
            </Text>
          </Group>
        ))}
      </Stack>
      {chain.mend && <Mend account={account} contact={contact} chain={chain} mend={chain.mend} />}
    </Card>
  );
}

type Mending = { account: string; contact: string; chain: Chain; mend: NonNullable<Chain["mend"]> };

function Mend({ account, contact, chain, mend }: Mending) {
  const { t } = useTranslation();
  const may = useAccount(account)?.permissions.includes("contacts.change");
  const mending = useAct({
    mutationFn: () => call(`/accounts/${account}/contacts/${contact}/mend`, { method: "POST", body: { key: mend.key }, key: newKey() }),
    onSuccess: () => queries.invalidateQueries({ queryKey: [account] }),
  });
  if (mend.mend === "settle")
    return chain.order ? (
      <ButtonLink to="/$account/money/$order" params={{ account, order: chain.order }} size="xs">
        {t("person.mend-order")}
      </ButtonLink>
    ) : null;
  if (!may) return null;
  return (
    <>
      {mending.error && <Failure error={mending.error} onAgain={() => mending.mutate()} />}
      <Button size="xs" loading={mending.isPending} onClick={() => mending.mutate()}>
        {mend.label}
      </Button>
    </>
  );
}
