import { once } from "node:events";
import { rm } from "node:fs/promises";
import { createServer } from "node:http2";
import { connect } from "node:tls";
import { Metadata, status } from "@grpc/grpc-js";
import { expect } from "chai";
import { type Identity, openAuthority, type SigningKeys } from "../../src/identity/index.js";
import { Cleanup } from "../harness/cleanup.js";
import { contractPolicy } from "../harness/contract-policy.js";
import { eventually } from "../harness/eventually.js";
import { type GrpcApplication, startApplication } from "../harness/grpc-application.js";
import { type GrpcCaller, grpcCaller } from "../harness/grpc-caller.js";
import { scratchFolder } from "../harness/scratch.js";
import { neighbourhood, type RunningSidecar, startSidecar } from "../harness/sidecar.js";
import { openTokens, type Tokens } from "../harness/tokens.js";

const service = "/theseus.inventory.v1.InventoryService";
const getItem = `${service}/GetItem`; // gateway · PUBLIC
const reserve = `${service}/ReserveStock`; // gateway · USER
const addStock = `${service}/AddStock`; // gateway · ADMIN
const getReservation = `${service}/GetReservation`; // gateway · USER, payment · NONE
const commit = `${service}/CommitReservation`; // payment · NONE
const listItems = `${service}/ListItems`;
const importItems = `${service}/ImportItems`;

