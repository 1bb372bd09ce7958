// One person: who they are, what is known of them, what became of their purchases, what the team noted.
import { Card, Group, Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { call } from "../../api/client";
import { useAccount } from "../../api/session";
import { change } from "../../api/things";
import { Asked } from "../../components/Asked";
import { AnchorLink } from "../../components/links";
import { Loaded } from "../../components/Loaded";
import { Moment } from "../../components/Moment";
import { Screen } from "../../components/Screen";
import { Notes } from "./Notes";
import type { Contact } from "./People";
import { Places } from "./Places";
import { Tags } from "./Tags";
import { Why } from "./Why";

export function PersonScreen() {
  const { t } = useTranslation();
  const { account, contact } = useParams({ from: "/$account/people/$contact" });
  const query = useQuery({
    queryKey: [account, "contacts", contact],
    queryFn: async ({ signal }) => (await call<Contact>(`/accounts/${account}/contacts/${contact}`, { signal })).data,
  });
  const mayShut = useAccount(account)?.permissions.includes("account.administer") ?? false;

  return (
    <Screen name={query.data?.name ?? t("person.title")}>
      <AnchorLink to="/$account/people" params={{ account }}>
        {t("person.back")}
      </AnchorLink>
      <Loaded query={query}>
        {(person) => (
          <Stack>
            <Card withBorder>
              <Facts person={person} />
            </Card>
            <Tags account={account} person={person} />
            <Places account={account} contact={contact} />
            <Why account={account} contact={contact} />
            <Notes account={account} contact={contact} />
            {mayShut && <Shut account={account} person={person} />}
          </Stack>
        )}
      </Loaded>
    </Screen>
  );
}

function Shut({ account, person }: { account: string; person: Contact }) {
  const { t } = useTranslation();
  const verb = person.blocked_at ? "unblock" : "block";
  return (
    <Group align="center">
      {person.blocked_at && (
        <Text role="status">
          {t("person.blocked")} <Moment at={person.blocked_at} />
        </Text>
      )}
      <Asked label={t(`person.${verb}`)} text={t(`person.${verb}-what`)} yes={t(`person.${verb}`)} act={() => change(account, "POST", `contacts/${person.id}/${verb}`)} />
    </Group>
  );
}

function Facts({ person }: { person: Contact }) {
  const { t } = useTranslation();
  const facts: [string, React.ReactNode][] = [
    [t("person.username"), person.username ? `@${person.username}` : "—"],
    [t("person.number"), person.telegram_id],
    [t("person.language"), t(`language.${person.language}`, person.language)],
    [t("person.zone"), person.zone],
    [t("person.met"), person.created_at ? <Moment at={person.created_at} /> : "—"],
    ...Object.entries(person.variables).map(([name, value]): [string, React.ReactNode] => [name, value]),
  ];
  return (
    <Table variant="vertical">
      <Table.Tbody>
        {facts.map(([name, value]) => (
          <Table.Tr key={name}>
            <Table.Th w={160}>{name}</Table.Th>
            <Table.Td>
              <Text size="sm">{value}</Text>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
