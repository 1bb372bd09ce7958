// Where one is signed in, and the way out of the other places; the language of this browser.
import { Badge, Button, Card, Group, Select, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { useAct } from "../../api/acts";
import { call } from "../../api/client";
import { queries } from "../../api/queries";
import { Cards } from "../../components/Cards";
import { Failure, Loaded } from "../../components/Loaded";
import { Moment } from "../../components/Moment";
import { chooseLanguage, LANGUAGES } from "../../i18n";

type Session = { id: string; device: string; seen_at: string; current: boolean };
const SEEN_AS = ["Telegram", "Edg", "Firefox", "Chrome", "Safari"] as const;

function nameBrowser(device: string): string {
  return SEEN_AS.find((mark) => device.includes(mark)) ?? device.slice(0, 40);
}

export function SessionsPart() {
  const { t, i18n } = useTranslation();
  const query = useQuery({
    queryKey: ["sessions"],
    queryFn: async ({ signal }) => (await call<{ items: Session[] }>("/sessions", { signal })).data.items,
  });
  const end = useAct({
    mutationFn: (ids: string[]) => Promise.all(ids.map((id) => call(`/sessions/${id}`, { method: "DELETE" }))),
    onSettled: () => queries.invalidateQueries({ queryKey: ["sessions"] }),
  });
  return (
    <Stack>
      <Select
        label={t("settings.sessions.language")}
        maw={260}
        allowDeselect={false}
        data={LANGUAGES.map((value) => ({ value, label: t(`language.${value}`) }))}
        value={i18n.language}
        onChange={(chosen) => chosen && void chooseLanguage(chosen)}
      />
      <Loaded query={query}>
        {(sessions) => {
          const others = sessions.filter((session) => !session.current).map((session) => session.id);
          return (
            <Stack>
              <Cards label={t("settings.part.sessions")}>
                {sessions.map((session) => (
                  <Card key={session.id} component="li" withBorder p="sm">
                    <Group justify="space-between">
                      <Stack gap={0} miw={0}>
                        <Text fw={600}>{nameBrowser(session.device)}</Text>
                        <Text size="sm">
                          {t("settings.sessions.seen")} <Moment at={session.seen_at} />
                        </Text>
                      </Stack>
                      {session.current ? (
                        <Badge variant="default" tt="none">
                          {t("settings.sessions.this")}
                        </Badge>
                      ) : (
                        <Button size="xs" variant="default" onClick={() => end.mutate([session.id])}>
                          {t("settings.sessions.end")}
                        </Button>
                      )}
                    </Group>
                  </Card>
                ))}
              </Cards>
              {end.error && <Failure error={end.error} onAgain={() => end.mutate(others)} />}
              {others.length > 0 && (
                <Group>
                  <Button variant="default" loading={end.isPending} onClick={() => end.mutate(others)}>
                    {t("settings.sessions.end-others")}
                  </Button>
                </Group>
              )}
            </Stack>
          );
        }}
      </Loaded>
    </Stack>
  );
}
