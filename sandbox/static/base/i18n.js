// The words of the page in English and Russian, and how the two write times, numbers and money.

import { en } from "./words_en.js";
import { ru } from "./words_ru.js";

const KEY = "sandbox-language";
const wished =
    new URLSearchParams(location.search).get("lang") || localStorage.getItem(KEY) || navigator.language || "en";
export const lang = wished.toLowerCase().startsWith("ru") ? "ru" : "en";
const words = { en, ru }[lang];
const rules = new Intl.PluralRules(lang);

// A text by its key; {name} is filled from `values`. A text of several forms is chosen by `values.count`.
export function t(key, values = {}) {
    const found = words[key];
    if (found === undefined) {
        console.warn(`There is no word for ${key}.`);
        return key;
    }
    const text = typeof found === "string" ? found : (found[rules.select(values.count)] ?? found.other);
    return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

export function speak(language) {
    localStorage.setItem(KEY, language);
    const query = new URLSearchParams(location.search);
    query.set("lang", language);
    location.search = query;
}

function format(options) {
    const made = new Intl.DateTimeFormat(lang, { hourCycle: "h23", ...options });
    return (seconds) => made.format(new Date(seconds * 1000));
}

export const time = format({ hour: "2-digit", minute: "2-digit" });
const day = format({ day: "numeric", month: "long" });
export const full = format({ weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
export const weekday = format({ weekday: "short", hour: "2-digit", minute: "2-digit" });
const shortDay = format({ day: "2-digit", month: "2-digit" });
const year = format({ year: "numeric" });
export const when = (seconds, present) => (day(seconds) === day(present) ? time(seconds) : shortDay(seconds));
export const dayPill = (seconds, present) => {
    if (day(seconds) === day(present)) return t("today");
    return year(seconds) === year(present) ? day(seconds) : `${day(seconds)} ${year(seconds)}`;
};

const STARS = "XTR";

export function money(amount, currency) {
    if (currency === STARS) return `⭐ ${amount.toLocaleString(lang)}`;
    const style = { style: "currency", currency, currencyDisplay: "narrowSymbol" };
    const digits = new Intl.NumberFormat(lang, style).resolvedOptions().maximumFractionDigits;
    const value = amount / 10 ** digits;
    return new Intl.NumberFormat(lang, {
        ...style,
        minimumFractionDigits: Number.isInteger(value) ? 0 : digits,
    }).format(value);
}

export const length = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
const UNITS = ["B", "KB", "MB", "GB"];

export function size(bytes = 0) {
    let step = 0;
    let value = bytes;
    while (value >= 1024 && step < UNITS.length - 1) {
        value /= 1024;
        step += 1;
    }
    return `${value.toLocaleString(lang, { maximumFractionDigits: value < 10 && step ? 1 : 0 })} ${t(UNITS[step])}`;
}
