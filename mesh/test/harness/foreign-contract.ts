import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Topology } from "../../src/topology.js";
import { topology } from "./topology.js";

const { resolve } = createRequire(import.meta.url);

export const channelz = "grpc.channelz.v1.Channelz";

/** Serves a contract of somebody else, to the same identity as the other tests' mesh. */
export const foreignTopology: Topology = {
  identity: topology.identity,
  workloads: [
    { name: "gateway", services: [] },
    { name: "channels", services: [channelz] },
  ],
  externals: [],
};

/** The descriptor set of `grpc.channelz.v1`, as gRPC publishes it: it imports nothing of this contract. */
export function foreignContract(folder: string): Uint8Array {
  const file = join(folder, "channelz.binpb");
  const proto = resolve("@grpc/grpc-js/proto/channelz.proto");
  execFileSync(process.execPath, [resolve("@bufbuild/buf/bin/buf"), "build", proto, "-o", file]);
  return readFileSync(file);
}
