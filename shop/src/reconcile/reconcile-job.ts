import { Fault, type Job } from "@theseus/runtime/control";
import { type Reconciliation, reconcile } from "./reconcile.js";
import { describe, summary } from "./report.js";

/** What a store has lost are its last writes: the latest payments tell, and a start does not wait for all of them. */
const LATEST = 200;
const PATIENCE_MS = 15_000;

/** Compares the latest payments when the shop starts. Neither a mismatch nor a party that is away keeps it closed. */
export const reconcileJob: Job = {
  title: "payments, stock and ledger",
  async run(endpoints, signal) {
    let found: Reconciliation;
    try {
      found = await reconcile(endpoints, { signal, patienceMs: PATIENCE_MS, latest: LATEST });
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof Fault)) throw error;
      return `not compared; theseus reconcile does it later. ${error.message}`;
    }
    return [summary(found), ...found.mismatches.map(describe)].join("\n");
  },
};
