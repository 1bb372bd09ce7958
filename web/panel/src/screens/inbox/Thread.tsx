// What was said with a person, the latest at the bottom, and who of the team talks with them.
import { Badge, Button, Group, Menu, Paper, Stack, Text, Title } from "@mantine/core";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";

import { useAct } from "../../api/acts";
import { call, newKey } from "../../api/client";
import { useList } from "../../api/lists";
import { type Member, useMembers } from "../../api/members";
import { useAccount } from "../../api/session";
import { Failure, Loaded } from "../../components/Loaded";
import { Moment } from "../../components/Moment";
import { Composer } from "./Composer";
import { Search } from "./Search";
import { readConversationsAnew, useBeingSaid, useConversation } from "./reading";
import type { BeingSaid, Conversation, Message } from "./types";

const SOON_MS = 1_500;

export function Thread({ account, id }: { account: string; id: string }) {
  const { t } = useTranslation();
  const mayAnswer = useAccount(account)?.permissions.includes("conversations.answer") ?? false;
  const conversation = useConversation(account, id);
  const messages = useList<Message>(account, `conversations/${id}/messages`);
  const beingSaid = useBeingSaid(account, id);
  const members = useMembers(account);
  const isMoving = (messages.data ?? []).some((each) => each.state === "waiting") || Boolean(beingSaid.data?.waiting.length);

  useEffect(() => {
    if (!isMoving) return;
    const timer = setInterval(() => void readConversationsAnew(account), SOON_MS);
    return () => clearInterval(timer);
  }, [account, isMoving]);

  return (
    <Loaded query={conversation}>
      {(talk) => (
        <Stack gap="xs" component="section" aria-label={talk.name}>
          <Head talk={talk} account={account} members={members} mayAnswer={mayAnswer} />
          <Search account={account} id={id} />
          <Loaded query={messages}>
            {(said) => (
              <div className="thread" role="log" aria-label={t("inbox.thread")} tabIndex={0}>
                <Stack gap="xs">
                  {messages.hasNextPage && (
                    <Button variant="default" size="xs" loading={messages.isFetchingNextPage} onClick={() => void messages.fetchNextPage()}>
                      {t("inbox.earlier")}
                    </Button>
                  )}
                  {[...said].reverse().map((each) => (
                    <Bubble key={each.id} message={each} members={members} path={mayAnswer ? `/accounts/${account}/conversations/${id}` : null} account={account} />
                  ))}
                  <OnItsWay beingSaid={beingSaid.data} />
                </Stack>
              </div>
            )}
          </Loaded>
          {mayAnswer ? (
            <Loaded query={beingSaid}>
              {(kept) => <Composer account={account} talk={talk} kept={kept} newest={messages.data?.[0]?.id} members={members} />}
            </Loaded>
          ) : (
            <Text size="sm">{t("inbox.read-only")}</Text>
          )}
        </Stack>
      )}
    </Loaded>
  );
}

function nameOf(members: Member[], id: string | null): string | undefined {
  return members.find((each) => each.id === id)?.name;
}

function Bubble({ message, members, path, account }: { message: Message; members: Member[]; path: string | null; account: string }) {
  const { t } = useTranslation();
  const again = useAct({
    mutationFn: (key: string) => call(`${path}/messages`, { method: "POST", key, body: { text: message.text, bot: message.bot } }),
    onSuccess: () => readConversationsAnew(account),
  });
  const isLost = message.state === "failed" || message.state === "unknown";
  return (
    <Paper withBorder p="xs" radius="md" className={message.is_incoming ? "said said-in" : "said said-out"}>
      <Text style={{ whiteSpace: "pre-wrap" }}>{message.text}</Text>
      <Group gap="xs">
        <Text size="xs">
          {message.author && `${nameOf(members, message.author) ?? t("inbox.somebody")} · `}
          <Moment at={message.at} />
          {message.state === "waiting" && ` · ${t("inbox.on-its-way")}`}
        </Text>
        {isLost && (
          <Badge color="red" size="sm" tt="none" title={message.error ?? undefined}>
            {t(`inbox.${message.state}`)}
          </Badge>
        )}
        {isLost && path && message.author && (
          <Button size="compact-xs" variant="default" loading={again.isPending} onClick={() => again.mutate(newKey())}>
            {t("inbox.again")}
          </Button>
        )}
      </Group>
      {again.error && <Failure error={again.error} onAgain={() => again.mutate(newKey())} />}
    </Paper>
  );
}

function OnItsWay({ beingSaid }: { beingSaid: BeingSaid | undefined }) {
  const { t } = useTranslation();
  return (beingSaid?.waiting ?? []).map((each, at) => (
    <Paper key={at} withBorder p="xs" radius="md" className="said said-out">
      <Text style={{ whiteSpace: "pre-wrap" }}>{each.text}</Text>
      <Text size="xs">{t("inbox.on-its-way")}</Text>
    </Paper>
  ));
}

type Act = { path: string; body?: object };

function Head({ talk, account, members, mayAnswer }: { talk: Conversation; account: string; members: Member[]; mayAnswer: boolean }) {
  const { t } = useTranslation();
  const here = `/accounts/${account}/conversations/${talk.id}`;
  const act = useAct({
    mutationFn: ({ path, body }: Act) => call(path, { method: "POST", key: newKey(), body: body ?? {} }),
    onSettled: () => readConversationsAnew(account),
  });
  const talks = talk.talk === "talking";
  return (
    <Stack gap={4}>
      <Group justify="space-between" gap="xs">
        <Group gap="xs" miw={0}>
          <Title order={2} size="h4">
            {talk.name}
          </Title>
          {talk.talk && (
            <Badge variant="default" tt="none">
              {talks ? (talk.mine ? t("inbox.yours") : t("inbox.talks", { name: nameOf(members, talk.operator) ?? t("inbox.somebody") })) : t("inbox.rings")}
            </Badge>
          )}
        </Group>
        {mayAnswer && (
          <Group gap={4}>
            {!(talks && talk.mine) && (
              <Button size="compact-sm" loading={act.isPending} onClick={() => act.mutate({ path: `${here}/assign` })}>
                {t("inbox.take")}
              </Button>
            )}
            {!talks && (
              <Menu>
                <Menu.Target>
                  <Button size="compact-sm" variant="default">
                    {t("inbox.give")}
                  </Button>
                </Menu.Target>
                <Menu.Dropdown>
                  {members
                    .filter((each) => ["owner", "admin", "operator"].includes(each.role))
                    .map((each) => (
                      <Menu.Item key={each.id} onClick={() => act.mutate({ path: `${here}/assign`, body: { operator: each.id } })}>
                        {each.name}
                      </Menu.Item>
                    ))}
                </Menu.Dropdown>
              </Menu>
            )}
            {talks && talk.handoff && (
              <Button size="compact-sm" variant="default" loading={act.isPending} onClick={() => act.mutate({ path: `/accounts/${account}/handoffs/${talk.handoff}/pass` })}>
                {t("inbox.pass")}
              </Button>
            )}
            {talks && (
              <Button size="compact-sm" variant="default" loading={act.isPending} onClick={() => act.mutate({ path: `${here}/close` })}>
                {t("inbox.close")}
              </Button>
            )}
          </Group>
        )}
      </Group>
      {act.error && <Failure error={act.error} onAgain={() => act.variables && act.mutate(act.variables)} />}
    </Stack>
  );
}
