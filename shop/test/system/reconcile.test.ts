import { readdirSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { HttpClient, registeredUser, signIn } from "./http-client.js";
import { flags, shop } from "./root-hooks.js";
import { stockedItem } from "./stock.js";

describe("a shop whose inventory has lost its last write", () => {
  it("sells the stock again at its start while it is held, and says of which payment", async function () {
    this.timeout(120_000);
    const { item, payment, reservation } = await buy("900s");
    await restartWithout20Bytes();
    const said = shop().console.join("\n");
    expect(said)
      .to.contain("mended: 1")
      .and.contain(`${payment}: the reservation is not sold to it (STOCK_NOT_SOLD).`)
      .and.contain(`${reservation}: expected COMMITTED, found HELD.`)
      .and.contain("Mended.");
    expect(await stockOf(item)).to.deep.include({ onHand: "4", held: "0", sold: "1" });
    const { code, stdout } = await shop().theseus("reconcile");
    expect(stdout).to.contain("Payments, stock and the card provider's ledger agree.");
    expect(code).to.equal(0);
  });

  it("tells what has ended, by name and with what to do, each time, and does not guess", async function () {
    this.timeout(120_000);
    const { item, payment, reservation } = await buy("3s");
    await restartWithout20Bytes();
    expect(await stockOf(item)).to.deep.include({ onHand: "5", sold: "0" });
    for (const _ of ["first", "again"]) {
      const { code, stdout } = await shop().theseus("reconcile");
      expect(stdout)
        .to.contain(`${payment}: the reservation is not sold to it (STOCK_NOT_SOLD).`)
        .and.contain(`${reservation}: expected COMMITTED, found EXPIRED.`)
        .and.contain("Not mended: its pieces can be sold to others");
      expect(code).to.equal(1);
    }
  });

  async function buy(ttl: string) {
    const http = new HttpClient(shop().edge);
    const { token } = await registeredUser(http);
    const item = await stockedItem(http, await signIn(http, shop().administrator), "5");
    const held = await http.post("/v1/reservations", { lines: [{ item, quantity: 1 }], ttl }, { token });
    const reservation: string = held.body.name;
    const paid = await http.post("/v1/payments", { reservation, cardToken: "card-ok" }, { token });
    expect(paid.body, JSON.stringify(paid.body)).to.include({ state: "PAYMENT_STATE_CAPTURED" });
    expect(await stockOf(item)).to.deep.include({ onHand: "4", sold: "1" });
    return { item, reservation, payment: paid.body.name as string };
  }

  async function stockOf(item: string) {
    return (await new HttpClient(shop().edge).get(`/v1/${item}`)).body;
  }

  /** The store opens a file with a damaged end without a word. */
  async function restartWithout20Bytes(): Promise<void> {
    expect(await shop().stop()).to.equal(0);
    const folder = join(shop().home, "data/inventory/appendonlydir");
    const file = readdirSync(folder).find((name) => name.endsWith(".incr.aof")) ?? "";
    truncateSync(join(folder, file), statSync(join(folder, file)).size - 20);
    shop().console.length = 0;
    await shop().start({ flags });
  }
});
