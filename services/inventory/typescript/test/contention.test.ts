import { ErrorReason, StatusError } from "@theseus/kit";
import { expect } from "chai";
import {
  ada,
  payment,
  type RunningInventory,
  reservationOf,
  reserve,
  startInventoryWithStore,
  stocked,
} from "./support/running-inventory.js";

const CALLERS = 64;

describe("InventoryService, asked by many at once", () => {
  let shop: RunningInventory;
  let second: Awaited<ReturnType<RunningInventory["another"]>>;
  before(async () => {
    shop = await startInventoryWithStore();
    second = await shop.another();
  });
  after(async () => {
    await second.client[Symbol.asyncDispose]();
    await second[Symbol.asyncDispose]();
    await shop[Symbol.asyncDispose]();
  });

  const clientOf = (index: number) => (index % 2 === 0 ? shop.client : second.client);

  it("never promises a piece twice", async () => {
    const item = await stocked(shop.client, 10n);
    const outcomes = await Promise.allSettled(
      Array.from({ length: CALLERS }, (_, index) => reserve(clientOf(index), [[item, 1]])),
    );
    const refused = outcomes.filter((outcome) => outcome.status === "rejected");
    expect(refused).to.have.length(CALLERS - 10);
    for (const { reason } of refused) {
      expect(reason).to.be.instanceOf(StatusError);
      expect(reason.reason).to.equal(ErrorReason.STOCK_INSUFFICIENT);
    }
    expect(await shop.client.getItem({ name: item })).to.include({ onHand: 10n, held: 10n });
  });

  it("holds once for one request, however often it arrives", async () => {
    const item = await stocked(shop.client, 10n);
    const request = reservationOf([[item, 3]]);
    const made = await Promise.all(
      Array.from({ length: CALLERS }, (_, index) => clientOf(index).createReservation(request, ada)),
    );
    expect(new Set(made.map(({ name }) => name)).size).to.equal(1);
    expect((await shop.client.getItem({ name: item })).held).to.equal(3n);
  });

  it("gives a reservation to one payment", async () => {
    const item = await stocked(shop.client, 10n);
    const { name } = await reserve(shop.client, [[item, 4]]);
    const outcomes = await Promise.allSettled(
      Array.from({ length: CALLERS }, (_, index) =>
        clientOf(index).commitReservation({ name, payment: `payments/p${index}` }, payment),
      ),
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled")).to.have.length(1);
    expect(await shop.client.getItem({ name: item })).to.include({ onHand: 6n, held: 0n, sold: 4n });
  });
});
