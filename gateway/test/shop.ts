import { PassThrough } from "node:stream";
import { createLog } from "@theseus/kit";
import { type Contract, loadContract } from "../src/contract.js";
import { type Gateway, type GatewayOptions, startGateway } from "../src/gateway.js";
import { connectUpstream } from "../src/upstream/upstream.js";
import { type EchoUpstream, startEchoUpstream } from "./echo-upstream.js";

/** A gateway over sockets, with a recording upstream behind it. */
export interface Shop extends AsyncDisposable {
  readonly upstream: EchoUpstream;
  readonly gateway: Gateway;
  readonly address: string;
  /** Lines of the gateway's log so far. */
  logged(): readonly Readonly<Record<string, unknown>>[];
}

export async function openShop(
  options: Partial<GatewayOptions> & { readonly contract?: Contract } = {},
): Promise<Shop> {
  const contract = options.contract ?? loadContract();
  const upstream = await startEchoUpstream(contract.services);
  const connection = connectUpstream(upstream.address);
  let lines = "";
  const destination = new PassThrough().on("data", (chunk) => {
    lines += chunk;
  });
  const log = createLog({ level: "info", name: "gateway", destination });
  const gateway = await startGateway({
    listen: "127.0.0.1:0",
    drainMs: 200,
    ...options,
    contract,
    upstream: connection,
    log,
  });
  return {
    upstream,
    gateway,
    address: gateway.address,
    logged: () =>
      lines
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    [Symbol.asyncDispose]: async () => {
      await gateway[Symbol.asyncDispose]();
      connection[Symbol.dispose]();
      await upstream[Symbol.asyncDispose]();
    },
  };
}

/** Resolves when the condition holds. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
