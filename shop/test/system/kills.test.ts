import { eventually } from "@theseus/testing";
import { expect } from "chai";
import { HttpClient } from "./http-client.js";
import { shop } from "./root-hooks.js";
import type { Instance } from "./shop.js";

describe("a watch over HTTP", () => {
  const cuts: readonly (readonly [what: string, cut: (instance: Instance) => void])[] = [
    ["kill -9 of the service", ({ app }) => process.kill(app.pid, "SIGKILL")],
    ["kill -9 of the service's sidecar", ({ sidecarPid }) => process.kill(sidecarPid, "SIGKILL")],
    ["SIGTERM to the service's sidecar", ({ sidecarPid }) => process.kill(sidecarPid, "SIGTERM")],
  ];
  for (const [what, cut] of cuts) {
    it(`ends with SERVICE_UNAVAILABLE by ${what}`, async () => {
      const http = new HttpClient(shop().edge);
      const watch = http.stream("/v1/items:watchStock", { signal: AbortSignal.timeout(50_000) });
      await watch.next();
      for (const instance of await shop().instances()) if (instance.workload === "inventory") cut(instance);
      let last: unknown;
      for await (const message of watch) last = message;
      expect(last).to.nested.include({ "error.code": 503, "error.details[0].reason": "SERVICE_UNAVAILABLE" });
      await eventually("the shop answers again", async () => (await http.get("/v1/items")).status === 200);
    });
  }
});
