import { createServer, type RequestListener } from "node:http";
import { join } from "node:path";
import { createScratchFolder } from "@theseus/testing";
import { expect } from "chai";
import { askSidecarStats, mergeSidecarStats } from "../../src/metrics/sidecar-stats.js";

const ship = { workload: "ship", instance: "ship-1", implementation: "go", version: "1.0.0" };
const common = `workload="ship",instance="ship-1",implementation="go",version="1.0.0"`;

describe("the stats of sidecars", () => {
  it("are merged: each family once, each series with the labels of its instance", () => {
    const text = (calls: number) => `# TYPE envoy_cluster_upstream_rq_retry counter
envoy_cluster_upstream_rq_retry{envoy_cluster_name="chart"} ${calls}
# TYPE envoy_server_memory_allocated gauge
envoy_server_memory_allocated{} 4711
`;
    const merged = mergeSidecarStats([
      { labels: ship, text: text(1) },
      { labels: { ...ship, instance: "ship-2" }, text: text(2) },
    ]);
    expect(merged.split("\n")).to.deep.equal([
      "# HELP envoy_cluster_upstream_rq_retry Retries, by peer.",
      "# TYPE envoy_cluster_upstream_rq_retry counter",
      `envoy_cluster_upstream_rq_retry{${common},envoy_cluster_name="chart"} 1`,
      `envoy_cluster_upstream_rq_retry{${common.replace("-1", "-2")},envoy_cluster_name="chart"} 2`,
      "# HELP envoy_server_memory_allocated The sidecar's heap in bytes.",
      "# TYPE envoy_server_memory_allocated gauge",
      `envoy_server_memory_allocated{${common}} 4711`,
      `envoy_server_memory_allocated{${common.replace("-1", "-2")}} 4711`,
      "",
    ]);
  });

  it("are handed on only where they are documented, and of what the application has to do with", () => {
    const text = `# TYPE envoy_cluster_assignment_stale counter
envoy_cluster_assignment_stale{envoy_cluster_name="chart"} 0
# TYPE envoy_http_downstream_cx_active gauge
envoy_http_downstream_cx_active{envoy_http_conn_manager_prefix="admin"} 1
envoy_http_downstream_cx_active{envoy_http_conn_manager_prefix="mesh"} 2
half a li`;
    const merged = mergeSidecarStats([{ labels: ship, text }]);
    expect(merged.match(/^envoy.*$/gm)).to.deep.equal([
      `envoy_http_downstream_cx_active{${common},envoy_http_conn_manager_prefix="mesh"} 2`,
    ]);
  });

  it("escape what stands in labels, and keep what Envoy has escaped", () => {
    const text = String.raw`# TYPE envoy_server_memory_allocated gauge
envoy_server_memory_allocated{x="a\"}b\\"} 1`;
    const merged = mergeSidecarStats([{ labels: { ...ship, version: 'a"b\\c\nd' }, text }]);
    expect(merged).to.contain(String.raw`version="a\"b\\c\nd",x="a\"}b\\"} 1`);
  });

  for (const [what, answer] of [
    ["says nothing", () => undefined],
    ["never comes to an end", (_, response) => drip(() => response.write("# \n"))],
  ] as readonly [string, RequestListener][]) {
    it(`are given up of a sidecar that ${what}`, async () => {
      using scratch = createScratchFolder();
      const admin = join(scratch.path, "admin.sock");
      const server = createServer(answer);
      await new Promise<void>((resolve) => server.listen(admin, resolve));
      try {
        const outcome = await askSidecarStats(admin, 300).then(
          () => "answered",
          () => "given up",
        );
        expect(outcome).to.equal("given up");
      } finally {
        server.closeAllConnections();
        server.close();
      }
    });
  }
});

function drip(write: () => boolean): void {
  const timer = setInterval(write, 20);
  timer.unref();
}
