import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

/** An HTTP answer with its JSON body. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into JSON of many shapes
  readonly body: any;
}

/** An access token, or what answers a fresh one each time: it lasts for less than a minute. */
export type Token = string | (() => Promise<string>);

export interface CallOptions {
  readonly token?: Token | undefined;
  readonly key?: string;
  readonly headers?: Record<string, string>;
  /** Ends the call. */
  readonly signal?: AbortSignal;
}

/** Calls the shop as its clients do: over HTTP, through the edge. */
export class HttpClient {
  constructor(readonly base: string) {}

  get(path: string, options?: CallOptions): Promise<Answer> {
    return this.send("GET", path, undefined, options);
  }

  post(path: string, body: unknown, options?: CallOptions): Promise<Answer> {
    return this.send("POST", path, JSON.stringify(body), options);
  }

  async send(method: string, path: string, body?: string, options: CallOptions = {}): Promise<Answer> {
    const headers: Record<string, string> = { ...options.headers };
    if (body !== undefined) headers["content-type"] ??= "application/json";
    Object.assign(headers, await authorization(options));
    if (options.key !== undefined) headers["idempotency-key"] = options.key;
    const response = await fetch(this.base + path, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === "" ? undefined : JSON.parse(text),
    };
  }

  /** Messages of a server stream as they come, until `signal` ends it. */
  async *stream(path: string, options: CallOptions & { signal: AbortSignal }) {
    const headers = { ...options.headers, ...(await authorization(options)) };
    const response = await fetch(this.base + path, { headers, signal: options.signal });
    if (response.status !== 200 || response.body === null)
      throw new Error(`${response.status} ${await response.text()}`);
    let rest = "";
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line !== "") yield JSON.parse(line);
    }
  }
}

async function authorization({ token }: CallOptions): Promise<Record<string, string>> {
  if (token === undefined) return {};
  return { authorization: `Bearer ${typeof token === "string" ? token : await token()}` };
}

/** A user who registered just now, signed in. */
export async function registeredUser(client: HttpClient) {
  const email = `${randomUUID()}@shop.example`;
  const password = `a long password ${randomUUID()}`;
  const created = await postPatiently(client, "/v1/users", { email, displayName: "Test user", password });
  if (created.status !== 200) throw new Error(JSON.stringify(created.body));
  const token = await signedIn(client, { email, password });
  return { name: created.body.name as string, email, password, token };
}

/** All tests come from one address, which has its share of a method's rate: it is waited for. */
async function postPatiently(client: HttpClient, path: string, body: unknown): Promise<Answer> {
  for (;;) {
    const answer = await client.post(path, body);
    if (!JSON.stringify(answer.body).includes('"RATE_LIMITED"')) return answer;
    await sleep(Number(answer.headers.get("retry-after")) * 1000);
  }
}

/** The answer to signing in, whatever it is. */
export function askToSignIn(client: HttpClient, credentials: { email: string; password: string }) {
  return postPatiently(client, "/v1/users:signIn", credentials);
}

export async function signIn(client: HttpClient, credentials: { email: string; password: string }) {
  const session = await askToSignIn(client, credentials);
  if (session.status !== 200) throw new Error(JSON.stringify(session.body));
  return session.body.accessToken as string;
}

/** Signs in, and answers an access token that lasts a while yet whenever it is asked. */
export async function signedIn(client: HttpClient, credentials: { email: string; password: string }) {
  const first = await askToSignIn(client, credentials);
  if (first.status !== 200) throw new Error(JSON.stringify(first.body));
  let session = Promise.resolve(first.body);
  return async (): Promise<string> => {
    session = session.then((current) => refreshed(client, current));
    return (await session).accessToken;
  };
}

async function refreshed(client: HttpClient, session: Answer["body"]): Promise<Answer["body"]> {
  if (Date.parse(session.accessExpireTime) - Date.now() > 25_000) return session;
  const { refreshToken } = session;
  const answer = await postPatiently(client, "/v1/users:refreshSession", { refreshToken });
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  return answer.body;
}
