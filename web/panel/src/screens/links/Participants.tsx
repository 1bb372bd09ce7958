// The lists of closed courses: whom each admits, by @name or Telegram number; all that are typed are put on it, or none.
import { Button, Card, Group, Modal, Select, Stack, Text, Textarea } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";

import { useAct } from "../../api/acts";
import { useList } from "../../api/lists";
import { useAccount } from "../../api/session";
import { change } from "../../api/things";
import { Asked } from "../../components/Asked";
import { Cards } from "../../components/Cards";
import { ListScreen } from "../../components/ListScreen";
import { Failure, Loaded } from "../../components/Loaded";
import { NoPlace } from "./Courses";
import { type Place, usePlaces } from "./places";

type Entry = { id: string; deployment: string; telegram_id: number | null; username: string | null };

export function ParticipantsPart({ account }: { account: string }) {
  const { t } = useTranslation();
  const mayChange = useAccount(account)?.permissions.includes("accesses.change") ?? false;
  const { query, places, nameOf } = usePlaces(account, "course");
  const list = useList<Entry>(account, "participants", {}, false);
  const courseOf = (entry: Entry) => {
    const place = places.find((each) => each.id === entry.deployment);
    return place ? nameOf(place) : "";
  };
  return (
    <Loaded query={query}>
      {() =>
        places.length === 0 ? (
          <NoPlace account={account} />
        ) : (
          <Stack>
            <ListScreen list={list} empty={<Text>{t("links.participants.empty")}</Text>}>
              {(entries) => (
                <>
                  <Text>{t("links.participants.about")}</Text>
                  <Cards label={t("links.part.participants")}>
                    {entries.map((entry) => {
                      const name = entry.username ? `@${entry.username}` : String(entry.telegram_id);
                      return (
                        <Card key={entry.id} component="li" withBorder p="sm">
                          <Group justify="space-between">
                            <Stack gap={0} miw={0}>
                              <Text fw={600} style={{ overflowWrap: "anywhere" }}>
                                {name}
                              </Text>
                              <Text size="sm">{courseOf(entry)}</Text>
                            </Stack>
                            {mayChange && (
                              <Asked
                                label={t("links.participants.remove")}
                                text={t("links.participants.remove-what", { name })}
                                yes={t("links.participants.remove-yes")}
                                act={() => change(account, "DELETE", `participants/${entry.id}`)}
                              />
                            )}
                          </Group>
                        </Card>
                      );
                    })}
                  </Cards>
                </>
              )}
            </ListScreen>
            {mayChange && <AddPeople account={account} places={places} nameOf={nameOf} />}
          </Stack>
        )
      }
    </Loaded>
  );
}

function AddPeople({ account, places, nameOf }: { account: string; places: Place[]; nameOf: (place: Place) => string }) {
  const { t } = useTranslation();
  const [open, { open: ask, close }] = useDisclosure(false);
  const [deployment, setDeployment] = useState(places[0]?.id ?? "");
  const [typed, setTyped] = useState("");
  const people = typed.split(/[\s,;]+/).filter(Boolean);
  const add = useAct({
    mutationFn: () => change<{ added: number }>(account, "POST", "participants", { deployment, people }),
    onSuccess: ({ added }) => {
      notifications.show({ message: t("links.participants.added", { count: added }) });
      setTyped("");
      close();
    },
  });

  function submit(event: FormEvent) {
    event.preventDefault();
    if (people.length > 0) add.mutate();
  }

  return (
    <Group>
      <Button onClick={ask}>{t("links.participants.add")}</Button>
      <Modal opened={open} onClose={close} title={t("links.participants.add")} closeButtonProps={{ "aria-label": t("close") }}>
        <form onSubmit={submit}>
          <Stack>
            <Select
              label={t("links.course")}
              allowDeselect={false}
              data={places.map((place) => ({ value: place.id, label: nameOf(place) }))}
              value={deployment}
              onChange={(chosen) => chosen && setDeployment(chosen)}
            />
            <Textarea label={t("links.participants.who")} description={t("links.participants.who-what")} autosize minRows={3} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} />
            {add.error && <Failure error={add.error} onAgain={() => add.mutate()} />}
            <Button type="submit" loading={add.isPending} disabled={people.length === 0}>
              {t("links.participants.put")}
            </Button>
          </Stack>
        </form>
      </Modal>
    </Group>
  );
}
