import type { SystemTopology } from "../src/system/topology.js";

/** A system of the tests' own: nothing of it stands in the contract. */
export const fleet: SystemTopology = {
  name: "fleet",
  language: "go",
  port: 7000,
  identity: {
    trustDomain: "fleet.test",
    namespace: "sea",
    tokenIssuer: "https://issuer.test",
    tokenAudience: "sailors",
    tokenSubjectPrefix: "sailors/",
    adminRole: "captain",
  },
  workloads: [
    {
      name: "pier",
      services: [],
      implementations: "pier",
      store: { kind: "none" },
      variables: { MESH: { from: "sidecar" } },
    },
    {
      name: "ship",
      services: ["theseus.ship.v1.ShipService"],
      implementations: "fleet/ship",
      store: { kind: "redis", keys: ["ship:*"], commands: ["ping", "get", "set", "eval"] },
      variables: {
        REDIS_URL: { from: "store" },
        LAUNCH_STANDBY_FILE: { from: "standby" },
        MESH: { from: "sidecar" },
        TRUST_DOMAIN: { from: "identity", field: "trustDomain" },
        SAILS: { from: "environment" },
      },
    },
    {
      name: "chart",
      services: ["theseus.chart.v1.ChartService"],
      implementations: "fleet/chart",
      store: { kind: "mongodb", database: "charts" },
      variables: {
        MONGODB_URL: { from: "store" },
        SIGNING_KEYS: { from: "signing-keys" },
        CREW: { from: "secret", file: "crew.json" },
      },
    },
    {
      name: "lighthouse",
      services: ["theseus.lighthouse.v1.LighthouseService"],
      implementations: "fleet/lighthouse",
      store: { kind: "none" },
      variables: {},
    },
  ],
  externals: [
    {
      name: "weather",
      title: "weather station",
      services: ["weather.v1.Station"],
      serverName: "weather.test",
      implementations: "outside/weather",
      port: 0,
      variables: {
        RECORDS: { from: "data", file: "records.jsonl" },
        TLS_CERT: { from: "certificate", part: "certificate" },
      },
    },
  ],
};
