// The rehearsal beside the script: what the bot says to a student, whose clock jumps.
import { Alert, Box, Button, Card, Group, Stack, Text, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";

import { useAct } from "../../api/acts";
import { call, ProblemError } from "../../api/client";
import { Moment } from "../../components/Moment";

type Said = { id: number; at: string; own: boolean; text: string; buttons: string[] };
export type Scene = { messages: Said[]; step: string | null; now: string; over: boolean };
type Wish = { path: string; body: unknown };

/** The rehearsal of who looks; null where none goes on. */
export function useRehearsal(account: string, flow: string, shown: boolean) {
  const path = `/accounts/${account}/flows/${flow}/rehearsal`;
  const key = [account, "rehearsals", flow];
  const cache = useQueryClient();
  const query = useQuery<Scene | null>({
    queryKey: key,
    enabled: shown,
    queryFn: async ({ signal }) => {
      try {
        return (await call<Scene>(path, { signal })).data;
      } catch (error) {
        if (error instanceof ProblemError && error.problem.status === 404) return null;
        throw error;
      }
    },
  });
  const play = useAct({
    mutationFn: async (wish: Wish) => (await call<Scene>(`${path}${wish.path}`, { method: "POST", body: wish.body })).data,
    onMutate: () => cache.cancelQueries({ queryKey: key }),
    onSuccess: (scene) => cache.setQueryData(key, scene),
    onError: () => void cache.invalidateQueries({ queryKey: key }),
  });
  return { scene: query.data, isKnown: query.isFetched, error: play.error ?? query.error, play };
}

type Rehearsing = ReturnType<typeof useRehearsal>;

export function Rehearsal({ rehearsal, step }: { rehearsal: Rehearsing; step: string | undefined }) {
  const { t } = useTranslation();
  const { scene, error, play, isKnown } = rehearsal;
  const isBusy = play.isPending;
  const begin = (from: string) => play.mutate({ path: "", body: { step: from } });
  return (
    <Stack gap="sm" component="section" aria-label={t("flow.view.rehearsal")}>
      <Text size="sm">{t("flow.rehearsal.what")}</Text>
      <Group gap="xs">
        <Button size="xs" loading={isBusy && !scene} disabled={isBusy || !isKnown} onClick={() => begin("")}>
          {t(scene ? "flow.rehearsal.anew" : "flow.rehearsal.begin")}
        </Button>
        {step && (
          <Button size="xs" variant="default" disabled={isBusy} onClick={() => begin(step)}>
            {t("flow.rehearsal.from-here")}
          </Button>
        )}
      </Group>
      {error && <Alert color="red" role="alert">{error.message}</Alert>}
      {scene && <Chat scene={scene} isBusy={isBusy} onWish={play.mutate} />}
      <Text size="sm" role="status">{isBusy ? t("flow.rehearsal.plays") : scene?.over ? t("flow.rehearsal.over") : ""}</Text>
    </Stack>
  );
}

function Chat({ scene, isBusy, onWish }: { scene: Scene; isBusy: boolean; onWish: (wish: Wish) => void }) {
  const { t } = useTranslation();
  const [words, setWords] = useState("");
  const act = (body: object) => onWish({ path: "/act", body });
  const jump = (until: string) => onWish({ path: "/advance", body: { until } });
  const write = (event: FormEvent) => {
    event.preventDefault();
    if (words.trim()) act({ kind: "write", text: words });
    setWords("");
  };
  return (
    <>
      <Text size="sm">
        {t("flow.rehearsal.now")} <Moment at={scene.now} />
      </Text>
      <Stack gap="xs" role="log" aria-label={t("flow.rehearsal.chat")}>
        {scene.messages.map((said) => (
          <Box key={said.id} ml={said.own ? "xl" : 0} mr={said.own ? 0 : "xl"}>
            <Card withBorder p="xs">
              <Text style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>{said.text}</Text>
            </Card>
            <Group gap={4} mt={4}>
              {said.buttons.map((button) => (
                <Button key={button} size="xs" variant="default" disabled={isBusy} onClick={() => act({ kind: "press", message: said.id, text: button })}>
                  {button}
                </Button>
              ))}
            </Group>
          </Box>
        ))}
      </Stack>
      <form onSubmit={write}>
        <Group gap="xs" align="end" wrap="nowrap">
          <TextInput style={{ flex: 1 }} label={t("flow.rehearsal.answer")} value={words} onChange={(event) => setWords(event.currentTarget.value)} />
          <Button type="submit" variant="default" disabled={isBusy}>{t("flow.rehearsal.send")}</Button>
        </Group>
      </form>
      <Group gap="xs">
        <Button size="xs" variant="default" disabled={isBusy} onClick={() => jump("next")}>{t("flow.rehearsal.next")}</Button>
        <Button size="xs" variant="default" disabled={isBusy} onClick={() => jump("day")}>{t("flow.rehearsal.day")}</Button>
        <Button size="xs" variant="default" disabled={isBusy} onClick={() => act({ kind: "curator" })}>{t("flow.rehearsal.curator")}</Button>
      </Group>
    </>
  );
}
