// Where to: a word finds screens, people, flows and what was said; what is chosen opens.
import { Combobox, Modal, ScrollArea, Text, TextInput, useCombobox } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { call } from "../api/client";
import type { Account } from "../api/session";
import { SCREENS } from "./screens";

const PAUSE_MS = 200;
const MOST = 5;

type Found = { id: string; name: string };
type Said = Found & { conversation: string; text: string };

function useFound(account: Account, words: string): { people: Found[]; flows: Found[]; said: Said[] } {
  const mayFind = (permission: string) => words.length > 1 && account.permissions.includes(permission);
  const list = async <T = Found,>(path: string, signal: AbortSignal) => (await call<{ items: T[] }>(`/accounts/${account.id}/${path}`, { signal })).data.items;
  const people = useQuery({
    queryKey: [account.id, "contacts", "palette", words],
    enabled: mayFind("contacts.read"),
    queryFn: ({ signal }) => list(`contacts?limit=${MOST}&words=${encodeURIComponent(words)}`, signal),
  });
  const flows = useQuery({
    queryKey: [account.id, "flows", "palette"],
    enabled: mayFind("flows.read"),
    staleTime: 60_000,
    queryFn: ({ signal }) => list("flows?limit=200", signal),
  });
  const said = useQuery({
    queryKey: [account.id, "messages", "palette", words],
    enabled: mayFind("conversations.read"),
    queryFn: ({ signal }) => list<Said>(`messages?limit=${MOST}&words=${encodeURIComponent(words)}`, signal),
  });
  const named = (flows.data ?? []).filter((flow) => flow.name.toLowerCase().includes(words.toLowerCase()));
  return { people: people.data ?? [], flows: words.length > 1 ? named.slice(0, MOST) : [], said: said.data ?? [] };
}

export function Palette({ account, opened, onClose }: { account: Account; opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal opened={opened} onClose={onClose} title={t("palette.title")} closeButtonProps={{ "aria-label": t("close") }}>
      <Finder account={account} onClose={onClose} />
    </Modal>
  );
}

function Finder({ account, onClose }: { account: Account; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const combobox = useCombobox({ opened: true });
  const [typed, setTyped] = useState("");
  const [words] = useDebouncedValue(typed.trim(), PAUSE_MS);
  const { people, flows, said } = useFound(account, words);
  const screens = SCREENS.filter((screen) => !screen.needs || account.permissions.includes(screen.needs)).filter((screen) =>
    t(`nav.${screen.name}`).toLowerCase().includes(typed.trim().toLowerCase()),
  );
  useEffect(() => {
    combobox.selectFirstOption();
  }, [typed, people.length, flows.length, said.length]);

  function open(chosen: string): void {
    const [kind, id = ""] = chosen.split(" ");
    onClose();
    const screen = SCREENS.find((each) => each.name === id);
    if (kind === "person") void navigate({ to: "/$account/people/$contact", params: { account: account.id, contact: id } });
    else if (kind === "flow") void navigate({ to: "/$account/flows/$flow", params: { account: account.id, flow: id } });
    else if (kind === "said") void navigate({ to: "/$account/inbox", params: { account: account.id }, search: { open: id } });
    else if (screen) void navigate({ to: screen.to, params: { account: account.id } });
  }

  const groups = [
    { name: t("palette.screens"), options: screens.map((screen) => ({ value: `screen ${screen.name}`, label: t(`nav.${screen.name}`) })) },
    { name: t("nav.people"), options: people.map((person) => ({ value: `person ${person.id}`, label: person.name })) },
    { name: t("nav.flows"), options: flows.map((flow) => ({ value: `flow ${flow.id}`, label: flow.name })) },
    { name: t("palette.messages"), options: said.map((each) => ({ value: `said ${each.conversation} ${each.id}`, label: `${each.name}: ${each.text}` })) },
  ].filter((group) => group.options.length > 0);

  return (
    <Combobox store={combobox} onOptionSubmit={open} withinPortal={false} styles={{ groupLabel: { color: "inherit" } }}>
      <Combobox.EventsTarget>
        <TextInput
          data-autofocus
          label={t("palette.where")}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      </Combobox.EventsTarget>
      <ScrollArea.Autosize mah={320} mt="sm">
        <Combobox.Options aria-label={t("palette.title")}>
          {groups.map((group) => (
            <Combobox.Group key={group.name} label={group.name}>
              {group.options.map((option) => (
                <Combobox.Option key={option.value} value={option.value}>
                  <Text span inherit lineClamp={2}>
                    {option.label}
                  </Text>
                </Combobox.Option>
              ))}
            </Combobox.Group>
          ))}
          {groups.length === 0 && <Combobox.Empty>{t("palette.nothing")}</Combobox.Empty>}
        </Combobox.Options>
      </ScrollArea.Autosize>
      {typed === "" && (
        <Text size="sm" mt="sm">
          {t("palette.how")}
        </Text>
      )}
    </Combobox>
  );
}
