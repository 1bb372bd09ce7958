import { expect, test } from "vitest";

import { isWhole, tellRows, wordsOf } from "./sharedButtons";

test("words in one language are said to everybody, those in several each to its readers", () => {
  expect(tellRows([[{ text: { ru: " Сайт ", en: "" }, url: " https://a.example " }]])).toEqual([[{ text: "Сайт", url: "https://a.example" }]]);
  expect(tellRows([[{ text: { ru: "Сайт", en: "Site" }, url: "https://a.example" }]])).toEqual([[{ text: { ru: "Сайт", en: "Site" }, url: "https://a.example" }]]);
});

test("a button is whole with words in some language and an address", () => {
  expect(isWhole({ text: { en: "Site" }, url: "https://a.example" })).toBe(true);
  expect(isWhole({ text: { en: " " }, url: "https://a.example" })).toBe(false);
  expect(isWhole({ text: { en: "Site" }, url: "" })).toBe(false);
});

test("a button is shown in the reader's language where it has words in it", () => {
  expect(wordsOf({ text: { ru: "Сайт", en: "Site" }, url: "" }, "ru")).toBe("Сайт");
  expect(wordsOf({ text: { "*": "Site" }, url: "" }, "ru")).toBe("Site");
});
