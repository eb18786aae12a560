import { createHash, randomUUID } from "node:crypto";
import { type Endpoints, Fault, type Job } from "@theseus/runtime/control";
import { type CatalogueItem, catalogue } from "./catalogue.js";
import { type Credentials, makeCredentials, readCredentials, writePrivate } from "./credentials.js";
import { type Answer, createEdgeClient, type EdgeCall, faultOf } from "./edge-client.js";
import { peopleOf } from "./people.js";
import { freshen, type Session, toSession } from "./session.js";

type Call = (call: EdgeCall) => Promise<Answer>;

export const seedJob: Job = { title: "catalogue, customer and administrator", run: seed };

/**
 * Fills a new shop as a client of its gateway. Repeating it changes nothing: request ids of items are derived from what
 * is made, stock is only added to an item that never had any, and a customer is made where none can sign in.
 */
async function seed(endpoints: Endpoints, signal: AbortSignal): Promise<string> {
  const { admin, customer } = peopleOf(endpoints);
  const call = createEdgeClient(endpoints.http, { signal });
  const signedIn = await call({ method: "POST", path: "/v1/users:signIn", body: readCredentials(admin) });
  expectAdministrator(signedIn, admin);
  let session = toSession(signedIn.body);
  let created = 0;
  for (const item of catalogue) {
    session = await keepAdministrator(call, session);
    created += (await seedItem(call, session.accessToken, item)) ? 1 : 0;
  }
  await seedCustomer(call, customer);
  return created === 0
    ? `${catalogue.length} items were there`
    : `${created} of ${catalogue.length} items made`;
}

/** On a busy machine the catalogue takes longer than a token lasts. */
async function keepAdministrator(call: Call, session: Session | undefined): Promise<Session> {
  const kept = session && (await freshen(call, session));
  if (kept !== undefined) return kept;
  throw new Fault(
    "The shop cannot be filled: the administrator's session ended meanwhile.",
    "Start it again; what is made stays.",
  );
}

async function seedItem(call: Call, token: string, item: CatalogueItem): Promise<boolean> {
  const { id, title, description, unitPrice } = item;
  const path = `/v1/items/${id}`;
  let current = await call({ method: "GET", path });
  const isNew = current.status === 404;
  if (isNew) {
    const key = requestId(`item ${id}`);
    const body = { title, description, unitPrice };
    current = await call({ method: "POST", path: `/v1/items?itemId=${id}`, body, key, token });
  }
  expectStatus(current, [200, 201], `create the item ${id}`);
  const hadStock = ["onHand", "sold"].some((field) => Number(current.body[field] ?? 0) > 0);
  if (hadStock) return isNew;
  const key = requestId(`stock ${id}`);
  const body = { quantity: String(item.stock) };
  const added = await call({ method: "POST", path: `${path}:addStock`, body, key, token });
  expectStatus(added, [200], `add stock of ${id}`);
  return isNew;
}

/**
 * Makes sure that the customer in the file can sign in, whatever became of an earlier one: deleted, or with another
 * address or password. Where somebody else has the address, the file gets another.
 */
async function seedCustomer(call: Call, file: string): Promise<void> {
  const body = readCredentials(file);
  const signedIn = await call({ method: "POST", path: "/v1/users:signIn", body });
  expectStatus(signedIn, [200, 401], "sign in as the demonstration customer");
  if (signedIn.status === 200 || (await registerCustomer(call, body))) return;
  const email = `ariadne-${randomUUID().slice(0, 8)}@theseus.example`;
  const renewed = makeCredentials(email);
  await registerCustomer(call, renewed);
  writePrivate(file, renewed);
}

/** False when somebody has the address. */
async function registerCustomer(call: Call, { email, password }: Credentials): Promise<boolean> {
  // An id that is made of the address would be answered with the account that was deleted or has another address.
  const key = randomUUID();
  const body = { email, displayName: "Ariadne", password };
  const made = await call({ method: "POST", path: "/v1/users", body, key });
  expectStatus(made, [200, 201, 409], "create the demonstration customer");
  return made.status !== 409;
}

function expectAdministrator(signedIn: Answer, file: string): void {
  if (signedIn.status === 401)
    throw new Fault(
      `The shop cannot be filled: the administrator's password is not the one in ${file}.`,
      "Write the right one there.",
    );
  expectStatus(signedIn, [200], "sign in as administrator");
}

function expectStatus(answer: Answer, good: readonly number[], doing: string): void {
  if (good.includes(answer.status)) return;
  throw new Fault(
    `The shop cannot be filled: to ${doing} was answered ${answer.status}${faultOf(answer)}.`,
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
