// People: everybody who wrote to a bot; found by a word or by conditions, each leads to their own screen.
import { Badge, Button, Card, Checkbox, Group, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useAct } from "../../api/acts";
import { useList } from "../../api/lists";
import { useAccount } from "../../api/session";
import { change } from "../../api/things";
import { Audience, AudienceWords } from "../../components/audience/Audience";
import { Failure } from "../../components/Loaded";
import { AnchorLink } from "../../components/links";
import { ListScreen } from "../../components/ListScreen";
import { Moment } from "../../components/Moment";
import type { Condition } from "../../components/PeopleLink";
import { Screen } from "../../components/Screen";
import { BulkBar } from "./Bulk";
import { FileActs } from "./Files";

export type Contact = {
  id: string;
  telegram_id: number;
  name: string;
  username: string | null;
  language: string;
  zone: string;
  created_at: string | null;
  blocked_at: string | null;
  tags: string[];
  variables: Record<string, string>;
};

export function PeopleScreen() {
  const { t } = useTranslation();
  const { account } = useParams({ from: "/$account" });
  const { words, where } = useSearch({ from: "/$account/people" });
  const navigate = useNavigate();
  const [open, { toggle }] = useDisclosure(false);
  const [chosen, setChosen] = useState<ReadonlySet<string>>();
  const may = useAccount(account)?.permissions.includes("contacts.change") ?? false;
  const everybody: Condition = where ?? (words ? { named: words } : { all: [] });
  const choose = (id: string) => setChosen(new Set(chosen?.has(id) ? [...chosen].filter((other) => other !== id) : [...(chosen ?? []), id]));
  const path = where ? "contacts/search" : "contacts";
  const list = useList<Contact>(account, path, where ? {} : { words }, true, where && { condition: where });
  const go = (search: { words?: string; where?: Condition }) => void navigate({ to: "/$account/people", params: { account }, search, replace: true });

  return (
    <Screen
      name={t("nav.people")}
      acts={
        <Group>
          {may && !chosen && (
            <Button variant="default" onClick={() => setChosen(new Set())}>
              {t("people.choose")}
            </Button>
          )}
          <Button variant="default" onClick={toggle} aria-expanded={open}>
            {t(open ? "people.filter-close" : "people.filter")}
          </Button>
        </Group>
      }
    >
      {!where && (
        <TextInput
          type="search"
          label={t("people.search")}
          placeholder={t("people.search-example")}
          defaultValue={words ?? ""}
          onChange={(event) => {
            const typed = event.currentTarget.value.trim();
            go(typed ? { words: typed } : {});
          }}
        />
      )}
      {open && <Filter account={account} where={where} onWhere={(condition) => go({ where: condition })} />}
      {where && (
        <Group justify="space-between">
          <Text>
            {t("people.shown")} <AudienceWords account={account} condition={where} />
          </Text>
          <Button variant="default" size="xs" onClick={() => go({})}>
            {t("people.everybody")}
          </Button>
        </Group>
      )}
      <FileActs account={account} everybody={everybody} />
      {chosen && <BulkBar account={account} ids={[...chosen]} everybody={everybody} onDone={() => setChosen(undefined)} />}
      <ListScreen
        list={list}
        counted="people.count"
        empty={<Text>{t(where ? "people.nobody-fits" : words ? "people.nobody-found" : "people.empty")}</Text>}
      >
        {(people) => (
          <Stack gap="xs" component="ul" p={0} m={0} style={{ listStyle: "none" }}>
            {people.map((person) => (
              <Card key={person.id} component="li" withBorder p="sm">
                <Group justify="space-between" wrap="nowrap">
                  {chosen && <Checkbox aria-label={t("people.choose-one", { name: person.name })} checked={chosen.has(person.id)} onChange={() => choose(person.id)} />}
                  <Stack gap={0} miw={0} flex={1}>
                    <AnchorLink to="/$account/people/$contact" params={{ account, contact: person.id }} fw={600}>
                      {person.name}
                    </AnchorLink>
                    <Text size="sm">{person.username ? `@${person.username}` : person.telegram_id}</Text>
                  </Stack>
                  <Text size="sm">{person.created_at && <Moment at={person.created_at} />}</Text>
                </Group>
                {person.tags.length > 0 && (
                  <Group gap={4} mt={4}>
                    {person.tags.map((tag) => (
                      <Badge key={tag} variant="default" tt="none">
                        {tag}
                      </Badge>
                    ))}
                  </Group>
                )}
              </Card>
            ))}
          </Stack>
        )}
      </ListScreen>
    </Screen>
  );
}

function Filter({ account, where, onWhere }: { account: string; where: Condition | undefined; onWhere: (condition: Condition) => void }) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState<Condition>(where ?? { all: [] });
  const [name, setName] = useState("");
  const may = useAccount(account)?.permissions.includes("contacts.change");
  const saving = useAct({ mutationFn: () => change(account, "POST", "segments", { name: name.trim(), condition: asked, live: true }) });
  return (
    <Card withBorder>
      <Stack>
        <Audience
          account={account}
          value={asked}
          onChange={(condition) => {
            setAsked(condition);
            saving.reset();
          }}
        />
        <Button onClick={() => onWhere(asked)}>{t("people.show")}</Button>
        {may && (
          <Group align="flex-end">
            <TextInput label={t("people.segment-name")} maxLength={64} value={name} onChange={(event) => setName(event.currentTarget.value)} />
            <Button variant="default" disabled={!name.trim()} loading={saving.isPending} onClick={() => saving.mutate()}>
              {t("people.save")}
            </Button>
          </Group>
        )}
        {saving.error && <Failure error={saving.error} onAgain={() => saving.mutate()} />}
        {saving.isSuccess && <Text role="status">{t("people.saved")}</Text>}
      </Stack>
    </Card>
  );
}
