import { createLog } from "@theseus/kit";
import type { Contract } from "@theseus/kit/contract";
import { createLogRecorder, type LogRecorder } from "@theseus/testing";
import { type Config, parseConfig } from "../src/config.js";
import { type Gateway, startGateway } from "../src/gateway.js";
import { loadContract } from "../src/load-contract.js";
import { connectUpstream } from "../src/upstream/upstream.js";
import { type EchoUpstream, startEchoUpstream } from "./echo-upstream.js";

/** A gateway over sockets, with a recording upstream behind it. */
export interface Shop extends AsyncDisposable {
  readonly upstream: EchoUpstream;
  readonly gateway: Gateway;
  readonly address: string;
  /** Records of the gateway's log so far. */
  readonly logged: LogRecorder["records"];
}

/** What a test opens a gateway with: settings of its own, another contract, another upstream than the recording one. */
export interface ShopOptions extends Partial<Config> {
  readonly contract?: Contract;
  readonly upstreamAt?: string;
}

/** The gateway's own settings, but for those that are given; the shop's contract, unless another is. */
export async function openShop({
  contract = loadContract(),
  upstreamAt,
  ...settings
}: ShopOptions = {}): Promise<Shop> {
  const upstream = await startEchoUpstream(contract.services);
  const recorder = createLogRecorder();
  const log = createLog({ level: "info", name: "gateway", destination: recorder.destination });
  const config = {
    ...parseConfig({ LISTEN: "127.0.0.1:0", MESH: upstream.address }),
    drainMs: 200,
    ...settings,
  };
  const connection = connectUpstream(upstreamAt ?? upstream.address, config);
  const gateway = await startGateway(config, { contract, upstream: connection, log });
  return {
    upstream,
    gateway,
    address: gateway.address,
    logged: recorder.records,
    [Symbol.asyncDispose]: async () => {
      await gateway[Symbol.asyncDispose]();
      connection[Symbol.dispose]();
      await upstream[Symbol.asyncDispose]();
    },
  };
}
