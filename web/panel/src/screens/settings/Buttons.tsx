// Sets of buttons that several messages share: changed here, they change below all that is said from then on.
import { Button, Card, CloseButton, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";

import { useAct } from "../../api/acts";
import { useList } from "../../api/lists";
import { useAccount } from "../../api/session";
import { change } from "../../api/things";
import { Asked } from "../../components/Asked";
import { Cards } from "../../components/Cards";
import { ListScreen } from "../../components/ListScreen";
import { Failure } from "../../components/Loaded";
import { LANGUAGES } from "../../i18n";
import { beginButton, EVERY, isWhole, type SharedButton, tellRows, wordsOf } from "./sharedButtons";

type ButtonSet = { id: string; name: string; rows: SharedButton[][]; used_by: string[] };

export function ButtonsPart({ account }: { account: string }) {
  const { t, i18n } = useTranslation();
  const mayChange = useAccount(account)?.permissions.includes("flows.change") ?? false;
  const list = useList<ButtonSet>(account, "button-sets", {}, false);
  return (
    <Stack>
      <Text>{t("settings.buttons.about")}</Text>
      <ListScreen list={list} empty={<Text>{t("settings.buttons.empty")}</Text>}>
        {(sets) => (
          <Cards label={t("settings.part.buttons")}>
            {sets.map((set) => (
              <Card key={set.id} component="li" withBorder p="sm">
                <Group justify="space-between" align="start">
                  <Stack gap={2} miw={0}>
                    <Text fw={600} style={{ overflowWrap: "anywhere" }}>
                      {set.name}
                    </Text>
                    {set.rows.map((row, at) => (
                      <Text key={at} size="sm" style={{ overflowWrap: "anywhere" }}>
                        {row.map((button) => wordsOf(button, i18n.language)).join(" · ")}
                      </Text>
                    ))}
                    <Text size="sm">{set.used_by.length > 0 ? t("settings.buttons.used-by", { flows: set.used_by.join(", ") }) : t("settings.buttons.unused")}</Text>
                  </Stack>
                  {mayChange && (
                    <Group gap="xs">
                      <SetForm key={JSON.stringify(set.rows)} account={account} known={set} />
                      {set.used_by.length === 0 && (
                        <Asked
                          label={t("settings.buttons.delete")}
                          text={t("settings.buttons.delete-what", { name: set.name })}
                          yes={t("settings.buttons.delete-yes")}
                          act={() => change(account, "DELETE", `button-sets/${set.id}`)}
                        />
                      )}
                    </Group>
                  )}
                </Group>
              </Card>
            ))}
          </Cards>
        )}
      </ListScreen>
      {mayChange && (
        <Group>
          <SetForm account={account} />
        </Group>
      )}
    </Stack>
  );
}

function SetForm({ account, known }: { account: string; known?: ButtonSet }) {
  const { t } = useTranslation();
  const [open, { open: ask, close }] = useDisclosure(false);
  const [name, setName] = useState("");
  const [rows, setRows] = useState<SharedButton[][]>(known?.rows ?? [[beginButton()]]);
  const save = useAct({
    mutationFn: () =>
      known
        ? change(account, "PUT", `button-sets/${known.id}`, { rows: tellRows(rows) })
        : change(account, "POST", "button-sets", { name: name.trim(), rows: tellRows(rows) }),
    onSuccess: () => {
      close();
      if (!known) {
        setName("");
        setRows([[beginButton()]]);
      }
    },
  });
  const isReady = (known !== undefined || name.trim() !== "") && rows.length > 0 && rows.flat().every(isWhole);
  const title = known ? t("settings.buttons.change-of", { name: known.name }) : t("settings.buttons.new");

  function submit(event: FormEvent) {
    event.preventDefault();
    if (isReady) save.mutate();
  }

  return (
    <>
      <Button {...(known ? { size: "xs", variant: "default", "aria-label": title } : {})} onClick={ask}>
        {t(known ? "settings.buttons.change" : "settings.buttons.new")}
      </Button>
      <Modal opened={open} onClose={close} title={title} closeButtonProps={{ "aria-label": t("close") }}>
        <form onSubmit={submit}>
          <Stack>
            {!known && (
              <TextInput label={t("settings.buttons.name")} description={t("settings.buttons.name-what")} maxLength={64} value={name} onChange={(event) => setName(event.currentTarget.value)} data-autofocus />
            )}
            {known && known.used_by.length > 0 && <Text size="sm">{t("settings.buttons.changes-for", { flows: known.used_by.join(", ") })}</Text>}
            <RowsField rows={rows} onChange={setRows} />
            {save.error && <Failure error={save.error} onAgain={() => save.mutate()} />}
            <Button type="submit" loading={save.isPending} disabled={!isReady}>
              {t(known ? "settings.save" : "settings.buttons.make")}
            </Button>
          </Stack>
        </form>
      </Modal>
    </>
  );
}

const MOST_BESIDE = 8;

function RowsField({ rows, onChange }: { rows: SharedButton[][]; onChange: (rows: SharedButton[][]) => void }) {
  const { t } = useTranslation();
  const put = (row: number, buttons: SharedButton[]) => onChange(rows.flatMap((each, at) => (at === row ? (buttons.length > 0 ? [buttons] : []) : [each])));
  return (
    <Stack gap="xs">
      {rows.map((buttons, row) => (
        <Card key={row} withBorder p="xs" role="group" aria-label={t("settings.buttons.row", { number: row + 1 })}>
          <Stack gap="xs">
            {buttons.map((button, place) => (
              <Group key={place} wrap="nowrap" align="flex-start">
                <ButtonFields button={button} onChange={(changed) => put(row, buttons.map((each, at) => (at === place ? changed : each)))} />
                {rows.flat().length > 1 && (
                  <CloseButton aria-label={t("settings.buttons.remove", { row: row + 1, place: place + 1 })} onClick={() => put(row, buttons.filter((_, at) => at !== place))} />
                )}
              </Group>
            ))}
            {buttons.length < MOST_BESIDE && (
              <Group>
                <Button size="compact-sm" variant="default" onClick={() => put(row, [...buttons, beginButton()])}>
                  {t("settings.buttons.beside")}
                </Button>
              </Group>
            )}
          </Stack>
        </Card>
      ))}
      <Group>
        <Button size="compact-sm" variant="default" onClick={() => onChange([...rows, [beginButton()]])}>
          {t("settings.buttons.below")}
        </Button>
      </Group>
    </Stack>
  );
}

function ButtonFields({ button, onChange }: { button: SharedButton; onChange: (button: SharedButton) => void }) {
  const { t } = useTranslation();
  const languages = EVERY in button.text ? Object.keys(button.text) : [...new Set([...LANGUAGES, ...Object.keys(button.text)])];
  return (
    <Stack gap={6} flex={1} miw={0}>
      {languages.map((language) => (
        <TextInput
          key={language}
          label={language === EVERY ? t("settings.buttons.words") : t("settings.buttons.words-in", { language: t(`language.${language}`, language) })}
          value={button.text[language] ?? ""}
          onChange={(event) => onChange({ ...button, text: { ...button.text, [language]: event.currentTarget.value } })}
        />
      ))}
      <TextInput
        label={t("settings.buttons.url")}
        placeholder="https://"
        inputMode="url"
        maxLength={2048}
        value={button.url}
        onChange={(event) => onChange({ ...button, url: event.currentTarget.value })}
      />
    </Stack>
  );
}
