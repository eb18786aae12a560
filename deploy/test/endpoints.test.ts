import type { System, SystemWorkload } from "@theseus/runtime/system";
import { expect } from "chai";
import { endpointTable } from "../src/control/endpoints.js";
import { pairsOf } from "../src/pairs.js";

describe("the endpoints that sidecars are told", () => {
  const workload = (name: string, services: readonly string[]): SystemWorkload => ({
    name,
    services,
    implementations: name,
    store: { kind: "none" },
    variables: {},
  });
  const topology = { workloads: [workload("gate", []), workload("ship", ["ship.v1.Ship"])] };
  const system = { topology } as unknown as System;
  const pairs = pairsOf(system.topology, new Map([["ship", 2]]));
  const addresses = new Map([
    ["gate-1-envoy", "10.0.0.1"],
    ["ship-1-envoy", "10.0.0.2"],
  ]);

  it("are those of services that run, by their sidecars", () => {
    const table = endpointTable({ system, pairs }, addresses, new Set());
    expect([...table]).to.deep.equal([["ship", [{ address: "10.0.0.2", port: 8443 }]]]);
  });

  it("say of an instance that drains that it does", () => {
    const table = endpointTable({ system, pairs }, addresses, new Set(["ship-1"]));
    expect(table.get("ship")).to.deep.equal([{ address: "10.0.0.2", port: 8443, health: "draining" }]);
  });
});
