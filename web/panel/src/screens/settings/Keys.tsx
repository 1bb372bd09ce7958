// Keys of programs: how much each may, when it was used; a new one is shown once.
import { Alert, Button, Card, Checkbox, CopyButton, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";

import { useAct } from "../../api/acts";
import { useAccount } from "../../api/session";
import { change, useThings } from "../../api/things";
import { Asked } from "../../components/Asked";
import { Cards } from "../../components/Cards";
import { Failure, Loaded } from "../../components/Loaded";
import { Moment } from "../../components/Moment";

type Key = { id: string; name: string; permissions: string[]; ending: string; used_at: string | null };

export function KeysPart({ account }: { account: string }) {
  const { t } = useTranslation();
  const query = useThings<Key>(account, "keys");
  return (
    <Loaded query={query}>
      {(keys) => (
        <Stack>
          <Text>{t(keys.length === 0 ? "settings.keys.empty" : "settings.keys.about")}</Text>
          <Cards label={t("settings.part.keys")}>
            {keys.map((key) => (
              <Card key={key.id} component="li" withBorder p="sm">
                <Group justify="space-between">
                  <Stack gap={0} miw={0}>
                    <Text fw={600}>{key.name}</Text>
                    <Text size="sm">
                      …{key.ending} · {key.permissions.map((each) => t(`settings.may.${each}`)).join(", ")}
                    </Text>
                    <Text size="sm">
                      {t("settings.keys.used")} {key.used_at ? <Moment at={key.used_at} /> : t("settings.keys.never")}
                    </Text>
                  </Stack>
                  <Asked
                    label={t("settings.keys.revoke")}
                    text={t("settings.keys.revoke-what", { name: key.name })}
                    yes={t("settings.keys.revoke-yes")}
                    act={() => change(account, "DELETE", `keys/${key.id}`)}
                  />
                </Group>
              </Card>
            ))}
          </Cards>
          <Group>
            <NewKey account={account} />
          </Group>
        </Stack>
      )}
    </Loaded>
  );
}

function NewKey({ account }: { account: string }) {
  const { t } = useTranslation();
  const own = useAccount(account)?.permissions ?? [];
  const [open, { open: ask, close }] = useDisclosure(false);
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState<string[]>([]);
  const make = useAct({ mutationFn: () => change<{ secret: string }>(account, "POST", "keys", { name, permissions: chosen }) });

  function submit(event: FormEvent) {
    event.preventDefault();
    if (name.trim() && chosen.length > 0) make.mutate();
  }

  function leave() {
    close();
    setName("");
    setChosen([]);
    make.reset(); // the secret is shown once
  }

  return (
    <>
      <Button onClick={ask}>{t("settings.keys.new")}</Button>
      <Modal opened={open} onClose={leave} title={t("settings.keys.new")} closeButtonProps={{ "aria-label": t("close") }}>
        {make.data ? (
          <Stack>
            <Alert color="yellow" role="alert">
              {t("settings.keys.once")}
            </Alert>
            <TextInput label={t("settings.keys.secret")} readOnly value={make.data.secret} />
            <CopyButton value={make.data.secret}>
              {({ copied, copy }) => <Button onClick={copy}>{t(copied ? "settings.copied" : "settings.copy")}</Button>}
            </CopyButton>
          </Stack>
        ) : (
          <form onSubmit={submit}>
            <Stack>
              <TextInput
                label={t("settings.keys.name")}
                placeholder={t("settings.keys.name-example")}
                maxLength={64}
                value={name}
                onChange={(event) => setName(event.currentTarget.value)}
                data-autofocus
              />
              <Checkbox.Group label={t("settings.keys.what")} value={chosen} onChange={setChosen}>
                <Stack gap={6} mt="xs">
                  {own.map((permission) => (
                    <Checkbox key={permission} value={permission} label={t(`settings.may.${permission}`)} />
                  ))}
                </Stack>
              </Checkbox.Group>
              {make.error && <Failure error={make.error} onAgain={() => make.mutate()} />}
              <Button type="submit" loading={make.isPending} disabled={!name.trim() || chosen.length === 0}>
                {t("settings.keys.make")}
              </Button>
            </Stack>
          </form>
        )}
      </Modal>
    </>
  );
}
