// Work that takes longer than one waits: how far it is, that it be stopped, and its files once it is over.
import { Anchor, Button, Card, Group, Progress, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect } from "react";
import { useTranslation } from "react-i18next";

import { useAct } from "../api/acts";
import { call } from "../api/client";
import { queries } from "../api/queries";
import { change } from "../api/things";
import { Failure, Loaded } from "./Loaded";
import { Moment } from "./Moment";

export type Job = { id: string; kind: string; status: "pending" | "running" | "done" | "failed" | "cancelled"; done: number; total: number | null; result_until: string | null };

const LOOK_AGAIN_MS = 2_000; // the stream tells sooner, where it reaches us

type Shown = { account: string; job: string; title: string; workbook?: boolean; children?: (job: Job) => ReactNode };

export function JobCard({ account, job, title, workbook, children }: Shown) {
  const { t, i18n } = useTranslation();
  const query = useQuery({
    queryKey: [account, "jobs", job],
    queryFn: async ({ signal }) => (await call<Job>(`/accounts/${account}/jobs/${job}`, { signal })).data,
    refetchInterval: ({ state }) => (state.data && isOver(state.data) ? false : LOOK_AGAIN_MS),
  });
  const stopping = useAct({ mutationFn: () => change(account, "POST", `jobs/${job}/cancel`) });
  const over = query.data && isOver(query.data);
  useEffect(() => {
    if (over) void queries.invalidateQueries({ queryKey: [account], predicate: ({ queryKey }) => queryKey[1] !== "jobs" }); // what it has changed
  }, [account, over]);
  const file = `/api/v1/accounts/${account}/jobs/${job}/result`;
  return (
    <Card withBorder>
      <Loaded query={query}>
        {(known) => (
          <Stack gap="xs">
            <Text role="status">
              {title}: {t(`job.${known.status}`, { done: known.done.toLocaleString(i18n.language), total: (known.total ?? known.done).toLocaleString(i18n.language) })}
            </Text>
            {!isOver(known) && <Progress aria-label={title} value={known.total ? (100 * known.done) / known.total : 0} />}
            {stopping.error && !isOver(known) && <Failure error={stopping.error} onAgain={() => stopping.mutate()} />}
            <Group>
              {!isOver(known) && (
                <Button variant="default" size="xs" loading={stopping.isPending} onClick={() => stopping.mutate()}>
                  {t("job.stop")}
                </Button>
              )}
              {isOver(known) && (
                <Anchor href={`${file}.csv`} download>
                  {t("job.file")}
                </Anchor>
              )}
              {isOver(known) && workbook && (
                <Anchor href={`${file}.xlsx`} download>
                  {t("job.workbook")}
                </Anchor>
              )}
              {isOver(known) && known.result_until && (
                <Text size="sm">
                  {t("job.until")} <Moment at={known.result_until} />
                </Text>
              )}
              {isOver(known) && children?.(known)}
            </Group>
          </Stack>
        )}
      </Loaded>
    </Card>
  );
}

function isOver(job: Job): boolean {
  return job.status !== "pending" && job.status !== "running";
}
