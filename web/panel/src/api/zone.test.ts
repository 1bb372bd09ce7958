import { expect, test } from "vitest";

import { dayAgo, momentOf } from "./zone";

test("a day begins where the school is", () => {
  expect(momentOf("2030-01-07T00:00", "Europe/Moscow").toISOString()).toBe("2030-01-06T21:00:00.000Z");
  expect(momentOf("2030-01-07T23:59:59", "Asia/Tokyo").toISOString()).toBe("2030-01-07T14:59:59.000Z");
  expect(momentOf("2030-01-07T00:00", "America/New_York").toISOString()).toBe("2030-01-07T05:00:00.000Z");
});

test("also on the days on which the clocks change", () => {
  expect(momentOf("2030-03-31T00:00", "Europe/Berlin").toISOString()).toBe("2030-03-30T23:00:00.000Z");
  expect(momentOf("2030-03-31T23:59", "Europe/Berlin").toISOString()).toBe("2030-03-31T21:59:00.000Z");
  expect(momentOf("2030-10-27T23:59", "Europe/Berlin").toISOString()).toBe("2030-10-27T22:59:00.000Z");
});

test("what day it is there", () => {
  const evening = Date.parse("2030-01-06T22:00:00Z");
  expect(dayAgo(0, "Europe/Moscow", evening)).toBe("2030-01-07");
  expect(dayAgo(6, "Europe/Moscow", evening)).toBe("2030-01-01");
  expect(dayAgo(0, "America/New_York", evening)).toBe("2030-01-06");
});
