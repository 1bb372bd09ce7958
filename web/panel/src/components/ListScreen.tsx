// A list of anything: how many there are, the rows, "more", and what to do where there is nothing.
import { Button, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { Loaded } from "./Loaded";

type List<T> = {
  data: T[] | undefined;
  error: Error | null;
  isPending: boolean;
  refetch: () => unknown;
  count: number | null;
  exact: boolean;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
};

type Shown<T> = { list: List<T>; counted?: string; empty: ReactNode; children: (items: T[]) => ReactNode };

export function ListScreen<T>({ list, counted, empty, children }: Shown<T>) {
  const { t, i18n } = useTranslation();
  const number = list.count === null ? "" : list.count.toLocaleString(i18n.language);
  return (
    <Loaded query={list}>
      {(items) => (
        <>
          {counted && list.count !== null && items.length > 0 && (
            <Text role="status">{t(counted, { count: list.count, number: list.exact ? number : `${number}+` })}</Text>
          )}
          {items.length === 0 ? empty : children(items)}
          {list.hasNextPage && (
            <Button variant="default" loading={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>
              {t("more")}
            </Button>
          )}
        </>
      )}
    </Loaded>
  );
}
