import { PassThrough } from "node:stream";
import { createLog } from "@theseus/kit";
import type { Contract } from "@theseus/kit/contract";
import { type Config, parseConfig } from "../src/config.js";
import { type Gateway, startGateway } from "../src/gateway.js";
import { loadContract } from "../src/load-contract.js";
import { connectUpstream } from "../src/upstream/upstream.js";
import { type EchoUpstream, startEchoUpstream } from "./echo-upstream.js";
import { ask } from "./http-client.js";

/** A gateway over sockets, with a recording upstream behind it. */
export interface Shop extends AsyncDisposable {
  readonly upstream: EchoUpstream;
  readonly gateway: Gateway;
  readonly address: string;
  /** Lines of the gateway's log so far. */
  logged(): readonly Readonly<Record<string, unknown>>[];
}

/** The gateway's own settings, but for those that are given; the shop's contract, unless another is. */
export async function openShop({
  contract = loadContract(),
  ...settings
}: Partial<Config> & { readonly contract?: Contract } = {}): Promise<Shop> {
  const upstream = await startEchoUpstream(contract.services);
  const connection = connectUpstream(upstream.address);
  let lines = "";
  const destination = new PassThrough().on("data", (chunk) => {
    lines += chunk;
  });
  const log = createLog({ level: "info", name: "gateway", destination });
  const config = {
    ...parseConfig({ LISTEN: "127.0.0.1:0", MESH: upstream.address }),
    drainMs: 200,
    ...settings,
  };
  const gateway = await startGateway(config, { contract, upstream: connection, log });
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

/** Within the time that a test has, so that one that fails does not go on asking. */
const PATIENCE_MS = 15_000;

/** Resolves when the condition holds. */
export async function until(condition: () => boolean): Promise<void> {
  const givenUp = AbortSignal.timeout(PATIENCE_MS);
  while (!condition()) {
    if (givenUp.aborted) throw new Error(`it never came to be that ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/**
 * Resolves when a count stays as it is through 25 requests. They go through the process that does the counting, so that
 * this is a matter of turns of its event loop, however slow they are.
 */
export async function settled(count: () => number, shop: Shop): Promise<void> {
  let before = count();
  for (let same = 0; same < 25; same += 1) {
    await ask(shop.address, "/healthz");
    if (count() === before && before > 0) continue;
    before = count();
    same = 0;
  }
}
