import { expect } from "chai";
import {
  type SidecarOptions,
  type SidecarPorts,
  sidecarBootstrap,
  tokenFilterFile,
} from "../../src/envoy/index.js";
import { externalsOf } from "../../src/policy/index.js";
import { type IdentityScheme, isAtEdge } from "../../src/topology.js";
import { contractPolicy } from "../harness/contract-policy.js";
import { topology } from "../harness/topology.js";

const policy = contractPolicy();

describe("The configuration of a sidecar", () => {
  it("is the same for the same options", () => {
    for (const { name } of topology.workloads) {
      expect(written(optionsFor(name))).to.equal(written(optionsFor(name)));
    }
  });

  it("says of the identity what the topology says, and nothing else", () => {
    const other: IdentityScheme = {
      trustDomain: "fleet.example",
      namespace: "harbour",
      tokenIssuer: "https://tokens.example",
      tokenAudience: "sailors",
      tokenSubjectPrefix: "sailors/",
      adminRole: "bosun",
    };
    for (const { name } of topology.workloads) {
      const here = written(optionsFor(name));
      const there = written({ ...optionsFor(name), topology: { ...topology, identity: other } });
      for (const [field, value] of Object.entries(topology.identity)) {
        const theirs = other[field as keyof IdentityScheme];
        expect(there, `${name}: ${field}`).not.to.contain(value);
        expect(there.includes(theirs), `${name}: ${field}`).to.equal(here.includes(value));
      }
    }
  });

  it("knows every part of the identity", () => {
    const all = topology.workloads.map(({ name }) => written(optionsFor(name))).join();
    for (const value of Object.values(topology.identity)) expect(all).to.contain(value);
  });

  for (const [fault, options] of [
    [
      "payment calls provider: its address and its certificates are needed",
      { ...optionsFor("payment"), externals: {} },
    ],
    ['no workload "stranger"', { ...optionsFor("user"), workload: "stranger" }],
    ["gateway serves nothing", optionsFor("gateway", { mesh: 0 })],
    ["user serves the mesh: it cannot stand at the edge", optionsFor("user", { edge: 0 })],
    ["the path of a unix socket has at most 107 bytes", optionsFor("user", {}, `/${"x".repeat(100)}`)],
  ] as const) {
    it(`is refused, and says: ${fault}`, () => {
      expect(() => sidecarBootstrap(options)).to.throw(fault);
    });
  }
});

/** All that a sidecar is told, but for where its peers are. */
function written(options: SidecarOptions): string {
  const { topology, workload } = options;
  const filter = isAtEdge(topology, workload) ? [] : [tokenFilterFile(topology.identity, [])];
  return JSON.stringify([sidecarBootstrap(options), ...filter.map(({ content }) => content)]);
}

function optionsFor(
  workload: string,
  ports: SidecarPorts = portsOf(workload),
  home = "/run",
): SidecarOptions {
  const externals = externalsOf(policy, topology, workload).map((name) => [
    name,
    { host: "127.0.0.1", port: 26001, identity: `${home}/${name}` },
  ]);
  return {
    policy,
    topology,
    workload,
    instance: "1",
    ports,
    paths: {
      app: `${home}/app.sock`,
      outbound: `${home}/out.sock`,
      admin: `${home}/admin.sock`,
      ...(workload === "gateway"
        ? {}
        : { developer: `${home}/developer.sock`, shadow: `${home}/shadow.sock` }),
      xds: `${home}/xds`,
      identity: `${home}/id`,
      accessLog: `${home}/access.log`,
    },
    externals: Object.fromEntries(externals),
  };
}

function portsOf(workload: string): SidecarPorts {
  return workload === "gateway" ? { edge: 8080 } : { mesh: 25001 };
}
