import { once } from "node:events";
import { create } from "@bufbuild/protobuf";
import { status as Code, Metadata, type StatusObject } from "@grpc/grpc-js";
import {
  type WatchStockRequest,
  WatchStockResponseSchema,
} from "@theseus/contract/es/theseus/inventory/v1/inventory_service_pb.js";
import { AsyncDisposableStack } from "@theseus/kit";
import { encodeStatus } from "@theseus/kit/contract";
import { type CuttableLink, linkTo } from "@theseus/testing";
import { loadContract } from "../../src/load-contract.js";
import { type Arrived, send, startEchoUpstream } from "../echo-upstream.js";
import { openShop, type Shop, type ShopOptions } from "../shop.js";

/** How one call ends. */
export type Ending = (arrived: Arrived, link: CuttableLink) => unknown;

/** A call that ends early. */
export interface Loss {
  /** How many messages it sends before. */
  readonly after: number;
  readonly end: Ending;
  /** Awaited between its messages and its end. Default: nothing, so that both come at once. */
  readonly seen?: () => Promise<unknown>;
}

/** A status as services and sidecars send it, or a bare one without a reason. */
export function endingWith(code: Code, reason?: string): Ending {
  const metadata = new Metadata();
  if (reason !== undefined)
    metadata.set("grpc-status-details-bin", Buffer.from(encodeStatus({ code, message: "ended", reason })));
  const status: StatusObject = { code, details: "ended", metadata };
  return ({ call }) => void call.emit("error", status);
}

/** SERVICE_UNAVAILABLE, in each way in which it comes. */
export const LOSSES: Readonly<Record<string, Ending>> = {
  "the service's SERVICE_UNAVAILABLE": endingWith(Code.UNAVAILABLE, "SERVICE_UNAVAILABLE"),
  "UNAVAILABLE without a reason": endingWith(Code.UNAVAILABLE),
  "the loss of the connection": (_, link) => link.drop(),
};

/** A gateway whose upstream tells the same messages, in the same order, to everybody who watches stock. */
export interface HistoryShop extends Shop {
  /** Calls that end early, the first of them first. Later calls tell all that is left, and end well. */
  readonly losses: Loss[];
  /** The calls that arrived at the upstream. */
  readonly calls: readonly Arrived[];
  /** The resume tokens that arrived, one a call. */
  asked(): readonly string[];
}

export interface HistoryOptions extends ShopOptions {
  /** How many messages there are: their tokens are their numbers, from 1. */
  readonly count: number;
  /** Length of the text in each message. */
  readonly length?: number;
}

export async function openHistory({ count, length = 0, ...options }: HistoryOptions): Promise<HistoryShop> {
  const opened = new AsyncDisposableStack();
  const { contract = loadContract() } = options;
  const upstream = opened.use(await startEchoUpstream(contract.services));
  const link = opened.use(await linkTo(upstream.address));
  const gateway = opened.use(await openShop({ ...options, upstreamAt: link.url }));
  const losses: Loss[] = [];
  upstream.script = async (arrived, method) => {
    const loss = losses.shift();
    const from = Number(tokenOf(arrived));
    const until = loss ? Math.min(count, from + loss.after) : count;
    for (let token = from + 1; token <= until && !arrived.cancelled; token++) {
      const level = { item: `items/${"x".repeat(length)}` };
      const message = create(WatchStockResponseSchema, { resumeToken: String(token), level });
      if (!send(arrived, method, message)) await once(arrived.call, "drain");
    }
    await loss?.seen?.();
    if (loss) loss.end(arrived, link);
    else arrived.call.end();
  };
  return {
    ...gateway,
    losses,
    calls: upstream.arrived,
    asked: () => upstream.arrived.map(tokenOf),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

function tokenOf({ requests }: Arrived): string {
  return (requests[0] as WatchStockRequest).resumeToken;
}
