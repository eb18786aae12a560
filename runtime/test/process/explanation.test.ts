import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createScratchFolder } from "@theseus/testing";
import { expect } from "chai";
import { usedUpWatches } from "../../src/pair/used-up-watches.js";
import { launch } from "../../src/process/child.js";
import type { ProcessSpec } from "../../src/process/process-spec.js";
import { provisionEnvoy } from "../../src/provision/envoy.js";

/** A namespace of its own, in which nobody else lacks what a test takes away. */
const namespace = ["unshare", "--user", "--map-root-user"] as const;

describe("A sidecar that finds no inotify instance left", () => {
  const scratch = createScratchFolder();
  after(() => scratch[Symbol.dispose]());

  it("is explained by the line that says so, however much comes after it", async () => {
    const script = `console.log("Consider increasing value of fs.inotify.max_user_watches and/or fs.inotify.max_user_instances via sysctl");
      for (let line = 0; line < 60; line++) console.log("#" + line + " UNKNOWN");
      process.exit(134)`;
    expect(await failure([process.execPath, "-e", script]))
      .to.contain("lookout ended at start (exit code 134): the inotify instances")
      .and.contain("sysctl fs.inotify.max_user_instances=")
      .and.not.contain("UNKNOWN");
  });

  it("is explained where it is Envoy itself", async function () {
    const withoutAny = "echo 0 >/proc/sys/user/max_inotify_instances";
    if (spawnSync(namespace[0], [...namespace.slice(1), "sh", "-c", withoutAny]).status !== 0) {
      if (this.test) this.test.title += " (skipped: no user namespace can be made here)";
      return this.skip();
    }
    const { file } = await provisionEnvoy({ env: process.env, report: () => undefined });
    const config = join(scratch.path, "envoy.json");
    const clusters = join(scratch.path, "clusters.json");
    writeFileSync(clusters, JSON.stringify({ resources: [] }));
    writeFileSync(config, JSON.stringify(watching(clusters)));
    const envoy = [file, "--config-path", config, "--disable-hot-restart", "--log-level", "warning"];
    const script = `${withoutAny} && exec "$@"`;
    expect(await failure([...namespace, "sh", "-c", script, "sh", ...envoy])).to.contain(
      "the inotify instances that Linux gives a user",
    );
  });

  function failure(command: ProcessSpec["command"]): Promise<string> {
    const spec: ProcessSpec = {
      name: "lookout",
      command,
      cwd: scratch.path,
      env: { PATH: process.env.PATH ?? "" },
      readyWhen: {},
      readyWithinMs: 30_000,
      stopWithinMs: 5_000,
      explain: usedUpWatches,
    };
    return launch(spec).then(
      () => "it serves",
      (error: Error) => error.message,
    );
  }
});

function watching(path: string) {
  const config = { resource_api_version: "V3", path_config_source: { path } };
  return { node: { id: "lookout", cluster: "tests" }, dynamic_resources: { cds_config: config } };
}
