import { randomUUID } from "node:crypto";
import { ItemState } from "@theseus/contract/theseus/inventory/v1/item.js";
import { ReservationState } from "@theseus/contract/theseus/inventory/v1/reservation.js";
import { Code, ErrorReason } from "@theseus/kit";
import { asUser, asWorkload, eventually } from "@theseus/testing";
import { expect } from "chai";
import {
  ada,
  admin,
  bob,
  draft,
  euros,
  payment,
  type RunningInventory,
  refusal,
  reservationOf,
  reserve,
  startInventoryWithStore,
  stocked,
} from "./support/running-inventory.js";

const { RESERVATION_STATE_HELD, RESERVATION_STATE_RELEASED, RESERVATION_STATE_EXPIRED } = ReservationState;
const { RESERVATION_STATE_COMMITTED } = ReservationState;

describe("InventoryService reservations", () => {
  let shop: RunningInventory;
  before(async () => {
    shop = await startInventoryWithStore();
  });
  after(() => shop[Symbol.asyncDispose]());

  const levelOf = async (name: string) => {
    const { onHand, held, sold } = await shop.client.getItem({ name });
    return [onHand, held, sold];
  };

  describe("CreateReservation", () => {
    it("holds all lines at their prices", async () => {
      const kettle = await stocked(shop.client, 5n);
      const pot = await stocked(shop.client, 1n, { unitPrice: euros(0n, 990_000_000) });
      const made = await reserve(shop.client, [
        [kettle, 2],
        [pot, 1],
      ]);
      expect(made).to.deep.include({
        owner: "users/ada",
        state: RESERVATION_STATE_HELD,
        payment: "",
        total: euros(25n, 990_000_000),
        lines: [
          { item: kettle, quantity: 2, unitPrice: euros(12n, 500_000_000) },
          { item: pot, quantity: 1, unitPrice: euros(0n, 990_000_000) },
        ],
      });
      expect(await levelOf(kettle)).to.deep.equal([5n, 2n, 0n]);
      expect(await shop.client.getReservation({ name: made.name }, ada)).to.deep.equal(made);
    });

    it("holds for 15 minutes unless asked otherwise", async () => {
      const item = await stocked(shop.client, 5n);
      const request = reservationOf([[item, 1]]);
      const { createTime, expireTime } = await shop.client.createReservation(request, ada);
      expect(Number(expireTime) - Number(createTime)).to.equal(900_000);
      const short = reservationOf([[item, 1]], { seconds: 2n, nanos: 345_500_000 });
      const made = await shop.client.createReservation(short, ada);
      expect(Number(made.expireTime) - Number(made.createTime)).to.equal(2346);
    });

    it("holds nothing when one line cannot be met, and says which", async () => {
      const kettle = await stocked(shop.client, 5n);
      const pot = await stocked(shop.client, 1n);
      const error = await refusal(
        reserve(shop.client, [
          [kettle, 5],
          [pot, 2],
        ]),
      );
      expect(error).to.deep.include({
        code: Code.FAILED_PRECONDITION,
        reason: ErrorReason.STOCK_INSUFFICIENT,
      });
      expect(error.details.metadata).to.deep.equal({ item: pot, available: "1" });
      expect(await levelOf(kettle)).to.deep.equal([5n, 0n, 0n]);
    });

    it("refuses items that do not exist, are retired or have another currency", async () => {
      const kettle = await stocked(shop.client, 5n);
      const yen = await stocked(shop.client, 5n, {
        unitPrice: { currencyCode: "JPY", units: 5n, nanos: 0 },
      });
      const gone = await stocked(shop.client, 5n, { state: ItemState.ITEM_STATE_RETIRED });
      const reasonWith = async (item: string) =>
        (
          await refusal(
            reserve(shop.client, [
              [kettle, 1],
              [item, 1],
            ]),
          )
        ).reason;
      expect(await reasonWith("items/none")).to.equal(ErrorReason.ITEM_NOT_FOUND);
      expect(await reasonWith(gone)).to.equal(ErrorReason.ITEM_RETIRED);
      expect(await reasonWith(yen)).to.equal(ErrorReason.CURRENCY_MIXED);
    });

    it("answers a repeated request as the first time, and holds once", async () => {
      const item = await stocked(shop.client, 5n);
      const request = reservationOf([[item, 2]]);
      const made = await shop.client.createReservation(request, ada);
      await shop.client.releaseReservation({ name: made.name }, ada);
      expect(await shop.client.createReservation(request, ada)).to.deep.equal(made);
      expect(await levelOf(item)).to.deep.equal([5n, 0n, 0n]);
      const bobs = await shop.client.createReservation(request, bob);
      expect(bobs.name).not.to.equal(made.name);
      const other = { ...reservationOf([[item, 1]]), requestId: request.requestId };
      expect((await refusal(shop.client.createReservation(other, ada))).reason).to.equal(
        ErrorReason.REQUEST_ID_REUSED,
      );
    });

    it("takes nothing of the reservation in the request but its lines and ttl", async () => {
      const item = await stocked(shop.client, 5n);
      const request = reservationOf([[item, 2]]);
      const made = await shop.client.createReservation(request, ada);
      const claimed = {
        ...request.reservation,
        owner: "users/mallory",
        total: euros(1n),
        state: RESERVATION_STATE_COMMITTED,
        expireTime: new Date(0),
        lines: [{ item, quantity: 2, unitPrice: euros(1n) }],
      };
      expect(await shop.client.createReservation({ ...request, reservation: claimed }, ada)).to.deep.equal(
        made,
      );
      const again = { reservation: claimed, requestId: randomUUID() };
      expect(await shop.client.createReservation(again, ada)).to.deep.include({
        owner: "users/ada",
        total: euros(25n),
        state: RESERVATION_STATE_HELD,
      });
    });

    it("does not remember a refusal: the same request succeeds once it can", async () => {
      const item = await stocked(shop.client, 1n);
      const request = reservationOf([[item, 2]]);
      expect((await refusal(shop.client.createReservation(request, ada))).reason).to.equal(
        ErrorReason.STOCK_INSUFFICIENT,
      );
      await shop.client.addStock({ name: item, quantity: 1n, requestId: randomUUID() }, admin);
      expect((await shop.client.createReservation(request, ada)).lines).to.have.length(1);
    });

    it("refuses what the contract's rules refuse", async () => {
      const many = Array.from({ length: 51 }, (_, at): [string, number] => [`items/x${at}`, 1]);
      const cases: [string, number][][] = [
        [],
        many,
        [["items/x", 0]],
        [["items/x", -1]],
        [["items/x", 1001]],
        [
          ["items/x", 1],
          ["items/x", 2],
        ],
      ];
      for (const lines of cases) {
        expect((await refusal(reserve(shop.client, lines))).reason).to.equal(ErrorReason.VALIDATION_FAILED);
      }
      for (const seconds of [0, 3601]) {
        const error = await refusal(reserve(shop.client, [["items/x", 1]], { seconds }));
        expect(error.details.violations[0]?.field).to.equal("reservation.ttl");
      }
    });

    it("keeps the price of the moment when it was reserved", async () => {
      const name = await stocked(shop.client, 5n);
      const made = await reserve(shop.client, [[name, 1]]);
      await shop.client.updateItem(
        { item: draft({ name, unitPrice: euros(99n) }), updateMask: undefined },
        admin,
      );
      const later = await shop.client.getReservation({ name: made.name }, ada);
      expect(later.total).to.deep.equal(euros(12n, 500_000_000));
    });
  });

  describe("somebody else's reservation", () => {
    it("is answered exactly as one that does not exist", async () => {
      const item = await stocked(shop.client, 5n);
      const { name } = await reserve(shop.client, [[item, 1]]);
      await shop.client.uncommitReservation({ name: "reservations/buried", payment: "payments/p" }, payment);
      for (const method of ["getReservation", "releaseReservation"] as const) {
        const [missing, foreign, foreignAdmin, buried] = await Promise.all([
          refusal(shop.client[method]({ name: "reservations/none" }, bob)),
          refusal(shop.client[method]({ name }, bob)),
          refusal(shop.client[method]({ name }, admin)),
          refusal(shop.client[method]({ name: "reservations/buried" }, bob)),
        ]);
        expect(missing.reason).to.equal(ErrorReason.RESERVATION_NOT_FOUND);
        for (const error of [foreign, foreignAdmin, buried]) {
          expect([error.code, error.message, error.details]).to.deep.equal([
            missing.code,
            missing.message,
            missing.details,
          ]);
        }
      }
      expect(await levelOf(item)).to.deep.equal([5n, 1n, 0n]);
    });

    it("can be read by payment, on its own behalf", async () => {
      const item = await stocked(shop.client, 5n);
      const made = await reserve(shop.client, [[item, 1]]);
      expect(await shop.client.getReservation({ name: made.name }, payment)).to.deep.equal(made);
      const asGateway = shop.client.getReservation({ name: made.name }, asWorkload("gateway"));
      expect((await refusal(asGateway)).reason).to.equal(ErrorReason.TOKEN_MISSING);
    });
  });

  describe("a paid reservation", () => {
    it("is sold, refuses its release and answers its payment again", async () => {
      const item = await stocked(shop.client, 5n);
      const { name } = await reserve(shop.client, [[item, 2]]);
      const taken = await shop.client.commitReservation({ name, payment: "payments/p1" }, payment);
      expect(taken).to.include({ state: RESERVATION_STATE_COMMITTED, payment: "payments/p1" });
      expect(await levelOf(item)).to.deep.equal([3n, 0n, 2n]);
      expect(await shop.client.commitReservation({ name, payment: "payments/p1" }, payment)).to.deep.equal(
        taken,
      );
      const reasons = await Promise.all([
        refusal(shop.client.releaseReservation({ name }, ada)),
        refusal(shop.client.commitReservation({ name, payment: "payments/p2" }, payment)),
      ]);
      expect(reasons.map(({ reason }) => reason)).to.deep.equal([
        ErrorReason.RESERVATION_COMMITTED,
        ErrorReason.RESERVATION_TAKEN,
      ]);
    });

    it("is free again when its payment undoes it, and gone for that payment", async () => {
      const item = await stocked(shop.client, 5n);
      const { name } = await reserve(shop.client, [[item, 2]]);
      const by = { name, payment: "payments/p1" };
      await shop.client.commitReservation(by, payment);
      await shop.client.uncommitReservation(by, payment);
      await shop.client.uncommitReservation(by, payment);
      expect(await levelOf(item)).to.deep.equal([5n, 0n, 0n]);
      const released = await shop.client.getReservation({ name }, ada);
      expect(released).to.include({ state: RESERVATION_STATE_RELEASED, payment: "" });
      expect((await refusal(shop.client.commitReservation(by, payment))).reason).to.equal(
        ErrorReason.RESERVATION_GONE,
      );
    });

    it("is payment's to commit alone", async () => {
      const request = { name: "reservations/x", payment: "payments/p1" };
      const asked = shop.client.commitReservation(request, asUser("users/ada", { workload: "gateway" }));
      expect((await refusal(asked)).reason).to.equal(ErrorReason.CALLER_DENIED);
    });
  });

  describe("a reservation past its time", () => {
    it("is EXPIRED, its stock is free again, and it cannot be paid for", async () => {
      const item = await stocked(shop.client, 5n);
      const { name } = await reserve(shop.client, [[item, 2]], { seconds: 1 });
      await eventually("its stock is free", async () => (await levelOf(item))[1] === 0n);
      expect(await levelOf(item)).to.deep.equal([5n, 0n, 0n]);
      const expired = await shop.client.getReservation({ name }, ada);
      expect(expired.state).to.equal(RESERVATION_STATE_EXPIRED);
      expect(await shop.client.releaseReservation({ name }, ada)).to.deep.equal(expired);
      const late = shop.client.commitReservation({ name, payment: "payments/p1" }, payment);
      expect(await refusal(late)).to.deep.include({
        code: Code.FAILED_PRECONDITION,
        reason: ErrorReason.RESERVATION_GONE,
      });
    });
  });

  describe("ReleaseReservation", () => {
    it("frees the stock once", async () => {
      const item = await stocked(shop.client, 5n);
      const { name } = await reserve(shop.client, [[item, 2]]);
      const released = await shop.client.releaseReservation({ name }, ada);
      expect(released.state).to.equal(RESERVATION_STATE_RELEASED);
      expect(await shop.client.releaseReservation({ name }, ada)).to.deep.equal(released);
      expect(await levelOf(item)).to.deep.equal([5n, 0n, 0n]);
    });
  });
});
