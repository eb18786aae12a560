import { LedgerEntryType } from "@theseus/contract/theseus/provider/v1/card_provider.js";
import { eventually } from "@theseus/testing";
import { expect } from "chai";
import type { World } from "./world.js";

interface EventRow {
  readonly payment: string;
  readonly type: string;
  readonly amount?: { readonly units: bigint | number; readonly nanos: number };
}

/** Waits until nothing is under way, then compares the logs with the provider's ledger and with the stock. */
export async function expectBalancedBooks(world: World): Promise<void> {
  await eventually("the books balance", () => findProblems(world), {
    until: (problems) => problems.length === 0,
  });
  const { onHand, held, sold } = world.inventory.stock;
  expect(onHand + sold, "pieces in all").to.equal(1000);
  expect(held, "held").to.be.within(0, onHand);
}

async function findProblems({ db, inventory, provider }: World): Promise<string[]> {
  const payments = await db
    .collection("payments")
    .find({ user: { $ne: "" } })
    .toArray();
  const events = (await db.collection("payment_events").find({}).toArray()) as unknown as EventRow[];
  const problems: string[] = [];
  for (const { _id, amount, reservation } of payments) {
    const id = String(_id);
    const own = events.filter(({ payment }) => payment === id);
    const captured = own.some(({ type }) => type === "CAPTURED") ? nanosOf(amount) : 0n;
    const refunded = sum(own.filter(({ type }) => type === "REFUNDED").map((event) => nanosOf(event.amount)));
    const kept = await keptByProvider(provider, id);
    if (kept.net !== captured - refunded)
      problems.push(`${id}: log ${captured - refunded}, ledger ${kept.net}`);
    if (kept.captures > 1 || kept.authorizations > 1) problems.push(`${id} was charged more than once`);
    const sold = inventory.get(String(reservation)).payment === `payments/${id}`;
    if (sold !== captured > 0n)
      problems.push(`${id}: stock ${sold ? "sold" : "not sold"}, captured ${captured}`);
  }
  return problems;
}

async function keptByProvider(provider: World["provider"], paymentId: string) {
  const { entries } = await provider.listLedger({ pageSize: 200, pageToken: "", paymentId });
  const of = (type: LedgerEntryType) => entries.filter((entry) => entry.type === type);
  const captures = of(LedgerEntryType.LEDGER_ENTRY_TYPE_CAPTURED);
  const taken = sum(captures.map(({ amount }) => nanosOf(amount)));
  const given = sum(of(LedgerEntryType.LEDGER_ENTRY_TYPE_REFUNDED).map(({ amount }) => nanosOf(amount)));
  const authorizations = of(LedgerEntryType.LEDGER_ENTRY_TYPE_AUTHORIZED).length;
  return { net: taken - given, captures: captures.length, authorizations };
}

function nanosOf(money: { readonly units: bigint | number; readonly nanos: number } | undefined): bigint {
  return money === undefined ? 0n : BigInt(money.units) * 1_000_000_000n + BigInt(money.nanos);
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}