describe("A sidecar's inbound listeners", () => {
  const cleanup = new Cleanup();
  let application: GrpcApplication;
  let sidecar: RunningSidecar;
  let keys: SigningKeys;
  let tokens: Tokens;
  let mesh: string;
  let gateway: GrpcCaller;
  let payment: GrpcCaller;
  let developer: GrpcCaller;
  let stranger: Identity;
  let userIdentity: Identity;
  let gatewayIdentity: Identity;

  before(async () => {
    const { path } = cleanup.use(await scratchFolder());
    const policy = contractPolicy({
      [listItems]: { rate: { requestsPerSecond: 1, burst: 3 } },
      [reserve]: { timeoutMs: 300, maxRequestBytes: 1000 },
    });
    const authority = await openAuthority(`${path}/ca`);
    const around = await neighbourhood(path, authority, policy);
    keys = around.keys;
    tokens = await openTokens(keys);
    sidecar = cleanup.use(
      await startSidecar(around, { workload: "inventory", ports: { mesh: 0, developer: 0 } }),
    );
    application = cleanup.use(await startApplication(policy, `unix:${sidecar.options.paths.app}`));
    mesh = `127.0.0.1:${sidecar.ports.mesh}`;
    gatewayIdentity = await authority.issue("gateway");
    userIdentity = await authority.issue("user");
    stranger = await (await openAuthority(`${path}/other`)).issue("gateway");
    gateway = cleanup.use(grpcCaller(mesh, gatewayIdentity));
    payment = cleanup.use(grpcCaller(mesh, await authority.issue("payment")));
    developer = cleanup.use(grpcCaller(`127.0.0.1:${sidecar.ports.developer}`));
  });
  after(() => cleanup.run());
  beforeEach(() => {
    application.arrivals.length = 0;
    application.answer = async () => Buffer.alloc(0);
  });

  const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

  describe("who may connect", () => {
    it("lets a caller of the contract in, over TLS 1.3 and with the workload's name", async () => {
      const { protocol, uri } = await handshake(sidecar.ports.mesh, gatewayIdentity);
      expect(protocol).to.equal("TLSv1.3");
      expect(uri).to.equal("URI:spiffe://theseus.local/ns/shop/sa/inventory");
    });

    for (const [who, identity] of [
      ["without a certificate", () => ({ trustBundle: gatewayIdentity.trustBundle })],
      [
        "with a certificate of another authority",
        () => ({ ...stranger, trustBundle: gatewayIdentity.trustBundle }),
      ],
      ["with the certificate of a workload that the contract never lets in", () => userIdentity],
    ] as const) {
      it(`refuses a caller ${who}`, async () => {
        using caller = grpcCaller(mesh, identity());
        expect((await caller.call(getItem)).status).to.equal("UNAVAILABLE");
        expect(application.arrivals).to.deep.equal([]);
      });
    }

    it("refuses plain text at the port of the mesh", async () => {
      using caller = grpcCaller(mesh);
      expect((await caller.call(getItem)).status).to.equal("UNAVAILABLE");
    });
  });

  describe("who may call what", () => {
    it("lets a public method pass without a token", async () => {
      expect(await gateway.call(getItem)).to.deep.equal({ status: "OK" });
    });

    it("lets a user's token pass where one is asked for", async () => {
      expect(await gateway.call(reserve, bearer(tokens.issue()))).to.deep.equal({ status: "OK" });
    });

    it("lets an administrator pass where one is asked for", async () => {
      const token = tokens.issue({ roles: ["customer", "admin"] });
      expect(await gateway.call(addStock, bearer(token))).to.deep.equal({ status: "OK" });
    });

    it("lets a workload pass that calls on its own behalf", async () => {
      expect(await payment.call(commit)).to.deep.equal({ status: "OK" });
      expect(await payment.call(getReservation)).to.deep.equal({ status: "OK" });
    });

    const refusals = [
      ["a user's method without a token", () => gateway.call(reserve), "UNAUTHENTICATED", "TOKEN_MISSING"],
      [
        "a method that another workload may call without a token",
        () => gateway.call(getReservation),
        "UNAUTHENTICATED",
        "TOKEN_MISSING",
      ],
      [
        "a customer at an administrator's method",
        () => gateway.call(addStock, bearer(tokens.issue())),
        "PERMISSION_DENIED",
        "CALLER_DENIED",
      ],
      ["a workload at another's method", () => payment.call(addStock), "PERMISSION_DENIED", "CALLER_DENIED"],
      [
        "a workload at another's method, even with a token",
        () => gateway.call(commit, bearer(tokens.issue({ roles: ["admin"] }))),
        "PERMISSION_DENIED",
        "CALLER_DENIED",
      ],
      [
        "a method that does not exist",
        () => gateway.call(`${service}/Steal`),
        "UNIMPLEMENTED",
        "UNIMPLEMENTED",
      ],
      ["a service that is not here", () => gateway.call("/x.Y/Z"), "UNIMPLEMENTED", "UNIMPLEMENTED"],
    ] as const;
    for (const [what, call, status, reason] of refusals) {
      it(`refuses ${what}: ${status}, ${reason}`, async () => {
        expect(await call()).to.include({ status, reason, domain: "theseus" });
        expect(application.arrivals).to.deep.equal([]);
      });
    }

    const now = Math.floor(Date.now() / 1000);
    const badTokens = [
      ["expired", () => tokens.issue({ iat: now - 700, exp: now - 60 })],
      ["signed with another key", () => tokens.forge()],
      ["changed after signing", () => tampered(tokens.issue())],
      ["for another audience", () => tokens.issue({ aud: "bank" })],
      ["of another issuer", () => tokens.issue({ iss: "https://elsewhere.example" })],
      ["valid for too long", () => tokens.issue({ exp: now + 86_400 })],
      ["not a token at all", () => "hello"],
      ["unsigned", () => unsigned(tokens.issue())],
    ] as const;
    for (const [what, token] of badTokens) {
      it(`refuses a token that is ${what}, also where none is needed`, async () => {
        for (const path of [reserve, addStock, getReservation, getItem]) {
          const outcome = await gateway.call(path, bearer(token()));
          expect(outcome).to.include({ status: "UNAUTHENTICATED", reason: "TOKEN_INVALID" });
        }
        expect(application.arrivals).to.deep.equal([]);
      });
    }

    it("takes no token from the query", async () => {
      const outcome = await gateway.call(`${reserve}?access_token=${tokens.issue()}`);
      expect(outcome).to.include({ status: "UNAUTHENTICATED", reason: "TOKEN_MISSING" });
    });

    it("lets any peer ask for health", async () => {
      expect((await payment.call("/grpc.health.v1.Health/Check")).status).to.equal("OK");
    });
  });

  describe("what the application sees", () => {
    it("is the calling workload, whatever the caller says", async () => {
      await gateway.call(getItem, {
        headers: { "x-forwarded-client-cert": "URI=spiffe://theseus.local/ns/shop/sa/payment" },
      });
      const certificate = application.arrivals[0]?.headers["x-forwarded-client-cert"];
      expect(certificate).to.match(/URI=spiffe:\/\/theseus\.local\/ns\/shop\/sa\/gateway$/);
      expect(certificate).not.to.contain("payment");
    });

    it("is the verified claims, and not the token", async () => {
      await gateway.call(reserve, bearer(tokens.issue({ sub: "users/u7" })));
      const { headers = {} } = application.arrivals[0] ?? {};
      const claims = JSON.parse(Buffer.from(headers["x-theseus-claims"] ?? "", "base64url").toString());
      expect(claims).to.include({ sub: "users/u7", sid: "s1" });
      expect(headers).not.to.have.property("authorization");
    });

    it("is no authorization of another kind either", async () => {
      await gateway.call(getItem, { headers: { authorization: "Basic dTpw" } });
      expect(application.arrivals[0]?.headers).not.to.have.property("authorization");
    });

    it("is never claims that a caller brings itself", async () => {
      const forged = { "x-theseus-claims": Buffer.from('{"sub":"users/root"}').toString("base64url") };
      await gateway.call(getItem, { headers: forged });
      await developer.call(getItem, { headers: forged });
      expect(application.arrivals).to.have.length(2);
      for (const { headers } of application.arrivals)
        expect(headers).not.to.have.property("x-theseus-claims");
    });

    it("is the request id and the trace of the caller", async () => {
      const headers = {
        "x-request-id": "5f0c95c4-2b1e-4f44-9fd6-4e9f0e7a4c11",
        traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
      };
      await gateway.call(getItem, { headers });
      expect(application.arrivals[0]?.headers).to.include(headers);
    });
  });

  describe("limits", () => {
    it("refuses calls above the method's rate, and says when to come again", async () => {
      const outcomes = await Promise.all(Array.from({ length: 8 }, () => gateway.call(listItems)));
      const refused = outcomes.filter(({ status }) => status !== "OK");
      expect(refused).to.have.length.within(4, 5);
      expect(refused[0]).to.include({
        status: "RESOURCE_EXHAUSTED",
        reason: "RATE_LIMITED",
        retryAfterMs: 1000,
      });
    });

    it("takes a request of the method's size, and refuses larger ones before they are whole", async () => {
      const token = bearer(tokens.issue());
      expect((await gateway.call(reserve, { ...token, bytes: 1000 })).status).to.equal("OK");
      const outcome = await gateway.call(reserve, { ...token, bytes: 1_000_000 });
      expect(outcome).to.include({ status: "RESOURCE_EXHAUSTED", reason: "REQUEST_TOO_LARGE" });
      expect(application.arrivals).to.have.length(1);
    });

    it("holds no message of a stream back", async () => {
      const headers = { authorization: `Bearer ${tokens.issue({ roles: ["admin"] })}` };
      const stream = gateway.stream(importItems, headers);
      stream.write(Buffer.from("first"));
      const [echo] = await new Promise<Buffer[]>((resolve, reject) => {
        stream.once("data", (message: Buffer) => resolve([message])).once("error", reject);
      });
      expect(echo?.toString()).to.equal("first");
      stream.on("error", () => {}).cancel();
    });

    it("ends a call at the method's timeout, and the application hears of it", async () => {
      application.answer = () => new Promise(() => {});
      const outcome = await gateway.call(reserve, { ...bearer(tokens.issue()), deadlineMs: Infinity });
      expect(outcome.status).to.equal("DEADLINE_EXCEEDED");
      await eventually(
        "the application sees the end",
        async () => application.arrivals[0]?.cancelled.aborted === true,
      );
    });

    it("keeps its own marks out of the application's answers", async () => {
      application.answer = async () => {
        const metadata = new Metadata();
        metadata.set("x-theseus-unreached", "true");
        throw { code: status.FAILED_PRECONDITION, details: "no", metadata };
      };
      const outcome = await gateway.call(getItem);
      expect(outcome.status).to.equal("FAILED_PRECONDITION");
      expect(outcome.headers?.get("x-theseus-unreached")).to.deep.equal([]);
    });

    it("passes the capped deadline on, also of a call that has none", async () => {
      await gateway.call(reserve, bearer(tokens.issue()));
      await gateway.call(reserve, { ...bearer(tokens.issue()), deadlineMs: Infinity });
      for (const { remainingMs } of application.arrivals) expect(remainingMs).to.be.within(1, 300);
    });
  });

  describe("the developer's listener", () => {
    it("lets pass what any workload may, with the same token rules", async () => {
      expect((await developer.call(commit)).status).to.equal("OK");
      expect((await developer.call(reserve, bearer(tokens.issue()))).status).to.equal("OK");
      expect(await developer.call(reserve)).to.include({
        status: "UNAUTHENTICATED",
        reason: "TOKEN_MISSING",
      });
      expect(await developer.call(addStock, bearer(tokens.issue()))).to.include({ reason: "CALLER_DENIED" });
      expect(await developer.call(reserve, bearer(tokens.forge()))).to.include({ reason: "TOKEN_INVALID" });
    });

    it("passes no certificate on that a caller claims to have", async () => {
      await developer.call(commit, {
        headers: { "x-forwarded-client-cert": "URI=spiffe://theseus.local/ns/shop/sa/payment" },
      });
      expect(application.arrivals[0]?.headers).not.to.have.property("x-forwarded-client-cert");
    });
  });

  describe("a change of the signing key", () => {
    it("finds the next key known, and the tokens of the last one valid", async () => {
      await keys.rotate();
      const next = await openTokens(keys);
      expect((await gateway.call(addStock, bearer(next.issue({ roles: ["admin"] })))).status).to.equal("OK");
      expect((await gateway.call(addStock, bearer(tokens.issue({ roles: ["admin"] })))).status).to.equal(
        "OK",
      );
    });
  });

  describe("an application that is gone", () => {
    before(() => application[Symbol.asyncDispose]());

    it("is answered for: unavailable, and when to come again", async () => {
      const outcome = await gateway.call(getItem);
      expect(outcome).to.include({
        status: "UNAVAILABLE",
        reason: "SERVICE_UNAVAILABLE",
        retryAfterMs: 1000,
      });
    });

    it("is marked as not reached, so that the caller's sidecar may repeat any call", async () => {
      const outcome = await gateway.call(getItem);
      expect(outcome.headers?.get("x-theseus-unreached")).to.deep.equal(["true"]);
    });
  });

  describe("an application that takes a call and never answers", () => {
    const silent = createServer().on("stream", (stream) => stream.on("error", () => {}));

    before(async () => {
      await rm(sidecar.options.paths.app, { force: true });
      silent.listen(sidecar.options.paths.app);
      await once(silent, "listening");
    });
    after(() => silent.close());

    it("is answered for when the deadline has passed", async () => {
      const outcome = await gateway.call(reserve, bearer(tokens.issue()));
      expect(outcome).to.include({
        status: "DEADLINE_EXCEEDED",
        reason: "DEADLINE_EXCEEDED",
        domain: "theseus",
      });
    });
  });
});

function handshake(port: number | undefined, { certificate, privateKey, trustBundle }: Identity) {
  return new Promise<{ protocol: string | null; uri: string | undefined }>((resolve, reject) => {
    const socket = connect({
      host: "127.0.0.1",
      port: port ?? 0,
      cert: certificate,
      key: privateKey,
      ca: trustBundle,
      ALPNProtocols: ["h2"],
      checkServerIdentity: () => undefined,
    });
    socket.once("error", reject);
    socket.once("secureConnect", () => {
      resolve({ protocol: socket.getProtocol(), uri: socket.getPeerCertificate().subjectaltname });
      socket.destroy();
    });
  });
}

function tampered(token: string): string {
  const [header, , signature] = token.split(".");
  const payload = { iss: "https://theseus.local", aud: "shop", sub: "users/root", roles: ["admin"] };
  return [header, Buffer.from(JSON.stringify(payload)).toString("base64url"), signature].join(".");
}

function unsigned(token: string): string {
  const header = Buffer.from('{"alg":"none","typ":"JWT"}').toString("base64url");
  return `${header}.${token.split(".")[1]}.`;
}
