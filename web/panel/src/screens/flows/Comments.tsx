// What authors say to each other about a flow and its steps: who said what and when, what is resolved; whoever is named by @ reads it in Telegram.
import { Button, Card, Group, Stack, Switch, Text, Textarea } from "@mantine/core";
import { type FormEvent, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { useAct } from "../../api/acts";
import { useList } from "../../api/lists";
import { useMembers } from "../../api/members";
import { change, useThings } from "../../api/things";
import { Cards } from "../../components/Cards";
import { useKept } from "../../components/kept";
import { ListScreen } from "../../components/ListScreen";
import { Failure } from "../../components/Loaded";
import { Moment } from "../../components/Moment";
import { findNamed, nameAt, startOfName } from "./naming";

type Author = { id: string; name: string };
export type Comment = { id: string; step: string | null; author: Author; text: string; at: string; resolved_by: Author | null; resolved_at: string | null };
type Flow = { account: string; flow: string; mayChange: boolean };

const READERS = new Set(["owner", "admin", "author"]); // who may look at flows

/** How much is open on each step, by its key. */
export function useOpenComments(account: string, flow: string): Map<string, number> {
  const { data = [] } = useThings<Comment>(account, `flows/${flow}/comments?status=open&limit=100`);
  const numbers = new Map<string, number>();
  for (const { step } of data) if (step) numbers.set(step, (numbers.get(step) ?? 0) + 1);
  return numbers;
}

/** All that is said about the flow, with the steps it is about. */
export function FlowComments({ account, flow, mayChange, name, onStep }: Flow & { name: (key: string) => string | null; onStep: (key: string) => void }) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  const list = useList<Comment>(account, `flows/${flow}/comments`, { status: all ? undefined : "open" }, false);
  return (
    <Stack>
      <Switch label={t("comments.resolved-too")} checked={all} onChange={(event) => setAll(event.currentTarget.checked)} />
      <ListScreen list={list} empty={<Text>{t("comments.empty")}</Text>}>
        {(comments) => (
          <Cards label={t("comments.all")}>
            {comments.map((comment) => (
              <CommentCard key={comment.id} comment={comment} account={account} flow={flow} mayChange={mayChange}>
                <About step={comment.step} name={name} onStep={onStep} />
              </CommentCard>
            ))}
          </Cards>
        )}
      </ListScreen>
      {mayChange && <CommentForm account={account} flow={flow} step={null} />}
    </Stack>
  );
}

function About({ step, name, onStep }: { step: string | null; name: (key: string) => string | null; onStep: (key: string) => void }) {
  const { t } = useTranslation();
  if (!step) return <Text size="sm">{t("comments.of-flow")}</Text>;
  const words = name(step);
  if (words === null) return <Text size="sm">{t("comments.step-gone", { step })}</Text>;
  return (
    <Group>
      <Button variant="default" size="compact-sm" maw="100%" onClick={() => onStep(step)}>
        {words}
      </Button>
    </Group>
  );
}

/** What is said about one step, below its form. */
export function StepComments({ account, flow, step, mayChange }: Flow & { step: string }) {
  const { t } = useTranslation();
  const heading = useId();
  const { data = [], error, refetch } = useThings<Comment>(account, `flows/${flow}/comments?step=${encodeURIComponent(step)}&limit=100`);
  return (
    <Stack gap="xs" mt="md" role="group" aria-labelledby={heading}>
      <Text id={heading} size="sm" fw={600}>
        {t("comments.title")}
      </Text>
      {error && <Failure error={error} onAgain={() => void refetch()} />}
      {data.length > 0 && (
        <Cards label={t("comments.title")}>
          {data.map((comment) => (
            <CommentCard key={comment.id} comment={comment} account={account} flow={flow} mayChange={mayChange} />
          ))}
        </Cards>
      )}
      {mayChange && <CommentForm account={account} flow={flow} step={step} />}
    </Stack>
  );
}

type CardProps = Flow & { comment: Comment; children?: React.ReactNode };

function CommentCard({ comment, account, flow, mayChange, children }: CardProps) {
  const { t } = useTranslation();
  const act = useAct({ mutationFn: () => change(account, "POST", `flows/${flow}/comments/${comment.id}/${comment.resolved_at ? "reopen" : "resolve"}`) });
  return (
    <Card component="li" withBorder p="sm">
      <Stack gap={4}>
        {children}
        <Text size="sm">
          <b>{comment.author.name}</b> · <Moment at={comment.at} />
        </Text>
        <Text style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>{comment.text}</Text>
        {comment.resolved_at && (
          <Text size="sm">
            {t("comments.resolved-by", { name: comment.resolved_by?.name ?? "" })} · <Moment at={comment.resolved_at} />
          </Text>
        )}
        {mayChange && (
          <Group>
            <Button variant="default" size="compact-sm" loading={act.isPending} onClick={() => act.mutate()}>
              {t(comment.resolved_at ? "comments.reopen" : "comments.resolve")}
            </Button>
          </Group>
        )}
        {act.error && <Failure error={act.error} onAgain={() => act.mutate()} />}
      </Stack>
    </Card>
  );
}

function CommentForm({ account, flow, step }: { account: string; flow: string; step: string | null }) {
  const { t } = useTranslation();
  const area = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useKept(`comment.${flow}.${step ?? ""}`);
  const [at, setAt] = useState(0); // where the cursor stands
  const readers = useMembers(account).filter(({ role }) => READERS.has(role));
  const named = findNamed(text, readers);
  const begun = startOfName(text.slice(0, at));
  const offered = begun === null ? [] : readers.filter(({ name }) => name.toLowerCase().startsWith(begun.toLowerCase()) && name !== begun);
  const say = useAct({
    mutationFn: () => change(account, "POST", `flows/${flow}/comments`, { step, text: text.trim(), mentions: named.map(({ id }) => id) }),
    onSuccess: () => setText(""),
  });

  function write(area: HTMLTextAreaElement) {
    setText(area.value);
    setAt(area.selectionEnd);
  }

  function choose(name: string) {
    const next = nameAt(text, at, name);
    setText(next.text);
    setAt(next.at);
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(next.at, next.at);
    });
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    if (text.trim()) say.mutate();
  }

  return (
    <form onSubmit={submit}>
      <Stack gap="xs">
        <Textarea
          ref={area}
          label={t(step ? "comments.say" : "comments.say-of-flow")}
          description={t("comments.how")}
          autosize
          minRows={2}
          maxLength={2000}
          value={text}
          onChange={(event) => write(event.currentTarget)}
          onSelect={(event) => setAt(event.currentTarget.selectionEnd)}
        />
        {offered.length > 0 && (
          <Group gap="xs" role="group" aria-label={t("comments.whom")}>
            {offered.slice(0, 8).map(({ id, name }) => (
              <Button key={id} variant="default" size="compact-sm" onClick={() => choose(name)}>
                @{name}
              </Button>
            ))}
          </Group>
        )}
        {named.length > 0 && <Text size="sm">{t("comments.told", { names: named.map(({ name }) => name).join(", ") })}</Text>}
        {say.error && <Failure error={say.error} onAgain={() => say.mutate()} />}
        <Group>
          <Button type="submit" size="xs" variant="default" loading={say.isPending} disabled={!text.trim()}>
            {t("comments.send")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
