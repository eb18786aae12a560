import { eventually } from "@theseus/testing";
import { expect } from "chai";
import { type Answer, HttpClient, registeredUser, signedIn } from "./http-client.js";
import { shop } from "./root-hooks.js";

/** Sidecars write their access logs twice a second, applications as soon as they have answered. */
const WRITTEN_MS = 10_000;

describe("theseus explain", () => {
  const http = () => new HttpClient(shop().edge);

  /** What is told of an answer, as soon as it names the cause. */
  async function causeOf({ headers }: Answer, because: RegExp): Promise<string> {
    const id = headers.get("x-request-id") ?? "";
    let told = "";
    const isTold = async () => {
      told = (await shop().theseus("explain", id)).stdout;
      return because.test(told);
    };
    await eventually(`the cause of ${id}`, isTold, { withinMs: WRITTEN_MS, everyMs: 300 }).catch(() => {});
    expect(told).to.match(because);
    return told;
  }

  const ofGetItem = "InventoryService\\.GetItem in proto/theseus/inventory/v1/inventory_service\\.proto";

  it("names a token that is no token", async () => {
    const answer = await http().get("/v1/items/rope", { token: "xx.yy.zz" });
    await causeOf(
      answer,
      /failed with 401 TOKEN_INVALID .*because the access token is not valid at inventory-\d: /,
    );
  });

  it("names the policy that lets nobody without the role in", async () => {
    const { token } = await registeredUser(http());
    const answer = await http().post("/v1/items/rope:addStock", { quantity: "1" }, { token });
    const told = await causeOf(
      answer,
      /because the contract does not let gateway, with this token, call InventoryService\.AddStock\./,
    );
    expect(told).to.match(
      /option \(theseus\.mesh\.v1\.service_policy\)\.allow of InventoryService in proto\/theseus\/inventory\/v1\//,
    );
  });

  it("names what the application refused, and why", async () => {
    const admin = await signedIn(http(), shop().administrator);
    const item = { title: "", unitPrice: { currencyCode: "EUR", units: "1" } };
    const answer = await http().post("/v1/items", item, { token: admin });
    await causeOf(
      answer,
      /because inventory-\d answered VALIDATION_FAILED to InventoryService\.CreateItem: .*item title must be given\./,
    );
  });

  for (const [what, process, because] of [
    ["an application that stands still", "inventory-1", "inventory-1 had not begun"],
    ["a store that hangs", "inventory-store", "inventory-1 was still at work, by itself or at its store,"],
  ] as const)
    it(`names ${what}, and where the time is said that it has`, async () => {
      const pid = Number((await shop().theseus("pid", process)).stdout);
      globalThis.process.kill(pid, "SIGSTOP");
      const answer = await http()
        .get("/v1/items/rope")
        .finally(() => globalThis.process.kill(pid, "SIGCONT"));
      expect(answer.status).to.equal(504);
      const told = await causeOf(answer, new RegExp(`because ${because} after \\d+ ms`));
      expect(told).to.match(
        new RegExp(`option \\(theseus\\.mesh\\.v1\\.policy\\)\\.timeout of ${ofGetItem}`),
      );
    });

  it("tells each hop of a payment, whatever they are written in, and the card provider's", async () => {
    const { token } = await registeredUser(http());
    const held = await http().post(
      "/v1/reservations",
      { lines: [{ item: "items/rope", quantity: "1" }] },
      { token },
    );
    expect(held.status).to.equal(200);
    const body = { reservation: held.body.name, cardToken: "card-ok" };
    const paid = await http().post("/v1/payments", body, { token });
    const told = await causeOf(paid, /provider: CardProvider\.Capture · OK/);
    const hops = ["payment-1", "user-1", "inventory-1"].map(
      (each) => `${each} \\(\\w+@[0-9a-f]{12}\\) from `,
    );
    for (const hop of hops) expect(told).to.match(new RegExp(`${hop}.* · OK · \\d+ ms · \\d+ ms left`));
    expect(told).to.match(/^POST \/v1\/payments was answered in \d+ ms\.\n/);
  });

  it("refuses what is no id, and says where the logs are of one that it does not know", async () => {
    expect(await shop().theseus("explain", "a b")).to.include({ code: 2 });
    const { code, stderr } = await shop().theseus("explain", "00000000-0000-4000-8000-000000000000");
    expect([code, stderr]).to.eql([1, stderr]);
    expect(stderr).to.include(shop().home);
  });
});
