import { once } from "node:events";
import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";

/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Without an access token. Default: with one. */
  readonly anonymous?: boolean;
}

/** Sends a path exactly as it is written, which fetch does not, and reads the whole answer. */
export async function ask(address: string, path: string, { body, ...options }: Ask = {}): Promise<Answer> {
  const sent = open(address, path, {
    ...options,
    headers: { ...announce(body, options.headers), ...options.headers },
  });
  sent.end(body);
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    text: Buffer.concat(chunks).toString(),
  };
}

function announce(body: Ask["body"], headers: Ask["headers"] = {}): Ask["headers"] {
  if (body === undefined) return {};
  const length = "transfer-encoding" in headers ? {} : { "content-length": String(Buffer.byteLength(body)) };
  return { "content-type": "application/json", ...length };
}

/** Starts a request that the caller writes and reads. */
export function open(
  address: string,
  path: string,
  { anonymous = false, headers, ...options }: Omit<Ask, "body"> = {},
): ClientRequest {
  const [host, port] = address.split(":");
  const where = host === "unix" ? { socketPath: port } : { host, port };
  const token = anonymous ? {} : { authorization: "Bearer token" };
  return request({ ...where, path, agent: false, ...options, headers: { ...token, ...headers } });
}

/** What has come of an answer so far. */
export interface ReadAlong {
  text(): string;
  /** Its lines that are whole. */
  lines(): readonly string[];
  /** Resolves at its end. */
  readonly ended: Promise<unknown>;
}

/** Reads an answer as it comes. */
export function readAlong(response: IncomingMessage): ReadAlong {
  let text = "";
  response.setEncoding("utf8").on("data", (chunk) => {
    text += chunk;
  });
  return { text: () => text, lines: () => text.split("\n").slice(0, -1), ended: once(response, "end") };
}

/** Sends a request without a body, and reads its answer as it comes. */
export async function follow(
  address: string,
  path: string,
  headers: Ask["headers"] = {},
): Promise<ReadAlong> {
  const sent = open(address, path, { headers });
  sent.end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  return readAlong(response);
}

/** The error of an answer in the shape that every error has. */
export interface ShownError {
  readonly code: number;
  readonly status: string;
  readonly message: string;
  readonly details: readonly Readonly<Record<string, unknown>>[];
}

export function errorOf(answer: Answer | string): ShownError {
  return JSON.parse(typeof answer === "string" ? answer : answer.text).error;
}

/** `google.rpc.ErrorInfo.reason` of an error. */
export function reasonOf(error: ShownError): unknown {
  return error.details.find((detail) => detail["@type"] === "type.googleapis.com/google.rpc.ErrorInfo")
    ?.reason;
}

/** Fields of `google.rpc.BadRequest`. */
export function fieldsOf(error: ShownError): readonly string[] {
  const detail = error.details.find((each) => each["@type"] === "type.googleapis.com/google.rpc.BadRequest");
  const violations = (detail?.fieldViolations ?? []) as readonly { readonly field: string }[];
  return violations.map((violation) => violation.field);
}
