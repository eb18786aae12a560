import { once } from "node:events";
import { createServer } from "node:http";
import { join } from "node:path";
import { createScratchFolder } from "@theseus/testing";
import { expect } from "chai";
import type { Pair } from "../../src/pair/pair.js";
import { endMirrors } from "../../src/shadow/end-mirrors.js";
import { fleet } from "../fleet.js";

describe("endMirrors", () => {
  const scratch = createScratchFolder();
  after(() => scratch[Symbol.dispose]());

  const pair = (name: string, workload: string, isRunning = true) =>
    ({
      instance: { workload: fleet.workloads.find((each) => each.name === workload) },
      place: { name: `${name}-envoy`, admin: join(scratch.path, `${name}.sock`), isRunning: () => isRunning },
    }) as Pair;

  it("tells the sidecar of each that serves to copy nothing, and names those that may go on", async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.end("OK");
    });
    server.listen(join(scratch.path, "ship-1.sock"));
    await once(server, "listening");
    const told: string[] = [];
    const pairs = [
      pair("ship-1", "ship"),
      pair("ship-2", "ship"),
      pair("ship-3", "ship", false),
      pair("pier-1", "pier"),
    ];
    await endMirrors(pairs, (line) => told.push(line));
    server.close();
    expect(asked).to.deep.equal(["POST /runtime_modify?theseus.shadow.percent=0"]);
    expect(told).to.have.length(1);
    expect(told[0]).to.match(/^ship-2-envoy may go on copying calls: .*ENOENT/);
  });
});
