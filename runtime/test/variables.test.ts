import { expect } from "chai";
import { externalVariables, workloadVariables } from "../src/implementation/variables.js";
import { givenStore } from "../src/stores/given-store.js";
import { fleet } from "./fleet.js";

describe("the variables of the launch protocol", () => {
  const common = { identity: fleet.identity, secrets: "/secrets", env: {} };
  const sources = {
    ...common,
    storeUrl: "/run/store-url",
    standby: "/run/standby",
    sidecar: "unix:/run/mesh.sock",
    signingKeys: "/keys",
  };
  const [pier, ship, chart] = fleet.workloads;
  const [weather] = fleet.externals;
  if (!pier || !ship || !chart || !weather) throw new Error("the fleet is not complete");

  it("are those that the topology names, filled from where it says", () => {
    expect(workloadVariables(pier, sources)).to.deep.equal({ MESH: "unix:/run/mesh.sock" });
    expect(workloadVariables(ship, sources)).to.deep.equal({
      REDIS_URL_FILE: "/run/store-url",
      LAUNCH_STANDBY_FILE: "/run/standby",
      MESH: "unix:/run/mesh.sock",
      TRUST_DOMAIN: "fleet.test",
    });
    expect(workloadVariables(chart, sources)).to.deep.equal({
      MONGODB_URL_FILE: "/run/store-url",
      SIGNING_KEYS: "/keys",
      CREW: "/secrets/crew.json",
    });
  });

  it("come from the environment where they are set there", () => {
    const filled = (env: NodeJS.ProcessEnv) => workloadVariables(ship, { ...sources, env }).SAILS;
    expect(filled({ SAILS: "black" })).to.equal("black");
    expect(filled({ SAILS: "" })).to.equal(undefined);
  });

  it("are a fault when there is no store to fill them from", () => {
    const fill = () => workloadVariables({ ...ship, store: { kind: "none" } }, sources);
    expect(fill).to.throw("REDIS_URL_FILE: ship has no store");
  });

  it("of an outside party are its files", () => {
    const certificate = { certificate: "/tls.crt", privateKey: "/tls.key", trustBundle: "/ca.crt" };
    const filled = externalVariables(weather, { ...common, data: "/data/weather", certificate });
    expect(filled).to.deep.equal({ RECORDS: "/data/weather/records.jsonl", TLS_CERT: "/tls.crt" });
  });
});

describe("a store that the environment gives", () => {
  it("is one server for all, with a database for each", () => {
    const env = { REDIS_URL: "redis://cache", MONGODB_URL: "mongodb://a:1,b:2/admin?tls=true" };
    expect(givenStore({ kind: "redis", keys: [], commands: [] }, env)).to.equal("redis://cache");
    expect(givenStore({ kind: "mongodb", database: "charts" }, env)).to.equal(
      "mongodb://a:1,b:2/charts?tls=true",
    );
    expect(givenStore({ kind: "none" }, env)).to.equal(undefined);
  });

  it("is none when it is unset or empty, and a fault when it is no URL", () => {
    for (const env of [{}, { REDIS_URL: "", MONGODB_URL: "" }]) {
      expect(givenStore({ kind: "redis", keys: [], commands: [] }, env)).to.equal(undefined);
      expect(givenStore({ kind: "mongodb", database: "charts" }, env)).to.equal(undefined);
    }
    const wrong = () => givenStore({ kind: "mongodb", database: "charts" }, { MONGODB_URL: "localhost" });
    expect(wrong).to.throw("MONGODB_URL is not a mongodb:// URL");
  });
});
