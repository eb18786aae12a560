import { InventoryServiceService } from "@theseus/contract/theseus/inventory/v1/inventory_service.js";
import {
  AuthorizeOutcome,
  CancelOutcome,
  CaptureOutcome,
  CardProviderService,
  LedgerEntryType,
  RefundOutcome,
} from "@theseus/contract/theseus/provider/v1/card_provider.js";
import { type Client, createClient, ErrorReason, StatusError } from "@theseus/kit";
import { expect } from "chai";
import { Scope } from "../src/expectations/scope.js";
import type { CaseRun } from "../src/steps/case-run.js";
import { CaseScripts, plainCard } from "../worlds/payment/case-scripts.js";
import { PlayedInventory } from "../worlds/payment/played-inventory.js";
import { type PlayedPeers, playPeers } from "../worlds/payment/played-peers.js";
import { Script } from "../worlds/payment/script.js";

const PRICE = { currencyCode: "EUR", units: 12n, nanos: 500_000_000 };
const [RED, BLUE] = ["payments/red", "payments/blue"] as const;

describe("the played inventory", () => {
  let inventory: PlayedInventory;
  let name: string;

  beforeEach(() => {
    inventory = new PlayedInventory();
    name = inventory.reserve("users/a", PRICE, 60_000);
  });

  const refusal = (act: () => unknown) => {
    try {
      act();
    } catch (error) {
      return StatusError.from(error).reason;
    }
    return undefined;
  };

  it("sells a reservation to one payment, however often it asks", () => {
    inventory.commit({ name, payment: RED });
    expect(inventory.commit({ name, payment: RED }).payment).to.equal(RED);
    expect(refusal(() => inventory.commit({ name, payment: BLUE }))).to.equal(ErrorReason.RESERVATION_TAKEN);
  });

  it("never sells to a payment that has undone its sale, also when the sale comes later", () => {
    inventory.uncommit({ name, payment: RED });
    expect(refusal(() => inventory.commit({ name, payment: RED }))).to.equal(ErrorReason.RESERVATION_GONE);
    expect(inventory.commit({ name, payment: BLUE }).payment).to.equal(BLUE);
  });

  it("is not moved by the undoing of somebody else's sale", () => {
    inventory.commit({ name, payment: RED });
    inventory.uncommit({ name, payment: BLUE });
    expect(inventory.get(name).payment).to.equal(RED);
  });

  it("buries a reservation that never was", () => {
    const missing = "reservations/missing";
    expect(refusal(() => inventory.commit({ name: missing, payment: RED }))).to.equal(
      ErrorReason.RESERVATION_GONE,
    );
    expect(refusal(() => inventory.get(missing))).to.equal(ErrorReason.RESERVATION_NOT_FOUND);
  });

  it("sells nothing that is past its time", () => {
    const late = inventory.reserve("users/a", PRICE, 0);
    expect(refusal(() => inventory.commit({ name: late, payment: RED }))).to.equal(
      ErrorReason.RESERVATION_GONE,
    );
  });
});

describe("a script of deviations", () => {
  it("says one word a call, then ok", () => {
    const script = new Script();
    script.append("a", ["lose", "unavailable"]);
    expect([script.take("a"), script.take("a"), script.take("a"), script.take("b")]).to.eql([
      "lose",
      "unavailable",
      "ok",
      "ok",
    ]);
    expect(script.calls("a")).to.equal(3);
  });

  it("holds all calls until it lets them go", () => {
    const script = new Script();
    const told: string[] = [];
    script.append("a", ["hold-all", "lose"]);
    for (const n of [1, 2]) {
      expect(script.take("a")).to.equal("hold-all");
      script.hold("a", (how) => told.push(`${n} ${how}`));
    }
    script.release("a", "answered");
    expect(told).to.eql(["1 answered", "2 answered"]);
    expect(script.take("a")).to.equal("lose");
  });

  it("lets two calls meet", async () => {
    const script = new Script();
    await Promise.all([script.meet("a"), script.meet("a")]);
  });
});

describe("the mark of a case", () => {
  it("finds the case's script by a user, a card or what its payment was marked with", () => {
    const scripts = new CaseScripts();
    const script = scripts.of("users/alice-0123456789");
    expect(scripts.of("card-ok-0123456789")).to.equal(script);
    expect(scripts.ofPayment("p1", "card-ok-0123456789")).to.equal(script);
    expect(scripts.ofPayment("payments/p1")).to.equal(script);
    expect(scripts.of("users/alice-9876543210")).not.to.equal(script);
  });

  it("lets calls without a mark be", () => {
    const scripts = new CaseScripts();
    scripts.of("users/alice").append("a", ["lose"]);
    expect(scripts.of("users/alice").take("a")).to.equal("ok");
    expect(scripts.ofPayment("p1").take("a")).to.equal("ok");
  });

  it("is not part of the card", () => {
    expect([plainCard("card-declined-0123456789"), plainCard("card-ok")]).to.eql([
      "card-declined",
      "card-ok",
    ]);
  });
});

