// The answer to one person: what is typed belongs to this conversation from the first letter until it has left.
import { Alert, Button, Group, Paper, Stack, Text, Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { useAct } from "../../api/acts";
import { call, newKey, ProblemError } from "../../api/client";
import type { Member } from "../../api/members";
import { Failure } from "../../components/Loaded";
import { Draft } from "./drafts";
import { readConversationsAnew } from "./reading";
import type { BeingSaid, Canned, Conversation } from "./types";

type Sent = { text: string; seen: string | undefined; closes: boolean; key: string };
type Shown = { account: string; talk: Conversation; kept: BeingSaid; newest: string | undefined; members: Member[] };

export function Composer({ account, talk, kept, newest, members }: Shown) {
  const { t } = useTranslation();
  const path = `/accounts/${account}/conversations/${talk.id}`;
  const [draft] = useState(() => new Draft(path, `tandem.reply.${talk.id}`));
  const [text, setText] = useState(() => draft.recall(kept.text));
  const seen = useRef(newest); // the last message when the answer was begun

  useEffect(() => () => void draft.save(), [draft]); // whoever goes elsewhere takes nothing along

  function change(next: string) {
    if (!text) seen.current = newest;
    setText(next);
    draft.change(next);
  }

  const send = useAct({
    mutationFn: async ({ text: said, seen: after, closes, key }: Sent) => {
      await draft.save();
      await call(`${path}/messages`, { method: "POST", key, body: { text: said, ...(after ? { seen: after } : {}) } });
      if (closes) await call(`${path}/close`, { method: "POST", key: newKey(), body: {} });
    },
    onSuccess: (_, sent) => draft.drop(sent.text),
    onError: (_, sent) => setText((typed) => typed || sent.text),
    onSettled: () => readConversationsAnew(account),
  });

  function submit(closes: boolean) {
    const said = text.trim();
    if (!said || send.isPending) return;
    send.mutate({ text: said, seen: seen.current, closes, key: newKey() });
    setText("");
  }

  const isOverNews = send.error instanceof ProblemError && send.error.problem.code === "NEWER_MESSAGE";
  const names = kept.writing.map((id) => members.find((each) => each.id === id)?.name ?? t("inbox.somebody"));
  return (
    <Stack gap="xs">
      {send.isPending && (
        <Text size="sm" role="status">
          {t("inbox.on-its-way")}
        </Text>
      )}
      {names.length > 0 && (
        <Text size="sm" role="status">
          {t("inbox.writing", { names: names.join(", ") })}
        </Text>
      )}
      {isOverNews && (
        <Alert color="yellow" role="alert" title={t("inbox.newer")}>
          <Group justify="space-between">
            <Text size="sm">{t("inbox.newer-why")}</Text>
            <Button
              size="xs"
              onClick={() => {
                send.mutate({ text: text.trim(), seen: newest, closes: send.variables?.closes ?? false, key: newKey() });
                setText("");
              }}
            >
              {t("inbox.send-anyway")}
            </Button>
          </Group>
        </Alert>
      )}
      {send.error && !isOverNews && (
        <Failure
          error={send.error}
          onAgain={() => {
            if (send.variables) send.mutate(send.variables);
            setText("");
          }}
        />
      )}
      <Field account={account} name={talk.name} text={text} onChange={change} onSubmit={submit} />
      <Group justify="space-between" align="start" wrap="nowrap">
        <Text size="xs" visibleFrom="sm">
          {t("inbox.reply-why")}
        </Text>
        <Button flex="none" disabled={!text.trim()} onClick={() => submit(false)}>
          {t("inbox.reply")}
        </Button>
      </Group>
    </Stack>
  );
}

type FieldShown = { account: string; name: string; text: string; onChange: (text: string) => void; onSubmit: (closes: boolean) => void };

/** The text box; what begins with `/` looks for a ready answer. */
function Field({ account, name, text, onChange, onSubmit }: FieldShown) {
  const { t } = useTranslation();
  const [at, setAt] = useState(0);
  const asks = text.startsWith("/");
  const query = useQuery({
    queryKey: [account, "canned-replies"],
    enabled: asks,
    queryFn: async ({ signal }) => (await call<{ items: Canned[] }>(`/accounts/${account}/canned-replies?limit=200`, { signal })).data.items,
  });
  const words = text.slice(1).trim().toLowerCase();
  const fitting = asks ? (query.data ?? []).filter((each) => each.kind === "text" && each.name.toLowerCase().includes(words)).slice(0, 8) : [];
  const chosen = fitting[Math.min(at, fitting.length - 1)];

  function take(reply: Canned) {
    setAt(0);
    onChange(reply.text.replaceAll("{{student.name}}", name.split(" ")[0] ?? name));
  }

  function press(event: KeyboardEvent<HTMLTextAreaElement>) {
    if (event.nativeEvent.isComposing) return;
    if (chosen && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      setAt((now) => (now + (event.key === "ArrowDown" ? 1 : fitting.length - 1)) % fitting.length);
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      if (chosen) take(chosen);
      else onSubmit(event.ctrlKey || event.metaKey);
    }
  }

  return (
    <Stack gap={4}>
      {asks && query.data && fitting.length === 0 && <Text size="sm">{t("inbox.canned-none")}</Text>}
      {fitting.length > 0 && (
        <Paper withBorder role="listbox" aria-label={t("inbox.canned")} id="canned-replies">
          {fitting.map((each) => (
            <div
              key={each.id}
              id={`canned-${each.id}`}
              role="option"
              aria-selected={each === chosen}
              className={each === chosen ? "choice chosen" : "choice"}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => take(each)}
            >
              <strong>{each.name}</strong> {each.text}
            </div>
          ))}
        </Paper>
      )}
      <Textarea
        label={t("inbox.reply")}
        autosize
        minRows={2}
        maxRows={10}
        maxLength={4096}
        value={text}
        aria-controls={chosen ? "canned-replies" : undefined}
        aria-activedescendant={chosen ? `canned-${chosen.id}` : undefined}
        onChange={(event) => onChange(event.currentTarget.value)}
        onKeyDown={press}
      />
    </Stack>
  );
}
