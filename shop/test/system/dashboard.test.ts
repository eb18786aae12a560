import { execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Metrics, serveMetrics } from "@theseus/deploy/control";
import { freePort } from "@theseus/runtime";
import { createScratchFolder, eventually } from "@theseus/testing";
import { expect } from "chai";
import { topology } from "../../src/topology.js";
import { shop } from "./root-hooks.js";
import { checkout } from "./shop.js";

interface Panel {
  readonly title: string;
  readonly targets: readonly { readonly expr: string }[];
}

describe("the shipped dashboard", () => {
  const { panels } = JSON.parse(
    readFileSync(join(checkout, "deploy/observe/grafana/theseus.json"), "utf8"),
  ) as { readonly panels: readonly Panel[] };
  const queries = panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ title, expr })));
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
    const asked = queries.flatMap(
      ({ expr }) => expr.replace(/by \([^)]*\)/g, "").match(/\benvoy_\w+(?=[{[)])/g) ?? [],
    );
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
    const program = prometheus();
    if (program === undefined) {
      if (this.test) this.test.title += " (skipped: there is no prometheus on PATH)";
      return this.skip();
    }
    using scratch = createScratchFolder();
    const config = readFileSync(join(checkout, "deploy/observe/prometheus.yml"), "utf8")
      .replace("http://control:9464", `http://127.0.0.1:${metrics.port}`)
      .replace("scrape_interval: 5s", "scrape_interval: 1s")
      .replace("scrape_timeout: 4s", "scrape_timeout: 1s");
    const port = await freePort();
    const child = spawn(
      program,
      [
        `--config.file=${scratch.file("prometheus.yml", config)}`,
        `--storage.tsdb.path=${join(scratch.path, "data")}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      { stdio: "ignore" },
    );
    try {
      for (const { title, expr } of queries) {
        await eventually(`an answer to ${title}: ${expr}`, () => hasAnswer(port, expr));
      }
    } finally {
      child.kill();
    }
  });

  const get = (path: string) => fetch(`http://127.0.0.1:${metrics.port}${path}`);
});

async function hasAnswer(port: number, expr: string): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(expr)}`);
  const { data } = (await answer.json()) as { data?: { result: readonly unknown[] } };
  return (data?.result.length ?? 0) > 0;
}

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

function prometheus(): string | undefined {
  try {
    execFileSync("prometheus", ["--version"], { stdio: "ignore" });
    return "prometheus";
  } catch {
    return undefined;
  }
}
