// What changes on the server is read anew at once: one stream per browser, held by one tab and passed on to the others.
import { useEffect } from "react";

import { queries } from "./queries";

// Which lists a topic is about, by the first part of their path; the rest of what is shown is left alone.
const LISTS: Record<string, readonly string[]> = {
  inbox: ["conversations", "handoffs"],
  reviews: ["reviews", "questions"],
  broadcasts: ["broadcasts"],
  orders: ["orders", "payments", "accesses", "subscriptions"],
  jobs: ["jobs"],
};
const NEEDED: Record<string, string> = {
  inbox: "conversations.read",
  reviews: "reviews.read",
  broadcasts: "broadcasts.read",
  orders: "orders.read",
  jobs: "account.work",
};

type News = { topic: string | null }; // null: all of it may be old

function readAnew(account: string, news: News): void {
  const lists = news.topic === null ? null : [...(LISTS[news.topic] ?? []), "numbers"];
  void queries.invalidateQueries({
    predicate: ({ queryKey }) => queryKey[0] === account && (lists?.includes(String(queryKey[1]).split("/")[0] ?? "") ?? true),
  });
}

export function useLive(account: string, permissions: readonly string[]): void {
  const topics = Object.keys(NEEDED).filter((topic) => permissions.includes(NEEDED[topic] ?? "")).join(",");
  useEffect(() => {
    if (!topics) return;
    const channel = new BroadcastChannel(`tandem.${account}`);
    channel.onmessage = (message: MessageEvent<News>) => readAnew(account, message.data);
    const tell = (news: News) => {
      readAnew(account, news);
      channel.postMessage(news);
    };
    const end = new AbortController();
    void holdStream(`/api/v1/accounts/${account}/events?topics=${topics}`, `tandem.${account}`, tell, end.signal);
    return () => {
      end.abort();
      channel.close();
    };
  }, [account, topics]);
}

/** Wait until no other tab holds the stream, then hold it until this one goes. */
async function holdStream(url: string, lock: string, tell: (news: News) => void, end: AbortSignal): Promise<void> {
  const held = () =>
    new Promise<void>((done) => {
      const source = new EventSource(url);
      source.addEventListener("changed", (event) => tell({ topic: (JSON.parse(event.data) as { topic: string }).topic }));
      source.addEventListener("reset", () => tell({ topic: null }));
      source.addEventListener("bye", () => {
        source.close();
        void queries.invalidateQueries({ queryKey: ["me"] });
      });
      end.addEventListener("abort", () => {
        source.close();
        done();
      });
    });
  await navigator.locks.request(lock, { signal: end }, held).catch(() => undefined); // this tab went first
}
