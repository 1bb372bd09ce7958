// What the inbox reads.
export type Conversation = {
  id: string;
  contact: string;
  name: string;
  username: string | null;
  bot: string;
  text: string;
  at: string;
  waits: boolean;
  handoff: string | null;
  operator: string | null;
  mine: boolean;
  talk: "ringing" | "talking" | null;
};

export type Message = {
  id: string;
  bot: string;
  is_incoming: boolean;
  text: string;
  at: string;
  state: "sent" | "failed" | "unknown" | "waiting" | null;
  error: string | null;
  author: string | null;
};

export type BeingSaid = {
  text: string;
  waiting: { text: string; author: string | null; at: string }[];
  writing: string[];
};

export type Canned = { id: string; name: string; text: string; kind: string };
