// Words that Telegram sends, in one or several languages: marks by buttons, variables by "{{", how it looks, how long it is.
import { Box, Button, Group, Menu, Paper, Stack, Text, Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useRef } from "react";
import { useTranslation } from "react-i18next";

import { call } from "../api/client";
import { LANGUAGES } from "../i18n";
import type { FieldProps } from "./fields";
import { lengthOf, type Mark, MARKS, showText } from "./telegram";

const MAX_TEXT = 4096;
const MAX_CAPTION = 1024;
const EVERY = "*"; // one text for all languages
const PLAIN = new Set(["button", "options", "title", "name", "buttons", "yes_text", "no_text", "continue", "correct_answer", "actual", "answers"]);

type Texts = Record<string, string>;

export function TextField({ label, value, path, beside, error, onChange }: FieldProps) {
  const { t, i18n } = useTranslation();
  const texts: Texts = typeof value === "string" ? { [EVERY]: value } : ((value ?? {}) as Texts);
  const written = Object.keys(texts);
  const own = written.includes(EVERY) ? EVERY : i18n.language;
  const shown = [...new Set([...(own === EVERY ? [EVERY] : []), ...LANGUAGES.filter((each) => each === own || written.includes(each)), ...written])];
  const missing = own === EVERY ? [] : LANGUAGES.filter((each) => !shown.includes(each));

  function write(language: string, text: string) {
    const { [language]: _, ...others } = texts;
    const next = text ? { ...others, [language]: text } : others;
    const all = Object.keys(next);
    onChange(all.length === 0 ? null : all.length === 1 && all[0] === EVERY ? text : next);
  }

  return (
    <Stack gap="xs">
      {shown.map((language) => (
        <OneText
          key={language}
          label={shown.length > 1 || (missing.length === 0 && language !== EVERY) ? `${label} (${t(`language.${language}`, language)})` : label}
          language={language}
          text={texts[language] ?? ""}
          error={error}
          isRich={!path.split("/").some((part) => PLAIN.has(part))}
          isMarkdown={beside?.["parse_mode"] === "MARKDOWN"}
          most={Array.isArray(beside?.["media"]) && beside["media"].length > 0 ? MAX_CAPTION : MAX_TEXT}
          onChange={(text) => write(language, text)}
        />
      ))}
      {missing.length > 0 && written.length > 0 && (
        <Group>
          {missing.map((language) => (
            <Button key={language} size="compact-xs" variant="subtle" onClick={() => onChange({ ...texts, [language]: texts[own] ?? "…" })}>
              {t("editor.add-language", { language: t(`language.${language}`) })}
            </Button>
          ))}
        </Group>
      )}
    </Stack>
  );
}

type TextProps = {
  label: string;
  language: string;
  text: string;
  error: string | undefined;
  isRich: boolean;
  isMarkdown: boolean;
  most: number;
  onChange: (text: string) => void;
};

function OneText({ label, language, text, error, isRich, isMarkdown, most, onChange }: TextProps) {
  const { t } = useTranslation();
  const area = useRef<HTMLTextAreaElement>(null);
  const length = isRich ? lengthOf(text, isMarkdown) : text.length;
  const isOver = isRich && length > most;

  /** Put something around what is chosen, or where the cursor stands; the cursor stays at the words. */
  function enclose(before: string, after: string) {
    const from = area.current?.selectionStart ?? text.length;
    const to = area.current?.selectionEnd ?? text.length;
    onChange(text.slice(0, from) + before + text.slice(from, to) + after + text.slice(to));
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(from + before.length, to + before.length);
    });
  }

  /** A variable takes the place of the "{{" it was asked for with. */
  function insert(name: string) {
    const at = area.current?.selectionEnd ?? text.length;
    const begin = text.slice(0, at).replace(/\{\{[\w.]*$/, "");
    onChange(`${begin}{{${name}}}${text.slice(at).replace(/^\}\}/, "")}`);
    const place = begin.length + name.length + 4;
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(place, place);
    });
  }
  const asked = /\{\{([\w.]*)$/.exec(text.slice(0, area.current?.selectionEnd ?? text.length))?.[1];

  return (
    <Box>
      <Textarea
        ref={area}
        label={label}
        error={error ?? (isOver && t("editor.too-long", { most }))}
        autosize
        minRows={isRich ? 2 : 1}
        maxRows={24}
        {...(language === EVERY ? {} : { lang: language })}
        value={text}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      {isRich && (
        <Group gap={2} mt={4} role="toolbar" aria-label={t("editor.marks")}>
          {MARKS.map((mark) => (
            <MarkButton key={mark.name} mark={mark} isMarkdown={isMarkdown} onEnclose={enclose} />
          ))}
          <Variables asked={undefined} onTake={insert} />
          <Text size="xs" ml="auto" {...(isOver ? { c: "red" } : {})} aria-label={t("editor.length", { length, most })}>
            {length} / {most}
          </Text>
        </Group>
      )}
      {asked !== undefined && <Variables asked={asked} onTake={insert} />}
      {isRich && text.trim() && (
        <Paper className="tg-bubble" mt={4} p="xs" radius="lg" withBorder role="figure" aria-label={t("editor.looks")}>
          {showText(text, isMarkdown)}
        </Paper>
      )}
    </Box>
  );
}

function MarkButton({ mark, isMarkdown, onEnclose }: { mark: Mark; isMarkdown: boolean; onEnclose: (before: string, after: string) => void }) {
  const { t } = useTranslation();
  const around = isMarkdown ? mark.markdown : mark.html;
  if (!around) return null;
  return (
    <Button size="compact-xs" variant="subtle" px={6} aria-label={t(`editor.mark.${mark.name}`)} onClick={() => onEnclose(...around)}>
      {mark.sign}
    </Button>
  );
}

type Variable = { name: string; label: string };

/** The variables there are: behind a button, or at once those that go on as it was begun. */
function Variables({ asked, onTake }: { asked: string | undefined; onTake: (name: string) => void }) {
  const { t, i18n } = useTranslation();
  const { account } = useParams({ from: "/$account" });
  const { data = [] } = useQuery({
    queryKey: [account, "text-variables", i18n.language],
    staleTime: 60_000,
    queryFn: async ({ signal }) => (await call<{ items: Variable[] }>(`/accounts/${account}/text-variables`, { signal })).data.items,
  });
  const tell = ({ name, label }: Variable) => (label ? `${label} · ${name}` : name);
  if (asked !== undefined) {
    const fitting = data.filter(({ name, label }) => `${name} ${label}`.toLowerCase().includes(asked.toLowerCase()));
    return (
      <Group gap={4} mt={4} role="group" aria-label={t("editor.variable")}>
        {fitting.map((variable) => (
          <Button key={variable.name} size="compact-xs" variant="default" onClick={() => onTake(variable.name)}>
            {tell(variable)}
          </Button>
        ))}
      </Group>
    );
  }
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button size="compact-xs" variant="subtle" px={6} aria-label={t("editor.variable")}>
          {"{{ }}"}
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={320} style={{ overflowY: "auto" }}>
        {data.map((variable) => (
          <Menu.Item key={variable.name} onClick={() => onTake(variable.name)}>
            {tell(variable)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
