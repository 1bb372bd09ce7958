// The tags of a person: taken off, put on.
import { Badge, Button, CloseButton, Group, Text, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";

import { useAct } from "../../api/acts";
import { useAccount } from "../../api/session";
import { change } from "../../api/things";
import { Failure } from "../../components/Loaded";
import type { Contact } from "./People";

const MOST_TAG = 64;

export function Tags({ account, person }: { account: string; person: Contact }) {
  const { t } = useTranslation();
  const may = useAccount(account)?.permissions.includes("contacts.change") ?? false;
  const [tag, setTag] = useState("");
  const path = (name: string) => `contacts/${person.id}/tags/${encodeURIComponent(name)}`;
  const tagging = useAct({
    mutationFn: ({ method, name }: { method: "PUT" | "DELETE"; name: string }) => change(account, method, path(name)),
    onSuccess: (_, { method }) => method === "PUT" && setTag(""),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (tag.trim()) tagging.mutate({ method: "PUT", name: tag.trim() });
  };
  return (
    <>
      <Group gap={4} role="group" aria-label={t("person.tags")}>
        {person.tags.map((name) => (
          <Badge
            key={name}
            variant="default"
            tt="none"
            rightSection={
              may && <CloseButton size="xs" variant="transparent" aria-label={t("person.untag", { name })} onClick={() => tagging.mutate({ method: "DELETE", name })} />
            }
          >
            {name}
          </Badge>
        ))}
        {person.tags.length === 0 && <Text size="sm">{t("person.no-tags")}</Text>}
      </Group>
      {may && (
        <form onSubmit={submit}>
          <Group align="flex-end">
            <TextInput label={t("person.tag")} maxLength={MOST_TAG} value={tag} onChange={(event) => setTag(event.currentTarget.value)} />
            <Button type="submit" variant="default" disabled={!tag.trim()} loading={tagging.isPending}>
              {t("person.add-tag")}
            </Button>
          </Group>
        </form>
      )}
      {tagging.error && tagging.variables && <Failure error={tagging.error} onAgain={() => tagging.mutate(tagging.variables)} />}
    </>
  );
}
