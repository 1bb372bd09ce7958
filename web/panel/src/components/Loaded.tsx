// Rows at once as a skeleton; a failure with its code, its cause and "Try again"; what was there stays on a failed refresh.
import { Alert, Button, Group, Skeleton, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { ProblemError } from "../api/client";

type Query<T> = { data: T | undefined; error: Error | null; isPending: boolean; refetch: () => unknown };

export function Loaded<T>({ query, children }: { query: Query<T>; children: (data: T) => ReactNode }) {
  const { t } = useTranslation();
  return (
    <Stack aria-busy={query.isPending}>
      {query.error && <Failure error={query.error} onAgain={() => query.refetch()} />}
      {query.data !== undefined && children(query.data)}
      {query.isPending && !query.error && (
        <>
          <Text className="skip" role="status">
            {t("loading")}
          </Text>
          {[0, 1, 2, 3].map((row) => (
            <Skeleton key={row} height={44} />
          ))}
        </>
      )}
    </Stack>
  );
}

export function Failure({ error, onAgain }: { error: Error; onAgain: () => void }) {
  const { t } = useTranslation();
  const problem = error instanceof ProblemError ? error.problem : null;
  return (
    <Alert color="red" role="alert" title={problem ? problem.detail : t("unreached")}>
      <Group justify="space-between">
        <Stack gap={2} miw={0}>
          {problem?.errors?.map((each) => (
            <Text key={each.pointer + each.code} size="sm" style={{ overflowWrap: "anywhere" }}>
              {each.detail}
            </Text>
          ))}
          <Text size="sm">{problem?.code}</Text>
        </Stack>
        <Button size="xs" variant="default" onClick={onAgain}>
          {t("try-again")}
        </Button>
      </Group>
    </Alert>
  );
}
