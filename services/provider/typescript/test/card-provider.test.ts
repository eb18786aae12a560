import { join } from "node:path";
import {
  AuthorizeOutcome,
  CancelOutcome,
  CaptureOutcome,
  LedgerEntryType,
  RefundOutcome,
} from "@theseus/contract/theseus/provider/v1/card_provider.js";
import { ErrorReason, type Money, newId, StatusError } from "@theseus/kit";
import { createScratchFolder, eventually } from "@theseus/testing";
import { expect } from "chai";
import { type Provider, startProvider } from "./support/provider.js";

const EUROS: Money = { currencyCode: "EUR", units: 12n, nanos: 500_000_000 };

describe("CardProvider", () => {
  const folder = createScratchFolder();
  let provider: Provider;
  before(async () => {
    provider = await startProvider(join(folder.path, "ledger.jsonl"));
  });
  after(async () => {
    await provider.kill();
    folder[Symbol.dispose]();
  });

  async function authorize(
    paymentId: string,
    cardToken = "card-ok",
    amount = EUROS,
  ): Promise<AuthorizeOutcome> {
    return (await provider.client.authorize({ paymentId, amount, cardToken })).outcome;
  }
  async function capture(paymentId: string): Promise<CaptureOutcome> {
    return (await provider.client.capture({ paymentId })).outcome;
  }
  async function cancel(paymentId: string): Promise<CancelOutcome> {
    return (await provider.client.cancel({ paymentId })).outcome;
  }
  async function refund(paymentId: string, refundId: string, amount?: Money): Promise<RefundOutcome> {
    return (await provider.client.refund({ paymentId, refundId, amount })).outcome;
  }
  async function ledgerOf(paymentId: string): Promise<LedgerEntryType[]> {
    const { entries } = await provider.client.listLedger({ pageSize: 0, pageToken: "", paymentId });
    return entries.map(({ type }) => type);
  }

  function carriedOut(paymentId: string, type: LedgerEntryType) {
    return eventually("the ledger has it", () => ledgerOf(paymentId), {
      until: (types) => types.includes(type),
    });
  }

  it("takes money once, however often it is asked", async () => {
    const id = newId();
    for (let time = 0; time < 3; time++)
      expect(await authorize(id)).to.equal(AuthorizeOutcome.AUTHORIZE_OUTCOME_APPROVED);
    const captures = await Promise.all(Array.from({ length: 5 }, () => capture(id)));
    expect(new Set(captures)).to.deep.equal(new Set([CaptureOutcome.CAPTURE_OUTCOME_CAPTURED]));
    expect(await authorize(id)).to.equal(AuthorizeOutcome.AUTHORIZE_OUTCOME_APPROVED);
    expect(await ledgerOf(id)).to.deep.equal([
      LedgerEntryType.LEDGER_ENTRY_TYPE_AUTHORIZED,
      LedgerEntryType.LEDGER_ENTRY_TYPE_CAPTURED,
    ]);
  });

  it("declines for good", async () => {
    const id = newId();
    expect(await authorize(id, "card-declined")).to.equal(AuthorizeOutcome.AUTHORIZE_OUTCOME_DECLINED);
    expect(await authorize(id, "card-declined")).to.equal(AuthorizeOutcome.AUTHORIZE_OUTCOME_DECLINED);
    expect(await capture(id)).to.equal(CaptureOutcome.CAPTURE_OUTCOME_REFUSED);
  });

  it("refuses a capture for good, and lets go of the money when it is cancelled", async () => {
    const id = newId();
    await authorize(id, "card-capture-refused");
    expect(await capture(id)).to.equal(CaptureOutcome.CAPTURE_OUTCOME_REFUSED);
    expect(await cancel(id)).to.equal(CancelOutcome.CANCEL_OUTCOME_CANCELLED);
    expect(await capture(id)).to.equal(CaptureOutcome.CAPTURE_OUTCOME_REFUSED);
  });

  it("keeps a cancelled id cancelled, also one that it had never seen", async () => {
    const [known, unknown] = [newId(), newId()];
    await authorize(known);
    for (const id of [known, unknown]) {
      expect(await cancel(id)).to.equal(CancelOutcome.CANCEL_OUTCOME_CANCELLED);
      expect(await cancel(id)).to.equal(CancelOutcome.CANCEL_OUTCOME_CANCELLED);
      expect(await authorize(id)).to.equal(AuthorizeOutcome.AUTHORIZE_OUTCOME_CANCELLED);
      expect(await capture(id)).to.equal(CaptureOutcome.CAPTURE_OUTCOME_CANCELLED);
    }
  });

  it("says that it is too late to cancel what was taken", async () => {
    const id = newId();
    await authorize(id);
    await capture(id);
    expect(await cancel(id)).to.equal(CancelOutcome.CANCEL_OUTCOME_CAPTURED);
  });

  it("gives back once a refund id, and never more than was taken", async () => {
    const id = newId();
    await authorize(id);
    await capture(id);
    const part = { ...EUROS, nanos: 0, units: 5n };
    expect(await refund(id, `${id}-1`, part)).to.equal(RefundOutcome.REFUND_OUTCOME_REFUNDED);
    expect(await refund(id, `${id}-1`, part)).to.equal(RefundOutcome.REFUND_OUTCOME_REFUNDED);
    expect(await refund(id, `${id}-2`, { ...part, units: 8n })).to.equal(
      RefundOutcome.REFUND_OUTCOME_REFUSED,
    );
    expect(await refund(id, `${id}-3`)).to.equal(RefundOutcome.REFUND_OUTCOME_REFUNDED);
    const { entries } = await provider.client.listLedger({ pageSize: 0, pageToken: "", paymentId: id });
    expect(entries.slice(2).map(({ amount, refundId }) => [amount, refundId])).to.deep.equal([
      [part, `${id}-1`],
      [{ currencyCode: "EUR", units: 7n, nanos: 500_000_000 }, `${id}-3`],
    ]);
  });

  it("gives nothing back of what was not taken", async () => {
    const id = newId();
    await authorize(id);
    expect(await refund(id, `${id}-1`)).to.equal(RefundOutcome.REFUND_OUTCOME_REFUSED);
    await capture(id);
    expect(await refund(id, `${id}-1`)).to.equal(RefundOutcome.REFUND_OUTCOME_REFUSED);
  });

  it("refuses a known id with another request", async () => {
    const id = newId();
    await authorize(id);
    await capture(id);
    await refund(id, `${id}-1`);
    const others = [
      () => authorize(id, "card-ok", { ...EUROS, units: 13n }),
      () => authorize(id, "card-other"),
      () => refund(id, `${id}-1`, EUROS),
    ];
    for (const other of others) expect(await reasonOf(other())).to.equal(ErrorReason.REQUEST_ID_REUSED);
  });

  it("carries out but does not answer the first time with card-lost-reply", async () => {
    const id = newId();
    const leaving = new AbortController();
    const authorizing = reasonOf(
      provider.client.authorize({ paymentId: id, amount: EUROS, cardToken: "card-lost-reply" }, leaving),
    );
    await carriedOut(id, LedgerEntryType.LEDGER_ENTRY_TYPE_AUTHORIZED);
    expect(await authorize(id, "card-lost-reply")).to.equal(AuthorizeOutcome.AUTHORIZE_OUTCOME_APPROVED);
    const capturing = reasonOf(provider.client.capture({ paymentId: id }, leaving));
    await carriedOut(id, LedgerEntryType.LEDGER_ENTRY_TYPE_CAPTURED);
    expect(await capture(id)).to.equal(CaptureOutcome.CAPTURE_OUTCOME_CAPTURED);
    // The repeats were answered after the first ones could have been.
    leaving.abort();
    expect(await Promise.all([authorizing, capturing])).to.deep.equal([
      ErrorReason.CANCELLED,
      ErrorReason.CANCELLED,
    ]);
  });

  it("does not answer but with UNAVAILABLE with card-down, and keeps nothing of it", async () => {
    const id = newId();
    expect(await reasonOf(authorize(id, "card-down"))).to.equal(ErrorReason.SERVICE_UNAVAILABLE);
    expect(await ledgerOf(id)).to.deep.equal([]);
    expect(await cancel(id)).to.equal(CancelOutcome.CANCEL_OUTCOME_CANCELLED);
  });

  it("takes two seconds a call with card-slow", async () => {
    const id = newId();
    const begun = Date.now();
    await authorize(id, "card-slow");
    expect(Date.now() - begun).to.be.at.least(1990);
  });

  it("lists its ledger in pages", async () => {
    const { client } = provider;
    const all = await client.listLedger({ pageSize: 200, pageToken: "", paymentId: "" });
    const paged: bigint[] = [];
    let pageToken = "";
    do {
      const page = await client.listLedger({ pageSize: 4, pageToken, paymentId: "" });
      paged.push(...page.entries.map(({ sequence }) => sequence));
      pageToken = page.nextPageToken;
    } while (pageToken !== "");
    expect(paged).to.deep.equal(all.entries.map(({ sequence }) => sequence));
    expect(paged).to.deep.equal(paged.map((_, at) => BigInt(at + 1)));
  });

  it("refuses amounts that are none, naming the field", async () => {
    const nonsense: Money[] = [
      { ...EUROS, units: -1n },
      { ...EUROS, nanos: 1 },
      { ...EUROS, currencyCode: "??" },
    ];
    for (const amount of nonsense) {
      expect(await reasonOf(authorize(newId(), "card-ok", amount))).to.equal(ErrorReason.VALIDATION_FAILED);
    }
  });
});

async function reasonOf(call: Promise<unknown>): Promise<ErrorReason | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    return StatusError.from(error).reason;
  }
}
