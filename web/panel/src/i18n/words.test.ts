// Every word that a screen asks for is there, in both languages and with the plural forms of each.
import { describe, expect, it } from "vitest";

type Words = { [key: string]: string | Words };

const files = import.meta.glob<Words>(["./{en,ru}.json", "../screens/*/{en,ru}.json"], { eager: true, import: "default" });
const sources = import.meta.glob<string>(["../**/*.{ts,tsx}", "!../**/*.test.ts"], { eager: true, query: "?raw", import: "default" });
const PLURALS = /_(zero|one|two|few|many|other)$/;

function listKeys(words: Words, before = ""): string[] {
  return Object.entries(words).flatMap(([key, value]) => (typeof value === "string" ? [before + key] : listKeys(value, `${before}${key}.`)));
}

function keysOf(path: string): Set<string> {
  return new Set(listKeys(files[path] ?? {}).map((key) => key.replace(PLURALS, "")));
}

const english = Object.keys(files).filter((path) => path.endsWith("en.json"));

describe("words", () => {
  it.each(english)("%s says the same in Russian", (path) => {
    expect([...keysOf(path.replace("en.json", "ru.json"))].sort()).toEqual([...keysOf(path)].sort());
  });

  it("are there for whatever a source asks by name", () => {
    const known = new Set(english.flatMap((path) => [...keysOf(path)]));
    const asked = Object.entries(sources).flatMap(([path, source]) =>
      [...source.matchAll(/\bt\(\s*"([^"]+)"/g)].map((match) => ({ path, key: match[1] ?? "" })),
    );
    expect(asked.length).toBeGreaterThan(50);
    expect(asked.filter(({ key }) => !known.has(key))).toEqual([]);
  });

  it("of several numbers name every form of their language", () => {
    const lacking = Object.entries(files).flatMap(([path, words]) => {
      const keys = listKeys(words);
      const wanted = path.endsWith("ru.json") ? ["one", "few", "many"] : ["one", "other"];
      const roots = new Set(keys.filter((key) => PLURALS.test(key)).map((key) => key.replace(PLURALS, "")));
      return [...roots].flatMap((root) => wanted.filter((form) => !keys.includes(`${root}_${form}`)).map((form) => `${path} ${root}_${form}`));
    });
    expect(lacking).toEqual([]);
  });
});
