// The one way to the server: JSON in and out, the session's CSRF token on what changes something, problems as errors.
import i18next from "i18next";

export type Problem = {
  status: number;
  code: string;
  detail: string;
  errors?: { pointer: string; code: string; detail: string }[];
  current_etag?: string;
};

export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
  }
}

/** The server was not reached at all: what was asked may or may not have been done. */
export class UnreachedError extends Error {}

let csrf = "";

export function keepCsrf(token: string): void {
  csrf = token;
}

type Asked = { method?: string; body?: unknown; etag?: string; key?: string; signal?: AbortSignal };

export async function call<T>(path: string, asked: Asked = {}): Promise<{ data: T; etag: string | null }> {
  const { method = "GET", body, etag, key, signal } = asked;
  const headers: Record<string, string> = { Accept: "application/json", "Accept-Language": i18next.language };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (method !== "GET") headers["X-CSRF-Token"] = csrf;
  if (etag) headers["If-Match"] = etag;
  if (key) headers["Idempotency-Key"] = key;
  const init: RequestInit = { method, headers, signal: signal ?? null, credentials: "same-origin" };
  if (body !== undefined) init.body = JSON.stringify(body);
  const response = await fetch(`/api/v1${path}`, init).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new UnreachedError(String(error));
  });
  if (!response.ok) throw new ProblemError(await readProblem(response));
  const data = response.status === 204 ? undefined : await response.json();
  return { data: data as T, etag: response.headers.get("ETag") };
}

/** A text that is no JSON: a document as the server writes it. */
export async function readText(path: string): Promise<string> {
  const response = await fetch(`/api/v1${path}`, { credentials: "same-origin" }).catch((error: unknown) => {
    throw new UnreachedError(String(error));
  });
  if (!response.ok) throw new ProblemError(await readProblem(response));
  return response.text();
}

/** Send a file as it is; `onProgress` is told how much of it has gone, from 0 to 1. */
export function upload<T>(path: string, file: File, onProgress: (part: number) => void, signal: AbortSignal): Promise<T> {
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/api/v1${path}`);
    request.responseType = "json";
    request.setRequestHeader("X-CSRF-Token", csrf);
    request.setRequestHeader("Accept-Language", i18next.language);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = (event) => onProgress(event.loaded / (event.total || 1));
    request.onload = () => {
      if (request.status < 300) done(request.response as T);
      else fail(new ProblemError((request.response as Problem | null) ?? nameless(request.status, request.statusText)));
    };
    request.onerror = () => fail(new UnreachedError(path));
    request.onabort = () => fail(signal.reason as Error);
    signal.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}

function nameless(status: number, detail: string): Problem {
  return { status, code: `HTTP_${status}`, detail };
}

async function readProblem(response: Response): Promise<Problem> {
  try {
    return (await response.json()) as Problem;
  } catch {
    return nameless(response.status, response.statusText);
  }
}

/** A key under which the same act counts once, however often it is sent. */
export function newKey(): string {
  return crypto.randomUUID();
}
