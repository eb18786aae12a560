import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { parseContract } from "@theseus/kit/contract";
import { metrics, mostSeries, type ServedMethod, sidecarMetrics } from "@theseus/runtime/metrics";
import { eventually } from "@theseus/testing";
import { expect } from "chai";
import { shopSystem } from "../../../src/shop.js";
import { HttpClient } from "../http-client.js";
import { shop } from "../root-hooks.js";
import type { Instance } from "../shop.js";
import { sendNonsense } from "./nonsense.js";
import { type Series, scrape, total } from "./scrape.js";

const listItems = "/theseus.inventory.v1.InventoryService/ListItems";
const getItem = "/theseus.inventory.v1.InventoryService/GetItem";
/** Of each of its listeners and peers a sidecar has what is documented: measured 170 to 242. */
const mostOfSidecar = 400;
/** What a busy machine answers to some calls and not to others. */
const busyCodes: ReadonlySet<string> = new Set([
  ...["DEADLINE_EXCEEDED", "UNAVAILABLE", "RESOURCE_EXHAUSTED", "CANCELLED"],
  ...["429", "503", "504"],
]);

describe("/metrics of a running shop", () => {
  it("counts calls and requests where they are answered, by method and code", async () => {
    const http = new HttpClient(shop().edge);
    const calls = { workload: "inventory", instance: "inventory-1" };
    const before = await counted();
    for (let each = 0; each < 5; each += 1) await http.get("/v1/items");
    for (let each = 0; each < 3; each += 1) await http.get("/v1/items/none-such");
    await eventually("all are counted", counted, {
      until: (now) => now.every((count, at) => count >= (before[at] ?? 0) + (at % 2 === 0 ? 5 : 3)),
    });

    function counted() {
      return Promise.all([
        total("theseus_calls_total", { ...calls, method: listItems, code: "OK" }),
        total("theseus_calls_total", { ...calls, method: getItem, code: "NOT_FOUND" }),
        total("theseus_edge_requests_total", { workload: "gateway", method: listItems, code: "200" }),
        total("theseus_edge_requests_total", { workload: "gateway", method: getItem, code: "404" }),
        total("theseus_call_duration_seconds_count", { ...calls, method: listItems, code: "OK" }),
        total("theseus_call_duration_seconds_count", { ...calls, method: getItem, code: "NOT_FOUND" }),
      ]);
    }
  });

  it("names in every series what it is of, and has all that is documented", async () => {
    const all = await scrape();
    const { instances } = await shop().status();
    for (const { key, labels } of all)
      expect(labels, key).to.include.all.keys("workload", "instance", "implementation", "version");
    const names = new Set(all.map(({ name }) => name.replace(/_(bucket|sum|count)$/, "")));
    for (const { name } of [...Object.values(metrics), ...sidecarMetrics])
      expect(names, name).to.include(name.replace(/_(bucket|sum|count)$/, ""));
    for (const { instance, contentHash = "", version } of instances.filter(
      ({ kind }) => kind === "application",
    ))
      expect(all.find(({ labels }) => labels.instance === instance)?.labels.version).to.equal(
        `${version}+${contentHash.slice(0, 12)}`,
      );
  });

  it("has no more series for whatever nonsense is asked of the shop", async function () {
    this.timeout(180_000);
    const first = await afterNonsense(1, 5);
    const second = await afterNonsense(5, 20);
    const known = new Set(first.map(({ key }) => key));
    const more = second.filter(({ key, labels }) => !known.has(key) && !busyCodes.has(labels.code ?? ""));
    expect(more.map(({ key }) => key)).to.deep.equal([]);
    expect(second.filter(({ name }) => name.startsWith("theseus_call")).length).to.be.below(
      ["inventory", "user", "payment"].reduce((sum, name) => sum + mostSeries("mesh", methodsOf(name)), 1),
    );
    expect(second.filter(({ name }) => name.startsWith("theseus_edge")).length).to.be.below(
      mostSeries("edge", methodsOf("gateway")),
    );
    for (const { name } of await shop().instances())
      expect(ofSidecar(second, name), name).to.have.length.within(100, mostOfSidecar);
    const methods = new Set([...contractMethods().map(({ path }) => path), "other", undefined]);
    expect(second.filter(({ labels }) => !methods.has(labels.method))).to.deep.equal([]);
  });

  for (const which of ["sidecar", "application"] as const)
    it(`tells of all others while the ${which} of one instance hangs, and that this one is down`, async () => {
      const pid = await hang(which);
      try {
        const all = await eventually("it alone is down", scrape, {
          until: (series) => downIn(series).join() === `user-1 ${which}`,
        });
        expect(ofSidecar(all, "inventory-1")).to.have.length.above(100);
        expect(ofSidecar(all, "user-1").length > 0).to.equal(which === "application");
        expect(all.some(({ name, labels }) => /calls/.test(name) && labels.instance === "user-1")).to.equal(
          true,
        );
      } finally {
        process.kill(pid, "SIGCONT");
      }
      await eventually("it is up again", () => isUp("user-1", which));
    });

  it("does not go back when a process ends and is started again", async () => {
    const of = { instance: "inventory-1" };
    const application = { ...of, process: "application" };
    const look = () =>
      Promise.all([
        total("theseus_calls_total", of),
        total("theseus_call_duration_seconds_count", of),
        total("theseus_process_cpu_seconds_total", application),
        total("theseus_process_restarts_total", application),
      ]);
    const [calls = 0, durations = 0, cpu = 0, restarts = 0] = await look();
    expect([calls, durations, cpu].every((value) => value > 0)).to.equal(true);
    process.kill((await instance("inventory")).app.pid, "SIGKILL");
    await eventually("it was started again", async () => (await look())[3] === restarts + 1);
    await eventually("it is up again", () => isUp("inventory-1", "application"));
    const [callsNow = 0, durationsNow = 0, cpuNow = 0] = await look();
    expect([callsNow >= calls, durationsNow >= durations, cpuNow >= cpu]).to.deep.equal([true, true, true]);
  });

  it("is not to be had from another machine", async function () {
    const address = Object.values(networkInterfaces())
      .flat()
      .find((each) => each?.internal === false && each.family === "IPv4")?.address;
    if (address === undefined) {
      if (this.test) this.test.title += " (skipped: this machine has no address for others)";
      return this.skip();
    }
    const port = Number(new URL(shop().endpoints.metrics ?? "").port);
    const outcome = await new Promise((resolve) =>
      connect(port, address)
        .once("connect", () => resolve("connected"))
        .once("error", ({ code }: NodeJS.ErrnoException) => resolve(code)),
    );
    expect(outcome).to.equal("ECONNREFUSED");
  });

  it("is named by theseus status and theseus endpoints", async () => {
    const { metrics: url } = shop().endpoints;
    expect(url).to.match(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
    expect((await shop().theseus("status")).stdout).to.contain(`Metrics: ${url}\n`);
    expect((await shop().theseus("endpoints")).stdout).to.contain(url);
    expect(shop().console.join("\n")).to.contain(url);
  });
});

async function afterNonsense(from: number, to: number): Promise<readonly Series[]> {
  const look = () =>
    Promise.all([
      total("theseus_edge_requests_total", { workload: "gateway" }),
      total("theseus_calls_total", { workload: "inventory", method: "other" }),
    ]);
  const [edge = 0, inventory = 0] = await look();
  const sent = await sendNonsense(from, to);
  await eventually("all nonsense is counted", look, {
    until: ([edgeNow = 0, inventoryNow = 0]) =>
      edgeNow >= edge + sent.edge && inventoryNow >= inventory + sent.inventory,
  });
  return scrape();
}

async function instance(workload: string): Promise<Instance> {
  const found = (await shop().instances()).find((each) => each.workload === workload);
  if (found === undefined) throw new Error(`there is no ${workload}`);
  return found;
}

async function hang(which: "sidecar" | "application"): Promise<number> {
  const { app, sidecarPid } = await instance("user");
  const pid = which === "sidecar" ? sidecarPid : app.pid;
  process.kill(pid, "SIGSTOP");
  return pid;
}

async function isUp(name: string, which: string): Promise<boolean> {
  return (await total("theseus_up", { instance: name, process: which })) === 1;
}

function downIn(all: readonly Series[]): readonly string[] {
  return all
    .filter(({ name, value }) => name === "theseus_up" && value === 0)
    .map(({ labels }) => `${labels.instance} ${labels.process}`);
}

function ofSidecar(all: readonly Series[], name: string): readonly Series[] {
  return all.filter((series) => series.name.startsWith("envoy_") && series.labels.instance === name);
}

function contractMethods(): readonly (ServedMethod & { readonly service: string })[] {
  return parseContract(shopSystem().contract).services.flatMap(({ typeName, methods }) =>
    methods.map(({ name, methodKind }) => ({
      service: typeName,
      path: `/${typeName}/${name}`,
      isStream: methodKind !== "unary",
    })),
  );
}

function methodsOf(workload: string): readonly ServedMethod[] {
  const { services = [] } = shopSystem().topology.workloads.find(({ name }) => name === workload) ?? {};
  return contractMethods().filter(({ service }) => services.length === 0 || services.includes(service));
}
