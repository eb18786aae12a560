import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Metrics, serveMetrics } from "@theseus/deploy/control";
import { eventually } from "@theseus/testing";
import { expect } from "chai";
import { topology } from "../../../src/topology.js";
import { shop } from "../root-hooks.js";
import { dashboardQueries, metricsIn, observe } from "./dashboard.js";
import { needsPrograms, startPrometheus } from "./prometheus.js";

describe("the shipped dashboard, in containers", () => {
  // The others are of what a supervisor tells, which there is none of in containers.
  const queries = dashboardQueries().filter(({ expr }) => !expr.includes("theseus_"));
  let metrics: Metrics;

  before(async () => {
    const folders = new Map((await shop().instances()).map(({ name, app }) => [name, dirname(app.socket)]));
    const pairs = topology.workloads.map((workload) => pairOf(workload));
    const volume = (name: string) => folders.get(name) ?? "/nowhere";
    metrics = await serveMetrics({ pairs, volume }, { host: "127.0.0.1", port: 0, name: "127.0.0.1" });
  });

  after(() => metrics[Symbol.asyncDispose]());

  it("asks for nothing that sidecars do not count", async () => {
    const texts = await Promise.all(
      topology.workloads.map(({ name }) => get(`/metrics/${name}-1`).then((answer) => answer.text())),
    );
    const counted = new Set(texts.join("\n").match(/^envoy_\w+/gm));
    const asked = queries.flatMap(({ expr }) => metricsIn(expr));
    expect(asked).to.have.length.above(9);
    for (const name of asked) expect(counted.has(name), name).to.equal(true);
  });

  it("names every sidecar to Prometheus, and tells of no other", async () => {
    const targets = (await (await get("/targets")).json()) as readonly { labels: { instance: string } }[];
    expect(targets.map(({ labels }) => labels.instance)).to.have.members(
      topology.workloads.map(({ name }) => `${name}-1`),
    );
    expect((await get("/metrics/nobody-1")).status).to.equal(404);
    expect((await get("/")).status).to.equal(404);
  });

  it("has an answer to each query by a real Prometheus", async function () {
    needsPrograms(this, "prometheus");
    const config = readFileSync(join(observe, "prometheus.yml"), "utf8").replace(
      "http://control:9464",
      `http://127.0.0.1:${metrics.port}`,
    );
    await using prometheus = await startPrometheus(config);
    for (const { title, expr } of queries)
      await eventually(`an answer to ${title}: ${expr}`, () => prometheus.hasAnswer(expr));
  });

  const get = (path: string) => fetch(`http://127.0.0.1:${metrics.port}${path}`);
});

function pairOf(workload: (typeof topology.workloads)[number]) {
  const instance = `${workload.name}-1`;
  const names = {
    application: instance,
    sidecar: instance,
    sockets: instance,
    mesh: instance,
    developer: instance,
  };
  return { ...names, workload, ordinal: 1 };
}
