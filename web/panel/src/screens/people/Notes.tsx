// What the team noted about somebody; they never see it.
import { Button, Card, Stack, Text, Textarea, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useAct } from "../../api/acts";
import { call, newKey } from "../../api/client";
import { queries } from "../../api/queries";
import { useAccount } from "../../api/session";
import { useThings } from "../../api/things";
import { Failure, Loaded } from "../../components/Loaded";
import { Moment } from "../../components/Moment";

type Note = { id: string; text: string; at: string; author: string };

export function Notes({ account, contact }: { account: string; contact: string }) {
  const { t } = useTranslation();
  const path = `contacts/${contact}/notes`;
  const notes = useThings<Note>(account, path);
  const may = useAccount(account)?.permissions.includes("contacts.change");
  return (
    <section>
      <Title order={2} size="h4" mb="xs">
        {t("person.notes")}
      </Title>
      {may && <NewNote account={account} path={path} />}
      <Loaded query={notes}>
        {(known) => (
          <Stack gap="xs" mt="xs">
            {known.map((note) => (
              <Card key={note.id} withBorder p="sm">
                <Text style={{ whiteSpace: "pre-wrap" }}>{note.text}</Text>
                <Text size="sm" component="div">
                  <Moment at={note.at} />
                </Text>
              </Card>
            ))}
          </Stack>
        )}
      </Loaded>
    </section>
  );
}

function NewNote({ account, path }: { account: string; path: string }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const [key, setKey] = useState(newKey); // one note, however often it is sent
  const adding = useAct({
    mutationFn: () => call(`/accounts/${account}/${path}`, { method: "POST", body: { text: text.trim() }, key }),
    onSuccess: () => {
      setText("");
      setKey(newKey());
      return queries.invalidateQueries({ queryKey: [account, path] });
    },
  });
  return (
    <Stack gap="xs" align="flex-start">
      <Textarea
        w="100%"
        label={t("person.note")}
        autosize
        maxLength={1000}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setKey(newKey());
        }}
      />
      {adding.error && <Failure error={adding.error} onAgain={() => adding.mutate()} />}
      <Button size="xs" disabled={!text.trim()} loading={adding.isPending} onClick={() => adding.mutate()}>
        {t("person.add-note")}
      </Button>
    </Stack>
  );
}
