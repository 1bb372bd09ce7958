// The screens in the order of the navigation, and what one must be allowed to do to see each.
type Entry = { name: string; to: `/$account/${"home" | "inbox" | "review" | "questions" | "people" | "flows" | "links" | "broadcasts" | "money" | "numbers" | "settings"}`; needs: string | null };

export const SCREENS = [
  { name: "home", to: "/$account/home", needs: null },
  { name: "inbox", to: "/$account/inbox", needs: "conversations.read" },
  { name: "review", to: "/$account/review", needs: "reviews.read" },
  { name: "questions", to: "/$account/questions", needs: "reviews.read" },
  { name: "people", to: "/$account/people", needs: "contacts.read" },
  { name: "flows", to: "/$account/flows", needs: "flows.read" },
  { name: "links", to: "/$account/links", needs: "accesses.read" },
  { name: "broadcasts", to: "/$account/broadcasts", needs: "broadcasts.read" },
  { name: "money", to: "/$account/money", needs: "orders.read" },
  { name: "numbers", to: "/$account/numbers", needs: "numbers.read" },
  { name: "settings", to: "/$account/settings", needs: "account.work" },
] as const satisfies readonly Entry[];

/** The address of a screen the server names; undefined where the panel has none yet. */
export function findAddress(name: string): (typeof SCREENS)[number]["to"] | undefined {
  return SCREENS.find((screen) => screen.name === name)?.to;
}
