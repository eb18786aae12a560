import { once } from "node:events";
import { AsyncDisposableStack } from "@theseus/kit";
import { eventually } from "@theseus/testing";
import { expect } from "chai";
import { mirrorPaths } from "../../src/envoy/index.js";
import { type GrpcApplication, startApplication } from "../harness/grpc-application.js";
import { bearer, type Inventory, paths, resetApplication, startInventory } from "../harness/inventory.js";
import { startSilentApplication } from "../harness/silent-application.js";

const watchStock = `${paths.service}/WatchStock`;

describe("A sidecar that copies calls", () => {
  let inventory: Inventory;

  before(async () => {
    inventory = await startInventory();
  });
  after(() => inventory[Symbol.asyncDispose]());
  beforeEach(() => resetApplication(inventory));
  afterEach(() => turn("off"));

  const turn = (state: "on" | "off") => inventory.sidecar.admin(mirrorPaths[state], "POST");
  const comparerSocket = () => inventory.sidecar.options.paths.shadow ?? "";

  async function calls(count: number, path = paths.getItem): Promise<string[]> {
    const outcomes: string[] = [];
    for (let n = 0; n < count; n++) outcomes.push((await inventory.gateway.call(path)).status);
    return outcomes;
  }

  /** The comparer has got this many, and after one more call of the application's no more. */
  async function copies({ arrivals }: GrpcApplication, count: number): Promise<void> {
    await eventually(`${count} copies`, async () => arrivals.length >= count);
    expect(arrivals).to.have.length(count);
  }

  it("does so from one call to the next, and begins nothing anew for it", async () => {
    await using comparer = await startApplication(inventory.policy, `unix:${comparerSocket()}`);
    const changes = () =>
      inventory.sidecar.admin("/stats?filter=(listener_(added|modified)|cluster_(added|updated))$");
    const before = await changes();
    await calls(20);
    await copies(comparer, 0);
    await turn("on");
    await calls(20);
    await copies(comparer, 20);
    await turn("off");
    await calls(20);
    await copies(comparer, 20);
    expect(inventory.application.arrivals).to.have.length(60);
    expect(await changes()).to.equal(before);
  });

  it("copies a call as its application gets it: without the token, with what the rules know of the caller", async () => {
    await using comparer = await startApplication(inventory.policy, `unix:${comparerSocket()}`);
    await turn("on");
    const { headers = {} } = bearer(inventory.tokens.issue({ sub: "people/u7" }));
    await inventory.gateway.call(paths.getItem, { headers: { ...headers, "x-note": "kept" }, bytes: 7 });
    await copies(comparer, 1);
    const [given, copied] = [inventory.application.arrivals[0], comparer.arrivals[0]];
    for (const name of ["x-theseus-claims", "x-forwarded-client-cert", "x-request-id", "x-note"]) {
      expect(copied?.headers).to.have.property(name, given?.headers[name]);
      expect(copied?.headers[name]).to.be.a("string");
    }
    expect(copied?.headers).not.to.have.property("authorization");
    expect(copied).to.include({ path: paths.getItem, bytes: 7 });
  });

  it("copies nothing that writes, that a rule refuses, or that stays open", async () => {
    await using comparer = await startApplication(inventory.policy, `unix:${comparerSocket()}`);
    await turn("on");
    const token = bearer(inventory.tokens.issue({ sub: "people/u7" }));
    expect((await inventory.gateway.call(paths.createReservation, token)).status).to.equal("OK");
    expect((await inventory.gateway.call(paths.getReservation)).reason).to.equal("TOKEN_MISSING");
    const stream = inventory.gateway.stream(watchStock);
    stream.on("error", () => {});
    stream.write(Buffer.alloc(0));
    stream.end();
    stream.resume();
    await once(stream, "end");
    await calls(1);
    await copies(comparer, 1);
    expect(comparer.arrivals[0]?.path).to.equal(paths.getItem);
  });

  it("costs the caller nothing when nobody is there", async () => {
    await turn("on");
    expect(new Set(await calls(200))).to.deep.equal(new Set(["OK"]));
  });

  it("costs the caller nothing when the comparer stands still", async () => {
    await using opened = new AsyncDisposableStack();
    opened.use(await startSilentApplication(comparerSocket()));
    const [without, withFrozen]: [number[], number[]] = [[], []];
    for (let round = 0; round < 10; round++) {
      await turn("off");
      without.push(...(await durations(100)));
      await turn("on");
      withFrozen.push(...(await durations(100)));
    }
    expect(median(withFrozen) / median(without)).to.be.below(1.5);
  });

  it("lets its admin interface set nothing else", async () => {
    for (const query of ["theseus.shadow.percent=50", "upstream.healthy_panic_threshold=100"])
      expect(await inventory.sidecar.admin(`/runtime_modify?${query}`, "POST")).to.contain("not allowed");
  });

  async function durations(count: number): Promise<number[]> {
    const taken: number[] = [];
    for (let n = 0; n < count; n++) {
      const begun = performance.now();
      expect((await inventory.gateway.call(paths.getItem)).status).to.equal("OK");
      taken.push(performance.now() - begun);
    }
    return taken;
  }
});

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
