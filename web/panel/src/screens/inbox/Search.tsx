// What was said with a person, found by the beginnings of its words.
import { Button, Paper, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useList } from "../../api/lists";
import { Loaded } from "../../components/Loaded";
import { Moment } from "../../components/Moment";

type Found = { id: string; incoming: boolean; text: string; at: string };

const PAUSE_MS = 300;

export function Search({ account, id }: { account: string; id: string }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const [words] = useDebouncedValue(typed.trim(), PAUSE_MS);
  return (
    <Stack gap="xs">
      <TextInput type="search" size="xs" label={t("inbox.search")} maxLength={200} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} />
      {words && <FoundHere account={account} id={id} words={words} />}
    </Stack>
  );
}

function FoundHere({ account, id, words }: { account: string; id: string; words: string }) {
  const { t } = useTranslation();
  const found = useList<Found>(account, "messages", { words, conversation: id, limit: "20" }, false);
  return (
    <Loaded query={found}>
      {(said) => (
        <Stack gap={4} role="region" aria-label={t("inbox.found")}>
          {said.length === 0 && <Text size="sm">{t("inbox.found-nothing")}</Text>}
          {said.map((each) => (
            <Paper key={each.id} withBorder p="xs">
              <Text size="sm" style={{ overflowWrap: "anywhere" }}>
                {each.incoming ? "← " : "→ "}
                {each.text}
              </Text>
              <Text size="xs" component="div">
                <Moment at={each.at} />
              </Text>
            </Paper>
          ))}
          {found.hasNextPage && (
            <Button variant="default" size="xs" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
              {t("inbox.earlier")}
            </Button>
          )}
        </Stack>
      )}
    </Loaded>
  );
}
