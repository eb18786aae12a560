import { type Agent, type IncomingHttpHeaders, request } from "node:http";

export interface LocalResponse {
  readonly status: number;
  readonly body: string;
  /** By name in lower case. */
  readonly headers: IncomingHttpHeaders;
}

interface LocalRequest {
  /** A unix socket, or a port on loopback. */
  readonly at: { readonly socketPath: string } | { readonly port: number };
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Without a word of it. Default 10 s. */
  readonly timeoutMs?: number;
  /** Gives it up, however much came. */
  readonly signal?: AbortSignal;
  /** Keeps connections. Default: each request has one of its own. */
  readonly agent?: Agent;
  /** The address of this machine from which it comes. */
  readonly from?: string;
}

/** One HTTP request to a process of this machine. */
export function localRequest(options: LocalRequest): Promise<LocalResponse> {
  const { at, method = "GET", path, headers = {}, body, timeoutMs = 10_000, agent = false } = options;
  const { signal, from } = options;
  return new Promise((resolve, reject) => {
    const target = "port" in at ? { host: "127.0.0.1", port: at.port } : at;
    const source = from === undefined ? {} : { localAddress: from };
    const call = request(
      {
        ...target,
        ...source,
        method,
        path,
        headers,
        agent,
        timeout: timeoutMs,
        ...(signal && { signal }),
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          text += chunk;
        });
        response.once("end", () =>
          resolve({ status: response.statusCode ?? 0, body: text, headers: response.headers }),
        );
        response.once("error", reject);
      },
    );
    call.once("timeout", () => {
      const late = new Error(`no answer within ${timeoutMs} ms`);
      call.destroy(Object.assign(late, { code: "ETIMEDOUT" }));
    });
    call.once("error", reject);
    call.end(body);
  });
}
