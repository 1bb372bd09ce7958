// The bots: connected by the token that BotFather gives, checked, replaced, let go.
import { Alert, Anchor, Badge, Button, Card, Checkbox, Group, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";

import { useAct } from "../../api/acts";
import { ProblemError } from "../../api/client";
import { useAccount } from "../../api/session";
import { change, useThings } from "../../api/things";
import { Asked } from "../../components/Asked";
import { Cards } from "../../components/Cards";
import { Failure, Loaded } from "../../components/Loaded";

type Bot = { id: string; kind: string; username: string; name: string; link: string; ended: string | null; trouble: string | null };
const KINDS = ["sales", "course"] as const;

export function BotsPart({ account }: { account: string }) {
  const { t } = useTranslation();
  const mayChange = useAccount(account)?.permissions.includes("bots.change") ?? false;
  const query = useThings<Bot>(account, "bots");
  return (
    <Loaded query={query}>
      {(bots) => {
        const working = bots.filter((bot) => !bot.ended);
        const missing = KINDS.find((kind) => !working.some((bot) => bot.kind === kind));
        return (
          <Stack>
            {working.length === 0 && <Text>{t("settings.bots.empty")}</Text>}
            <Cards label={t("settings.part.bots")}>
              {working.map((bot) => (
                <BotCard key={bot.id} bot={bot} account={account} mayChange={mayChange} />
              ))}
            </Cards>
            {mayChange && (
              <Group>
                <ConnectBot key={missing ?? "more"} account={account} kind={missing ?? "sales"} label={t("settings.bots.connect")} />
              </Group>
            )}
          </Stack>
        );
      }}
    </Loaded>
  );
}

function BotCard({ bot, account, mayChange }: { bot: Bot; account: string; mayChange: boolean }) {
  const { t } = useTranslation();
  const check = useAct({ mutationFn: () => change<Bot>(account, "POST", `bots/${bot.id}/check`) });
  return (
    <Card component="li" withBorder p="sm">
      <Stack gap="xs">
        <Group justify="space-between">
          <Stack gap={0} miw={0}>
            <Text fw={600} style={{ overflowWrap: "anywhere" }}>
              {bot.name}
            </Text>
            <Anchor href={bot.link} target="_blank" rel="noreferrer">
              @{bot.username}
            </Anchor>
          </Stack>
          <Badge variant="default" tt="none">
            {t(`settings.bots.kind.${bot.kind}`)}
          </Badge>
        </Group>
        {bot.trouble && (
          <Alert color="red" role="alert">
            {t(`settings.bots.trouble.${bot.trouble}`)}
          </Alert>
        )}
        {check.data && !check.data.trouble && <Text role="status">{t("settings.bots.well")}</Text>}
        {check.error && <Failure error={check.error} onAgain={() => check.mutate()} />}
        {mayChange && (
          <Group gap="xs">
            <Button size="xs" variant="default" loading={check.isPending} onClick={() => check.mutate()}>
              {t("settings.bots.check")}
            </Button>
            <ConnectBot account={account} kind={bot.kind} former={bot} label={t("settings.bots.replace")} />
            <Asked
              label={t("settings.bots.disconnect")}
              text={t("settings.bots.disconnect-what", { name: bot.username })}
              yes={t("settings.bots.disconnect-yes")}
              act={() => change(account, "POST", `bots/${bot.id}/disconnect`)}
            />
          </Group>
        )}
      </Stack>
    </Card>
  );
}

function ConnectBot({ account, kind: wanted, former, label }: { account: string; kind: string; former?: Bot; label: string }) {
  const { t } = useTranslation();
  const [open, { open: ask, close }] = useDisclosure(false);
  const [kind, setKind] = useState<string>(wanted);
  const [token, setToken] = useState("");
  const [takeOver, setTakeOver] = useState(false);
  const connect = useAct({
    mutationFn: () => change(account, "POST", "bots", { token, kind, in_place_of: former?.id ?? null, take_over: takeOver }),
    onSuccess: () => {
      setToken("");
      close();
    },
  });
  const isElsewhere = connect.error instanceof ProblemError && connect.error.problem.code === "BOT_ELSEWHERE";

  function submit(event: FormEvent) {
    event.preventDefault();
    if (token.trim()) connect.mutate();
  }

  return (
    <>
      <Button size={former ? "xs" : "sm"} variant={former ? "default" : "filled"} onClick={ask}>
        {label}
      </Button>
      <Modal opened={open} onClose={close} title={label} closeButtonProps={{ "aria-label": t("close") }}>
        <form onSubmit={submit}>
          <Stack>
            <Text size="sm">{t(former ? "settings.bots.how-replace" : "settings.bots.how")}</Text>
            {!former && (
              <Select
                label={t("settings.bots.what-for")}
                allowDeselect={false}
                data={KINDS.map((value) => ({ value, label: t(`settings.bots.kind.${value}`) }))}
                value={kind}
                onChange={(chosen) => chosen && setKind(chosen)}
              />
            )}
            <TextInput
              label={t("settings.bots.token")}
              description={t("settings.bots.token-looks")}
              autoComplete="off"
              spellCheck={false}
              value={token}
              onChange={(event) => setToken(event.currentTarget.value)}
              data-autofocus
            />
            {connect.error && <Failure error={connect.error} onAgain={() => connect.mutate()} />}
            {isElsewhere && (
              <Checkbox label={t("settings.bots.take-over")} checked={takeOver} onChange={(event) => setTakeOver(event.currentTarget.checked)} />
            )}
            <Button type="submit" loading={connect.isPending} disabled={!token.trim()}>
              {t("settings.bots.connect-yes")}
            </Button>
          </Stack>
        </form>
      </Modal>
    </>
  );
}
