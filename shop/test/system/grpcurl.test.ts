import { randomUUID } from "node:crypto";
import { expect } from "chai";
import { findGrpcurl, grpcurl } from "./grpcurl.js";
import { HttpClient, registeredUser, signedIn } from "./http-client.js";
import { shop } from "./root-hooks.js";
import { stockedItem } from "./stock.js";

type Service = "user" | "inventory" | "payment";

describe("the services by grpcurl", () => {
  let path: string;
  let buyer: { name: string; email: string; password: string; token: () => Promise<string> };
  let item: string;

  before(async function () {
    const found = findGrpcurl();
    if ("missing" in found) {
      for (const test of this.test?.parent?.tests ?? []) test.title += ` (skipped: ${found.missing})`;
      return this.skip();
    }
    path = found.path;
    const http = new HttpClient(shop().edge);
    buyer = await registeredUser(http);
    item = await stockedItem(http, await signedIn(http, shop().administrator), "9");
  }).timeout(300_000);

  it("lists each service, and describes it with the options of the contract", async () => {
    for (const [service, name] of [
      ["user", "theseus.user.v1.UserService"],
      ["inventory", "theseus.inventory.v1.InventoryService"],
      ["payment", "theseus.payment.v1.PaymentService"],
    ] as const) {
      expect((await plain(service, [], "list")).stdout.split("\n")).to.include(name);
      const described = (await plain(service, [], "describe", name)).stdout;
      expect(described).to.include("theseus.mesh.v1.policy").and.to.include("google.api.http");
    }
  });

  it("tells the health of each service", async () => {
    for (const service of ["user", "inventory", "payment"] as const) {
      expect(await answer(service, "grpc.health.v1.Health/Check", {})).to.deep.equal({ status: "SERVING" });
    }
  });

  it("goes through the journey: sign in, reserve, pay, look", async () => {
    const session = await answer("user", "theseus.user.v1.UserService/SignIn", {
      email: buyer.email,
      password: buyer.password,
    });
    const reservation = await answer(
      "inventory",
      "theseus.inventory.v1.InventoryService/CreateReservation",
      { reservation: { lines: [{ item, quantity: 3 }] }, request_id: randomUUID() },
      session.accessToken,
    );
    const wanted = { reservation: reservation.name, card_token: "card-ok" };
    const request = { payment: wanted, request_id: randomUUID() };
    const pay = () =>
      answer("payment", "theseus.payment.v1.PaymentService/CreatePayment", request, session.accessToken);
    const payment = await pay();
    expect(payment.state).to.equal("PAYMENT_STATE_CAPTURED");
    expect(await pay()).to.deep.equal(payment);
    const left = await answer("inventory", "theseus.inventory.v1.InventoryService/GetItem", { name: item });
    expect(left).to.include({ onHand: "6", sold: "3" });
  });

  it("is refused without a token, with the reason among the details", async () => {
    const refused = await plain("payment", ["-d", "{}"], "theseus.payment.v1.PaymentService/ListPayments");
    expect(refused.code).to.not.equal(0);
    expect(refused.stderr).to.include("Unauthenticated").and.to.include("TOKEN_MISSING");
  });

  it("is refused a request that breaks a rule, with the field's path", async () => {
    const method = "theseus.inventory.v1.InventoryService/CreateReservation";
    const body = JSON.stringify({
      reservation: { lines: [{ item, quantity: -1 }] },
      request_id: randomUUID(),
    });
    const refused = await plain(
      "inventory",
      ["-H", `authorization: Bearer ${await buyer.token()}`, "-d", body],
      method,
    );
    expect(refused.stderr).to.include("InvalidArgument").and.to.include("reservation.lines[0].quantity");
  });

  function plain(service: Service, options: readonly string[], ...rest: readonly string[]) {
    return grpcurl(path, "-plaintext", "-unix", ...options, shop().developer[service], ...rest);
  }

  async function answer(service: Service, method: string, request: object, token?: string) {
    const header = token === undefined ? [] : ["-H", `authorization: Bearer ${token}`];
    const { code, stdout, stderr } = await plain(service, [...header, "-d", JSON.stringify(request)], method);
    expect(code, stderr).to.equal(0);
    return JSON.parse(stdout);
  }
});
