// Webhooks: addresses of other systems that are told what happens; tried, looked at message by message, sent again.
import { Alert, Button, Card, Checkbox, CopyButton, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";

import { useAct } from "../../api/acts";
import { change, useThings } from "../../api/things";
import { Asked } from "../../components/Asked";
import { Cards } from "../../components/Cards";
import { Failure, Loaded } from "../../components/Loaded";
import { Moment } from "../../components/Moment";
import { Deliveries } from "./Deliveries";

type Webhook = { id: string; url: string; events: string[]; created_at: string; rotated_until: string | null };
type WithSecret = Webhook & { secret: string };

/** All an address can be told, in the order in which it is offered. */
export const EVENTS = [
  "order.paid",
  "order.abandoned",
  "payment.refunded",
  "payment.held",
  "subscription.charged",
  "subscription.charge_failed",
  "access.granted",
  "access.revoked",
  "course.begun",
  "lesson.given",
  "course.paused",
  "course.resumed",
  "course.finished",
  "tag.set",
  "result.reached",
  "review.given",
  "talk.begun",
  "talk.ended",
  "talk.missed",
  "flow.published",
  "flow.deployed",
  "bot.broken",
  "bot.mended",
] as const;

export function WebhooksPart({ account }: { account: string }) {
  const { t } = useTranslation();
  const query = useThings<Webhook>(account, "webhooks");
  return (
    <Loaded query={query}>
      {(webhooks) => (
        <Stack>
          <Text>{t(webhooks.length === 0 ? "settings.webhooks.empty" : "settings.webhooks.about")}</Text>
          <Cards label={t("settings.part.webhooks")}>
            {webhooks.map((webhook) => (
              <WebhookCard key={webhook.id} account={account} webhook={webhook} />
            ))}
          </Cards>
          <Group>
            <NewWebhook account={account} />
          </Group>
        </Stack>
      )}
    </Loaded>
  );
}

function WebhookCard({ account, webhook }: { account: string; webhook: Webhook }) {
  const { t } = useTranslation();
  const [open, { toggle, open: show }] = useDisclosure(false);
  const test = useAct({
    mutationFn: () => change(account, "POST", `webhooks/${webhook.id}/test`),
    onSuccess: () => {
      notifications.show({ message: t("settings.webhooks.tested") });
      show();
    },
  });
  return (
    <Card component="li" withBorder p="sm">
      <Stack gap="xs">
        <Text fw={600} style={{ overflowWrap: "anywhere" }}>
          {webhook.url}
        </Text>
        <Text size="sm">{webhook.events.length === 0 ? t("settings.webhooks.all") : webhook.events.map((event) => t(nameOf(event))).join(", ")}</Text>
        {webhook.rotated_until && (
          <Text size="sm">
            {t("settings.webhooks.rotated")} <Moment at={webhook.rotated_until} />
          </Text>
        )}
        <Group gap="xs">
          <Button size="xs" variant="default" onClick={toggle} aria-expanded={open}>
            {t("settings.webhooks.deliveries")}
          </Button>
          <Button size="xs" variant="default" loading={test.isPending} onClick={() => test.mutate()}>
            {t("settings.webhooks.test")}
          </Button>
          <ChangeWebhook key={`${webhook.url} ${webhook.events.join()}`} account={account} webhook={webhook} />
          <Rotate account={account} webhook={webhook} />
          <Asked
            label={t("settings.webhooks.delete")}
            text={t("settings.webhooks.delete-what", { url: webhook.url })}
            yes={t("settings.webhooks.delete-yes")}
            act={() => change(account, "DELETE", `webhooks/${webhook.id}`)}
          />
        </Group>
        {test.error && <Failure error={test.error} onAgain={() => test.mutate()} />}
        {open && <Deliveries account={account} webhook={webhook.id} />}
      </Stack>
    </Card>
  );
}

/** The key of an event's words: a name's dot would part it. */
export function nameOf(event: string): string {
  return `settings.webhooks.event.${event.replace(".", "-")}`;
}

type Asks = { account: string; url: string; events: string[]; yes: string; send: (url: string, events: string[]) => Promise<unknown>; onDone?: () => void };

function WebhookForm({ url: known, events: told, yes, send, onDone }: Omit<Asks, "account">) {
  const { t } = useTranslation();
  const [url, setUrl] = useState(known);
  const [all, setAll] = useState(told.length === 0);
  const [events, setEvents] = useState(told);
  const save = useAct({ mutationFn: () => send(url.trim(), all ? [] : events), onSuccess: () => onDone?.() });
  const isWhole = url.trim() !== "" && (all || events.length > 0);

  function submit(event: FormEvent) {
    event.preventDefault();
    if (isWhole) save.mutate();
  }

  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label={t("settings.webhooks.url")}
          description={t("settings.webhooks.url-what")}
          placeholder="https://"
          inputMode="url"
          maxLength={500}
          value={url}
          onChange={(event) => setUrl(event.currentTarget.value)}
          data-autofocus
        />
        <Checkbox label={t("settings.webhooks.all")} checked={all} onChange={(event) => setAll(event.currentTarget.checked)} />
        {!all && (
          <Checkbox.Group label={t("settings.webhooks.which")} value={events} onChange={setEvents}>
            <Stack gap={6} mt="xs">
              {EVENTS.map((event) => (
                <Checkbox key={event} value={event} label={t(nameOf(event))} />
              ))}
            </Stack>
          </Checkbox.Group>
        )}
        {save.error && <Failure error={save.error} onAgain={() => save.mutate()} />}
        <Button type="submit" loading={save.isPending} disabled={!isWhole}>
          {yes}
        </Button>
      </Stack>
    </form>
  );
}

