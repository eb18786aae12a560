import type { Fields } from "../../src/cases/value.js";
import type { Scene } from "../../src/run/scene.js";

const RESERVATION = "theseus.local/Reservation";

const reservation = (name: string, owner: string, more: Fields = {}) => ({
  ...{ verb: "reservation", reservation: name, owner },
  ...more,
});
const total = (units: number, nanos: number, currency: string) => ({
  total: { units, nanos, currency_code: currency },
});
const inventory = (act: Fields) => ({ verb: "peer", peer: "inventory", ...act });
const provider = (act: Fields) => ({ verb: "peer", peer: "provider", ...act });
const payment = `\${theseus.local/Payment}`;

/** Reservations of those who call and of others, cards by what the provider makes of them, and how peers fail. */
export const scene: Scene = {
  before: [
    reservation("held", "a"),
    reservation("more", "a", total(7, 990_000_000, "USD")),
    reservation("yens", "a", total(1200, 0, "JPY")),
    reservation("fils", "a", total(3, 5_000_000, "KWD")),
    reservation("cent", "a", total(0, 10_000_000, "EUR")),
    reservation("of-b", "b"),
    reservation("of-root", "root", total(1_000_000, 10_000_000, "CHF")),
    reservation("ended", "a"),
    inventory({ expire: `\${ended}` }),
    reservation("sold", "a"),
    inventory({ commit: `\${sold}`, to: "payments/another" }),
    reservation("of-leaver", "leaver"),
    { verb: "peer", peer: "user", delete: `\${user:leaver}` },
    reservation("of-unknown", "unknown"),
    { verb: "peer", peer: "user", forget: `\${user:unknown}` },
  ],
  names: {
    [RESERVATION]: [
      ...["held", "held", "more", "more", "yens", "fils", "cent", "of-b", "of-b", "of-root"],
      ...["ended", "sold", "of-leaver", "of-unknown"],
    ],
  },
  texts: {
    "theseus.payment.v1.Payment.card_token": [
      ...["ok", "ok", "ok", "ok", "ok", "declined", "capture-refused", "lost-reply"].map(
        (card) => `\${id:card-${card}}`,
      ),
    ],
  },
  callers: ["user leaver", "user unknown"],
  between: [
    inventory({ free: `\${held}` }),
    inventory({ expire: `\${more}` }),
    inventory({ rewind: `\${held}` }),
    inventory({ rewind: `\${more}` }),
    inventory({ forget: `\${held}` }),
    provider({ charges: `payments/\${id:stray}` }),
    provider({ captures: `payments/\${id:stray}` }),
    provider({ refunds: payment }),
    provider({ loses: payment }),
    provider({ loses: payment, after: 1 }),
  ],
  peers: [
    { "inventory.GetReservation": ["unavailable"] },
    { "inventory.CommitReservation": ["lose"] },
    { "inventory.CommitReservation": ["internal"] },
    { "inventory.CommitReservation": ["bare"] },
    { "inventory.UncommitReservation": ["lose"] },
    { "user.GetUser": ["unavailable"] },
    { "user.GetUser": ["internal"] },
    { "provider.Authorize": ["lose"] },
    { "provider.Authorize": ["bare"] },
    { "provider.Authorize": ["no-outcome"] },
    { "provider.Capture": ["lose"] },
    { "provider.Capture": ["unavailable"] },
    { "provider.Capture": ["bare"] },
    { "provider.Capture": ["no-outcome"] },
    { "provider.Cancel": ["no-outcome"] },
    { "provider.Refund": ["lose"] },
    { "provider.Refund": ["no-outcome"] },
    { "provider.ListLedger": ["unavailable"] },
  ],
};
