// Who a conversation is with, in short; all of them one press away.
import { Badge, Group, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { call } from "../../api/client";
import { useAccount } from "../../api/session";
import { AnchorLink } from "../../components/links";
import { Loaded } from "../../components/Loaded";
import type { Contact } from "../people/People";
import { useConversation } from "./reading";

export function PersonCard({ account, conversation }: { account: string; conversation: string }) {
  const { t, i18n } = useTranslation();
  const mayRead = useAccount(account)?.permissions.includes("contacts.read") ?? false;
  const contact = useConversation(account, conversation).data?.contact;
  const query = useQuery({
    queryKey: [account, "contacts", contact],
    enabled: mayRead && contact !== undefined,
    queryFn: async ({ signal }) => (await call<Contact>(`/accounts/${account}/contacts/${contact}`, { signal })).data,
  });
  if (!mayRead) return null;
  return (
    <Loaded query={query}>
      {(person) => (
        <Stack gap="xs">
          <Title order={3} size="h5">
            {person.name}
          </Title>
          {person.username && <Text size="sm">@{person.username}</Text>}
          <Text size="sm">
            {t("inbox.language")}: {t(`language.${person.language}`, person.language)}
          </Text>
          <Text size="sm">
            {t("inbox.zone")}: {showClock(person.zone, i18n.language)}
          </Text>
          <Group gap={4}>
            {person.tags.map((tag) => (
              <Badge key={tag} variant="default" tt="none">
                {tag}
              </Badge>
            ))}
          </Group>
          <AnchorLink to="/$account/people/$contact" params={{ account, contact: person.id }}>
            {t("inbox.whole-person")}
          </AnchorLink>
        </Stack>
      )}
    </Loaded>
  );
}

/** What their clock shows now, with the zone's name. */
function showClock(zone: string, language: string): string {
  try {
    const time = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", timeZone: zone }).format(new Date());
    return `${time}, ${zone}`;
  } catch {
    return zone;
  }
}
