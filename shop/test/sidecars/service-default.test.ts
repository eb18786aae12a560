import { create, fromBinary, getExtension, getOption, setExtension, toBinary } from "@bufbuild/protobuf";
import { DurationSchema, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { descriptorSetBytes } from "@theseus/contract/descriptor-set";
import { policy, service_policy } from "@theseus/contract/es/theseus/mesh/v1/policy_pb.js";
import { methodPath, parseContract } from "@theseus/kit/contract";
import { sidecarBootstrap } from "@theseus/mesh/envoy";
import { compilePolicy } from "@theseus/mesh/policy";
import { expect } from "chai";
import { topology } from "../../src/topology.js";
import { reviewedPorts, sidecarOptions } from "./sidecar-options.js";

const service = "theseus.inventory.v1.InventoryService";

describe("A service's default that changes", () => {
  const contract = descriptorSetBytes();
  const changes = differences(sidecars(contract), sidecars(withTimeout(contract, 7n)));

  it("changes the sidecars in exactly those methods that have no value of their own", () => {
    const methods =
      parseContract(contract).services.find(({ typeName }) => typeName === service)?.methods ?? [];
    const silent = methods.filter((method) => getOption(method, policy).timeout === undefined);
    expect(silent.length, "methods without a timeout of their own").to.be.within(1, methods.length - 1);
    expect([...new Set(changes.map(({ route }) => route))].sort()).to.deep.equal(
      silent.map(methodPath).sort(),
    );
  });

  it("changes this value alone, and the edge's a second above it", () => {
    const made = [...new Set(changes.map(({ change }) => change))].sort();
    expect(made).to.deep.equal(['"3s" -> "7s"', '"4s" -> "8s"']);
  });
});

/** The configurations of all of the shop's sidecars under a contract. */
function sidecars(contract: Uint8Array): unknown {
  const policy = compilePolicy(contract, topology);
  return topology.workloads.map((workload) =>
    sidecarBootstrap(
      sidecarOptions({ policy, workload: workload.name, home: "/run", ports: reviewedPorts(workload) }),
    ),
  );
}

function withTimeout(contract: Uint8Array, seconds: bigint): Uint8Array {
  const set = fromBinary(FileDescriptorSetSchema, contract);
  for (const file of set.file) {
    const options = file.service.find(({ name }) => `${file.package}.${name}` === service)?.options;
    if (options === undefined) continue;
    const timeout = create(DurationSchema, { seconds });
    setExtension(options, service_policy, { ...getExtension(options, service_policy), timeout });
  }
  return toBinary(FileDescriptorSetSchema, set);
}

interface Difference {
  /** Name of the route around it. */
  readonly route: string;
  readonly change: string;
}

/** Each value that is another one, or that only one of the two has. */
function differences(before: unknown, after: unknown, around = ""): readonly Difference[] {
  if (!isTree(before) || !isTree(after)) {
    const [was, is] = [before, after].map((value) => JSON.stringify(value));
    return was === is ? [] : [{ route: around, change: `${was} -> ${is}` }];
  }
  const name = "match" in before ? String(before.name) : around;
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) => differences(before[key], after[key], name));
}

function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
