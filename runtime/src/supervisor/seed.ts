import { createHash } from "node:crypto";
import { Fault } from "../fault.js";
import { localRequest } from "../pair/local-http.js";
import { type CatalogueItem, catalogue } from "./catalogue.js";
import type { Credentials } from "./credentials.js";

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

type Call = (
  method: string,
  path: string,
  options?: { body?: unknown; key?: string; token?: string },
) => Promise<Answer>;

export interface SeedResult {
  readonly items: number;
  /** How many of them were not there before. */
  readonly created: number;
}

/**
 * Fills a new shop through its own front door. Repeating it changes nothing: request ids are derived from what is made,
 * and stock is only added to an item that never had any.
 */
export async function seed(
  edgePort: number,
  people: { readonly admin: Credentials; readonly customer: Credentials },
): Promise<SeedResult> {
  const call = caller(edgePort);
  const session = await call("POST", "/v1/sessions", {
    body: people.admin,
  });
  expectStatus(session, [200], "sign in as administrator");
  const token = String(session.body.accessToken);
  let created = 0;
  for (const item of catalogue) created += (await seedItem(call, token, item)) ? 1 : 0;
  await seedCustomer(call, people.customer);
  return { items: catalogue.length, created };
}

async function seedItem(call: Call, token: string, item: CatalogueItem): Promise<boolean> {
  const { id, title, description, unitPrice } = item;
  const path = `/v1/items/${id}`;
  let current = await call("GET", path);
  const isNew = current.status === 404;
  if (isNew) {
    const key = requestId(`item ${id}`);
    const body = { title, description, unitPrice };
    current = await call("POST", `/v1/items?itemId=${id}`, { body, key, token });
  }
  expectStatus(current, [200, 201], `create the item ${id}`);
  const hadStock = ["onHand", "sold"].some((field) => Number(current.body[field] ?? 0) > 0);
  if (hadStock) return isNew;
  const key = requestId(`stock ${id}`);
  const added = await call("POST", `${path}:addStock`, {
    body: { quantity: String(item.stock) },
    key,
    token,
  });
  expectStatus(added, [200], `add stock of ${id}`);
  return isNew;
}

async function seedCustomer(call: Call, customer: Credentials): Promise<void> {
  const { email, password } = customer;
  const key = requestId(`customer ${email} ${password}`);
  const made = await call("POST", "/v1/users", {
    body: { user: { email, displayName: "Ariadne" }, password },
    key,
  });
  expectStatus(made, [200, 201, 409], "create the demonstration customer");
}

function caller(port: number): Call {
  return async (method, path, { body, key, token } = {}) => {
    const headers = {
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(key === undefined ? {} : { "idempotency-key": key }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await localRequest({ at: { port }, method, path, headers, ...text });
    return { status: response.status, body: parse(response.body) };
  };
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function expectStatus(answer: Answer, good: readonly number[], doing: string): void {
  if (good.includes(answer.status)) return;
  const { reason, message } = (answer.body.error ?? answer.body) as { reason?: unknown; message?: unknown };
  const said = [reason, message].filter((part) => typeof part === "string").join(": ");
  throw new Fault(
    `The shop cannot be filled: to ${doing} was answered ${answer.status}${said === "" ? "" : ` (${said})`}.`,
    "See theseus logs gateway-1, and the log of the service that was asked.",
  );
}

/** A UUID4 in form, always the same for the same thing. */
function requestId(thing: string): string {
  const hex = createHash("sha256").update(`theseus seed ${thing}`).digest("hex");
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}
