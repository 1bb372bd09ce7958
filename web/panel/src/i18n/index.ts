// Words of the panel in both languages; `?lang=` fixes one, else the browser's, until the session says whose it is.
// What every screen says stands here; a screen's own words lie in its folder and come with it.
import i18next from "i18next";
import { initReactI18next } from "react-i18next";

import en from "./en.json";
import ru from "./ru.json";

const KEPT = "tandem.language";
export const LANGUAGES = ["ru", "en"] as const;

const screenWords = import.meta.glob<{ default: object }>("../screens/*/{en,ru}.json");
const opened = new Set<string>();

export function startLanguages(): void {
  const asked = new URLSearchParams(window.location.search).get("lang");
  if (asked) localStorage.setItem(KEPT, asked);
  const wished = localStorage.getItem(KEPT) ?? navigator.language.slice(0, 2);
  void i18next.use(initReactI18next).init({
    resources: { en: { translation: en }, ru: { translation: ru } },
    lng: LANGUAGES.includes(wished as "ru") ? wished : "en",
    fallbackLng: "en",
    interpolation: { escapeValue: false }, // React escapes
    initAsync: false,
  });
  showLanguage();
  i18next.on("languageChanged", showLanguage);
}

/** A screen's code together with its words in the language of the moment. */
export async function withWords<Code>(screen: string, code: Promise<Code>): Promise<Code> {
  opened.add(screen);
  await loadWords(screen, i18next.language);
  return code;
}

async function loadWords(screen: string, language: string): Promise<void> {
  const words = await screenWords[`../screens/${screen}/${language}.json`]?.();
  if (words) i18next.addResourceBundle(language, "translation", words.default, true, true);
}

export function isLanguageFixed(): boolean {
  return localStorage.getItem(KEPT) !== null;
}

export async function chooseLanguage(language: string): Promise<void> {
  localStorage.setItem(KEPT, language);
  await Promise.all([...opened].map((screen) => loadWords(screen, language)));
  await i18next.changeLanguage(language);
}

function showLanguage(): void {
  document.documentElement.lang = i18next.language;
}