function NewWebhook({ account }: { account: string }) {
  const { t } = useTranslation();
  const [open, { open: ask, close }] = useDisclosure(false);
  const [secret, setSecret] = useState<string>();
  return (
    <>
      <Button onClick={ask}>{t("settings.webhooks.new")}</Button>
      <Modal
        opened={open}
        onClose={() => {
          close();
          setSecret(undefined); // it is shown once
        }}
        title={t("settings.webhooks.new")}
        closeButtonProps={{ "aria-label": t("close") }}
      >
        {secret ? (
          <Secret secret={secret} />
        ) : (
          <WebhookForm
            url=""
            events={[]}
            yes={t("settings.webhooks.make")}
            send={async (url, events) => setSecret((await change<WithSecret>(account, "POST", "webhooks", { url, events })).secret)}
          />
        )}
      </Modal>
    </>
  );
}

function ChangeWebhook({ account, webhook }: { account: string; webhook: Webhook }) {
  const { t } = useTranslation();
  const [open, { open: ask, close }] = useDisclosure(false);
  return (
    <>
      <Button size="xs" variant="default" onClick={ask}>
        {t("settings.webhooks.change")}
      </Button>
      <Modal opened={open} onClose={close} title={t("settings.webhooks.change")} closeButtonProps={{ "aria-label": t("close") }}>
        <WebhookForm
          url={webhook.url}
          events={webhook.events}
          yes={t("settings.save")}
          send={(url, events) => change(account, "PATCH", `webhooks/${webhook.id}`, { url, events })}
          onDone={close}
        />
      </Modal>
    </>
  );
}

function Rotate({ account, webhook }: { account: string; webhook: Webhook }) {
  const { t } = useTranslation();
  const [open, { open: ask, close }] = useDisclosure(false);
  const rotate = useAct({ mutationFn: () => change<WithSecret>(account, "POST", `webhooks/${webhook.id}/rotate`) });
  return (
    <>
      <Button size="xs" variant="default" onClick={ask}>
        {t("settings.webhooks.rotate")}
      </Button>
      <Modal
        opened={open}
        onClose={() => {
          close();
          rotate.reset();
        }}
        title={t("settings.webhooks.rotate")}
        closeButtonProps={{ "aria-label": t("close") }}
      >
        {rotate.data ? (
          <Secret secret={rotate.data.secret} />
        ) : (
          <Stack>
            <Text>{t("settings.webhooks.rotate-what")}</Text>
            {rotate.error && <Failure error={rotate.error} onAgain={() => rotate.mutate()} />}
            <Button loading={rotate.isPending} onClick={() => rotate.mutate()}>
              {t("settings.webhooks.rotate-yes")}
            </Button>
          </Stack>
        )}
      </Modal>
    </>
  );
}

function Secret({ secret }: { secret: string }) {
  const { t } = useTranslation();
  return (
    <Stack>
      <Alert color="yellow" role="alert">
        {t("settings.webhooks.once")}
      </Alert>
      <TextInput label={t("settings.webhooks.secret")} readOnly value={secret} />
      <CopyButton value={secret}>{({ copied, copy }) => <Button onClick={copy}>{t(copied ? "settings.copied" : "settings.copy")}</Button>}</CopyButton>
    </Stack>
  );
}
