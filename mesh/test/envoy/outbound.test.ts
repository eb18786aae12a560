import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { status } from "@grpc/grpc-js";
import { AsyncDisposableStack } from "@theseus/kit";
import { createScratchFolder, eventually } from "@theseus/testing";
import { expect } from "chai";
import { openAuthority } from "../../src/identity/index.js";
import { contractPolicy } from "../harness/contract-policy.js";
import { type GrpcApplication, startApplication } from "../harness/grpc-application.js";
import { type GrpcCaller, grpcCaller } from "../harness/grpc-caller.js";
import { neighbourhood, type RunningSidecar, startSidecar } from "../harness/sidecar.js";
import { openTokens } from "../harness/tokens.js";
import { topology } from "../harness/topology.js";

const service = "/theseus.inventory.v1.InventoryService";
const getItem = `${service}/GetItem`; // a read
const addStock = `${service}/AddStock`; // repeatable by its request id
const updateItem = `${service}/UpdateItem`; // not repeatable

describe("A sidecar's outbound listener", () => {
  const cleanup = new AsyncDisposableStack();
  const applications: GrpcApplication[] = [];
  const peers: RunningSidecar[] = [];
  const ports: number[] = [];
  const sockets: string[] = [];
  let start: (index: number) => Promise<void>;
  let startPeer: (instance: string) => Promise<RunningSidecar>;
  let sidecar: RunningSidecar;
  let caller: GrpcCaller;
  let headers: Readonly<Record<string, string>>;

  before(async () => {
    const { path } = cleanup.use(createScratchFolder());
    const policy = contractPolicy({ [getItem]: { timeoutMs: 600 }, [updateItem]: { timeoutMs: 20_000 } });
    const around = await neighbourhood(path, await openAuthority(`${path}/ca`, { topology }), policy);
    start = async (index) => {
      applications[index] = cleanup.use(await startApplication(policy, `unix:${sockets[index]}`));
    };
    startPeer = async (instance) =>
      cleanup.use(await startSidecar(around, { workload: "inventory", instance, ports: { mesh: 0 } }));
    for (const instance of ["1", "2"]) {
      const peer = await startPeer(instance);
      peers.push(peer);
      ports.push(peer.ports.mesh ?? 0);
      sockets.push(peer.options.paths.app);
      await start(applications.length);
    }
    sidecar = cleanup.use(await startSidecar(around, { workload: "gateway", ports: {} }));
    caller = cleanup.use(grpcCaller(`unix:${sidecar.options.paths.outbound}`));
    const token = (await openTokens(around.keys)).issue({ roles: ["captain"] });
    headers = { authorization: `Bearer ${token}` };
  });
  after(() => cleanup.disposeAsync());
  beforeEach(() => {
    for (const application of applications) {
      application.arrivals.length = 0;
      application.answer = async () => Buffer.alloc(0);
    }
  });

  const arrivals = () => applications.flatMap((application) => application.arrivals);
  const endpoints = (...weights: readonly number[]) =>
    weights.flatMap((weight, index) =>
      weight === 0 ? [] : [{ address: "127.0.0.1", port: ports[index] ?? 0, weight }],
    );
  const healthyHosts = async () => {
    const { cluster_statuses } = JSON.parse(await sidecar.admin("/clusters?format=json"));
    const found = cluster_statuses.find(({ name }: { name: string }) => name === "inventory");
    return (found.host_statuses ?? []).filter(
      ({ health_status }: { health_status: object }) =>
        Object.keys(health_status).join() === "eds_health_status",
    ).length;
  };

  it("says that a service is unavailable while it has no instance", async () => {
    const outcome = await caller.call(getItem);
    expect(outcome).to.include({ status: "UNAVAILABLE", reason: "SERVICE_UNAVAILABLE", retryAfterMs: 1000 });
  });

  describe("with two instances", () => {
    before(async () => {
      await sidecar.setEndpoints("inventory", endpoints(1, 1));
      await eventually("both instances are healthy", async () => (await healthyHosts()) === 2);
    });

    it("carries token, request id, trace, source and deadline to the peer, and its own identity", async () => {
      const id = "5f0c95c4-2b1e-4f44-9fd6-4e9f0e7a4c11";
      const trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
      const passed = { "x-request-id": id, traceparent: trace, "x-theseus-source": "192.0.2.7" };
      await caller.call(addStock, { headers: { ...headers, ...passed } });
      const [arrival] = arrivals();
      expect(arrival?.headers).to.include(passed);
      expect(arrival?.headers["x-forwarded-client-cert"]).to.match(/\/sa\/gateway$/);
      expect(arrival?.headers).to.have.property("x-theseus-claims");
      expect(arrival?.remainingMs).to.be.within(1, 3000);
    });

    it("knows no service that the contract does not let its workload call", async () => {
      expect(await caller.call("/theseus.provider.v1.CardProvider/Authorize")).to.include({
        status: "UNIMPLEMENTED",
        reason: "UNIMPLEMENTED",
      });
    });

    it("leaves a method that is another's to the peer, who refuses it", async () => {
      const outcome = await caller.call(`${service}/CommitReservation`);
      expect(outcome).to.include({ status: "PERMISSION_DENIED", reason: "CALLER_DENIED" });
    });

    for (const [kind, path, calls, ends] of [
      ["repeats a read at another instance", getItem, [1, 1], "OK"],
      ["repeats a write that carries a request id", addStock, [1, 1], "OK"],
      ["sends what is not idempotent once", updateItem, [0, 1], "UNAVAILABLE"],
    ] as const) {
      it(`${kind} when an application says unavailable`, async () => {
        failFirst(applications);
        expect((await caller.call(path, { headers })).status).to.equal(ends);
        expect(applications.map((application) => application.arrivals.length).sort()).to.deep.equal(calls);
      });
    }

    it("repeats a request of full size", async () => {
      failFirst(applications);
      expect(await caller.call(addStock, { headers, bytes: 65_536 })).to.deep.equal({ status: "OK" });
    });

    it("leaves an instance that hangs on a read in time to ask another", async () => {
      failFirst(applications, () => new Promise(() => {}));
      expect(await caller.call(getItem)).to.deep.equal({ status: "OK" });
      expect(applications.map((application) => application.arrivals.length)).to.deep.equal([1, 1]);
    });

    it("carries a stream both ways, message by message", async () => {
      const stream = caller.stream(`${service}/SyncStock`, headers);
      for (const text of ["one", "two"]) {
        stream.write(Buffer.from(text));
        const [echo] = await once(stream, "data");
        expect(String(echo)).to.equal(text);
      }
      stream.end();
      await once(stream.resume(), "end");
    });

    it("leaves streams at an instance that is listed no more", async () => {
      const streams = Array.from({ length: 4 }, () => caller.stream(`${service}/SyncStock`, headers));
      const echoOf = async (stream: (typeof streams)[number], text: string) => {
        stream.write(Buffer.from(text));
        return String((await once(stream, "data"))[0]);
      };
      const ask = (text: string) => Promise.all(streams.map((stream) => echoOf(stream, text)));
      expect(await ask("before")).to.deep.equal(streams.map(() => "before"));
      await sidecar.setEndpoints("inventory", endpoints(1, 0));
      await eventually("one instance is left", async () => (await healthyHosts()) === 1);
      expect(await ask("after")).to.deep.equal(streams.map(() => "after"));
      for (const stream of streams) {
        stream.end();
        await once(stream.resume(), "end");
      }
      await sidecar.setEndpoints("inventory", endpoints(1, 1));
      await eventually("both instances are healthy", async () => (await healthyHosts()) === 2);
    });

    it("shifts by weight", async () => {
      await sidecar.setEndpoints("inventory", endpoints(1, 9));
      await eventually("nine calls of ten go to the second instance", async () => {
        for (const application of applications) application.arrivals.length = 0;
        for (let n = 0; n < 50; n++) await caller.call(getItem);
        return applications[0]?.arrivals.length === 5;
      });
    });

    it("changes weights and instances without a failed call", async () => {
      const changes = [endpoints(9, 1), endpoints(1, 1), endpoints(0, 1), endpoints(1, 1), endpoints(1, 0)];
      const outcomes = new Map<string, number>();
      let changing = true;
      const load = Array.from({ length: 4 }, async () => {
        while (changing) {
          const { status: end } = await caller.call(getItem);
          outcomes.set(end, (outcomes.get(end) ?? 0) + 1);
        }
      });
      for (const change of changes) {
        await sidecar.setEndpoints("inventory", change);
        await eventually("the change has arrived", async () => (await healthyHosts()) === change.length);
      }
      changing = false;
      await Promise.all(load);
      expect([...outcomes.keys()]).to.deep.equal(["OK"]);
      expect(outcomes.get("OK")).to.be.above(20);
    });
  });

  describe("with one of two instances in reserve", () => {
    const arrived = () => applications.map((application) => application.arrivals.length);
    before(async () => {
      const [active, other] = endpoints(1, 1);
      if (active === undefined || other === undefined) throw new Error("there are two");
      await sidecar.setEndpoints("inventory", [active, { ...other, reserve: true }]);
      await eventually("both instances are healthy", async () => (await healthyHosts()) === 2);
    });

    it("sends it nothing as long as the other one is well", async () => {
      for (let n = 0; n < 20; n++) expect((await caller.call(updateItem, { headers })).status).to.equal("OK");
      expect(arrived()).to.deep.equal([20, 0]);
    });

    it("sends it what the sidecar of the other one does not take, in the middle of calls", async () => {
      const outcomes: string[] = [];
      let calling = true;
      const load = Array.from({ length: 4 }, async () => {
        while (calling) outcomes.push((await caller.call(getItem)).status);
      });
      await peers[0]?.[Symbol.asyncDispose]();
      await eventually("the reserve is called", async () => (arrived()[1] ?? 0) > 200);
      calling = false;
      await Promise.all(load);
      expect(new Set(outcomes)).to.deep.equal(new Set(["OK"]));
    });

    after(async () => {
      const peer = await startPeer("1");
      ports[0] = peer.ports.mesh ?? 0;
    });
  });

  describe("with the application of one of two instances gone", () => {
    before(async () => {
      await sidecar.setEndpoints("inventory", endpoints(1, 1));
      await eventually("both instances are healthy", async () => (await healthyHosts()) === 2);
      await applications[0]?.[Symbol.asyncDispose]();
    });

    it("repeats even what is not idempotent, because it certainly never arrived", async () => {
      for (let n = 0; n < 6; n++) {
        expect((await caller.call(updateItem, { headers })).status).to.equal("OK");
      }
      expect(applications.map((application) => application.arrivals.length)).to.deep.equal([0, 6]);
    });

    it("lets calls wait until the only one is there again", async () => {
      await sidecar.setEndpoints("inventory", endpoints(0, 1));
      await eventually("one is left", async () => (await healthyHosts()) === 1);
      await applications[1]?.[Symbol.asyncDispose]();
      const waiting = [addStock, updateItem].map((method) => caller.call(method, { headers }));
      await sleep(1_500);
      await start(1);
      expect((await Promise.all(waiting)).map((outcome) => outcome.status)).to.deep.equal(["OK", "OK"]);
      expect(applications[1]?.arrivals.map(({ path }) => path)).to.have.members([addStock, updateItem]);
    });

    it("tells the caller nothing of how it knows", async () => {
      await applications[1]?.[Symbol.asyncDispose]();
      const outcome = await caller.call(updateItem, { headers, deadlineMs: 20_000 });
      expect(outcome).to.include({ status: "UNAVAILABLE", reason: "SERVICE_UNAVAILABLE" });
      expect(outcome.headers?.get("x-theseus-unreached")).to.deep.equal([]);
    });
  });
});

/** The first call that arrives anywhere goes wrong, the others succeed. */
function failFirst(applications: readonly GrpcApplication[], wrong = unavailable): void {
  let first = true;
  for (const application of applications) {
    application.answer = async () => {
      if (!first) return Buffer.alloc(0);
      first = false;
      return wrong();
    };
  }
}

async function unavailable(): Promise<Buffer> {
  throw { code: status.UNAVAILABLE, details: "not now" };
}
