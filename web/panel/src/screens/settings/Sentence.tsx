// One sentence of the bots: what is filled in, how it is said in each language, and words of one's own instead.
import { Alert, Button, Code, Group, Paper, Stack, Text, Textarea, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { useAct } from "../../api/acts";
import { useAccount } from "../../api/session";
import { change } from "../../api/things";
import { Asked } from "../../components/Asked";
import { AnchorLink } from "../../components/links";
import { Failure } from "../../components/Loaded";
import { plainOf, showText } from "../../editor/telegram";
import { LANGUAGES } from "../../i18n";
import { fillIn, inExamples, keepTexts, type OwnText, readTexts, saidIn } from "./Texts";

export function Sentence({ account, known }: { account: string; known: OwnText }) {
  const { t, i18n } = useTranslation();
  const mayChange = useAccount(account)?.permissions.includes("settings.change") ?? false;
  const [round, setRound] = useState(0); // another one begins with what is said then
  const original = LANGUAGES.map((language) => `${t(`language.${language}`)}: ${plainOf(known.delivered[language] ?? "")}`).join("\n\n");

  async function reset() {
    const { etag } = await readTexts(account);
    await change(account, "DELETE", `settings/texts/${known.key}`, undefined, etag);
    setRound((before) => before + 1);
  }

  return (
    <Stack maw={720}>
      <AnchorLink to="/$account/settings" params={{ account }} search={{ tab: "texts", place: known.place }}>
        {t("settings.texts.back")}
      </AnchorLink>
      <Title order={2} size="h4">
        {known.place_label}
      </Title>
      {LANGUAGES.map((language) => (
        <InLanguage key={`${language}${round}`} account={account} known={known} language={language} mayChange={mayChange} />
      ))}
      {!mayChange && <Text size="sm">{t("settings.ask-owner")}</Text>}
      {mayChange && known.is_changed && (
        <Group>
          <Asked label={t("settings.texts.reset")} text={t("settings.texts.reset-what", { original })} yes={t("settings.texts.reset-yes")} act={reset} />
        </Group>
      )}
      <Text size="sm" c="dimmed" lang={i18n.language}>
        {t("settings.texts.marks")}
      </Text>
    </Stack>
  );
}

type Shown = { account: string; known: OwnText; language: string; mayChange: boolean };

function InLanguage({ account, known, language, mayChange }: Shown) {
  const { t, i18n } = useTranslation();
  const area = useRef<HTMLTextAreaElement>(null);
  const [began, setBegan] = useState(() => saidIn(known, language)); // what stood there when the writing began
  const [text, setText] = useState(began);
  const [theirs, setTheirs] = useState<string | null>(null); // what somebody else has put there since
  const examples = inExamples(known, language);
  const isTouched = text !== began;

  async function save() {
    const all = await readTexts(account);
    const now = all.texts.find(({ key }) => key === known.key) ?? known;
    keepTexts(account, i18n.language, all);
    const said = saidIn(now, language);
    if (said !== began && said !== text) {
      setTheirs(said);
      return;
    }
    await change(account, "PUT", `settings/texts/${known.key}`, { own: { ...now.own, [language]: text } }, all.etag);
    setBegan(text);
    notifications.show({ message: t("settings.texts.saved") });
  }

  const saving = useAct({ mutationFn: save });

  /** A variable takes the place of what is chosen, or stands where the cursor is. */
  function insert(name: string) {
    const from = area.current?.selectionStart ?? text.length;
    const to = area.current?.selectionEnd ?? text.length;
    setText(`${text.slice(0, from)}{${name}}${text.slice(to)}`);
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(from + name.length + 2, from + name.length + 2);
    });
  }

  function settle(words: string) {
    setBegan(theirs ?? began);
    setText(words);
    setTheirs(null);
  }

  return (
    <section>
      <Textarea
        ref={area}
        label={t(`language.${language}`)}
        autosize
        minRows={2}
        maxRows={24}
        lang={language}
        readOnly={!mayChange}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {Object.keys(examples).length > 0 && (
        <Group gap={6} mt={6} role="group" aria-label={t("settings.texts.filled-in")}>
          {Object.entries(examples).map(([name, example]) => (
            <Button key={name} size="compact-xs" variant="default" disabled={!mayChange} onClick={() => insert(name)} styles={{ root: { maxWidth: "100%" } }}>
              <Code>{`{${name}}`}</Code>&nbsp;→ {example}
            </Button>
          ))}
        </Group>
      )}
      <Text size="sm" mt="xs">
        {t("settings.texts.as-seen")}
      </Text>
      <Paper className="tg-bubble" p="xs" radius="lg" withBorder role="figure" aria-label={t("settings.texts.as-seen")} lang={language}>
        {showText(fillIn(text, examples), false)}
      </Paper>
      {theirs !== null && (
        <Alert color="yellow" role="alert" mt="xs">
          <Stack gap="xs">
            <Text size="sm">{t("settings.texts.changed")}</Text>
            <Paper className="tg-bubble" p="xs" radius="lg" withBorder lang={language}>
              {showText(fillIn(theirs, examples), false)}
            </Paper>
            <Group>
              <Button size="xs" variant="default" onClick={() => settle(theirs)}>
                {t("settings.texts.take-theirs")}
              </Button>
              <Button size="xs" variant="default" onClick={() => settle(text)}>
                {t("settings.texts.keep-mine")}
              </Button>
            </Group>
          </Stack>
        </Alert>
      )}
      {saving.error && <Failure error={saving.error} onAgain={() => saving.mutate()} />}
      {mayChange && isTouched && theirs === null && (
        <Group mt="xs">
          <Button loading={saving.isPending} disabled={!text.trim()} onClick={() => saving.mutate()}>
            {t("settings.texts.save", { language: t(`language.${language}`) })}
          </Button>
          <Button variant="default" onClick={() => setText(began)}>
            {t("settings.texts.drop")}
          </Button>
        </Group>
      )}
    </section>
  );
}
