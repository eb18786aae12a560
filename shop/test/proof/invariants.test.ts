import { expect } from "chai";
import { wrongCharges } from "../../proof/invariants/charges.js";
import { wrongEvents } from "../../proof/invariants/events.js";
import { brokenPromises } from "../../proof/invariants/promises.js";
import { wrongStock } from "../../proof/invariants/stock.js";
import type { Violation } from "../../proof/invariants/violation.js";
import { entry, eventsOf, type SoundRun, soundRun } from "./sound-run.js";

describe("the invariants of a run with faults", () => {
  const violationsOf = ({ orders, facts }: SoundRun): readonly Violation[] => [
    ...brokenPromises(orders, facts),
    ...wrongCharges(facts),
    ...wrongStock(facts),
    ...wrongEvents(facts),
  ];
  const told = (run: SoundRun) =>
    violationsOf(run).map(({ harm, subject, detail }) => `${harm}: ${subject} ${detail}`);

  it("hold when all went well", () => {
    expect(told(soundRun())).to.deep.equal([]);
  });

  const payment = (run: SoundRun, id: string) => {
    const found = run.facts.payments.get(`payments/${id}`);
    if (found === undefined) throw new Error(`no payment ${id}`);
    return found;
  };
  const item = (run: SoundRun) => {
    const [found] = run.facts.items;
    if (found === undefined) throw new Error("no item");
    return found;
  };
  const reservation = (run: SoundRun, id: string) => {
    const found = run.facts.reservations.get(`reservations/${id}`);
    if (found === undefined) throw new Error(`no reservation ${id}`);
    return found;
  };

  const broken: readonly (readonly [what: string, spoil: (run: SoundRun) => void, found: string])[] = [
    [
      "an acknowledged reservation that is not there",
      (run) => run.facts.reservations.delete("reservations/released"),
      "lost: reservations/released was acknowledged, and is not there",
    ],
    [
      "an acknowledged release that did not happen",
      (run) => Object.assign(reservation(run, "released"), { state: "HELD" }),
      "lost: reservations/released was acknowledged as released, and is HELD",
    ],
    [
      "an acknowledged payment that is not there",
      (run) => run.facts.payments.delete("payments/declined"),
      "lost: payments/declined was acknowledged, and is not there",
    ],
    [
      "a payment that was acknowledged as captured, and failed",
      (run) => Object.assign(payment(run, "paid"), { state: "FAILED" }),
      "lost: payments/paid was acknowledged as CAPTURED, and is FAILED",
    ],
    [
      "an acknowledged refund that was not given",
      (run) => run.facts.ledger.splice(4, 1),
      "lost: payments/back its whole refund was acknowledged, and was not given",
    ],
    [
      "a charge that the shop knows nothing of",
      (run) => run.facts.ledger.push(entry("nobody", "CAPTURED")),
      "lost: payments/nobody is in the ledger, and the shop does not know it",
    ],
    [
      "money that was taken twice",
      (run) => run.facts.ledger.push(entry("paid", "CAPTURED")),
      "double: payments/paid is 2 times CAPTURED in the ledger",
    ],
    [
      "two payments of one reservation",
      (run) => Object.assign(payment(run, "back"), { reservation: "reservations/paid" }),
      "double: reservations/paid was paid 2 times",
    ],
    [
      "a refund that was given twice",
      (run) => run.facts.ledger.push(entry("back", "REFUNDED", "r1")),
      "double: payments/back one refund was given twice",
    ],
    [
      "money that was taken for a payment that failed",
      (run) => run.facts.ledger.push(entry("declined", "CAPTURED")),
      "wrong: payments/declined is FAILED with 5, and the provider took 5",
    ],
    [
      "money that stays set aside for a payment that failed",
      (run) => run.facts.ledger.splice(5, 1, entry("declined", "AUTHORIZED")),
      "wrong: payments/declined failed, and its money is still set aside",
    ],
    [
      "a piece that came back after it was sold",
      (run) => Object.assign(item(run), { onHand: 7 }),
      "wrong: items/oar had 10, and has 7 on hand and 4 sold",
    ],
    [
      "pieces that were sold, and not paid for",
      (run) => Object.assign(item(run), { onHand: 4, sold: 6 }),
      "wrong: items/oar sold 6, and 4 are paid for",
    ],
    [
      "pieces that nobody holds",
      (run) => Object.assign(item(run), { held: 1 }),
      "wrong: items/oar holds 1, and reservations hold 0",
    ],
    [
      "a reservation that was paid, and is free again",
      (run) => Object.assign(reservation(run, "paid"), { state: "EXPIRED" }),
      "wrong: reservations/paid is EXPIRED, and paid",
    ],
    [
      "a payment that stays open",
      (run) =>
        Object.assign(payment(run, "paid"), {
          events: eventsOf("CREATED", "AUTHORIZED"),
          state: "AUTHORIZED",
        }),
      "wrong: payments/paid is open: its last event is AUTHORIZED",
    ],
    [
      "an event that cannot follow",
      (run) => Object.assign(payment(run, "paid"), { events: eventsOf("CREATED", "CAPTURED") }),
      "wrong: payments/paid CAPTURED follows CREATED",
    ],
    [
      "a gap in the events",
      (run) => Object.assign(payment(run, "paid"), { events: payment(run, "paid").events.slice(1) }),
      "wrong: payments/paid event 1 has the number 2",
    ],
  ];
  for (const [what, spoil, found] of broken) {
    it(`find ${what}`, () => {
      const run = soundRun();
      spoil(run);
      expect(told(run)).to.include(found);
    });
  }
});
