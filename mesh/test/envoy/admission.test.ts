import { expect } from "chai";
import { bearer, type Inventory, paths, resetApplication, startInventory } from "../harness/inventory.js";
import { clientCertificate } from "../harness/topology.js";

describe("Who may call what", () => {
  let inventory: Inventory;

  before(async () => {
    inventory = await startInventory();
  });
  after(() => inventory[Symbol.asyncDispose]());
  beforeEach(() => resetApplication(inventory));

  it("lets a public method pass without a token", async () => {
    expect(await inventory.gateway.call(paths.getItem)).to.deep.equal({ status: "OK" });
  });

  it("lets a user's token pass where one is asked for", async () => {
    expect(
      await inventory.gateway.call(paths.createReservation, bearer(inventory.tokens.issue())),
    ).to.deep.equal({
      status: "OK",
    });
  });

  it("lets an administrator pass where one is asked for", async () => {
    const token = inventory.tokens.issue({ roles: ["customer", "captain"] });
    expect(await inventory.gateway.call(paths.addStock, bearer(token))).to.deep.equal({ status: "OK" });
  });

  it("lets a workload pass that calls on its own behalf", async () => {
    expect(await inventory.payment.call(paths.commitReservation)).to.deep.equal({ status: "OK" });
    expect(await inventory.payment.call(paths.getReservation)).to.deep.equal({ status: "OK" });
  });

  const refusals = [
    [
      "a user's method without a token",
      () => inventory.gateway.call(paths.createReservation),
      "UNAUTHENTICATED",
      "TOKEN_MISSING",
    ],
    [
      "a method that another workload may call without a token",
      () => inventory.gateway.call(paths.getReservation),
      "UNAUTHENTICATED",
      "TOKEN_MISSING",
    ],
    [
      "a customer at an administrator's method",
      () => inventory.gateway.call(paths.addStock, bearer(inventory.tokens.issue())),
      "PERMISSION_DENIED",
      "CALLER_DENIED",
    ],
    [
      "a workload at another's method",
      () => inventory.payment.call(paths.addStock),
      "PERMISSION_DENIED",
      "CALLER_DENIED",
    ],
    [
      "a workload at another's method, even with a token",
      () =>
        inventory.gateway.call(
          paths.commitReservation,
          bearer(inventory.tokens.issue({ roles: ["captain"] })),
        ),
      "PERMISSION_DENIED",
      "CALLER_DENIED",
    ],
    [
      "a method that does not exist",
      () => inventory.gateway.call(`${paths.service}/Steal`),
      "UNIMPLEMENTED",
      "UNIMPLEMENTED",
    ],
    ["a service that is not here", () => inventory.gateway.call("/x.Y/Z"), "UNIMPLEMENTED", "UNIMPLEMENTED"],
  ] as const;
  for (const [what, call, status, reason] of refusals) {
    it(`refuses ${what}: ${status}, ${reason}`, async () => {
      expect(await call()).to.include({ status, reason, domain: "theseus" });
      expect(inventory.application.arrivals).to.deep.equal([]);
    });
  }

  const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;
  const badTokens = [
    ["expired", () => inventory.tokens.issue({ iat: inSeconds(-56), exp: inSeconds(-6) })],
    ["signed with another key", () => inventory.tokens.forge()],
    ["changed after signing", () => tampered(inventory.tokens.issue())],
    ["for another audience", () => inventory.tokens.issue({ aud: "bank" })],
    ["of another issuer", () => inventory.tokens.issue({ iss: "https://elsewhere.example" })],
    ["valid for too long", () => inventory.tokens.issue({ exp: inSeconds(60) })],
    ["not a token at all", () => "hello"],
    ["unsigned", () => unsigned(inventory.tokens.issue())],
  ] as const;
  for (const [what, token] of badTokens) {
    it(`refuses a token that is ${what}, also where none is needed`, async () => {
      for (const path of [paths.createReservation, paths.addStock, paths.getReservation, paths.getItem]) {
        const outcome = await inventory.gateway.call(path, bearer(token()));
        expect(outcome).to.include({ status: "UNAUTHENTICATED", reason: "TOKEN_INVALID" });
      }
      expect(inventory.application.arrivals).to.deep.equal([]);
    });
  }

  it("lets clocks differ by five seconds", async () => {
    const late = inventory.tokens.issue({ iat: inSeconds(-53), exp: inSeconds(-3) });
    expect((await inventory.gateway.call(paths.createReservation, bearer(late))).status).to.equal("OK");
  });

  it("takes no token from the query", async () => {
    const outcome = await inventory.gateway.call(
      `${paths.createReservation}?access_token=${inventory.tokens.issue()}`,
    );
    expect(outcome).to.include({ status: "UNAUTHENTICATED", reason: "TOKEN_MISSING" });
  });

  it("lets any peer ask for health", async () => {
    expect((await inventory.payment.call("/grpc.health.v1.Health/Check")).status).to.equal("OK");
  });

  describe("the developer's listener", () => {
    it("lets pass what any workload may, with the same token rules", async () => {
      expect((await inventory.developer.call(paths.commitReservation)).status).to.equal("OK");
      expect(
        (await inventory.developer.call(paths.createReservation, bearer(inventory.tokens.issue()))).status,
      ).to.equal("OK");
      expect(await inventory.developer.call(paths.createReservation)).to.include({
        status: "UNAUTHENTICATED",
        reason: "TOKEN_MISSING",
      });
      expect(await inventory.developer.call(paths.addStock, bearer(inventory.tokens.issue()))).to.include({
        reason: "CALLER_DENIED",
      });
      expect(
        await inventory.developer.call(paths.createReservation, bearer(inventory.tokens.forge())),
      ).to.include({ reason: "TOKEN_INVALID" });
    });

    it("passes no certificate on that a caller claims to have", async () => {
      await inventory.developer.call(paths.commitReservation, {
        headers: { "x-forwarded-client-cert": clientCertificate("payment") },
      });
      expect(inventory.application.arrivals[0]?.headers).not.to.have.property("x-forwarded-client-cert");
    });
  });
});

function tampered(token: string): string {
  const [header, , signature] = token.split(".");
  const payload = { iss: "https://issuer.test", aud: "testers", sub: "people/root", roles: ["captain"] };
  return [header, Buffer.from(JSON.stringify(payload)).toString("base64url"), signature].join(".");
}

function unsigned(token: string): string {
  const header = Buffer.from('{"alg":"none","typ":"JWT"}').toString("base64url");
  return `${header}.${token.split(".")[1]}.`;
}
