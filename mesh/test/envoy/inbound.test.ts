import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { Metadata, status } from "@grpc/grpc-js";
import { eventually } from "@theseus/testing";
import { expect } from "chai";
import { contractPolicy } from "../harness/contract-policy.js";
import { bearer, type Inventory, paths, resetApplication, startInventory } from "../harness/inventory.js";
import { startSilentApplication } from "../harness/silent-application.js";
import { clientCertificate } from "../harness/topology.js";

describe("A sidecar in front of its application", () => {
  let inventory: Inventory;

  before(async () => {
    const policy = contractPolicy({
      [paths.listItems]: { rate: { requestsPerSecond: 1, burst: 3 } },
      [paths.getReservation]: { rate: { requestsPerSecond: 1, burst: 6 } },
      [paths.createReservation]: { timeoutMs: 300, maxRequestBytes: 1000 },
    });
    inventory = await startInventory(policy);
  });
  after(() => inventory[Symbol.asyncDispose]());
  beforeEach(() => resetApplication(inventory));

  describe("what the application sees", () => {
    it("is the calling workload, whatever the caller says", async () => {
      await inventory.gateway.call(paths.getItem, {
        headers: { "x-forwarded-client-cert": clientCertificate("payment") },
      });
      const certificate = inventory.application.arrivals[0]?.headers["x-forwarded-client-cert"];
      expect(certificate).to.match(/URI=spiffe:\/\/mesh\.test\/ns\/harness\/sa\/gateway$/);
      expect(certificate).not.to.contain("payment");
    });

    it("is the verified claims, and not the token", async () => {
      await inventory.gateway.call(
        paths.createReservation,
        bearer(inventory.tokens.issue({ sub: "people/u7" })),
      );
      const { headers = {} } = inventory.application.arrivals[0] ?? {};
      const claims = JSON.parse(Buffer.from(headers["x-theseus-claims"] ?? "", "base64url").toString());
      expect(claims).to.include({ sub: "people/u7", sid: "s1" });
      expect(headers).not.to.have.property("authorization");
    });

    it("is no authorization of another kind either", async () => {
      await inventory.gateway.call(paths.getItem, { headers: { authorization: "Basic dTpw" } });
      expect(inventory.application.arrivals[0]?.headers).not.to.have.property("authorization");
    });

    it("is never claims that a caller brings itself", async () => {
      const forged = { "x-theseus-claims": Buffer.from('{"sub":"people/root"}').toString("base64url") };
      await inventory.gateway.call(paths.getItem, { headers: forged });
      await inventory.developer.call(paths.getItem, { headers: forged });
      expect(inventory.application.arrivals).to.have.length(2);
      for (const { headers } of inventory.application.arrivals)
        expect(headers).not.to.have.property("x-theseus-claims");
    });

    it("is the source of the call that the caller's sidecar hands on, and none that a developer says", async () => {
      const headers = { "x-theseus-source": "192.0.2.7" };
      await inventory.gateway.call(paths.getItem, { headers });
      await inventory.developer.call(paths.getItem, { headers });
      const sources = inventory.application.arrivals.map(({ headers }) => headers["x-theseus-source"]);
      expect(sources).to.deep.equal(["192.0.2.7", undefined]);
    });

    it("is the request id and the trace of the caller", async () => {
      const headers = {
        "x-request-id": "5f0c95c4-2b1e-4f44-9fd6-4e9f0e7a4c11",
        traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
      };
      await inventory.gateway.call(paths.getItem, { headers });
      expect(inventory.application.arrivals[0]?.headers).to.include(headers);
    });
  });

  describe("limits", () => {
    it("refuses calls above the method's rate, and says when to come again", async () => {
      const outcomes = await Promise.all(
        Array.from({ length: 8 }, () => inventory.gateway.call(paths.listItems)),
      );
      const refused = outcomes.filter(({ status }) => status !== "OK");
      expect(refused).to.have.length.within(4, 5);
      expect(refused[0]).to.include({
        status: "RESOURCE_EXHAUSTED",
        reason: "RATE_LIMITED",
        retryAfterMs: 1000,
      });
    });

    it("leaves half of a method's rate to others than one source, however often that one calls", async () => {
      const { headers } = bearer(inventory.tokens.issue());
      const callFrom = (source: Readonly<Record<string, string>>) =>
        inventory.gateway.call(paths.getReservation, { headers: { ...headers, ...source } });
      const stranger = { "x-theseus-source": "192.0.2.7" };
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => callFrom(stranger)));
      expect(outcomes.filter(({ status }) => status === "OK")).to.have.length.within(3, 4);
      expect(outcomes.filter(({ reason }) => reason === "RATE_LIMITED")).to.have.length.within(16, 17);
      const others = [await callFrom({ "x-theseus-source": "192.0.2.8" }), await callFrom({})];
      expect(others.map(({ status }) => status)).to.deep.equal(["OK", "OK"]);
    });

    it("takes a request of the method's size, and refuses larger ones before they are whole", async () => {
      const token = bearer(inventory.tokens.issue());
      expect(
        (await inventory.gateway.call(paths.createReservation, { ...token, bytes: 1000 })).status,
      ).to.equal("OK");
      const outcome = await inventory.gateway.call(paths.createReservation, { ...token, bytes: 1_000_000 });
      expect(outcome).to.include({ status: "RESOURCE_EXHAUSTED", reason: "REQUEST_TOO_LARGE" });
      expect(inventory.application.arrivals).to.have.length(1);
    });

    it("holds no message of a stream back", async () => {
      const headers = { authorization: `Bearer ${inventory.tokens.issue({ roles: ["captain"] })}` };
      const stream = inventory.gateway.stream(paths.importItems, headers);
      stream.write(Buffer.from("first"));
      const [echo] = await new Promise<Buffer[]>((resolve, reject) => {
        stream.once("data", (message: Buffer) => resolve([message])).once("error", reject);
      });
      expect(echo?.toString()).to.equal("first");
      stream.on("error", () => {}).cancel();
    });

    it("ends a call at the method's timeout, and the application hears of it", async () => {
      inventory.application.answer = () => new Promise(() => {});
      const outcome = await inventory.gateway.call(paths.createReservation, {
        ...bearer(inventory.tokens.issue()),
        deadlineMs: Infinity,
      });
      expect(outcome.status).to.equal("DEADLINE_EXCEEDED");
      await eventually(
        "the application sees the end",
        async () => inventory.application.arrivals[0]?.cancelled.aborted === true,
      );
    });

    it("keeps its own marks out of the application's answers", async () => {
      inventory.application.answer = async () => {
        const metadata = new Metadata();
        metadata.set("x-theseus-unreached", "true");
        throw { code: status.FAILED_PRECONDITION, details: "no", metadata };
      };
      const outcome = await inventory.gateway.call(paths.getItem);
      expect(outcome.status).to.equal("FAILED_PRECONDITION");
      expect(outcome.headers?.get("x-theseus-unreached")).to.deep.equal([]);
    });

    it("passes the capped deadline on, also of a call that has none", async () => {
      await inventory.gateway.call(paths.createReservation, bearer(inventory.tokens.issue()));
      await inventory.gateway.call(paths.createReservation, {
        ...bearer(inventory.tokens.issue()),
        deadlineMs: Infinity,
      });
      for (const { remainingMs } of inventory.application.arrivals) expect(remainingMs).to.be.within(1, 300);
    });
  });

  it("writes a line for each call: its id, caller, method and end, and never a token", async () => {
    const { gateway, tokens, sidecar } = inventory;
    const token = tokens.issue();
    const id = randomUUID();
    const path = `${paths.createReservation}?access_token=${token}`;
    await gateway.call(path, { headers: { authorization: `Bearer ${token}`, "x-request-id": id } });
    const log = () => readFile(sidecar.options.paths.accessLog, "utf8");
    await eventually("the line is written", async () => (await log()).includes(id));
    const lines = (await log()).trim().split("\n");
    const line = JSON.parse(lines.find((candidate) => candidate.includes(id)) ?? "");
    expect(line).to.include({
      listener: "mesh",
      request_id: id,
      peer: "spiffe://mesh.test/ns/harness/sa/gateway",
      path: paths.createReservation,
      route: paths.createReservation,
    });
    expect(line).to.include.keys("time", "grpc_status", "details", "attempts", "duration_ms");
    expect(await log()).not.to.contain(token);
    expect(await log()).not.to.contain("grpc.health");
  });

  describe("an application that is gone", () => {
    before(() => inventory.application[Symbol.asyncDispose]());

    it("is answered for: unavailable, and when to come again", async () => {
      const outcome = await inventory.gateway.call(paths.getItem);
      expect(outcome).to.include({
        status: "UNAVAILABLE",
        reason: "SERVICE_UNAVAILABLE",
        retryAfterMs: 1000,
      });
    });

    it("is marked as not reached, so that the caller's sidecar may repeat any call", async () => {
      const outcome = await inventory.gateway.call(paths.getItem);
      expect(outcome.headers?.get("x-theseus-unreached")).to.deep.equal(["true"]);
    });
  });

  describe("an application that takes a call and never answers", () => {
    let silent: AsyncDisposable;

    before(async () => {
      silent = await startSilentApplication(inventory.sidecar.options.paths.app);
    });
    after(() => silent[Symbol.asyncDispose]());

    it("is answered for when the deadline has passed", async () => {
      const outcome = await inventory.gateway.call(paths.createReservation, bearer(inventory.tokens.issue()));
      expect(outcome).to.include({
        status: "DEADLINE_EXCEEDED",
        reason: "DEADLINE_EXCEEDED",
        domain: "theseus",
      });
    });
  });
});
