// What can be done with a broadcast that was planned or sent: held, gone on with, ended, mended, taken back.
import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useAct } from "../../api/acts";
import { Asked } from "../../components/Asked";
import { Failure } from "../../components/Loaded";
import type { Json } from "../../editor/model";
import { TextField } from "../../editor/TextField";
import { ButtonsField } from "./ButtonsField";
import { act, type Detail, isOnItsWay } from "./detail";
import { MomentField, toField } from "./When";

type Shown = { account: string; broadcast: Detail };
const LETTERS = "ABCDE";
const CHANGEABLE: readonly string[] = ["running", "paused", "finished"];

export function Acts({ account, broadcast }: Shown) {
  const { t } = useTranslation();
  const { id, status } = broadcast;
  const steer = useAct({ mutationFn: (verb: string) => act(account, id, verb) });
  const isOpen = status !== "cancelled" && status !== "finished";
  return (
    <>
      {steer.error && steer.variables && <Failure error={steer.error} onAgain={() => steer.mutate(steer.variables)} />}
      <Group>
        {status === "scheduled" && <Move account={account} broadcast={broadcast} />}
        {status === "running" && (
          <Button size="xs" loading={steer.isPending} onClick={() => steer.mutate("pause")}>
            {t("broadcasts.pause")}
          </Button>
        )}
        {status === "paused" && (
          <Button size="xs" loading={steer.isPending} onClick={() => steer.mutate("resume")}>
            {t("broadcasts.resume")}
          </Button>
        )}
        {isOpen && <Asked label={t("broadcasts.cancel")} text={t("broadcasts.cancel-what")} yes={t("broadcasts.cancel-yes")} act={() => act(account, id, "cancel")} />}
        <Choose account={account} broadcast={broadcast} />
        {CHANGEABLE.includes(status) && <EditSent account={account} broadcast={broadcast} />}
        {CHANGEABLE.includes(status) && (
          <Asked label={t("broadcasts.recall")} text={t("broadcasts.recall-what")} yes={t("broadcasts.recall-yes")} act={() => act(account, id, "recall")} />
        )}
      </Group>
    </>
  );
}

/** While a comparison is open, the rest can be given a variant without waiting for a winner, or where there is none. */
function Choose({ account, broadcast }: Shown) {
  const { t } = useTranslation();
  const { document, winner } = broadcast;
  const variants = Array.isArray(document["variants"]) ? document["variants"] : [];
  if (!document["winner"] || winner !== null || !isOnItsWay(broadcast)) return null;
  return variants.map((_, place) => {
    const label = t("broadcasts.choose", { letter: LETTERS[place] });
    return <Asked key={place} label={label} text={t("broadcasts.choose-what")} yes={label} act={() => act(account, broadcast.id, "choose", { variant: place + 1 })} />;
  });
}

function Move({ account, broadcast }: Shown) {
  const { t } = useTranslation();
  const [open, { open: ask, close }] = useDisclosure(false);
  const [at, setAt] = useState(() => toField(broadcast.at));
  const moment = new Date(at);
  const moving = useAct({ mutationFn: () => act(account, broadcast.id, "schedule", { at: moment.toISOString() }), onSuccess: close });
  return (
    <>
      <Button size="xs" variant="default" onClick={ask}>
        {t("broadcasts.move")}
      </Button>
      <Modal opened={open} onClose={close} title={t("broadcasts.move")} closeButtonProps={{ "aria-label": t("close") }}>
        <Stack>
          <MomentField value={at} onChange={setAt} />
          {moving.error && <Failure error={moving.error} onAgain={() => moving.mutate()} />}
          <Button disabled={Number.isNaN(moment.getTime())} loading={moving.isPending} onClick={() => moving.mutate()}>
            {t("broadcasts.move-yes")}
          </Button>
        </Stack>
      </Modal>
    </>
  );
}

function EditSent({ account, broadcast }: Shown) {
  const { t, i18n } = useTranslation();
  const [open, { open: ask, close }] = useDisclosure(false);
  const [text, setText] = useState<Json>(broadcast.document["text"] ?? null);
  const [buttons, setButtons] = useState<Json>(broadcast.document["buttons"] ?? null);
  const [people, setPeople] = useState<number>();
  const hasText = Boolean(broadcast.document["text"]); // a picture alone has none, and buttons of its own
  const isSame = JSON.stringify(buttons ?? []) === JSON.stringify(broadcast.document["buttons"] ?? []);
  const texts = !text ? {} : typeof text === "string" ? { "*": text } : text;
  const editing = useAct({
    mutationFn: () => act<{ people: number }>(account, broadcast.id, "edit-sent", { texts, ...(isSame ? {} : { buttons: buttons ?? [] }) }),
    onSuccess: (change) => {
      setPeople(change.people);
      close();
    },
  });
  return (
    <>
      <Button size="xs" variant="default" onClick={ask}>
        {t("broadcasts.edit")}
      </Button>
      {people !== undefined && (
        <Text size="sm" role="status">
          {t("broadcasts.edited", { count: people, number: people.toLocaleString(i18n.language) })}
        </Text>
      )}
      <Modal opened={open} onClose={close} title={t("broadcasts.edit")} closeButtonProps={{ "aria-label": t("close") }}>
        <Stack>
          {hasText && <TextField label={t("broadcasts.field.text")} schema={{}} root={{}} value={text} steps={[]} name={() => ""} path="text" onChange={setText} />}
          <ButtonsField value={buttons} field={{ label: t("broadcasts.field.buttons"), schema: {}, root: {}, value: buttons, steps: [], name: () => "", path: "buttons", onChange: setButtons }} />
          {editing.error && <Failure error={editing.error} onAgain={() => editing.mutate()} />}
          <Button disabled={hasText ? !text : isSame} loading={editing.isPending} onClick={() => editing.mutate()}>
            {t("broadcasts.edit-yes")}
          </Button>
        </Stack>
      </Modal>
    </>
  );
}
