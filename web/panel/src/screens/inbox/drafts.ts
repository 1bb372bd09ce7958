// An answer that is being written: kept on this device with each letter and on the server a moment later, for its conversation alone.
import { call } from "../../api/client";

const PAUSE_MS = 800;
const underWay = new Map<string, Promise<void>>();

/** Until what was written in a conversation has reached the server: what it has is old before that. */
export async function settle(path: string): Promise<void> {
  await underWay.get(path);
}

export class Draft {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private text: string | null = null; // what the server does not have yet

  constructor(
    private readonly path: string,
    private readonly name: string,
  ) {}

  /** What was written here last: this device's words are newer than the server's while it has any. */
  recall(onServer: string): string {
    return localStorage.getItem(this.name) ?? onServer;
  }

  change(text: string): void {
    this.text = text;
    localStorage.setItem(this.name, text);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.save(), PAUSE_MS);
  }

  /** Send what the server lacks; what cannot be sent stays on this device. */
  save(): Promise<void> {
    clearTimeout(this.timer);
    const text = this.text;
    if (text !== null) {
      this.text = null;
      underWay.set(this.path, settle(this.path).then(() => this.put(text)));
    }
    return settle(this.path);
  }

  /** The answer was sent: nothing of it is left anywhere. */
  drop(sent: string): void {
    if (localStorage.getItem(this.name) === sent) localStorage.removeItem(this.name);
  }

  private async put(text: string): Promise<void> {
    try {
      await call(`${this.path}/draft`, { method: "PUT", body: { text } });
      if (localStorage.getItem(this.name) === text) localStorage.removeItem(this.name);
    } catch {
      // it stands on this device until the next letter, or the next look at this conversation
    }
  }
}
