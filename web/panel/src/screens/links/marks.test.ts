import { expect, test } from "vitest";

import { findWrong, linkOf } from "./marks";

const BOT = "https://t.me/words_bot";

test("a link without marks names its script, one with marks says where people come from", () => {
  expect(linkOf(BOT, "welcome", { source: "", campaign: "" })).toBe(`${BOT}?start=s_welcome`);
  expect(linkOf(BOT, "welcome", { source: "vk", campaign: "may" })).toBe(`${BOT}?start=welcome__utmsvk__utmcmay`);
  expect(linkOf(BOT, "welcome", { source: "", campaign: "may" })).toBe(`${BOT}?start=welcome__utmcmay`);
});

test("what Telegram does not let into a link is said before it is copied", () => {
  expect(findWrong("welcome", { source: "vk", campaign: "may-2" })).toBeNull();
  expect(findWrong("welcome", { source: "в контакте", campaign: "" })).toBe("sign");
  expect(findWrong("welcome", { source: "a_b", campaign: "" })).toBe("sign");
  expect(findWrong("welcome", { source: "a".repeat(60), campaign: "" })).toBe("length");
});
