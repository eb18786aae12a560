import { descriptorSetBytes } from "@theseus/contract/descriptor-set";
import { parseContract } from "@theseus/kit/contract";
import { explain, showExplanation } from "../../src/explain/index.js";
import { WrittenLogs } from "./written-logs.js";

export const ID = "11111111-2222-4333-8444-555555555555";
export const TRACE = "0af7651916cd43dd8448eb211c80319c";
export const FIRST_SPAN = `00-${TRACE}-00f067aa0ba902b7-01`;
export const SECOND_SPAN = `00-${TRACE}-b7ad6b7169203331-01`;
export const PAY = "/theseus.payment.v1.PaymentService/CreatePayment";
export const HOLD = "/theseus.inventory.v1.InventoryService/GetReservation";
export const GET = "/theseus.inventory.v1.InventoryService/GetItem";

const contract = parseContract(descriptorSetBytes());

/** Of each request, in the order of time. */
export function explained({ folder }: WrittenLogs, id = ID) {
  return explain(folder, id, contract);
}

/** The first line, and the place to change. */
export function headOf(logs: WrittenLogs, id = ID): readonly string[] {
  const [first] = explained(logs, id);
  return first === undefined ? [] : showExplanation(first).split("\n").slice(0, 2);
}

/** What the first line gives as the cause. */
export function causeIn(logs: WrittenLogs): string {
  const [first = ""] = headOf(logs);
  return first.slice(first.indexOf(", because ") + 10);
}

/** The tree, without what the sidecar says of times. */
export function treeOf(logs: WrittenLogs): readonly string[] {
  const [, tree = ""] = explained(logs)
    .map(showExplanation)
    .join("\n")
    .split(/\n\n(.*)/s);
  return tree.split("\n").map((line) => line.slice(11));
}

type Fields = Readonly<Record<string, unknown>>;

/** Somebody gets an item: what the sidecars on the way have logged. */
export function got(
  edge: Fields,
  outbound: Fields | undefined,
  inbound: Fields | undefined,
  application: Fields | undefined,
): WrittenLogs {
  const logs = new WrittenLogs(ID);
  logs.access("edge-1", "edge", 0, { method: "GET", route: GET, path: "/v1/items/rope", ...edge });
  const span = { route: GET, traceparent: FIRST_SPAN };
  if (outbound !== undefined)
    logs.access("edge-1", "outbound", 1, { ...span, upstream: "stock", ...outbound });
  if (inbound !== undefined) logs.access("stock-1", "mesh", 2, { ...span, ...inbound });
  if (application !== undefined) logs.call("stock-1", 4, { method: GET, code: "OK", ms: 1, ...application });
  return logs;
}

export const policy = (field: string): string =>
  `  option (theseus.mesh.v1.policy).${field} of InventoryService.GetItem in proto/theseus/inventory/v1/inventory_service.proto`;

/** A call that its caller has given up. */
export const left = { details: "http2.remote_reset", flags: "DR", status: 0 };

/** A call whose time was over. */
export const late = {
  details: "max_duration_timeout",
  grpc_status: "DEADLINE_EXCEEDED",
  duration_ms: 2000,
  attempts: 2,
};

export const reset = "upstream_reset_before_response_started";

/** What is written, what the first line gives as the cause, and the line below. */
export type Case = readonly [
  what: string,
  write: () => WrittenLogs,
  because: string | RegExp,
  change?: string,
];
