import { AsyncDisposableStack } from "@theseus/kit";
import { eventually } from "@theseus/testing";
import { expect } from "chai";
import { HttpClient, signedIn, type Token } from "./http-client.js";
import { shop } from "./root-hooks.js";
import type { Instance } from "./shop.js";
import { stockedItem } from "./stock.js";
import { FRAMINGS, watchStock } from "./stock-watcher.js";

const CHANGES = 15;
/** So long a read of the catalogue waits, by the contract: 2 s, less what the way takes. */
const READ_MS = 1_700;

// First: a process that was killed often is started again after a longer pause.
describe("reads over HTTP", () => {
  for (const signal of ["SIGKILL", "SIGTERM"] as const)
    it(`wait for the only sidecar of a service, which comes back where it was after ${signal}`, async () => {
      const http = new HttpClient(shop().edge);
      const inventory = await theInventory();
      const early: string[] = [];
      const over = new AbortController();
      const readers = Array.from({ length: 8 }, async () => {
        while (!over.signal.aborted) {
          const began = performance.now();
          const { status } = await http.get("/v1/items");
          const ms = performance.now() - began;
          if (status !== 200 && ms < READ_MS) early.push(`${status} after ${ms.toFixed(0)} ms`);
        }
      });
      process.kill(inventory.sidecarPid, signal);
      const back = await eventually("the sidecar is back", async () => {
        const now = await theInventory();
        return now.sidecarPid !== inventory.sidecarPid && now.meshPort > 0 ? now : undefined;
      });
      await eventually("it takes calls", async () => (await http.get("/v1/items")).status === 200);
      over.abort();
      await Promise.all(readers);
      expect([back.meshPort, early]).to.deep.equal([inventory.meshPort, []]);
    });
});

describe("watches over HTTP", () => {
  const kill = (pid: number, signal: "SIGKILL" | "SIGTERM") => process.kill(pid, signal);
  const cuts: readonly (readonly [what: string, cut: (instance: Instance) => void])[] = [
    ["kill -9 of the service", ({ app }) => kill(app.pid, "SIGKILL")],
    ["SIGTERM to the service", ({ app }) => kill(app.pid, "SIGTERM")],
    ["kill -9 of the service's sidecar", ({ sidecarPid }) => kill(sidecarPid, "SIGKILL")],
    ["SIGTERM to the service's sidecar", ({ sidecarPid }) => kill(sidecarPid, "SIGTERM")],
  ];
  for (const [what, cut] of cuts) {
    it(`go on through ${what}: each tells each change once and in order`, async () => {
      const http = new HttpClient(shop().edge);
      const admin = await signedIn(http, shop().administrator);
      const item = await stockedItem(http, admin, "1");
      await using opened = new AsyncDisposableStack();
      const paths = ["/v1/items:watchStock", `/v1/items:watchStock?items=${item}`];
      const watchers = [...paths, ...paths].flatMap((path) =>
        FRAMINGS.map((accept) => opened.use(watchStock(http, path, accept))),
      );
      const all = (level: string) => watchers.every((watcher) => watcher.onHand(item).includes(level));
      await eventually("all have the first level", () => all("1"));
      const inventory = await theInventory();
      await changeStock(http, item, admin);
      const changing = changeStock(http, item, admin);
      cut(inventory);
      await changing;
      const { onHand } = (await http.get(`/v1/${item}`)).body;
      await eventually("all have the last level", () => all(onHand));
      const told = Array.from({ length: Number(onHand) }, (_, index) => String(index + 1));
      for (const watcher of watchers)
        expect([watcher.onHand(item), watcher.strange]).to.deep.equal([told, []]);
    });
  }
});

async function theInventory(): Promise<Instance> {
  const found = (await shop().instances()).find(({ workload }) => workload === "inventory");
  if (found === undefined) throw new Error("there is no inventory");
  return found;
}

/** Adds a piece, one after the other, until so many were acknowledged: some come when the service is away. */
async function changeStock(http: HttpClient, item: string, token: Token): Promise<void> {
  for (let acknowledged = 0; acknowledged < CHANGES; ) {
    const { status } = await http.post(`/v1/${item}:addStock`, { quantity: "1" }, { token });
    if (status === 200) acknowledged++;
  }
}