describe("the played peers", () => {
  let peers: PlayedPeers;
  let provider: Client<typeof CardProviderService>;
  let inventory: Client<typeof InventoryServiceService>;

  before(async () => {
    peers = await playPeers();
    provider = createClient(CardProviderService, { address: peers.address, timeoutMs: 300 });
    inventory = createClient(InventoryServiceService, { address: peers.address, timeoutMs: 300 });
  });

  after(async () => {
    await provider[Symbol.asyncDispose]();
    await inventory[Symbol.asyncDispose]();
    await peers[Symbol.asyncDispose]();
  });

  /** A case that begins, as far as peers look at it. */
  function begin(script: Record<string, readonly string[]>): { scope: Scope; run: CaseRun } {
    const scope = new Scope();
    const run = { scope, test: { peers: script } } as unknown as CaseRun;
    peers.begin(run);
    return { scope, run };
  }

  const authorize = (paymentId: string, cardToken: string) =>
    provider.authorize({ paymentId, cardToken, amount: PRICE });
  const reasonOf = (call: Promise<unknown>) =>
    call.then(
      () => undefined,
      (e) => StatusError.from(e).reason,
    );

  it("move money once, and tell of it", async () => {
    await authorize("once", "card-ok");
    for (const _ of [1, 2])
      expect((await provider.capture({ paymentId: "once" })).outcome).to.equal(
        CaptureOutcome.CAPTURE_OUTCOME_CAPTURED,
      );
    const refund = { paymentId: "once", refundId: "r", amount: { ...PRICE, units: 5n } };
    for (const _ of [1, 2])
      expect((await provider.refund(refund)).outcome).to.equal(RefundOutcome.REFUND_OUTCOME_REFUNDED);
    const rest = { paymentId: "once", refundId: "too-much", amount: { ...PRICE, units: 8n } };
    expect((await provider.refund(rest)).outcome).to.equal(RefundOutcome.REFUND_OUTCOME_REFUSED);
    const { entries } = await provider.listLedger({ paymentId: "once", pageSize: 0, pageToken: "" });
    expect(entries.map(({ type }) => type)).to.eql([
      LedgerEntryType.LEDGER_ENTRY_TYPE_AUTHORIZED,
      LedgerEntryType.LEDGER_ENTRY_TYPE_CAPTURED,
      LedgerEntryType.LEDGER_ENTRY_TYPE_REFUNDED,
    ]);
  });

  it("stick at a cancellation, also of what was never seen", async () => {
    expect((await provider.cancel({ paymentId: "early" })).outcome).to.equal(
      CancelOutcome.CANCEL_OUTCOME_CANCELLED,
    );
    expect((await authorize("early", "card-ok")).outcome).to.equal(
      AuthorizeOutcome.AUTHORIZE_OUTCOME_CANCELLED,
    );
    expect((await provider.capture({ paymentId: "early" })).outcome).to.equal(
      CaptureOutcome.CAPTURE_OUTCOME_CANCELLED,
    );
  });

  it("refuse another amount or another card for the same payment", async () => {
    await authorize("reused", "card-ok");
    const other = { paymentId: "reused", cardToken: "card-ok", amount: { ...PRICE, units: 13n } };
    expect(await reasonOf(provider.authorize(other))).to.equal(ErrorReason.REQUEST_ID_REUSED);
    expect(await reasonOf(authorize("reused", "card-other"))).to.equal(ErrorReason.REQUEST_ID_REUSED);
  });

  it("do as each card says", async () => {
    expect((await authorize("declined", "card-declined")).outcome).to.equal(
      AuthorizeOutcome.AUTHORIZE_OUTCOME_DECLINED,
    );
    expect(await reasonOf(authorize("down", "card-down"))).to.equal(ErrorReason.SERVICE_UNAVAILABLE);
    expect(await reasonOf(authorize("lost", "card-lost-reply"))).to.equal(ErrorReason.DEADLINE_EXCEEDED);
    expect((await authorize("lost", "card-lost-reply")).outcome).to.equal(
      AuthorizeOutcome.AUTHORIZE_OUTCOME_APPROVED,
    );
  });

  it("deviate in the case that says so, and in no other", async () => {
    const { scope } = begin({ "provider.Authorize": ["unavailable"] });
    const { scope: other } = begin({});
    const card = (of: Scope) => of.fill(`\${id:card-ok}`);
    expect((await authorize("other", card(other))).outcome).to.equal(
      AuthorizeOutcome.AUTHORIZE_OUTCOME_APPROVED,
    );
    expect(await reasonOf(authorize("mine", card(scope)))).to.equal(ErrorReason.SERVICE_UNAVAILABLE);
    expect((await authorize("mine", card(scope))).outcome).to.equal(
      AuthorizeOutcome.AUTHORIZE_OUTCOME_APPROVED,
    );
  });

  it("carry out late what they held", async () => {
    const { scope, run } = begin({ "inventory.CommitReservation": ["hold"] });
    await peers.perform({ verb: "reservation", reservation: "r", owner: "alice" }, run);
    const name = String(scope.fill(`\${r}`));
    const taking = { name, payment: "payments/late" };
    expect(await reasonOf(inventory.commitReservation(taking))).to.equal(ErrorReason.DEADLINE_EXCEEDED);
    expect((await inventory.getReservation({ name })).payment).to.equal("");
    await peers.perform({ verb: "peer", peer: "inventory.CommitReservation", release: "unanswered" }, run);
    expect((await inventory.getReservation({ name })).payment).to.equal("payments/late");
  });

  it("do what they lose, and never answer", async () => {
    const { scope, run } = begin({ "inventory.CommitReservation": ["lose"] });
    await peers.perform({ verb: "reservation", reservation: "r", owner: "alice" }, run);
    const name = String(scope.fill(`\${r}`));
    const taking = { name, payment: "payments/lost" };
    expect(await reasonOf(inventory.commitReservation(taking))).to.equal(ErrorReason.DEADLINE_EXCEEDED);
    expect((await inventory.getReservation({ name })).payment).to.equal("payments/lost");
  });
});
