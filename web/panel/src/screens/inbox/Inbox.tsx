// Inbox: conversations on the left, what was said and the answer in the middle, the person beside it; one of them on a phone.
import { Badge, Box, Button, Drawer, Group, NavLink, SegmentedControl, Stack, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { useList } from "../../api/lists";
import { AnchorLink } from "../../components/links";
import { ListScreen } from "../../components/ListScreen";
import { Moment } from "../../components/Moment";
import { Screen } from "../../components/Screen";
import { PersonCard } from "./PersonCard";
import { Thread } from "./Thread";
import type { Conversation } from "./types";

const KINDS: Record<string, Record<string, string>> = {
  all: {},
  mine: { mine: "true" },
  unassigned: { unassigned: "true" },
  waiting: { waits: "true", sort: "last" },
};

export function InboxScreen() {
  const { t } = useTranslation();
  const { account } = useParams({ from: "/$account" });
  const { which = "all", open } = useSearch({ from: "/$account/inbox" });
  const navigate = useNavigate();
  const list = useList<Conversation>(account, "conversations", KINDS[which]);

  return (
    <Screen name={t("nav.inbox")} wide>
      <Box className="panes">
        <Stack component="section" aria-label={t("inbox.list")} gap="xs" {...(open ? { visibleFrom: "md" } : {})}>
          <SegmentedControl
            aria-label={t("inbox.which")}
            size="xs"
            value={which}
            onChange={(chosen) => void navigate({ to: "/$account/inbox", params: { account }, search: { which: chosen, ...(open ? { open } : {}) } })}
            data={Object.keys(KINDS).map((value) => ({ value, label: t(`inbox.${value}`) }))}
          />
          <ListScreen list={list} empty={<Text>{t(which === "all" ? "inbox.empty" : `inbox.none-${which}`)}</Text>}>
            {(conversations) => (
              <Stack gap={2} component="ul" p={0} m={0} style={{ listStyle: "none" }}>
                {conversations.map((each) => (
                  <li key={each.id}>
                    <Line conversation={each} isOpen={each.id === open} onOpen={() =>
                      void navigate({ to: "/$account/inbox", params: { account }, search: { which, open: each.id } })
                    } />
                  </li>
                ))}
              </Stack>
            )}
          </ListScreen>
        </Stack>
        {open ? <Opened key={open} account={account} id={open} which={which} /> : <Text visibleFrom="md">{t("inbox.choose")}</Text>}
      </Box>
    </Screen>
  );
}

function Line({ conversation, isOpen, onOpen }: { conversation: Conversation; isOpen: boolean; onOpen: () => void }) {
  const { t } = useTranslation();
  return (
    <NavLink
      component="button"
      type="button"
      variant="filled"
      active={isOpen}
      aria-current={isOpen ? "true" : undefined}
      onClick={onOpen}
      label={
        <Group justify="space-between" gap={4} wrap="nowrap">
          <Text span fw={conversation.waits ? 700 : 400} truncate>
            {conversation.name}
          </Text>
          {conversation.waits && (
            <Badge size="sm" variant="default" tt="none" flex="none">
              {t("inbox.waits")}
            </Badge>
          )}
        </Group>
      }
      styles={{ description: { color: "inherit" } }}
      description={
        <>
          <Text span size="sm" lineClamp={1} c="inherit">
            {conversation.text}
          </Text>
          <Text span size="xs" c="inherit">
            <Moment at={conversation.at} />
          </Text>
        </>
      }
    />
  );
}

function Opened({ account, id, which }: { account: string; id: string; which: string }) {
  const { t } = useTranslation();
  const [shown, { open, close }] = useDisclosure(false);
  return (
    <>
      <Stack gap="xs" miw={0}>
        <Group justify="space-between">
          <AnchorLink to="/$account/inbox" params={{ account }} search={{ which }} hiddenFrom="md">
            {t("inbox.back")}
          </AnchorLink>
          <Button variant="default" size="compact-sm" hiddenFrom="lg" onClick={open}>
            {t("inbox.person")}
          </Button>
        </Group>
        <Thread account={account} id={id} />
      </Stack>
      <Box component="aside" aria-label={t("inbox.person")} visibleFrom="lg">
        <PersonCard account={account} conversation={id} />
      </Box>
      <Drawer
        opened={shown}
        onClose={close}
        position="right"
        title={<Title order={2} size="h4">{t("inbox.person")}</Title>}
        closeButtonProps={{ "aria-label": t("close") }}
      >
        <PersonCard account={account} conversation={id} />
      </Drawer>
    </>
  );
}
