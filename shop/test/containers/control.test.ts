import { existsSync, readFileSync, statSync, watch } from "node:fs";
import { join } from "node:path";
import { type ControlStatus, readStatus, runControl, writeDraining } from "@theseus/deploy/control";
import { createScratchFolder, eventually, type ScratchFolder } from "@theseus/testing";
import { expect } from "chai";
import { shopSystem } from "../../src/shop.js";
import { makeVolumes } from "./volumes.js";

describe("the control plane of containers", () => {
  let scratch: ScratchFolder;
  let stop: AbortController;
  let running: Promise<void>;
  const addresses = new Map<string, string>();
  const told: string[] = [];

  before(async () => {
    scratch = createScratchFolder();
    makeVolumes(scratch.path);
    stop = new AbortController();
    running = start(stop.signal);
    await eventually("it is well", status);
  });

  after(async () => {
    stop.abort();
    await running;
    scratch[Symbol.dispose]();
  });

  it("gives each sidecar a configuration, an identity and the keys of tokens, for itself alone", () => {
    for (const pair of ["gateway-1", "user-1", "inventory-1", "inventory-2", "payment-1"]) {
      const keys = pair === "gateway-1" ? [] : ["xds/access-token.ecds.json"];
      for (const file of ["envoy.json", "identity/mesh/tls.key", ...keys]) {
        expect(statSync(volume(`${pair}-mesh`, file)).mode & 0o077, `${pair} ${file}`).to.equal(0);
      }
    }
  });

  it("gives a client's certificate for the outside party to who may call it, and to nobody else", () => {
    const having = ["gateway-1", "user-1", "inventory-1", "payment-1"].filter((pair) =>
      existsSync(volume(`${pair}-mesh`, "identity/provider/tls.key")),
    );
    expect(having).to.deep.equal(["payment-1"]);
  });

  it("keeps private keys that sign tokens from everybody but who signs", () => {
    const { kid, d } = firstKey(volume("user-secrets", "signing-keys.json"));
    const told = readFileSync(volume("user-1-mesh", "xds/access-token.ecds.json"), "utf8");
    expect(told).to.contain(kid).and.not.contain(d);
  });

  it("gives an application the URL of its store with the password, and the store's users no password", () => {
    const url = new URL(readFileSync(volume("inventory-secrets", "store-url"), "utf8"));
    expect(url.username).to.equal("inventory");
    expect(url.password).to.have.length.above(40);
    const acl = readFileSync(volume("inventory-store-secrets", "users.acl"), "utf8");
    expect(acl)
      .to.match(/^user default off ~\* &\* \+@all$/m)
      .and.not.include(url.password);
  });

  it("tells every sidecar where a sidecar is that comes, and forgets one that goes", async () => {
    expect(endpoints("gateway-1", "inventory")).to.deep.equal([]);
    addresses.set("inventory-1-envoy", "10.0.0.7");
    await eventually("the endpoint", () => endpoints("payment-1", "inventory").length === 1);
    expect(endpoints("gateway-1", "inventory")).to.deep.equal([{ address: "10.0.0.7", port_value: 8443 }]);
    addresses.delete("inventory-1-envoy");
    await eventually("no endpoint", () => endpoints("gateway-1", "inventory").length === 0);
  });

  it("keeps what it knows while names cannot be looked up", async () => {
    addresses.set("user-1-envoy", "10.0.0.8");
    await eventually("the endpoint", () => endpoints("gateway-1", "user").length === 1);
    addresses.set("user-1-envoy", "fails");
    addresses.set("inventory-2-envoy", "10.0.0.9");
    await eventually("a later look", () => endpoints("gateway-1", "inventory").length === 1);
    expect(endpoints("gateway-1", "user")).to.deep.equal([{ address: "10.0.0.8", port_value: 8443 }]);
  });

  it("lets an instance drain, also after it was started anew", async () => {
    addresses.set("inventory-1-envoy", "10.0.0.7");
    writeDraining(join(scratch.path, "state"), new Set(["inventory-1"]));
    await eventually("it drains", () => drains("gateway-1") === "DRAINING");
    stop.abort();
    await running;
    stop = new AbortController();
    running = start(stop.signal);
    await eventually("it drains still", () => drains("gateway-1") === "DRAINING");
    writeDraining(join(scratch.path, "state"), new Set());
    await eventually("it serves", () => drains("gateway-1") === undefined);
  });

  it("tells nobody that there are no peers when it is started anew", async () => {
    const path = volume("gateway-1-mesh", "xds");
    const before = endpoints("gateway-1", "inventory");
    expect(before).to.have.length(2);
    stop.abort();
    await running;
    const seen: number[] = [];
    const watcher = watch(path, () => seen.push(endpoints("gateway-1", "inventory").length));
    stop = new AbortController();
    running = start(stop.signal);
    addresses.set("user-1-envoy", "10.0.0.12");
    await eventually("a new address", () =>
      JSON.stringify(endpoints("gateway-1", "user")).includes("10.0.0.12"),
    );
    await eventually("what was told is seen", () => seen.length > 0);
    watcher.close();
    expect(Math.min(...seen)).to.equal(2);
  });

  it("does not say that anything serves while sidecars do not answer", () => {
    const { isTaken, instances } = status() as ControlStatus;
    expect(isTaken).to.equal(false);
    expect(instances.filter(({ serves }) => serves)).to.deep.equal([]);
  });

  const start = (signal: AbortSignal) =>
    runControl(shopSystem(), {
      folders: {
        volumes: join(scratch.path, "volumes"),
        state: join(scratch.path, "state"),
        people: join(scratch.path, "people"),
      },
      status: join(scratch.path, "status.json"),
      replicas: new Map([["inventory", 2]]),
      resolve: async (name) => {
        const address = addresses.get(name);
        if (address === "fails") throw new Error("the name service does not answer");
        return address;
      },
      lookMs: 20,
      report: (line) => told.push(line),
      signal,
    });

  const status = () => readStatus(join(scratch.path, "status.json"));

  const volume = (name: string, file: string) => join(scratch.path, "volumes", name, file);

  function assignment(pair: string, workload: string) {
    const path = volume(`${pair}-mesh`, `xds/${workload}.eds.json`);
    return JSON.parse(readFileSync(path, "utf8")).resources[0].endpoints[0].lb_endpoints;
  }

  function endpoints(pair: string, workload: string): readonly object[] {
    return assignment(pair, workload).map(
      ({ endpoint }: { endpoint: { address: { socket_address: object } } }) =>
        endpoint.address.socket_address,
    );
  }

  function drains(pair: string): string | undefined {
    return assignment(pair, "inventory").find(
      ({ endpoint }: { endpoint: { address: { socket_address: { address: string } } } }) =>
        endpoint.address.socket_address.address === "10.0.0.7",
    )?.health_status;
  }
});

function firstKey(path: string): { readonly kid: string; readonly d: string } {
  return JSON.parse(readFileSync(path, "utf8")).keys[0];
}
