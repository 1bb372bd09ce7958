// Cohorts: people who begin a course together, and when; a cohort of the same code gets the new time.
import { Button, Card, Group, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";

import { useAct } from "../../api/acts";
import { useList } from "../../api/lists";
import { useAccount } from "../../api/session";
import { change } from "../../api/things";
import { momentOf, useZone } from "../../api/zone";
import { Cards } from "../../components/Cards";
import { ListScreen } from "../../components/ListScreen";
import { Failure, Loaded } from "../../components/Loaded";
import { Moment } from "../../components/Moment";
import { NoPlace } from "./Courses";
import { type Place, usePlaces } from "./places";

type Cohort = { id: string; deployment: string; code: string; starts_at: string; sections: Record<string, string> };

export function CohortsPart({ account }: { account: string }) {
  const { t } = useTranslation();
  const mayChange = useAccount(account)?.permissions.includes("accesses.change") ?? false;
  const zone = useZone(account);
  const { query, places, nameOf } = usePlaces(account, "course");
  const list = useList<Cohort>(account, "cohorts", {}, false);
  const courseOf = (cohort: Cohort) => {
    const place = places.find((each) => each.id === cohort.deployment);
    return place ? nameOf(place) : "";
  };
  return (
    <Loaded query={query}>
      {() =>
        places.length === 0 ? (
          <NoPlace account={account} />
        ) : (
          <Stack>
            <ListScreen list={list} empty={<Text>{t("links.cohorts.empty")}</Text>}>
              {(cohorts) => (
                <>
                  <Text>{t("links.cohorts.about")}</Text>
                  <Cards label={t("links.part.cohorts")}>
                    {cohorts.map((cohort) => (
                      <Card key={cohort.id} component="li" withBorder p="sm">
                        <Text fw={600}>{cohort.code}</Text>
                        <Text size="sm">
                          {courseOf(cohort)} · {t("links.cohorts.begins")} <Moment at={cohort.starts_at} zone={zone} />
                        </Text>
                        {Object.entries(cohort.sections).map(([key, at]) => (
                          <Text key={key} size="sm">
                            {key}: <Moment at={at} zone={zone} />
                          </Text>
                        ))}
                      </Card>
                    ))}
                  </Cards>
                </>
              )}
            </ListScreen>
            {mayChange && zone && <NewCohort account={account} places={places} nameOf={nameOf} zone={zone} />}
          </Stack>
        )
      }
    </Loaded>
  );
}

type Shown = { account: string; places: Place[]; nameOf: (place: Place) => string; zone: string };

function NewCohort({ account, places, nameOf, zone }: Shown) {
  const { t } = useTranslation();
  const [open, { open: ask, close }] = useDisclosure(false);
  const [typed, setTyped] = useState({ deployment: places[0]?.id ?? "", code: "", day: "", hour: "09:00" });
  const set = (changed: Partial<typeof typed>) => setTyped({ ...typed, ...changed });
  const isWhole = typed.code.trim() !== "" && typed.day !== "" && typed.hour !== "";
  const make = useAct({
    mutationFn: () =>
      change(account, "POST", "cohorts", {
        deployment: typed.deployment,
        code: typed.code.trim().toLowerCase(),
        starts_at: momentOf(`${typed.day}T${typed.hour}`, zone).toISOString(),
      }),
    onSuccess: () => {
      close();
      set({ code: "", day: "" });
    },
  });

  function submit(event: FormEvent) {
    event.preventDefault();
    if (isWhole) make.mutate();
  }

  return (
    <Group>
      <Button onClick={ask}>{t("links.cohorts.new")}</Button>
      <Modal opened={open} onClose={close} title={t("links.cohorts.new")} closeButtonProps={{ "aria-label": t("close") }}>
        <form onSubmit={submit}>
          <Stack>
            <Select
              label={t("links.course")}
              allowDeselect={false}
              data={places.map((place) => ({ value: place.id, label: nameOf(place) }))}
              value={typed.deployment}
              onChange={(deployment) => deployment && set({ deployment })}
            />
            <TextInput label={t("links.cohorts.code")} description={t("links.cohorts.code-what")} maxLength={32} value={typed.code} onChange={(event) => set({ code: event.currentTarget.value })} />
            <TextInput type="date" label={t("links.cohorts.day")} value={typed.day} onChange={(event) => set({ day: event.currentTarget.value })} />
            <TextInput type="time" label={t("links.cohorts.hour", { zone })} value={typed.hour} onChange={(event) => set({ hour: event.currentTarget.value })} />
            {make.error && <Failure error={make.error} onAgain={() => make.mutate()} />}
            <Button type="submit" loading={make.isPending} disabled={!isWhole}>
              {t("links.cohorts.make")}
            </Button>
          </Stack>
        </form>
      </Modal>
    </Group>
  );
}
