import { type Endpoints, Fault } from "@theseus/runtime/control";
import type { Money } from "../money.js";
import { signInAsAdministrator } from "../seed/administrator.js";
import { type Answer, createEdgeClient, type EdgeCall, faultOf } from "../seed/edge-client.js";

/** What was found, in texts for people. */
export interface Reconciliation {
  /** How many payments were compared. */
  readonly compared: number;
  /** How many are under way: the recovery drives them. */
  readonly open: number;
  /** Older payments were not looked at. */
  readonly more: boolean;
  readonly mismatches: readonly Mismatch[];
  readonly strays: readonly StrayCharge[];
}

/** As the contract's PaymentMismatch, in JSON. */
export interface Mismatch {
  readonly payment: string;
  readonly kind: string;
  readonly subject: string;
  readonly expected: string;
  readonly found: string;
  readonly mended: boolean;
}

/** As the contract's StrayCharge, in JSON. */
export interface StrayCharge {
  readonly paymentId: string;
  readonly amount: Money;
  readonly captured: boolean;
}

export interface ReconcileOptions {
  /** Ends the patience with a shop that does not answer. */
  readonly signal?: AbortSignal;
  /** How long a call is repeated that could not be answered. Default 2 min. */
  readonly patienceMs?: number;
  /** How many payments to look at, the latest; all, and the provider's ledger for strays as well, where nothing is said. */
  readonly latest?: number;
}

type Call = (call: EdgeCall) => Promise<Answer>;

/** Each is a handful of calls within the mesh: more at once would be felt by others. */
const AT_ONCE = 4;
const PAGE = 100;

/** Has each payment compared with stock and ledger, as a client of the shop's edge. */
export async function reconcile(
  endpoints: Endpoints,
  { latest, ...edgeOptions }: ReconcileOptions = {},
): Promise<Reconciliation> {
  const edge = createEdgeClient(endpoints.http, edgeOptions);
  let token = await signInAsAdministrator(edge, endpoints);
  const call: Call = async (asked) => {
    const answer = await edge({ ...asked, token });
    if (answer.status === 200) return answer;
    // A token is good for some minutes, and there may be many payments.
    if (answer.status === 401) {
      token = await signInAsAdministrator(edge, endpoints);
      const again = await edge({ ...asked, token });
      if (again.status === 200) return again;
    }
    throw new Fault(
      `The payments cannot be compared: ${asked.method} ${asked.path} was answered ${answer.status}${faultOf(answer)}.`,
      "See theseus logs gateway-1 and theseus logs payment-1.",
    );
  };
  const { names, more } = await listPayments(call, latest);
  const found = await compareAll(call, names);
  const strays = latest === undefined ? await findStrays(call) : [];
  const open = found.filter(({ compared }) => !compared).length;
  return {
    compared: found.length - open,
    open,
    more,
    mismatches: found.flatMap(({ mismatches }) => mismatches),
    strays,
  };
}

async function listPayments(call: Call, latest = Number.POSITIVE_INFINITY) {
  const names: string[] = [];
  let pageToken = "";
  do {
    const pageSize = Math.min(PAGE, latest - names.length);
    const { body } = await call({ method: "GET", path: `/v1/payments?${query({ pageSize, pageToken })}` });
    const { payments = [], nextPageToken = "" } = body as {
      payments?: { name: string }[];
      nextPageToken?: string;
    };
    names.push(...payments.map(({ name }) => name));
    pageToken = nextPageToken;
  } while (pageToken !== "" && names.length < latest);
  return { names, more: pageToken !== "" };
}

interface Compared {
  readonly compared: boolean;
  readonly mismatches: readonly Mismatch[];
}

async function compareAll(call: Call, names: readonly string[]): Promise<readonly Compared[]> {
  const results: Compared[] = [];
  const left = [...names.entries()];
  const work = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const [at, name] = next;
      results[at] = await compareOne(call, name);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return results;
}

async function compareOne(call: Call, name: string): Promise<Compared> {
  const { body } = await call({ method: "POST", path: `/v1/${name}:reconcile`, body: {} });
  const { compared = false, mismatches = [] } = body as Partial<Compared>;
  return { compared, mismatches: mismatches.map((each) => ({ ...each, payment: name })) };
}

async function findStrays(call: Call): Promise<readonly StrayCharge[]> {
  const strays: StrayCharge[] = [];
  let pageToken = "";
  do {
    const path = `/v1/payments:findStrayCharges?${query({ pageSize: PAGE, pageToken })}`;
    const { body } = await call({ method: "GET", path });
    const { charges = [], nextPageToken = "" } = body as { charges?: StrayCharge[]; nextPageToken?: string };
    strays.push(...charges);
    pageToken = nextPageToken;
  } while (pageToken !== "");
  return strays;
}

function query({ pageSize, pageToken }: { readonly pageSize: number; readonly pageToken: string }): string {
  return new URLSearchParams({ pageSize: String(pageSize), pageToken }).toString();
}
