// The addresses of the panel: `/panel/login`, `/panel/{account}/{screen}`; what is looked at lives in the address.
// A screen comes when somebody goes there: the first page stays small.
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";

import { queries } from "../api/queries";
import { meQuery } from "../api/session";
import type { Condition } from "../components/PeopleLink";
import { withWords } from "../i18n";
import { LoginScreen } from "./Login";
import { Shell } from "./Shell";
import { NotFound, ScreenFailed } from "./Trouble";

const root = createRootRoute({ notFoundComponent: NotFound, errorComponent: ScreenFailed });

const login = createRoute({ getParentRoute: () => root, path: "/login", component: LoginScreen });

const start = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: async () => {
    const me = await queries.ensureQueryData(meQuery).catch(() => null);
    const account = me?.accounts[0];
    throw account ? redirect({ to: "/$account/home", params: { account: account.id } }) : redirect({ to: "/login" });
  },
});

const account = createRoute({ getParentRoute: () => root, path: "/$account", component: Shell });

const home = createRoute({ getParentRoute: () => account, path: "/home", component: lazyRouteComponent(() => withWords("home", import("../screens/home/Home")), "HomeScreen") });

/** What of the address a screen reads: texts that are not empty, nothing else. */
function pick<Name extends string>(...names: Name[]): (search: Record<string, unknown>) => { [key in Name]?: string } {
  return (search) =>
    Object.fromEntries(names.filter((name) => typeof search[name] === "string" && search[name]).map((name) => [name, search[name]])) as {
      [key in Name]?: string;
    };
}

function isCondition(given: unknown): given is Condition {
  return typeof given === "object" && given !== null && !Array.isArray(given);
}

const inbox = createRoute({
  getParentRoute: () => account,
  path: "/inbox",
  component: lazyRouteComponent(() => withWords("inbox", import("../screens/inbox/Inbox")), "InboxScreen"),
  validateSearch: pick("which", "open"),
});

const people = createRoute({
  getParentRoute: () => account,
  path: "/people",
  component: lazyRouteComponent(() => withWords("people", import("../screens/people/People")), "PeopleScreen"),
  validateSearch: (search: Record<string, unknown>): { words?: string; where?: Condition } => ({
    ...pick("words")(search),
    ...(isCondition(search.where) ? { where: search.where } : {}), // whom a number counts
  }),
});
const person = createRoute({ getParentRoute: () => account, path: "/people/$contact", component: lazyRouteComponent(() => withWords("people", import("../screens/people/Person")), "PersonScreen") });
const flows = createRoute({ getParentRoute: () => account, path: "/flows", component: lazyRouteComponent(() => withWords("flows", import("../screens/flows/Flows")), "FlowsScreen") });
const flow = createRoute({
  getParentRoute: () => account,
  path: "/flows/$flow",
  component: lazyRouteComponent(() => withWords("flows", import("../screens/flows/Flow")), "FlowScreen"),
  validateSearch: pick("step", "view"),
});
const money = createRoute({
  getParentRoute: () => account,
  path: "/money",
  component: lazyRouteComponent(() => withWords("money", import("../screens/money/Money")), "MoneyScreen"),
  validateSearch: pick("status", "tab", "provider"),
});
const order = createRoute({ getParentRoute: () => account, path: "/money/$order", component: lazyRouteComponent(() => withWords("money", import("../screens/money/Order")), "OrderScreen") });

const review = createRoute({
  getParentRoute: () => account,
  path: "/review",
  component: lazyRouteComponent(() => withWords("review", import("../screens/review/Review")), "ReviewScreen"),
  validateSearch: pick("whose"),
});
const work = createRoute({ getParentRoute: () => account, path: "/review/$work", component: lazyRouteComponent(() => withWords("review", import("../screens/review/Work")), "WorkScreen") });

const questions = createRoute({
  getParentRoute: () => account,
  path: "/questions",
  component: lazyRouteComponent(() => withWords("questions", import("../screens/questions/Questions")), "QuestionsScreen"),
  validateSearch: pick("which"),
});
const question = createRoute({
  getParentRoute: () => account,
  path: "/questions/$question",
  component: lazyRouteComponent(() => withWords("review", withWords("questions", import("../screens/questions/Question"))), "QuestionScreen"), // what a message can be is said with review
});

const numbers = createRoute({
  getParentRoute: () => account,
  path: "/numbers",
  component: lazyRouteComponent(() => withWords("numbers", import("../screens/numbers/Numbers")), "NumbersScreen"),
  validateSearch: pick("period"),
});

const broadcasts = createRoute({ getParentRoute: () => account, path: "/broadcasts", component: lazyRouteComponent(() => withWords("broadcasts", import("../screens/broadcasts/Broadcasts")), "BroadcastsScreen") });
const broadcast = createRoute({
  getParentRoute: () => account,
  path: "/broadcasts/$broadcast",
  component: lazyRouteComponent(() => withWords("flows", withWords("broadcasts", import("../screens/broadcasts/Broadcast"))), "BroadcastScreen"), // the editor's words lie with flows
});

const links = createRoute({
  getParentRoute: () => account,
  path: "/links",
  component: lazyRouteComponent(() => withWords("numbers", withWords("links", import("../screens/links/Links"))), "LinksScreen"), // what sold is told in the words of the numbers
  validateSearch: pick("tab"),
});

const settings = createRoute({
  getParentRoute: () => account,
  path: "/settings",
  component: lazyRouteComponent(() => withWords("settings", import("../screens/settings/Settings")), "SettingsScreen"),
  validateSearch: pick("tab", "text", "words", "only", "place"),
});

const tree = root.addChildren([login, start, account.addChildren([home, inbox, review, work, questions, question, people, person, flows, flow, money, order, numbers, links, broadcasts, broadcast, settings])]);

export const router = createRouter({ routeTree: tree, basepath: "/panel", defaultPreload: false });

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
