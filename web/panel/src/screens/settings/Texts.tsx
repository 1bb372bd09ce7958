// What the bots say by themselves: found by its words, said in the school's own, put back as it came.
import { Badge, Card, Checkbox, Group, Stack, Text, TextInput, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { call } from "../../api/client";
import { queries } from "../../api/queries";
import { Cards } from "../../components/Cards";
import { AnchorLink } from "../../components/links";
import { Loaded } from "../../components/Loaded";
import { type Texts } from "../../components/texts";
import { plainOf } from "../../editor/telegram";
import { LANGUAGES } from "../../i18n";
import { Sentence } from "./Sentence";

export type OwnText = {
  key: string;
  place: string;
  place_label: string;
  examples: Record<string, Texts>; // by language, of each variable
  delivered: Texts;
  own: Texts;
  is_changed: boolean;
};
export type AllTexts = { texts: OwnText[]; etag: string };

const LONGEST = 90; // letters of a sentence in the list

const keyOf = (account: string, language: string) => [account, "settings/texts", language];

/** The sentences as they are now, with what a change must name. */
export async function readTexts(account: string, signal?: AbortSignal): Promise<AllTexts> {
  const { data, etag } = await call<AllTexts>(`/accounts/${account}/settings/texts`, signal ? { signal } : {});
  return { texts: data.texts, etag: etag ?? "" };
}

export function keepTexts(account: string, language: string, all: AllTexts): void {
  queries.setQueryData(keyOf(account, language), all);
}

/** What is said in a language now. */
export const saidIn = (text: OwnText, language: string) => text.own[language] ?? text.delivered[language] ?? "";

export function TextsPart({ account }: { account: string }) {
  const { i18n } = useTranslation();
  const { text } = useSearch({ from: "/$account/settings" });
  const query = useQuery({ queryKey: keyOf(account, i18n.language), queryFn: ({ signal }) => readTexts(account, signal) });
  return (
    <Loaded query={query}>
      {(all) => {
        const open = all.texts.find(({ key }) => key === text);
        return open ? <Sentence key={open.key} account={account} known={open} /> : <AllSentences account={account} texts={all.texts} />;
      }}
    </Loaded>
  );
}

function AllSentences({ account, texts }: { account: string; texts: OwnText[] }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { words = "", only, place: opened } = useSearch({ from: "/$account/settings" });
  const sought = words.trim().toLowerCase();
  const isSought = (text: OwnText) =>
    (!only || text.is_changed) && (!sought || LANGUAGES.some((language) => plainOf(saidIn(text, language)).toLowerCase().includes(sought)));
  const found = texts.filter(isSought);
  const isWhole = !sought && !only; // then one place at a time: all of them are a hundred sentences
  const places = [...new Set(found.map(({ place }) => place))].map((name) => ({ name, here: found.filter(({ place }) => place === name) }));
  const look = (search: { words?: string; only?: string }) => navigate({ to: "/$account/settings", params: { account }, search: { tab: "texts", ...search }, replace: true });

  return (
    <Stack>
      <Text>{t("settings.texts.about")}</Text>
      <Group align="flex-end">
        <TextInput
          type="search"
          label={t("settings.texts.find")}
          placeholder={t("settings.texts.find-example")}
          value={words}
          onChange={(event) => void look({ words: event.currentTarget.value, ...(only ? { only } : {}) })}
          style={{ flexGrow: 1 }}
          maw={420}
        />
        <Checkbox
          label={t("settings.texts.only", { count: texts.filter((text) => text.is_changed).length })}
          checked={Boolean(only)}
          onChange={(event) => void look({ words, ...(event.currentTarget.checked ? { only: "own" } : {}) })}
          mb={8}
        />
      </Group>
      <Text className="skip" role="status">
        {t("settings.texts.found", { count: found.length })}
      </Text>
      {found.length === 0 && <Text>{t("settings.texts.none")}</Text>}
      {places.map(({ name, here }) => {
        const isOpen = !isWhole || name === opened;
        return (
          <section key={name}>
            <Title order={2} size="h4" mb={isOpen ? "xs" : 0}>
              {isWhole ? (
                <AnchorLink to="/$account/settings" params={{ account }} search={{ tab: "texts", ...(isOpen ? {} : { place: name }) }} aria-expanded={isOpen} fz="inherit">
                  {here[0]?.place_label} ({here.length})
                </AnchorLink>
              ) : (
                here[0]?.place_label
              )}
            </Title>
            {isOpen && (
              <Cards label={here[0]?.place_label ?? ""}>
                {here.map((text) => (
                  <Row key={text.key} account={account} text={text} />
                ))}
              </Cards>
            )}
          </section>
        );
      })}
    </Stack>
  );
}

function Row({ account, text }: { account: string; text: OwnText }) {
  const { t, i18n } = useTranslation();
  return (
    <Card component="li" withBorder p="sm">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <AnchorLink to="/$account/settings" params={{ account }} search={{ tab: "texts", text: text.key }} style={{ overflowWrap: "anywhere" }}>
          {shorten(fillIn(saidIn(text, i18n.language), inExamples(text, i18n.language)))}
        </AnchorLink>
        {text.is_changed && (
          <Badge variant="default" tt="none" style={{ flexShrink: 0 }}>
            {t("settings.texts.own")}
          </Badge>
        )}
      </Group>
    </Card>
  );
}

/** The examples of a sentence's variables, in a language. */
export const inExamples = (text: OwnText, language: string): Texts => text.examples[language] ?? {};

/** HTML with the examples in place of the variables; a name that means nothing stays to be seen. */
export function fillIn(html: string, examples: Texts): string {
  return html.replace(/\{(\w+)\}/g, (braces, name: string) => escape(examples[name] ?? braces));
}

const escape = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

function shorten(html: string): string {
  const words = plainOf(html).split(/\s+/).filter(Boolean).join(" ");
  return words.length > LONGEST ? `${words.slice(0, LONGEST)}…` : words;
}
